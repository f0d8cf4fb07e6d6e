//! The queues that wait for a worker.

use std::collections::VecDeque;

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};

use super::queue::EventQueue;

/// Shares about which subscriptions have to decide.
type Undecided<'py> = Vec<(Py<PyAny>, Bound<'py, PyList>)>;

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

    #[pyo3(signature = (shares, routes, now, /))]
    fn put<'py>(
        slf: &Bound<'py, Self>,
        shares: &Bound<'py, PyDict>,
        routes: &Bound<'py, PyDict>,
        now: f64,
    ) -> PyResult<(usize, Undecided<'py>)> {
        let mut matched = 0;
        let mut undecided = Vec::new();
        for (rule, share) in shares.iter() {
            let share = share.cast_into::<PyList>()?;
            matched += share.len();
            Self::put_share(slf, &rule, &share, routes, now, &mut undecided)?;
        }
        if !slf.borrow().queues.is_empty() {
            Self::call(slf)?;
        }
        Ok((matched, undecided))
    }

    #[pyo3(signature = (event, rules, routes, now, /))]
    fn put_one<'py>(
        slf: &Bound<'py, Self>,
        event: &Bound<'py, PyAny>,
        rules: &Bound<'py, PyList>,
        routes: &Bound<'py, PyDict>,
        now: f64,
    ) -> PyResult<Undecided<'py>> {
        let mut undecided = Vec::new();
        let share = PyList::new(slf.py(), [event])?;
        for rule in rules.iter() {
            Self::put_share(slf, &rule, &share, routes, now, &mut undecided)?;
        }
        if !slf.borrow().queues.is_empty() {
            Self::call(slf)?;
        }
        Ok(undecided)
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

    /// Take out the first queue.
    pub fn take<'py>(&mut self, py: Python<'py>) -> Option<Bound<'py, EventQueue>> {
        Some(self.queues.pop_front()?.into_bound(py))
    }

    /// Call a worker, unless one looks for work anyway.
    pub fn call(slf: &Bound<'_, Self>) -> PyResult<()> {
        let call_worker = {
            let mut ready = slf.borrow_mut();
            if ready.is_one_coming || ready.is_one_free {
                return Ok(());
            }
            ready.is_one_coming = true;
            ready.call_worker.as_ref().map(|call| call.clone_ref(slf.py()))
        };
        call_worker.map_or(Ok(()), |call| call.call0(slf.py()).map(drop))
    }

    fn put_share<'py>(
        slf: &Bound<'py, Self>,
        rule: &Bound<'py, PyAny>,
        share: &Bound<'py, PyList>,
        routes: &Bound<'py, PyDict>,
        now: f64,
        undecided: &mut Undecided<'py>,
    ) -> PyResult<()> {
        let Some(queues) = routes.get_item(rule)? else { return Ok(()) };
        for queue in queues.cast::<PyTuple>()?.iter() {
            let queue = queue.cast_into::<EventQueue>()?;
            let mut inner = queue.borrow_mut();
            if inner.take_in(share, now)? {
                if inner.needs_worker() {
                    inner.is_submitted = true;
                    drop(inner);
                    slf.borrow_mut().add(queue.unbind());
                }
            } else if let Some(subscription) = &inner.subscription {
                undecided.push((subscription.clone_ref(slf.py()), share.clone()));
            }
        }
        Ok(())
    }
}
