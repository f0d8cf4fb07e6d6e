//! Entries from Python as envelopes.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{IntoPyDict, PyBytes, PyList, PyString, PyType};
use rulebus_event::{Envelope, EventId, EventIds, write_seconds};

use crate::entry::Members;
use crate::put_result::{accepted, failed};

/// Bytes of an envelope beside the texts of its entry, for most accounts and regions.
const FRAME: usize = 224;

/// Writes the envelopes of one bus.
#[pyclass(frozen, module = "rulebus._core")]
pub struct EnvelopeWriter {
    envelope: Envelope,
    max_request_bytes: Option<usize>,
    clock: Py<PyAny>,
}

#[pymethods]
impl EnvelopeWriter {
    #[new]
    #[pyo3(signature = (account, region, max_request_bytes, clock))]
    fn new(
        account: &str,
        region: &str,
        max_request_bytes: Option<usize>,
        clock: Py<PyAny>,
    ) -> Self {
        Self { envelope: Envelope::new(account, region), max_request_bytes, clock }
    }

    #[pyo3(signature = (source, detail_type, detail, resources, time))]
    fn write<'py>(
        &self,
        source: &Bound<'py, PyAny>,
        detail_type: &Bound<'py, PyAny>,
        detail: &Bound<'py, PyAny>,
        resources: &Bound<'py, PyAny>,
        time: &Bound<'py, PyAny>,
    ) -> PyResult<(Bound<'py, PyString>, Bound<'py, PyBytes>)> {
        let py = source.py();
        let members = Members { source, detail_type, detail, resources, time };
        let written = self.written(py, &members, &self.received(py)?)?;
        self.check_size(py, written.size)?;
        Ok((written.id, written.envelope))
    }

    #[pyo3(signature = (entries))]
    fn write_all<'py>(
        &self,
        entries: &Bound<'py, PyAny>,
    ) -> PyResult<(Bound<'py, PyList>, Bound<'py, PyList>)> {
        let py = entries.py();
        let received = self.received(py)?;
        let (envelopes, results) = (PyList::empty(py), PyList::empty(py));
        let mut size = 0;
        for (index, entry) in entries.try_iter()?.enumerate() {
            let entry = entry?;
            let [source, detail_type, detail, resources, time] = &attributes(index, &entry)?;
            let members = Members { source, detail_type, detail, resources, time };
            let written = self.written(py, &members, &received);
            results.append(match written {
                Ok(written) => {
                    size += written.size;
                    envelopes.append(written.envelope)?;
                    accepted(&written.id)?
                }
                Err(error) => failed(py, error)?,
            })?;
        }
        self.check_size(py, size)?;
        Ok((envelopes, results))
    }
}

/// An envelope with its id, and the bytes that its entry counts for.
struct Written<'py> {
    id: Bound<'py, PyString>,
    envelope: Bound<'py, PyBytes>,
    size: usize,
}

impl EnvelopeWriter {
    /// Return the text of the time of receipt.
    fn received(&self, py: Python<'_>) -> PyResult<Vec<u8>> {
        let seconds: f64 = self.clock.bind(py).call0()?.extract()?;
        let mut text = Vec::with_capacity(20);
        #[allow(clippy::cast_possible_truncation, reason = "what is out of range has no text")]
        let is_time = !seconds.is_nan() && write_seconds(seconds as i64, &mut text);
        if !is_time {
            let message = format!("the clock gives {seconds}: expected the years 1 to 9999");
            return Err(PyOverflowError::new_err(message));
        }
        Ok(text)
    }

    fn written<'py>(
        &self,
        py: Python<'py>,
        members: &Members<'_, 'py>,
        received: &[u8],
    ) -> PyResult<Written<'py>> {
        members.read(received, |entry, size| {
            let id = next_id();
            let mut envelope = Vec::with_capacity(FRAME + size);
            self.envelope.write(&id, entry, &mut envelope);
            let (id, envelope) = (PyString::new(py, id.as_str()), PyBytes::new(py, &envelope));
            Ok(Written { id, envelope, size })
        })
    }

    fn check_size(&self, py: Python<'_>, size: usize) -> PyResult<()> {
        static TOO_LARGE: PyOnceLock<Py<PyType>> = PyOnceLock::new();

        match self.max_request_bytes {
            Some(limit) if size >= limit => {
                let class = TOO_LARGE.import(py, "rulebus.exceptions", "RequestTooLargeError")?;
                Err(PyErr::from_value(class.call1((size, limit))?))
            }
            _ => Ok(()),
        }
    }
}

/// Return the attributes of an entry in the order of [`Members`].
fn attributes<'py>(index: usize, entry: &Bound<'py, PyAny>) -> PyResult<[Bound<'py, PyAny>; 5]> {
    let py = entry.py();
    let Some(source) = entry.getattr_opt(intern!(py, "source"))? else {
        let kind = entry.get_type().name()?;
        let message = format!("entry {index}: expected a rulebus.Entry, got {kind}");
        return Err(PyTypeError::new_err(message));
    };
    Ok([
        source,
        entry.getattr(intern!(py, "detail_type"))?,
        entry.getattr(intern!(py, "detail"))?,
        entry.getattr(intern!(py, "resources"))?,
        entry.getattr(intern!(py, "time"))?,
    ])
}

/// Return the bytes that an entry counts for.
#[pyfunction]
#[pyo3(signature = (source, detail_type, detail, resources, time, /))]
pub fn entry_size(
    source: &Bound<'_, PyAny>,
    detail_type: &Bound<'_, PyAny>,
    detail: &Bound<'_, PyAny>,
    resources: &Bound<'_, PyAny>,
    time: &Bound<'_, PyAny>,
) -> PyResult<usize> {
    Members { source, detail_type, detail, resources, time }.read(b"", |_, size| Ok(size))
}

/// Grows in a forked process, so that it does not go on with the random bytes of its parent.
static FORKS: AtomicU64 = AtomicU64::new(0);

/// Note in a forked process that it is one.
#[pyfunction]
fn forked() {
    FORKS.fetch_add(1, Relaxed);
}

/// Have `forked` called in every process that Python forks, where it can fork.
pub fn watch_forks(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let os = module.py().import("os")?;
    if let Some(register) = os.getattr_opt("register_at_fork")? {
        let arguments = [("after_in_child", wrap_pyfunction!(forked, module)?)];
        register.call((), Some(&arguments.into_py_dict(module.py())?))?;
    }
    Ok(())
}

/// Return a new id from the source of this thread.
fn next_id() -> EventId {
    thread_local! {
        static IDS: RefCell<(EventIds, u64)> = RefCell::default();
    }

    IDS.with_borrow_mut(|(ids, forks)| {
        let now = FORKS.load(Relaxed);
        if *forks != now {
            *forks = now;
            ids.forget();
        }
        ids.next_id()
    })
}
