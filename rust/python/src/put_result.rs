//! What became of an entry, as `rulebus.PutEventsResultEntry`.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyString, PyTuple, PyType};

/// Return the result of an entry that was accepted.
pub fn accepted<'py>(id: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyAny>> {
    let nothing = id.py().None();
    result((id, &nothing, &nothing, &nothing).into_pyobject(id.py())?)
}

/// Return the result of an entry that fails with an error of rulebus; raise any other error.
pub fn failed(py: Python<'_>, error: PyErr) -> PyResult<Bound<'_, PyAny>> {
    static ANY: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    static MALFORMED: PyOnceLock<Py<PyType>> = PyOnceLock::new();

    if !error.is_instance(py, ANY.import(py, "rulebus.exceptions", "RulebusError")?) {
        return Err(error);
    }
    let code = error.value(py).getattr(intern!(py, "code"))?;
    let reason = error.value(py).str()?;
    let malformed = MALFORMED.import(py, "rulebus.exceptions", "InvalidEventError")?;
    let message = if error.is_instance(py, malformed) {
        intern!(py, "Detail is malformed.")
    } else {
        &reason
    };
    result((py.None(), code, message, &reason).into_pyobject(py)?)
}

/// Make the named tuple; its own constructor, which is written in Python, takes twice the time.
fn result(members: Bound<'_, PyTuple>) -> PyResult<Bound<'_, PyAny>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    static NEW: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

    let py = members.py();
    let class = CLASS.import(py, "rulebus.entry", "PutEventsResultEntry")?;
    let new = NEW.get_or_try_init(py, || {
        py.get_type::<PyTuple>().getattr(intern!(py, "__new__")).map(Bound::unbind)
    })?;
    new.bind(py).call1((class, members))
}
