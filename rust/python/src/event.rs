//! An event as handlers see it.

use std::sync::OnceLock;

use pyo3::exceptions::PyValueError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyList, PyString, PyTuple, PyType};

use crate::errors::{Fault, Refusal, Role};

/// A repr shows so many bytes: an envelope that a bus made has everything but the detail in there.
const SHOWN: usize = 300;

/// A view over the bytes of an envelope, which are parsed when the first member is read.
#[pyclass(frozen, subclass, module = "rulebus")]
pub struct Event {
    raw: Py<PyBytes>,
    /// What a transform made of the envelope.
    input: Option<Py<PyBytes>>,
    members: OnceLock<Py<PyDict>>,
}

#[pymethods]
impl Event {
    #[new]
    #[pyo3(signature = (raw, /, input = None))]
    fn new(raw: Py<PyBytes>, input: Option<Py<PyBytes>>) -> Self {
        Self { raw, input, members: OnceLock::new() }
    }

    #[getter]
    fn raw(&self) -> &Py<PyBytes> {
        &self.raw
    }

    #[getter]
    fn input(&self) -> &Py<PyBytes> {
        self.input.as_ref().unwrap_or(&self.raw)
    }

    #[getter]
    fn id<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        self.text(intern!(py, "id"))
    }

    #[getter]
    fn source<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        self.text(intern!(py, "source"))
    }

    #[getter]
    fn detail_type<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        self.text(intern!(py, "detail-type"))
    }

    #[getter]
    fn account<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        self.text(intern!(py, "account"))
    }

    #[getter]
    fn region<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        self.text(intern!(py, "region"))
    }

    #[getter]
    fn time<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let text = self.text(intern!(py, "time"))?;
        match zoned_time(&text) {
            Ok(Some(time)) => Ok(time),
            Err(error) if !error.is_instance_of::<PyValueError>(py) => Err(error),
            _ => {
                let text = text.repr()?;
                let problem = format!("expected an ISO 8601 time with a zone, got {text}");
                Err(malformed("time", &problem))
            }
        }
    }

    #[getter]
    fn resources<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        match self.members(py)?.get_item(intern!(py, "resources"))? {
            None => Ok(PyTuple::empty(py)),
            Some(resources) => match resources.cast::<PyList>() {
                Ok(resources) => Ok(resources.to_tuple()),
                Err(_) => Err(malformed("resources", "expected an array")),
            },
        }
    }

    #[getter]
    fn detail<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        match self.members(py)?.get_item(intern!(py, "detail"))? {
            None => Ok(PyDict::new(py)),
            Some(detail) => {
                detail.cast_into().map_err(|_| malformed("detail", "expected an object"))
            }
        }
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        parse(self.raw.bind(py))
    }

    fn __eq__(&self, py: Python<'_>, other: &Self) -> bool {
        self.raw.as_bytes(py) == other.raw.as_bytes(py)
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        self.raw.bind(py).hash()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let raw = self.raw.as_bytes(py);
        let shown = PyBytes::new(py, &raw[..raw.len().min(SHOWN)]).repr()?;
        Ok(format!("Event({shown}{})", if raw.len() > SHOWN { "..." } else { "" }))
    }

    /// Let events be copied and pickled.
    fn __getnewargs__(&self) -> (&Py<PyBytes>, Option<&Py<PyBytes>>) {
        (&self.raw, self.input.as_ref())
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.members.get().map_or(Ok(()), |members| visit.call(members))
    }
}

/// Return views of several events.
#[pyfunction]
#[pyo3(signature = (raws, /))]
pub fn views<'py>(raws: &Bound<'py, PyList>) -> PyResult<Bound<'py, PyList>> {
    let py = raws.py();
    let views = raws.iter().map(|raw| Py::new(py, Event::of(raw.cast_into()?.unbind())));
    PyList::new(py, views.collect::<PyResult<Vec<_>>>()?)
}

impl Event {
    /// Return a view of an envelope without a transform.
    pub fn of(raw: Py<PyBytes>) -> Self {
        Self::new(raw, None)
    }

    fn members<'py>(&self, py: Python<'py>) -> PyResult<&Bound<'py, PyDict>> {
        if let Some(members) = self.members.get() {
            return Ok(members.bind(py));
        }
        let parsed = parse(self.raw.bind(py))?.unbind();
        Ok(self.members.get_or_init(|| parsed).bind(py))
    }

    fn text<'py>(&self, name: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyString>> {
        let text = self.members(name.py())?.get_item(name)?;
        text.and_then(|text| text.cast_into().ok())
            .ok_or_else(|| malformed(&name.to_string_lossy(), "expected a string"))
    }
}

/// Read a time; `None` if it has no zone.
fn zoned_time<'py>(text: &Bound<'py, PyString>) -> PyResult<Option<Bound<'py, PyAny>>> {
    static DATETIME: PyOnceLock<Py<PyType>> = PyOnceLock::new();

    let py = text.py();
    let datetime = DATETIME.import(py, "datetime", "datetime")?;
    let time = datetime.call_method1(intern!(py, "fromisoformat"), (text,))?;
    Ok(if time.getattr(intern!(py, "tzinfo"))?.is_none() { None } else { Some(time) })
}

fn parse<'py>(raw: &Bound<'py, PyBytes>) -> PyResult<Bound<'py, PyDict>> {
    static DECODE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

    let py = raw.py();
    let decoded = DECODE.import(py, "rulebus._json", "decode")?.call1((raw,));
    let members = decoded.map_err(|error| {
        if error.is_instance_of::<PyValueError>(py) {
            refused("syntax", format!("the event is not JSON: {}", error.value(py)), None)
        } else {
            error
        }
    })?;
    members
        .cast_into()
        .map_err(|_| refused("envelope", "the event is not a JSON object".to_owned(), None))
}

fn malformed(name: &str, problem: &str) -> PyErr {
    refused("envelope", format!("member '{name}' of the event: {problem}"), Some(name.to_owned()))
}

fn refused(kind: &str, message: String, path: Option<String>) -> PyErr {
    let fault = Fault { kind: kind.to_owned(), message, path, offset: None };
    Refusal::Content(Role::Event, fault).into()
}
