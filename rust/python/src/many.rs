//! Events from an iterable.

use std::iter::from_fn;

use pyo3::prelude::*;
use pyo3::pybacked::{PyBackedBytes, PyBackedStr};
use pyo3::types::list::BoundListIterator;
use pyo3::types::{PyBytes, PyIterator, PyList, PyString};

use crate::batch::Batches;
use crate::errors::{Refusal, Role};
use crate::input::{Input, Source, utf8};
use crate::share::{Refused, Share};

/// Events of a list that are copied at once, which brings them into the cache side by side.
const COPIED: usize = 128;

/// Where the next events come from.
pub enum Events<'py> {
    List { list: Bound<'py, PyList>, copied: usize, next: BoundListIterator<'py> },
    Iterator(Bound<'py, PyIterator>),
}

impl<'py> Events<'py> {
    /// Read an iterable from its start.
    pub fn of(events: &Bound<'py, PyAny>) -> PyResult<Self> {
        Ok(match events.cast_exact::<PyList>() {
            Ok(list) => {
                let next = PyList::empty(list.py()).into_iter();
                Self::List { list: list.clone(), copied: 0, next }
            }
            Err(_) => Self::Iterator(events.try_iter()?),
        })
    }
}

impl<'py> Iterator for Events<'py> {
    type Item = PyResult<Bound<'py, PyAny>>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::List { list, copied, next } => {
                if next.len() == 0 {
                    let events = list.get_slice(*copied, *copied + COPIED);
                    *copied += events.len();
                    *next = events.into_iter();
                }
                next.next().map(Ok)
            }
            Self::Iterator(events) => events.next(),
        }
    }
}

/// Match all events of an iterable.
///
/// What is wrong first is reported: events that come before it are matched before it is raised.
pub fn match_all<'py>(
    batches: Batches<'_, 'py>,
    events: Events<'py>,
) -> PyResult<Bound<'py, PyList>> {
    let mut refused = None;
    let texts = events.map_while(|event| {
        let text = event.map_err(Refusal::from).and_then(|event| Text::of(&event));
        text.map_err(|refusal| refused = Some(refusal)).ok()
    });
    let mut texts = texts.fuse();
    let shares = from_fn(|| {
        let texts: Vec<Text> = texts.by_ref().take(batches.share()).collect();
        (!texts.is_empty()).then_some(Texts(texts))
    });
    batches.answer(shares)?;
    match refused {
        Some(refusal) => Err(refusal.at(event(batches.answered())).into()),
        None => Ok(batches.into_answers()),
    }
}

/// The text of an event, which it keeps.
enum Text {
    Bytes(PyBackedBytes),
    Str(PyBackedStr),
    Copied(Input<'static>),
}

impl Text {
    fn of(event: &Bound<'_, PyAny>) -> Result<Self, Refusal> {
        if let Ok(bytes) = event.cast::<PyBytes>() {
            return Ok(Self::Bytes(bytes.clone().into()));
        }
        if let Ok(text) = event.cast::<PyString>() {
            utf8(text, Role::Event)?;
            return Ok(Self::Str(text.clone().try_into()?));
        }
        let Input { text, source } = Input::read(event, Role::Event)?;
        Ok(Self::Copied(Input { text: text.into_owned().into(), source }))
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Str(text) => text.as_bytes(),
            Self::Copied(input) => &input.text,
        }
    }

    fn source(&self) -> Source {
        match self {
            Self::Bytes(_) | Self::Str(_) => Source::Text,
            Self::Copied(input) => input.source,
        }
    }
}

struct Texts(Vec<Text>);

impl Share for Texts {
    fn texts(&self) -> Vec<&[u8]> {
        self.0.iter().map(Text::bytes).collect()
    }

    fn refusal(&self, refused: Refused, before: usize) -> Refusal {
        let refusal = Refusal::of_event(&refused.error, self.0[refused.index].source());
        refusal.at(event(before + refused.index))
    }
}

/// Name an event by its place.
fn event(place: usize) -> String {
    format!("event {place}")
}
