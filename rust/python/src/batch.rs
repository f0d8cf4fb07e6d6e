//! Batches of events and the list of their answers.

use std::num::NonZeroUsize;
use std::thread::{Builder, scope};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};
use rulebus_matcher::{Care, Snapshot};

use crate::name::Name;
use crate::share::{Found, Refused, Share, Shares, find_each};

/// Events that are read, matched and answered at once: they are still in the cache of the core.
const ALONE: usize = 1024;

/// Events that one of several threads takes at a time; fewer do not pay for starting another.
const SHARED: usize = 128;

/// Events for each of several threads that are taken at once: enough to pay for starting them.
const THREAD_BATCH: usize = 8192;

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

    /// How many events are taken at once, unless there are no more.
    pub fn size(&self) -> usize {
        match self.threads.get() {
            1 => ALONE,
            threads => THREAD_BATCH.saturating_mul(threads),
        }
    }

    /// How many of them a share has.
    pub fn share(&self) -> usize {
        if self.threads.get() == 1 { ALONE } else { SHARED }
    }

    /// How many events have their answers.
    pub fn answered(&self) -> usize {
        self.answers.len()
    }

    /// Match shares of events, of which there are at most so many.
    pub fn answer<S: Share>(&self, shares: impl Iterator<Item = S>, most: usize) -> PyResult<()> {
        let (rules, care) = (self.rules, self.care);
        let threads = self.threads.get().min(most);
        if threads > 1 {
            return self.answer_on_threads(threads, &Shares::new(rules, care, most), shares);
        }
        for share in shares {
            let found = self.py().detach(|| find_each(rules, care, &share.texts()));
            self.append(&share, found.as_ref().map_err(|refused| *refused))?;
        }
        Ok(())
    }

    fn answer_on_threads<S: Share>(
        &self,
        threads: usize,
        all: &Shares<'s, S>,
        shares: impl Iterator<Item = S>,
    ) -> PyResult<()> {
        scope(|scope| {
            let _closing = Closing(all);
            // Where the system has no more threads to give, those that there are do the work.
            let _ = (1..threads)
                .try_for_each(|_| Builder::new().spawn_scoped(scope, || all.work()).map(drop));
            all.offer(shares);
            for place in 0.. {
                let Some((share, found)) = self.py().detach(|| all.found(place)) else { break };
                self.append(share, found)?;
            }
            Ok(())
        })
    }

    /// Append an answer for each event of a share; a tuple that was made once is handed out again.
    fn append(&self, share: &impl Share, found: Result<&Found<'s>, Refused>) -> PyResult<()> {
        let (py, answers) = (self.py(), &self.answers);
        let found = found.map_err(|refused| share.refusal(refused, answers.len()))?;
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

/// Closes shares when it is dropped, so that no thread waits for one that is not read any more.
struct Closing<'a, 's, S: Share>(&'a Shares<'s, S>);

impl<S: Share> Drop for Closing<'_, '_, S> {
    fn drop(&mut self) {
        self.0.close();
    }
}
