//! A worker's turns: it takes events from one queue after the other and hands them to handlers.

use std::mem::take;

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};

use super::queue::{EventQueue, Queued};
use super::ready::ReadyQueues;
use crate::event::Event;

/// A handler that never waits would keep the event loop to itself.
const DELIVERIES_PER_TURN: usize = 128;

/// Deliveries that take longer than so many seconds each are timed one by one.
const WORTH_TIMING: f64 = 20e-6;

/// What is in hand for a handler.
struct Taken {
    deliver: Py<PyAny>,
    /// Publishers should be let in before.
    makes_room: bool,
    is_list: bool,
}

/// What one worker has in hand.
#[pyclass(module = "rulebus._core")]
pub struct Turn {
    ready: Py<ReadyQueues>,
    /// Returns the time.
    clock: Py<PyAny>,
    queue: Option<Py<EventQueue>>,
    /// Events are taken straight from the queue; else Python has to decide.
    is_straight: bool,
    /// What the handler has been given.
    hand: Vec<Queued>,
    /// The list in which it was.
    list: Option<Py<PyList>>,
    /// When the turn began, if that is known.
    began: Option<f64>,
    /// When the events came that were delivered in this turn, and how many of them at a time.
    delivered: Vec<(f64, u64)>,
    /// Deliveries of this turn.
    done: usize,
    /// Deliveries since others on the event loop had their turn.
    #[pyo3(get, set)]
    deliveries: usize,
}

#[pymethods]
impl Turn {
    #[new]
    #[pyo3(signature = (ready, clock, /))]
    fn new(ready: Py<ReadyQueues>, clock: Py<PyAny>) -> Self {
        Self {
            ready,
            clock,
            queue: None,
            is_straight: false,
            hand: Vec::new(),
            list: None,
            began: None,
            delivered: Vec::new(),
            done: 0,
            deliveries: 0,
        }
    }

    #[getter]
    fn subscription<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        self.queue.as_ref()?.borrow(py).subscription(py)
    }

    #[pyo3(signature = (result, /))]
    fn next<'py>(&mut self, result: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = result.py();
        if !result.is_none() && self.list.is_some() {
            self.read_result(result)?;
        }
        let mut taken = self.go_on(py);
        loop {
            if let Some(taken) = taken {
                return self.hand_over(&taken, py).map(Some);
            }
            self.end(py)?;
            taken = self.begin(py)?;
            if !self.is_straight {
                return Ok(None);
            }
        }
    }

    #[pyo3(signature = (now, /))]
    fn go_straight(&mut self, now: f64) {
        self.is_straight = true;
        self.began = Some(now);
    }

    fn failed(&mut self) -> (Vec<Py<PyBytes>>, Vec<f64>) {
        self.list = None;
        take(&mut self.hand).into_iter().unzip()
    }

    fn end(&mut self, py: Python<'_>) -> PyResult<()> {
        let Some(queue) = self.queue.take() else { return Ok(()) };
        let queue = queue.into_bound(py);
        let now = if self.done > 0 { Some(self.now(py)?) } else { None };
        let subscription = {
            let mut queue = queue.borrow_mut();
            if let Some(now) = now {
                self.note_times(&mut queue, now);
            }
            queue.workers -= 1;
            if take(&mut self.is_straight) {
                queue.alone = None;
            }
            if queue.is_straight && !queue.is_watched && !queue.is_waited_for {
                if queue.needs_worker() {
                    queue.is_submitted = true;
                    self.ready.borrow_mut(py).add(queue.into());
                }
                return Ok(());
            }
            queue.subscription(py)
        };
        self.ready.borrow_mut(py).is_one_free = true;
        let end_turn = intern!(py, "end_turn");
        subscription.map_or(Ok(()), |one| one.call_method0(end_turn).map(drop))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.ready)?;
        visit.call(&self.clock)?;
        visit.call(&self.queue)
    }
}

impl Turn {
    /// Have the subscription read what the handler of a list has returned; it raises what failed.
    fn read_result(&self, result: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = result.py();
        let Some(subscription) = self.subscription(py) else { return Ok(()) };
        subscription.call_method1(intern!(py, "check_result"), (result, &self.list)).map(drop)
    }

    /// Take note that what was handed over is delivered, and take what is next in the queue.
    fn go_on(&mut self, py: Python<'_>) -> Option<Taken> {
        let queue = self.queue.as_ref().filter(|_| self.is_straight)?;
        let mut queue = queue.bind(py).borrow_mut();
        self.settle(&mut queue);
        self.take(&mut queue, py)
    }

