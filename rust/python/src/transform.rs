//! Compiled transforms and paths, and events that are forwarded.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{IntoPyDict, PyBytes, PyDict, PyString, PyType};
use rulebus_event::{Context, RenderError, TransformError};

/// A compiled transform.
#[pyclass(frozen, module = "rulebus._core")]
pub struct Transform {
    compiled: rulebus_event::Transform,
    rule_name: String,
    rule_arn: String,
}

impl Transform {
    fn new(transform: Result<rulebus_event::Transform, TransformError>) -> PyResult<Self> {
        let compiled = transform.map_err(|error| refused(&error))?;
        Ok(Self { compiled, rule_name: String::new(), rule_arn: String::new() })
    }
}

#[pymethods]
impl Transform {
    #[staticmethod]
    #[pyo3(signature = (text, /))]
    fn constant(text: &str) -> PyResult<Self> {
        Self::new(rulebus_event::Transform::constant(text))
    }

    #[staticmethod]
    #[pyo3(signature = (input_path, /))]
    fn path(input_path: &str) -> PyResult<Self> {
        Self::new(rulebus_event::Transform::path(input_path))
    }

    #[staticmethod]
    #[pyo3(signature = (input_paths_map, input_template, /, *, rule_name, rule_arn))]
    fn transformer(
        input_paths_map: &Bound<'_, PyDict>,
        input_template: &str,
        rule_name: String,
        rule_arn: String,
    ) -> PyResult<Self> {
        let paths: Vec<(String, String)> = input_paths_map
            .iter()
            .map(|(name, path)| Ok((owned(&name)?, owned(&path)?)))
            .collect::<PyResult<_>>()?;
        let paths = paths.iter().map(|(name, path)| (name.as_str(), path.as_str()));
        let transform = Self::new(rulebus_event::Transform::transformer(paths, input_template))?;
        Ok(Self { rule_name, rule_arn, ..transform })
    }

    #[pyo3(signature = (event, /, ingestion_time = None))]
    fn render<'py>(
        &self,
        event: &Bound<'py, PyBytes>,
        ingestion_time: Option<f64>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let context = Context {
            rule_name: &self.rule_name,
            rule_arn: &self.rule_arn,
            #[allow(clippy::cast_possible_truncation, reason = "what is out of range has no text")]
            ingestion_time: ingestion_time.map(|seconds| (seconds * 1_000.0).floor() as i64),
        };
        let rendered = self.compiled.render(event.as_bytes(), &context);
        Ok(PyBytes::new(event.py(), &rendered.map_err(|error| failed(&error))?))
    }
}

/// A compiled path.
#[pyclass(frozen, module = "rulebus._core")]
pub struct EventPath(rulebus_event::EventPath);

#[pymethods]
impl EventPath {
    #[new]
    #[pyo3(signature = (path, /))]
    fn new(path: &str) -> PyResult<Self> {
        rulebus_event::EventPath::parse(path).map(Self).map_err(|error| refused(&error))
    }

    #[pyo3(signature = (event, /))]
    fn text<'py>(&self, event: &Bound<'py, PyBytes>) -> PyResult<Option<Bound<'py, PyString>>> {
        let text = self.0.text(event.as_bytes()).map_err(|error| failed(&error))?;
        text.map(|text| PyString::from_bytes(event.py(), &text)).transpose()
    }
}

/// Return an event with the name of the bus that it is forwarded to.
#[pyfunction]
#[pyo3(signature = (event, bus, /))]
pub fn forwarded<'py>(event: &Bound<'py, PyBytes>, bus: &str) -> PyResult<Bound<'py, PyBytes>> {
    let forwarded = rulebus_event::forwarded(event.as_bytes(), bus);
    Ok(PyBytes::new(event.py(), &forwarded.map_err(|error| failed(&error))?))
}

fn owned(value: &Bound<'_, PyAny>) -> PyResult<String> {
    let Ok(text) = value.cast::<PyString>() else {
        let kind = value.get_type().name()?;
        let message = format!("the paths map holds {kind}: expected names and paths of type str");
        return Err(PyTypeError::new_err(message));
    };
    Ok(text.to_str()?.to_owned())
}

/// Return the exception for a refused transform.
fn refused(error: &TransformError) -> PyErr {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();

    Python::attach(|py| {
        let path = error.part().to_string();
        let arguments = [
            ("kind", error.kind().as_str().into_pyobject(py)?.into_any()),
            ("path", path.into_pyobject(py)?.into_any()),
            ("offset", error.offset().into_pyobject(py)?.into_any()),
        ]
        .into_py_dict(py)?;
        let class = CLASS.import(py, "rulebus.exceptions", "InvalidTransformError")?;
        Ok(PyErr::from_value(class.call((error.to_string(),), Some(&arguments))?))
    })
    .unwrap_or_else(|error: PyErr| error)
}

/// Return the exception for an event that a transform makes nothing of.
fn failed(error: &RenderError) -> PyErr {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();

    Python::attach(|py| {
        let arguments = [
            ("kind", error.kind().as_str().into_pyobject(py)?.into_any()),
            ("offset", error.offset().into_pyobject(py)?.into_any()),
        ]
        .into_py_dict(py)?;
        let class = CLASS.import(py, "rulebus.exceptions", "TransformationError")?;
        Ok(PyErr::from_value(class.call((error.to_string(),), Some(&arguments))?))
    })
    .unwrap_or_else(|error: PyErr| error)
}
