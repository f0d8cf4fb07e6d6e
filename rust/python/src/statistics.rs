//! The size of a matcher as a named tuple.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::IntoPyDict;
use rulebus_matcher::Statistics;

/// Return the named tuple's class.
pub fn class(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

    let class = CLASS.get_or_try_init(py, || {
        let fields = ["rules", "conjunctions", "conditions", "paths"];
        let module = [("module", "rulebus")].into_py_dict(py)?;
        let namedtuple = py.import("collections")?.getattr("namedtuple")?;
        let class = namedtuple.call(("MatcherStatistics", fields), Some(&module))?;
        class.setattr("__doc__", "How much a matcher holds.")?;
        PyResult::Ok(class.unbind())
    })?;
    Ok(class.bind(py))
}

/// Return `statistics` as an instance of the class.
pub fn tuple<'py>(py: Python<'py>, statistics: &Statistics) -> PyResult<Bound<'py, PyAny>> {
    let Statistics { rules, conjunctions, conditions, paths } = *statistics;
    class(py)?.call1((rules, conjunctions, conditions, paths))
}
