//! Batches of events and the rules that match them.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};
use rulebus_matcher::{Care, Snapshot};

use crate::errors::Refusal;
use crate::input::Source;
use crate::name::Name;
use crate::share::{Found, find_each};

/// The events of a list, and the names of the rules that match each.
pub struct Matches<'s, 'py> {
    events: Vec<Bound<'py, PyBytes>>,
    found: Found<'s>,
}

impl<'s, 'py> Matches<'s, 'py> {
    /// Match all events.
    pub fn of(
        py: Python<'py>,
        rules: &'s Snapshot<Name>,
        care: Care,
        events: &Bound<'py, PyList>,
    ) -> PyResult<Self> {
        let events: Vec<_> = events.iter().enumerate().map(bytes).collect::<PyResult<_>>()?;
        let texts: Vec<&[u8]> = events.iter().map(PyBytesMethods::as_bytes).collect();
        let found = py.detach(|| find_each(rules, care, &texts)).map_err(|refused| {
            let refusal = Refusal::of_event(&refused.error, Source::Text);
            refusal.at(format_args!("event {}", refused.index))
        })?;
        Ok(Self { events, found })
    }

    /// Return each event with each of the rules that match it, in order.
    pub fn each(&self) -> impl Iterator<Item = (&Bound<'py, PyBytes>, &'s Name)> {
        let matches = self.events.iter().zip(self.found.each());
        matches.flat_map(|(event, names)| names.iter().map(move |name| (event, *name)))
    }

    /// Return the names of the rules, each with the events that it matches.
    pub fn by_rule(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let by_rule = PyDict::new(py);
        for (event, name) in self.each() {
            append(&by_rule, name.string().bind(py), event)?;
        }
        Ok(by_rule)
    }
}

/// Put an event into the list of its key.
pub fn append<'py>(
    lists: &Bound<'py, PyDict>,
    key: &Bound<'py, PyAny>,
    event: &Bound<'py, PyBytes>,
) -> PyResult<()> {
    match lists.get_item(key)? {
        Some(list) => list.cast::<PyList>()?.append(event),
        None => lists.set_item(key, PyList::new(key.py(), [event])?),
    }
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
