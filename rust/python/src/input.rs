//! What Python gives as a pattern or an event, as JSON text.

use std::borrow::Cow;

use memchr::memmem;
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::{PyBufferError, PyTypeError, PyUnicodeEncodeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyByteArray, PyBytes, PyDict, PyMemoryView, PyString, PyType};

use crate::errors::{Fault, Refusal, Role};
use crate::finite::is_finite;

/// Where the JSON text of an input comes from.
#[derive(Clone, Copy)]
pub enum Source {
    /// The caller gave it.
    Text,
    /// It was written for a `dict`, so places in it mean nothing to the caller.
    Object,
}

/// A pattern or an event as JSON text.
pub struct Input<'a> {
    pub text: Cow<'a, [u8]>,
    pub source: Source,
}

impl<'a> Input<'a> {
    /// Read an input, borrowing the text of `bytes` and `str`.
    ///
    /// The text of `bytearray` and `memoryview` is copied: other threads may write to it while it
    /// is matched.
    pub fn read(value: &'a Bound<'_, PyAny>, role: Role) -> Result<Self, Refusal> {
        let text = if let Ok(bytes) = value.cast::<PyBytes>() {
            Cow::Borrowed(bytes.as_bytes())
        } else if let Ok(text) = value.cast::<PyString>() {
            Cow::Borrowed(utf8(text, role)?.as_bytes())
        } else if let Ok(object) = value.cast::<PyDict>() {
            let text = Cow::Owned(encode(object, role)?.as_bytes().to_vec());
            return Ok(Self { text, source: Source::Object });
        } else if let Ok(bytes) = value.cast::<PyByteArray>() {
            Cow::Owned(bytes.to_vec())
        } else if let Ok(view) = value.cast::<PyMemoryView>() {
            Cow::Owned(contiguous(view)?)
        } else {
            return Err(unreadable(value, role));
        };
        Ok(Self { text, source: Source::Text })
    }
}

/// Borrow the UTF-8 of a `str`.
pub fn utf8<'a>(text: &'a Bound<'_, PyString>, role: Role) -> Result<&'a str, Refusal> {
    let py = text.py();
    text.to_str().map_err(|error| {
        if !error.is_instance_of::<PyUnicodeEncodeError>(py) {
            return Refusal::Python(error);
        }
        let message = "half of a surrogate pair in the text".to_owned();
        let kind = "lone-surrogate".to_owned();
        Refusal::Content(role, Fault { kind, message, path: None, offset: None })
    })
}

fn contiguous(view: &Bound<'_, PyMemoryView>) -> PyResult<Vec<u8>> {
    let buffer = PyBuffer::<u8>::get(view)?;
    if !buffer.is_c_contiguous() {
        return Err(PyBufferError::new_err("the memoryview is not contiguous"));
    }
    buffer.to_vec(view.py())
}

/// Write a `dict` as JSON.
fn encode<'py>(object: &Bound<'py, PyDict>, role: Role) -> Result<Bound<'py, PyBytes>, Refusal> {
    match encode_by_orjson(object)? {
        Some(text) => Ok(text),
        None => encode_beyond_orjson(object, role),
    }
}

/// Write a `dict` as JSON where orjson does not, or say what of it has no JSON form.
pub fn encode_beyond_orjson<'py>(
    object: &Bound<'py, PyDict>,
    role: Role,
) -> Result<Bound<'py, PyBytes>, Refusal> {
    static ENCODE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

    let py = object.py();
    match ENCODE.import(py, "rulebus._json", "encode")?.call1((object,)) {
        Ok(text) => Ok(text.cast_into::<PyBytes>().map_err(PyErr::from)?),
        Err(error) => Err(unencodable(py, error, role)?),
    }
}

/// Do what `rulebus._json.encode` does where that only has to call orjson.
///
/// What orjson writes has at most 254 levels.
pub fn encode_by_orjson<'py>(object: &Bound<'py, PyDict>) -> PyResult<Option<Bound<'py, PyBytes>>> {
    static DUMPS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    static STRICT: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

    let py = object.py();
    let strict = STRICT.import(py, "rulebus._json", "STRICT")?;
    let written = DUMPS.import(py, "orjson", "dumps")?.call1((object, py.None(), strict));
    match written {
        Ok(text) => {
            let text = text.cast_into::<PyBytes>()?;
            // orjson writes NaN and infinities as null.
            let has_null = memmem::find(text.as_bytes(), b"null").is_some();
            Ok((!has_null || is_finite(object)).then_some(text))
        }
        Err(error) if error.is_instance_of::<PyTypeError>(py) => Ok(None),
        Err(error) => Err(error),
    }
}

fn unencodable(py: Python<'_>, error: PyErr, role: Role) -> PyResult<Refusal> {
    static ENCODE_ERROR: PyOnceLock<Py<PyType>> = PyOnceLock::new();

    if !error.is_instance(py, ENCODE_ERROR.import(py, "rulebus._json", "EncodeError")?) {
        return Ok(Refusal::Python(error));
    }
    let kind = error.value(py).getattr(intern!(py, "kind"))?.extract()?;
    let path = error.value(py).getattr(intern!(py, "path"))?.extract()?;
    let message = error.value(py).to_string();
    Ok(Refusal::Content(role, Fault { kind, message, path: Some(path), offset: None }))
}

fn unreadable(value: &Bound<'_, PyAny>, role: Role) -> Refusal {
    let expected = match role {
        Role::Pattern => "a pattern must be dict, str or bytes",
        Role::Event => "an event must be bytes, bytearray, memoryview, str or dict",
    };
    match value.get_type().name() {
        Ok(name) => Refusal::Type(format!("{expected}, not {name}")),
        Err(error) => Refusal::Python(error),
    }
}
