//! Batches of events and the list of their answers.

use std::num::NonZeroUsize;
use std::thread::{Builder, scope};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};
use rulebus_matcher::{Care, Snapshot, prefetch};

use crate::name::Name;
use crate::share::{Matched, Share};
use crate::threads::{Answers, Offers};

/// Events that one thread alone reads, matches and answers before it goes on: they stay in the
/// cache of its core.
const ALONE: usize = 1024;

/// Events that one of several threads takes at a time; fewer do not pay for starting another.
const SHARED: usize = 128;

/// Shares for each thread that are read ahead.
const AHEAD: usize = 4;

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

    /// How many events a share has, unless there are no more.
    pub fn share(&self) -> usize {
        if self.threads.get() == 1 { ALONE } else { SHARED }
    }

    /// How many events have their answers.
    pub fn answered(&self) -> usize {
        self.answers.len()
    }

    /// Match shares of events.
    pub fn answer<S: Share>(&self, mut shares: impl Iterator<Item = S>) -> PyResult<()> {
        if self.threads.get() > 1 {
            return self.answer_on_threads(shares);
        }
        let (py, rules, care) = (self.py(), self.rules, self.care);
        shares.try_for_each(|share| self.append(py.detach(|| Matched::of(share, rules, care))))
    }

    /// Have other threads match some of the shares, while this one reads them and appends answers.
    fn answer_on_threads<S: Share>(&self, shares: impl Iterator<Item = S>) -> PyResult<()> {
        let (py, threads) = (self.py(), self.threads.get());
        let offers = Offers::new(self.rules, self.care);
        let mut answers = Answers::to(&offers);
        scope(|scope| {
            let _ending = Ending(&offers);
            let mut others = 1..threads;
            for share in shares {
                answers.ask(share);
                // The first share is for this thread.
                if answers.pending() > 1 && others.next().is_some() {
                    let (offers, sender) = (&offers, answers.sender());
                    let started = Builder::new().spawn_scoped(scope, move || offers.work(&sender));
                    if started.is_err() {
                        // The system has no more to give: those that there are do the work.
                        others = 0..0;
                    }
                }
                if answers.pending() > AHEAD.saturating_mul(threads) {
                    py.detach(|| answers.next()).map_or(Ok(()), |next| self.append(next))?;
                }
            }
            while let Some(next) = py.detach(|| answers.next()) {
                self.append(next)?;
            }
            Ok(())
        })
    }

    /// Append an answer for each event of a share; a tuple that was made once is handed out again.
    fn append<S: Share>(&self, matched: Matched<'s, S>) -> PyResult<()> {
        let (py, answers) = (self.py(), &self.answers);
        let Matched { share, found } = matched;
        let found = found.map_err(|refused| share.refusal(refused, answers.len()))?;
        found.names().for_each(|name| prefetch(name.alone().as_ptr()));
        found.each().try_for_each(|names| match names {
            [only] => answers.append(only.alone()),
            _ => answers.append(PyTuple::new(py, names.iter().map(|name| name.string()))?),
        })?;
        py.check_signals()
    }

    /// Return the list.
    pub fn into_answers(self) -> Bound<'py, PyList> {
        self.answers
    }
}

/// Ends the offers when it is dropped, whatever happens, so that no thread waits for more.
struct Ending<'a, 's, S: Share>(&'a Offers<'s, S>);

impl<S: Share> Drop for Ending<'_, '_, S> {
    fn drop(&mut self) {
        self.0.end();
    }
}
