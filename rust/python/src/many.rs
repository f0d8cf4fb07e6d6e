//! Events from an iterable.

use pyo3::prelude::*;
use pyo3::types::{PyIterator, PyList, PyTuple};

use crate::batch::Batches;
use crate::errors::{Refusal, Role};
use crate::input::Input;

/// Where the next events come from.
pub enum Events<'py> {
    /// A list, and how many of its events were taken.
    List(Bound<'py, PyList>, usize),
    Iterator(Bound<'py, PyIterator>),
}

impl<'py> Events<'py> {
    /// Read an iterable from its start.
    pub fn of(events: &Bound<'py, PyAny>) -> PyResult<Self> {
        Ok(match events.cast_exact::<PyList>() {
            Ok(list) => Self::List(list.clone(), 0),
            Err(_) => Self::Iterator(events.try_iter()?),
        })
    }

    /// Take as many events, unless there are no more; and return what ended them.
    ///
    /// Nobody else can change the tuple, so it keeps its events while other threads run.
    fn take(
        &mut self,
        py: Python<'py>,
        size: usize,
    ) -> PyResult<(Bound<'py, PyTuple>, Option<PyErr>)> {
        match self {
            Self::List(list, taken) => {
                let events = list.get_slice(*taken, taken.saturating_add(size)).to_tuple();
                *taken += events.len();
                Ok((events, None))
            }
            Self::Iterator(events) => {
                let (events, ended) = until_error(events.take(size));
                Ok((PyTuple::new(py, events)?, ended))
            }
        }
    }
}

/// Match all events of an iterable.
pub fn match_all<'py>(
    batches: Batches<'_, 'py>,
    mut events: Events<'py>,
) -> PyResult<Bound<'py, PyList>> {
    while match_batch(&batches, &mut events)? == batches.size() {}
    Ok(batches.into_answers())
}

/// Match the next batch of events, and return how many there were.
///
/// What is wrong first is reported: events that come before it are matched before it is raised.
fn match_batch<'py>(batches: &Batches<'_, 'py>, events: &mut Events<'py>) -> PyResult<usize> {
    let answered = batches.answered();
    let at = |refusal: Refusal, index| refusal.at(format_args!("event {}", answered + index));
    let (events, ended) = events.take(batches.py(), batches.size())?;
    let events: Vec<Borrowed<'_, 'py, PyAny>> = events.iter_borrowed().collect();
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
