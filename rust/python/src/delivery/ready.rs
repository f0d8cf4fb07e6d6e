//! The queues that wait for a worker.

use std::collections::VecDeque;

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyTuple};
use rulebus_matcher::prefetch;

use super::queue::EventQueue;
use crate::matcher::{Matcher, care};
use crate::matches::{Matches, append};

/// The queues of a bus that have work, in the order in which they came, and how a worker is called.
#[pyclass(module = "rulebus._core")]
pub struct ReadyQueues {
    queues: VecDeque<Py<EventQueue>>,
    call_worker: Option<Py<PyAny>>,
    /// A worker was called, and has not begun.
    #[pyo3(get, set)]
    pub is_one_coming: bool,
    /// A worker has ended a turn, and has not yet looked for more to do.
    #[pyo3(get, set)]
    pub is_one_free: bool,
}

#[pymethods]
impl ReadyQueues {
    #[new]
    #[pyo3(signature = (call_worker, /))]
    fn new(call_worker: Py<PyAny>) -> Self {
        Self {
            queues: VecDeque::new(),
            call_worker: Some(call_worker),
            is_one_coming: false,
            is_one_free: false,
        }
    }

    fn __len__(&self) -> usize {
        self.queues.len()
    }

    /// Return the queues.
    fn queues<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        let py = slf.py();
        let queues: Vec<_> = slf.borrow().queues.iter().map(|queue| queue.clone_ref(py)).collect();
        PyList::new(py, queues)
    }

    /// Have a worker come for a queue.
    #[pyo3(signature = (queue, /))]
    fn submit(slf: &Bound<'_, Self>, queue: &Bound<'_, EventQueue>) -> PyResult<()> {
        queue.borrow_mut().is_submitted = true;
        slf.borrow_mut().add(queue.clone().unbind());
        Self::call(slf)
    }

    fn clear(slf: &Bound<'_, Self>) {
        let queues = std::mem::take(&mut slf.borrow_mut().queues);
        drop(queues);
    }

    #[pyo3(signature = (matcher, events, routes, now, /, *, trusted))]
    fn put<'py>(
        slf: &Bound<'py, Self>,
        matcher: &Bound<'py, Matcher>,
        events: &Bound<'py, PyList>,
        routes: &Bound<'py, PyDict>,
        now: f64,
        trusted: bool,
    ) -> PyResult<(usize, Bound<'py, PyDict>)> {
        let py = slf.py();
        let rules = matcher.get().snapshot();
        let found = Matches::of(py, &rules, care(trusted), events)?;
        found.each().for_each(|(_, name)| prefetch(name.string().as_ptr()));
        let mut puts = Vec::new();
        let mut count = 0;
        for (event, name) in found.each() {
            count += 1;
            puts.extend(route(routes, name.string().bind(py))?.map(|queues| (event, queues)));
        }
        Ok((count, Self::queue(slf, &puts, now)?))
    }

    #[pyo3(signature = (event, rules, routes, now, /))]
    fn put_one<'py>(
        slf: &Bound<'py, Self>,
        event: &Bound<'py, PyBytes>,
        rules: &Bound<'py, PyList>,
        routes: &Bound<'py, PyDict>,
        now: f64,
    ) -> PyResult<Bound<'py, PyDict>> {
        let mut puts = Vec::new();
        for rule in rules.iter() {
            puts.extend(route(routes, &rule)?.map(|queues| (event, queues)));
        }
        Self::queue(slf, &puts, now)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.call_worker)?;
        self.queues.iter().try_for_each(|queue| visit.call(queue))
    }

    fn __clear__(&mut self) {
        self.call_worker = None;
        self.queues.clear();
    }
}

impl ReadyQueues {
    /// Add a queue behind the others; it is marked as submitted.
    pub fn add(&mut self, queue: Py<EventQueue>) {
        self.queues.push_back(queue);
    }

    /// Tell whether no queue waits.
    pub fn is_empty(&self) -> bool {
        self.queues.is_empty()
    }

    /// Tell whether queues wait and no worker looks for work anyway.
    pub fn needs_worker(&self) -> bool {
        !self.is_empty() && !self.is_one_coming && !self.is_one_free
    }

    /// Take out the first queue.
    pub fn take<'py>(&mut self, py: Python<'py>) -> Option<Bound<'py, EventQueue>> {
        Some(self.queues.pop_front()?.into_bound(py))
    }

    /// Call a worker if one is needed.
    pub fn call(slf: &Bound<'_, Self>) -> PyResult<()> {
        let call_worker = {
            let mut ready = slf.borrow_mut();
            if !ready.needs_worker() {
                return Ok(());
            }
            ready.is_one_coming = true;
            ready.call_worker.as_ref().map(|call| call.clone_ref(slf.py()))
        };
        call_worker.map_or(Ok(()), |call| call.call0(slf.py()).map(drop))
    }

    /// Queue events and have workers come; return by subscription those about which it decides.
    fn queue<'py>(
        slf: &Bound<'py, Self>,
        puts: &[(&Bound<'py, PyBytes>, Bound<'py, PyTuple>)],
        now: f64,
    ) -> PyResult<Bound<'py, PyDict>> {
        let py = slf.py();
        let mut refused = Vec::new();
        let mut ready = slf.borrow_mut();
        for (event, queues) in puts {
            for queue in queues.iter_borrowed() {
                let queue = queue.cast::<EventQueue>()?;
                let mut inner = queue.borrow_mut();
                if !inner.take_in(event, now) {
                    refused
                        .extend(inner.subscription(py).map(|subscription| (subscription, event)));
                } else if inner.needs_worker() {
                    inner.is_submitted = true;
                    inner.prefetch_handler();
                    ready.add(queue.to_owned().unbind());
                }
            }
        }
        drop(ready);
        Self::call(slf)?;
        let undecided = PyDict::new(py);
        for (subscription, event) in refused {
            append(&undecided, &subscription, event)?;
        }
        Ok(undecided)
    }
}

/// Return the queues of a rule, and have them brought into the cache.
///
/// So many are on their way at once; to borrow one waits for it, and for all before it.
fn route<'py>(
    routes: &Bound<'py, PyDict>,
    rule: &Bound<'py, PyAny>,
) -> PyResult<Option<Bound<'py, PyTuple>>> {
    let Some(queues) = routes.get_item(rule)? else { return Ok(None) };
    let queues = queues.cast_into::<PyTuple>()?;
    queues.iter_borrowed().for_each(|queue| EventQueue::prefetch(&queue));
    Ok(Some(queues))
}
