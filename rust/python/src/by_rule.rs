//! Batches of events and the share that each rule has of them.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};
use rulebus_matcher::{Care, Snapshot};

use crate::errors::Refusal;
use crate::input::Source;
use crate::name::Name;
use crate::share::find_each;

/// Return the names of the rules that match, each with the events that it matches.
pub fn match_all<'py>(
    py: Python<'py>,
    rules: &Snapshot<Name>,
    care: Care,
    events: &Bound<'py, PyList>,
) -> PyResult<Bound<'py, PyDict>> {
    let events: Vec<_> = events.iter().enumerate().map(bytes).collect::<PyResult<_>>()?;
    let texts: Vec<&[u8]> = events.iter().map(PyBytesMethods::as_bytes).collect();
    let found = py.detach(|| find_each(rules, care, &texts)).map_err(|refused| {
        let refusal = Refusal::of_event(&refused.error, Source::Text);
        refusal.at(format_args!("event {}", refused.index))
    })?;
    let by_rule = PyDict::new(py);
    for (event, names) in events.iter().zip(found.each()) {
        for name in names.iter().map(|name| name.string()) {
            match by_rule.get_item(name)? {
                Some(share) => share.cast::<PyList>()?.append(event)?,
                None => by_rule.set_item(name, PyList::new(py, [event])?)?,
            }
        }
    }
    Ok(by_rule)
}

fn bytes((index, event): (usize, Bound<'_, PyAny>)) -> PyResult<Bound<'_, PyBytes>> {
    event.cast_into().map_err(|error| {
        let given = error.into_inner();
        let message = match given.get_type().name() {
            Ok(kind) => format!("event {index}: expected bytes, got {kind}"),
            Err(error) => return error,
        };
        PyTypeError::new_err(message)
    })
}
