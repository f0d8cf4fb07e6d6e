//! The events that wait for one target, and what is counted of them.

use std::collections::VecDeque;

use pyo3::exceptions::PyIndexError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};
use rulebus_matcher::prefetch;

use super::latency::Latency;

const CACHE_LINE: usize = 64;

/// An event, and when it came.
pub type Queued = (Py<PyBytes>, f64);

/// The queue of one subscription with all that its events touch, so that it is near at hand.
///
/// Python code may run whenever an object of Python is made, so none is while this is borrowed.
#[pyclass(module = "rulebus._core")]
#[expect(clippy::struct_excessive_bools, reason = "each answers a question of its own")]
pub struct EventQueue {
    pub events: VecDeque<Queued>,
    /// Bytes of the events together.
    #[pyo3(get)]
    size: usize,
    #[pyo3(get, set)]
    received: u64,
    #[pyo3(get, set)]
    pub delivered: u64,
    #[pyo3(get, set)]
    pub in_flight: usize,
    /// Events that may be taken although policies have a say.
    #[pyo3(get, set)]
    pub allowance: usize,
    /// Events that a worker may take in one turn.
    #[pyo3(get, set)]
    pub most: usize,
    /// Workers that deliver.
    #[pyo3(get)]
    pub workers: usize,
    #[pyo3(get)]
    pub is_submitted: bool,
    /// No policy has a say: an event may come if there is room, and be taken if it is the first.
    #[pyo3(get, set)]
    pub is_straight: bool,
    /// The subscription is told of the end of each turn.
    #[pyo3(get, set)]
    pub is_watched: bool,
    /// Publishers wait for room: there is none for others.
    #[pyo3(get, set)]
    pub is_waited_for: bool,
    /// The event that is being delivered if it is the only one of an order.
    #[pyo3(get, set)]
    pub alone: Option<Py<PyBytes>>,
    #[pyo3(get, set)]
    pub is_ordered: bool,
    #[pyo3(get, set)]
    capacity: usize,
    /// Events in a list at most, if the target is given lists.
    #[pyo3(get, set)]
    pub batch_size: Option<usize>,
    #[pyo3(get, set)]
    pub deliver: Option<Py<PyAny>>,
    #[pyo3(get, set)]
    pub subscription: Option<Py<PyAny>>,
    pub latency: Latency,
}

#[pymethods]
impl EventQueue {
    #[new]
    fn new() -> Self {
        Self {
            events: VecDeque::new(),
            size: 0,
            received: 0,
            delivered: 0,
            in_flight: 0,
            allowance: 0,
            most: 1,
            workers: 0,
            is_submitted: false,
            is_straight: false,
            is_watched: false,
            is_waited_for: false,
            alone: None,
            is_ordered: false,
            capacity: usize::MAX,
            batch_size: None,
            deliver: None,
            subscription: None,
            latency: Latency::default(),
        }
    }

    fn __len__(&self) -> usize {
        self.events.len()
    }

    fn append(&mut self, event: Py<PyBytes>, now: f64, py: Python<'_>) {
        self.size += event.as_bytes(py).len();
        self.events.push_back((event, now));
    }

    fn extend(&mut self, events: Vec<Py<PyBytes>>, now: f64, py: Python<'_>) {
        for event in events {
            self.append(event, now, py);
        }
    }

    fn popleft(&mut self, py: Python<'_>) -> PyResult<Queued> {
        self.take_first(py).ok_or_else(empty)
    }

    /// Take out as many events as there are, but no more than `most`, and when each came.
    fn take(&mut self, most: usize, py: Python<'_>) -> (Vec<Py<PyBytes>>, Vec<f64>) {
        let most = most.min(self.events.len());
        (0..most).filter_map(|_| self.take_first(py)).unzip()
    }

    /// Return the first event, which stays.
    fn first(&self, py: Python<'_>) -> PyResult<Py<PyBytes>> {
        self.events.front().map(|(event, _)| event.clone_ref(py)).ok_or_else(empty)
    }

    /// Return when the first event came.
    fn first_time(&self) -> PyResult<f64> {
        self.events.front().map(|(_, time)| *time).ok_or_else(empty)
    }

    /// Return the events, which stay.
    fn events(&self, py: Python<'_>) -> Vec<Py<PyBytes>> {
        self.events.iter().map(|(event, _)| event.clone_ref(py)).collect()
    }

    fn clear(slf: &Bound<'_, Self>) {
        let events = {
            let mut queue = slf.borrow_mut();
            queue.size = 0;
            std::mem::take(&mut queue.events)
        };
        drop(events);
    }

    fn note_latency(&mut self, seconds: f64, deliveries: u64) {
        self.latency.note(seconds, deliveries);
    }

    fn latency<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyTuple>, f64)> {
        let (counts, total) = slf.borrow().latency.histogram();
        Ok((PyTuple::new(slf.py(), counts)?, total))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.deliver)?;
        visit.call(&self.subscription)
    }

    fn __clear__(&mut self) {
        self.deliver = None;
        self.subscription = None;
    }
}

impl EventQueue {
    /// Take out the first event.
    pub fn take_first(&mut self, py: Python<'_>) -> Option<Queued> {
        let first = self.events.pop_front()?;
        self.size -= first.0.as_bytes(py).len();
        Some(first)
    }

    /// Have a queue brought into the cache while other work goes on.
    pub fn prefetch(queue: &Bound<'_, PyAny>) {
        let start = queue.as_ptr().cast::<u8>();
        for offset in (0..=size_of::<Self>()).step_by(CACHE_LINE) {
            prefetch(start.wrapping_add(offset));
        }
    }

    /// Have the handler brought into the cache while other work goes on.
    pub fn prefetch_handler(&self) {
        if let Some(deliver) = &self.deliver {
            prefetch(deliver.as_ptr());
        }
    }

    /// Return what decides about the queue.
    pub fn subscription<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        self.subscription.as_ref().map(|subscription| subscription.bind(py).clone())
    }

    /// Queue an event if nothing has to be decided about it; return whether it is.
    pub fn take_in(&mut self, event: &Bound<'_, PyBytes>, now: f64) -> bool {
        let is_full = self.events.len() >= self.capacity;
        if !self.is_straight || self.is_waited_for || is_full {
            return false;
        }
        self.append(event.clone().unbind(), now, event.py());
        self.received += 1;
        true
    }

    /// Tell whether publishers should be let in: one by one they would cost more than to deliver.
    pub fn makes_room(&self) -> bool {
        let low = self.capacity - (self.capacity / 16).max(1);
        self.is_waited_for && self.events.len() <= low
    }

    /// Tell whether a worker has to be found: there are events, and none is on its way.
    pub fn needs_worker(&self) -> bool {
        self.workers == 0 && !self.is_submitted && !self.events.is_empty()
    }
}

fn empty() -> PyErr {
    PyIndexError::new_err("the queue is empty")
}
