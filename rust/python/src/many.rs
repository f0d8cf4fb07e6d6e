//! Events from an iterable.

use pyo3::prelude::*;
use pyo3::types::{PyIterator, PyList, PyTuple};

use crate::batch::Batches;
use crate::errors::{Refusal, Role};
use crate::input::Input;
use crate::share::{Refused, Share};

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
                let mut ended = None;
                let batch = events.take(size).map_while(|e| e.map_err(|e| ended = Some(e)).ok());
                let batch: Vec<_> = batch.collect();
                Ok((PyTuple::new(py, batch)?, ended))
            }
        }
    }
}

/// Match all events of an iterable.
///
/// What is wrong first is reported: events that come before it are matched before it is raised.
pub fn match_all<'py>(
    batches: Batches<'_, 'py>,
    mut events: Events<'py>,
) -> PyResult<Bound<'py, PyList>> {
    loop {
        let (batch, ended) = events.take(batches.py(), batches.size())?;
        match_batch(&batches, &batch)?;
        match ended {
            Some(error) => return Err(error),
            None if batch.len() < batches.size() => return Ok(batches.into_answers()),
            None => (),
        }
    }
}

fn match_batch<'py>(batches: &Batches<'_, 'py>, events: &Bound<'py, PyTuple>) -> PyResult<()> {
    let events: Vec<Borrowed<'_, 'py, PyAny>> = events.iter_borrowed().collect();
    let shares = events.chunks(batches.share());
    let (most, mut unread) = (shares.len(), None);
    let shares = shares.map_while(|events| match &unread {
        None => Some(Inputs::read(events, &mut unread)),
        Some(_) => None,
    });
    batches.answer(shares, most)?;
    match unread {
        Some(refusal) => Err(refusal.at(event(batches.answered())).into()),
        None => Ok(()),
    }
}

/// The texts of some events.
struct Inputs<'a>(Vec<Input<'a>>);

impl<'a> Inputs<'a> {
    /// Read events up to the first that cannot be read, and leave why in `unread`.
    fn read(events: &'a [Borrowed<'_, '_, PyAny>], unread: &mut Option<Refusal>) -> Self {
        let mut inputs = Vec::with_capacity(events.len());
        for event in events {
            match Input::read(event, Role::Event) {
                Ok(input) => inputs.push(input),
                Err(refusal) => {
                    *unread = Some(refusal);
                    break;
                }
            }
        }
        Self(inputs)
    }
}

impl Share for Inputs<'_> {
    fn texts(&self) -> Vec<&[u8]> {
        self.0.iter().map(|input| &*input.text).collect()
    }

    fn refusal(&self, refused: Refused, before: usize) -> Refusal {
        let refusal = Refusal::of_event(&refused.error, self.0[refused.index].source);
        refusal.at(event(before + refused.index))
    }
}

/// Name an event by its place.
fn event(place: usize) -> String {
    format!("event {place}")
}