    /// Take what the handler is given next, if there is anything.
    fn take(&mut self, queue: &mut EventQueue, py: Python<'_>) -> Option<Taken> {
        if self.done >= queue.most || !(queue.is_straight || queue.allowance > 0) {
            return None;
        }
        let most = queue.batch_size.unwrap_or(1);
        while self.hand.len() < most
            && let Some(event) = queue.take_first(py)
        {
            self.hand.push(event);
        }
        let (first, _) = self.hand.first()?;
        queue.in_flight += self.hand.len();
        queue.allowance = queue.allowance.saturating_sub(1);
        if queue.is_ordered {
            queue.alone = Some(first.clone_ref(py));
        }
        Some(Taken {
            deliver: queue.deliver.as_ref()?.clone_ref(py),
            makes_room: queue.makes_room(),
            is_list: queue.batch_size.is_some(),
        })
    }

    /// Call the handler with what was taken.
    fn hand_over<'py>(&mut self, taken: &Taken, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        if taken.makes_room
            && let Some(subscription) = self.subscription(py)
        {
            subscription.call_method0(intern!(py, "admit"))?;
        }
        let given =
            if taken.is_list { self.list(py)?.into_any() } else { self.event(py)?.into_any() };
        taken.deliver.bind(py).call1((given,))
    }

    /// Take note that what was handed over is delivered.
    fn settle(&mut self, queue: &mut EventQueue) {
        let count = self.hand.len();
        queue.in_flight -= count;
        queue.delivered += count as u64;
        self.deliveries += count;
        self.done += count;
        for (_, came) in self.hand.drain(..) {
            match self.delivered.last_mut() {
                Some((time, count)) if time.to_bits() == came.to_bits() => *count += 1,
                _ => self.delivered.push((came, 1)),
            }
        }
        self.list = None;
    }

    fn event<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, Event>> {
        Bound::new(py, Event::of(self.hand[0].0.clone_ref(py)))
    }

    fn list<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let events = self.hand.iter().map(|(raw, _)| Event::of(raw.clone_ref(py)));
        let list = PyList::new(py, events)?;
        self.list = Some(list.clone().unbind());
        Ok(list)
    }

    /// Begin the turn of the next queue, and take from it if nothing has to be decided.
    fn begin(&mut self, py: Python<'_>) -> PyResult<Option<Taken>> {
        let ready = self.ready.bind(py);
        let (queue, needs_worker) = {
            let mut ready = ready.borrow_mut();
            let is_spent = self.deliveries >= DELIVERIES_PER_TURN && !ready.is_empty();
            // One that is coming goes on in its place.
            ready.is_one_free = is_spent && !ready.is_one_coming;
            (if is_spent { None } else { ready.take(py) }, ready.needs_worker())
        };
        self.is_straight = false;
        let mut taken = None;
        if let Some(queue) = queue {
            let ready = needs_worker.then(|| ready.clone());
            let mut inner = queue.borrow_mut();
            inner.is_submitted = false;
            inner.workers += 1;
            self.is_straight = inner.is_straight;
            if self.is_straight {
                taken = self.take(&mut inner, py);
            }
            drop(inner);
            self.queue = Some(queue.unbind());
            // From here on Python code runs, which may ask the queues.
            if let Some(ready) = ready {
                ReadyQueues::call(&ready)?;
            }
        }
        if !self.is_straight {
            self.began = None;
        } else if self.began.is_none() {
            self.began = Some(self.now(py)?);
        }
        Ok(taken)
    }

    /// Count how long the deliveries of a turn took.
    #[expect(clippy::cast_precision_loss, reason = "a turn has few deliveries")]
    fn note_times(&mut self, queue: &mut EventQueue, now: f64) {
        for (came, count) in self.delivered.drain(..) {
            queue.latency.note(now - came, count);
        }
        if let Some(began) = self.began {
            let is_fast = now - began <= WORTH_TIMING * self.done as f64;
            queue.most = if is_fast { DELIVERIES_PER_TURN } else { 1 };
        }
        self.done = 0;
        self.began = Some(now);
    }

    fn now(&self, py: Python<'_>) -> PyResult<f64> {
        self.clock.bind(py).call0()?.extract()
    }
}
