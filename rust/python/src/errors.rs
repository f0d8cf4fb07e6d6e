//! Why an input was refused, and the exception that tells Python.

use std::fmt::Display;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{IntoPyDict, PyType};
use rulebus_matcher::{EventError, PatternError};

use crate::input::Source;

/// What an input is read as.
#[derive(Clone, Copy)]
pub enum Role {
    Pattern,
    Event,
}

/// A refused input.
pub enum Refusal {
    /// It is of a type that cannot hold JSON.
    Type(String),
    /// It is no pattern or no event.
    Content(Role, Fault),
    /// Python failed while it was read, for want of memory or in the caller's own code.
    Python(PyErr),
}

/// What is wrong with the content of an input, and where.
pub struct Fault {
    pub kind: String,
    pub message: String,
    /// Member names joined with dots, where they are known.
    pub path: Option<String>,
    /// Bytes from the start of the text, if the caller gave text.
    pub offset: Option<usize>,
}

impl Refusal {
    /// Return the refusal of a pattern that was read from `source`.
    pub fn of_pattern(error: &PatternError, source: Source) -> Self {
        let path = Some(error.path().to_owned());
        Self::of_text(Role::Pattern, error.kind().as_str(), error, path, error.offset(), source)
    }

    /// Return the refusal of an event that was read from `source`.
    pub fn of_event(error: &EventError, source: Source) -> Self {
        Self::of_text(Role::Event, error.kind().as_str(), error, None, error.offset(), source)
    }

    fn of_text(
        role: Role,
        kind: &str,
        error: &impl Display,
        path: Option<String>,
        offset: usize,
        source: Source,
    ) -> Self {
        let (kind, message) = (kind.to_owned(), error.to_string());
        Self::Content(
            role,
            match source {
                Source::Text => Fault { kind, message, path, offset: Some(offset) },
                // The caller never saw the text that the byte is counted in.
                Source::Object => {
                    let message = message.replace(&format!(" (byte {offset})"), "");
                    Fault { kind, message, path, offset: None }
                }
            },
        )
    }

    /// Say at the front of the message which one of several inputs was refused.
    pub fn at(mut self, place: impl Display) -> Self {
        match &mut self {
            Self::Type(message) | Self::Content(_, Fault { message, .. }) => {
                *message = format!("{place}: {message}");
            }
            Self::Python(_) => (),
        }
        self
    }
}

impl From<PyErr> for Refusal {
    fn from(error: PyErr) -> Self {
        Self::Python(error)
    }
}

impl From<Refusal> for PyErr {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Type(message) => PyTypeError::new_err(message),
            Refusal::Content(role, fault) => {
                Python::attach(|py| exception(py, role, fault)).unwrap_or_else(|error| error)
            }
            Refusal::Python(error) => error,
        }
    }
}

fn exception(py: Python<'_>, role: Role, fault: Fault) -> PyResult<PyErr> {
    static PATTERN: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    static EVENT: PyOnceLock<Py<PyType>> = PyOnceLock::new();

    let (class, name, path) = match role {
        Role::Pattern => {
            (&PATTERN, "InvalidEventPatternError", Some(fault.path.unwrap_or_default()))
        }
        Role::Event => (&EVENT, "InvalidEventError", fault.path),
    };
    let arguments = [
        ("kind", fault.kind.into_pyobject(py)?.into_any()),
        ("path", path.into_pyobject(py)?),
        ("offset", fault.offset.into_pyobject(py)?),
    ]
    .into_py_dict(py)?;
    let class = class.import(py, "rulebus.exceptions", name)?;
    Ok(PyErr::from_value(class.call((fault.message,), Some(&arguments))?))
}
