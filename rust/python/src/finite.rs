//! Whether orjson has written what a value holds.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};

/// Say whether a value holds nothing but finite numbers, text, truth values, `None` and containers.
///
/// orjson writes NaN and infinities as null. It has written the value, so it is not nested deep.
#[pyfunction]
#[pyo3(signature = (value, /))]
pub fn is_finite(value: &Bound<'_, PyAny>) -> bool {
    if let Ok(number) = value.cast_exact::<PyFloat>() {
        return number.value().is_finite();
    }
    if let Ok(members) = value.cast_exact::<PyDict>() {
        return members.iter().all(|(_, value)| is_finite(&value));
    }
    if let Ok(items) = value.cast_exact::<PyList>() {
        return items.iter().all(|item| is_finite(&item));
    }
    if let Ok(items) = value.cast_exact::<PyTuple>() {
        return items.iter().all(|item| is_finite(&item));
    }
    value.is_none()
        || value.is_exact_instance_of::<PyString>()
        || value.is_exact_instance_of::<PyInt>()
        || value.is_exact_instance_of::<PyBool>()
}
