//! Events from an iterable.

use pyo3::prelude::*;
use pyo3::types::{PyIterator, PyList};

use crate::batch::Batches;
use crate::errors::{Refusal, Role};
use crate::input::Input;

/// Match all events of an iterable.
pub fn match_all<'py>(
    batches: Batches<'_, 'py>,
    mut events: Bound<'py, PyIterator>,
) -> PyResult<Bound<'py, PyList>> {
    while match_batch(&batches, &mut events)? == batches.size() {}
    Ok(batches.into_answers())
}

/// Match the next batch of events, and return how many there were.
///
/// What is wrong first is reported: events that come before it are matched before it is raised.
fn match_batch(batches: &Batches<'_, '_>, events: &mut Bound<'_, PyIterator>) -> PyResult<usize> {
    let answered = batches.answered();
    let at = |refusal: Refusal, index| refusal.at(format_args!("event {}", answered + index));
    let (events, ended) = until_error(events.take(batches.size()));
    let inputs = events.iter().enumerate().map(|(index, event)| {
        Input::read(event, Role::Event).map_err(|refusal| at(refusal, index))
    });
    let (inputs, unread) = until_error(inputs);
    let texts: Vec<&[u8]> = inputs.iter().map(|input| &*input.text).collect();
    batches.answer(&texts, |refused| {
        let refusal = Refusal::of_event(&refused.error, inputs[refused.index].source);
        at(refusal, refused.index)
    })?;
    match unread.map(PyErr::from).or(ended) {
        Some(error) => Err(error),
        None => Ok(events.len()),
    }
}

/// Collect the values before the first error, and return both.
fn until_error<T, E>(results: impl Iterator<Item = Result<T, E>>) -> (Vec<T>, Option<E>) {
    let mut error = None;
    let values = results.map_while(|result| result.map_err(|e| error = Some(e)).ok()).collect();
    (values, error)
}
