//! The name of a rule as Python sees it.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyString;

/// The Python string of a rule's name, made once and handed out by every match.
///
/// The `Arc` lets the matcher copy it in threads that are detached from the interpreter.
#[derive(Clone)]
pub struct Name(Arc<Py<PyString>>);

impl Name {
    /// Keep `name`, or an exact `str` in place of an instance of a subclass.
    pub fn new(name: &Bound<'_, PyString>) -> PyResult<Self> {
        let exact = match name.cast_exact::<PyString>() {
            Ok(name) => name.clone(),
            Err(_) => PyString::new(name.py(), name.to_str()?),
        };
        Ok(Self(Arc::new(exact.unbind())))
    }

    /// Return the string.
    pub fn string(&self) -> &Py<PyString> {
        &self.0
    }
}
