//! Batches of events and the list of their answers.

use std::num::NonZeroUsize;
use std::thread::{Builder, scope};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};
use rulebus_matcher::{Care, Snapshot};

use crate::errors::Refusal;
use crate::name::Name;
use crate::share::{Found, Refused, Shares, find_each};

/// Events of a batch that one thread matches: what it read of them is still in its core's cache.
const BATCH: usize = 1024;

/// Events of a batch for each of several threads: enough to pay for starting them.
const THREAD_BATCH: usize = 8192;

/// Events that one of several threads takes at a time; fewer do not pay for starting another.
const SHARE: usize = 128;

/// Matches batches of events, and appends the names of the rules for each to a list.
pub struct Batches<'s, 'py> {
    rules: &'s Snapshot<Name>,
    care: Care,
    threads: NonZeroUsize,
    answers: Bound<'py, PyList>,
}

impl<'s, 'py> Batches<'s, 'py> {
    /// Start with an empty list; `threads` is as Python gave it.
    pub fn new(
        py: Python<'py>,
        rules: &'s Snapshot<Name>,
        care: Care,
        threads: i64,
    ) -> PyResult<Self> {
        let message =
            || PyValueError::new_err(format!("threads must be at least 1, not {threads}"));
        let threads = usize::try_from(threads).ok().and_then(NonZeroUsize::new);
        Ok(Self { rules, care, threads: threads.ok_or_else(message)?, answers: PyList::empty(py) })
    }

    pub fn py(&self) -> Python<'py> {
        self.answers.py()
    }

    /// How many events a batch has, unless there are no more.
    pub fn size(&self) -> usize {
        match self.threads.get() {
            1 => BATCH,
            threads => THREAD_BATCH.saturating_mul(threads),
        }
    }

    /// How many events have their answers.
    pub fn answered(&self) -> usize {
        self.answers.len()
    }

    /// Match a batch; `refusal` says what the first event that is none is refused with.
    pub fn answer(
        &self,
        events: &[&[u8]],
        refusal: impl FnOnce(Refused) -> Refusal,
    ) -> PyResult<()> {
        let (py, rules, care) = (self.answers.py(), self.rules, self.care);
        if self.threads.get() == 1 {
            self.append(&py.detach(|| find_each(rules, care, events, 0)).map_err(refusal)?)?;
        } else {
            self.answer_on_threads(&Shares::new(rules, care, events, SHARE), refusal)?;
        }
        py.check_signals()
    }

    fn answer_on_threads(
        &self,
        shares: &Shares<'s, '_>,
        refusal: impl FnOnce(Refused) -> Refusal,
    ) -> PyResult<()> {
        scope(|scope| {
            // Where the system has no more threads to give, those that there are do the work.
            let _ = (1..self.threads.get().min(shares.len()))
                .try_for_each(|_| Builder::new().spawn_scoped(scope, || shares.work()).map(drop));
            let answered = self.append_all(shares, refusal);
            shares.withdraw();
            answered
        })
    }

    /// Append the answers of all shares in their order, each as soon as it is there.
    fn append_all(
        &self,
        shares: &Shares<'s, '_>,
        refusal: impl FnOnce(Refused) -> Refusal,
    ) -> PyResult<()> {
        let py = self.answers.py();
        for place in 0..shares.len() {
            match py.detach(|| shares.found(place)) {
                Ok(found) => self.append(found)?,
                Err(refused) => return Err(refusal(refused).into()),
            }
        }
        Ok(())
    }

    /// Append an answer for each event; a tuple that was made once is handed out again.
    fn append(&self, found: &Found<'s>) -> PyResult<()> {
        let (py, answers) = (self.answers.py(), &self.answers);
        found.each().try_for_each(|names| match names {
            [only] => answers.append(only.alone()),
            _ => answers.append(PyTuple::new(py, names.iter().map(|name| name.string()))?),
        })
    }

    /// Return the list.
    pub fn into_answers(self) -> Bound<'py, PyList> {
        self.answers
    }
}
