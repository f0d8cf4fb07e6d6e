//! The name of a rule as Python sees it.

use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};

/// The Python string of a rule's name, and the answer for an event that this rule alone matches.
///
/// Both are made once and handed out by every match.
pub struct Name {
    string: Py<PyString>,
    alone: Py<PyTuple>,
}

impl Name {
    /// Keep `name`, or an exact `str` in place of an instance of a subclass.
    pub fn new(name: &Bound<'_, PyString>) -> PyResult<Self> {
        let py = name.py();
        let exact = match name.cast_exact::<PyString>() {
            Ok(name) => name.clone(),
            Err(_) => PyString::new(py, name.to_str()?),
        };
        let alone = PyTuple::new(py, [&exact])?.unbind();
        Ok(Self { string: exact.unbind(), alone })
    }

    /// Return the string.
    pub fn string(&self) -> &Py<PyString> {
        &self.string
    }

    /// Return a tuple of the string.
    pub fn alone(&self) -> &Py<PyTuple> {
        &self.alone
    }
}
