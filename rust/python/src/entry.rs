//! The members of an entry, as Python gives them, checked and read.

use pyo3::exceptions::{PyOverflowError, PyUnicodeEncodeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyString, PyType};
use rulebus_event::Entry;
use rulebus_matcher::check_object;

use crate::errors::{Fault, Refusal, Role};
use crate::input::{Source, encode_beyond_orjson, encode_by_orjson};

/// What an entry with a time counts for it, in bytes.
const TIME_SIZE: usize = 14;

/// How many objects are open around the detail of an event.
const DETAIL_DEPTH: usize = 1;

/// The members of an entry.
#[derive(Clone, Copy)]
pub struct Members<'a, 'py> {
    pub source: &'a Bound<'py, PyAny>,
    pub detail_type: &'a Bound<'py, PyAny>,
    pub detail: &'a Bound<'py, PyAny>,
    pub resources: &'a Bound<'py, PyAny>,
    pub time: &'a Bound<'py, PyAny>,
}

impl Members<'_, '_> {
    /// Check the members, and call `take` with the entry and the bytes that it counts for.
    ///
    /// `received` is the text of the time for an entry without one.
    pub fn read<T>(
        &self,
        received: &[u8],
        take: impl FnOnce(&Entry<'_>, usize) -> PyResult<T>,
    ) -> PyResult<T> {
        let source = member("Source", self.source)?;
        if source.starts_with("aws.") {
            return Err(refused_source(self.source));
        }
        let detail_type = member("DetailType", self.detail_type)?;
        let time = if self.time.is_none() { None } else { Some(utc(self.time)?) };
        let resources = strings(self.resources)?;
        let texts = resources.iter().map(|text| string("Resources", text));
        let detail = Detail::read(self.detail)?;
        let entry = Entry {
            source,
            detail_type,
            time: time.as_deref().unwrap_or(received),
            resources: &texts.collect::<PyResult<Vec<_>>>()?,
            detail: detail.text(),
        };
        take(&entry, entry.size() + time.as_ref().map_or(0, |_| TIME_SIZE))
    }
}

fn member<'a>(parameter: &str, value: &'a Bound<'_, PyAny>) -> PyResult<&'a str> {
    if !value.is_truthy()? {
        let reason = format!("{parameter} is a required argument.");
        return Err(invalid_argument(value.py(), parameter, &reason));
    }
    string(parameter, value)
}

fn string<'a>(parameter: &str, value: &'a Bound<'_, PyAny>) -> PyResult<&'a str> {
    let py = value.py();
    let Ok(text) = value.cast::<PyString>() else {
        let reason = format!("{parameter} must be a string, not {}.", value.get_type().name()?);
        return Err(invalid_argument(py, parameter, &reason));
    };
    text.to_str().map_err(|error| {
        if error.is_instance_of::<PyUnicodeEncodeError>(py) {
            invalid_argument(py, parameter, &format!("{parameter} holds a lone surrogate."))
        } else {
            error
        }
    })
}

/// Return the items of a list that should be strings.
fn strings<'py>(resources: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    if !resources.is_truthy()? {
        return Ok(Vec::new());
    }
    match resources.try_iter() {
        Ok(items) if !resources.is_instance_of::<PyString>() => items.collect(),
        _ => {
            let kind = resources.get_type().name()?;
            let reason = format!("Resources must be a list of strings, not {kind}.");
            Err(invalid_argument(resources.py(), "Resources", &reason))
        }
    }
}

/// The text of a detail.
enum Detail<'a, 'py> {
    Written(Bound<'py, PyBytes>),
    Given(&'a [u8]),
}

impl<'a, 'py> Detail<'a, 'py> {
    fn read(detail: &'a Bound<'py, PyAny>) -> PyResult<Self> {
        if let Ok(object) = detail.cast::<PyDict>() {
            return Ok(Self::Written(written(object)?));
        }
        if !detail.is_truthy()? {
            let reason = "Detail is a required argument.";
            return Err(invalid_argument(detail.py(), "Detail", reason));
        }
        let text = if let Ok(bytes) = detail.cast::<PyBytes>() {
            bytes.as_bytes()
        } else if let Ok(text) = detail.cast::<PyString>() {
            crate::input::utf8(text, Role::Event)?.as_bytes()
        } else {
            return Err(unreadable_detail(detail)?.into());
        };
        check_object(text, DETAIL_DEPTH)
            .map_err(|error| Refusal::of_event(&error, Source::Text))?;
        Ok(Self::Given(text))
    }

    fn text(&self) -> &[u8] {
        match self {
            Self::Written(text) => text.as_bytes(),
            Self::Given(text) => text,
        }
    }
}

/// Write a detail as JSON that may stand in an event.
fn written<'py>(detail: &Bound<'py, PyDict>) -> Result<Bound<'py, PyBytes>, Refusal> {
    if let Some(text) = encode_by_orjson(detail)? {
        return Ok(text);
    }
    let written = encode_beyond_orjson(detail, Role::Event).and_then(|text| {
        // This one, unlike orjson, has as many levels as an event may have.
        check_object(text.as_bytes(), DETAIL_DEPTH)
            .map_err(|error| Refusal::of_event(&error, Source::Object))?;
        Ok(text)
    });
    written.map_err(|refusal| refusal.at("the detail"))
}

fn unreadable_detail(detail: &Bound<'_, PyAny>) -> PyResult<Refusal> {
    let kind = detail.get_type().name()?;
    let message = format!("the detail must be a dict or the text of a JSON object, not {kind}");
    let (kind, path) = ("envelope".to_owned(), Some("detail".to_owned()));
    Ok(Refusal::Content(Role::Event, Fault { kind, message, path, offset: None }))
}

/// Return the text of a time in UTC and whole seconds.
fn utc(time: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    static DATETIME: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    static UTC: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

    let py = time.py();
    if !time.is_instance(DATETIME.import(py, "datetime", "datetime")?)? {
        let reason = format!("Time must be a datetime, not {}.", time.get_type().name()?);
        return Err(invalid_argument(py, "Time", &reason));
    }
    if time.getattr(intern!(py, "tzinfo"))?.is_none() {
        return Err(invalid_argument(py, "Time", "Time must have a time zone."));
    }
    let utc = UTC.import(py, "datetime", "UTC")?;
    let time = match time.call_method1(intern!(py, "astimezone"), (utc,)) {
        Err(error) if error.is_instance_of::<PyOverflowError>(py) => {
            let reason = "Time must be in the years 1 to 9999 of UTC.";
            return Err(invalid_argument(py, "Time", reason));
        }
        time => time?,
    };
    let text = time.call_method1(intern!(py, "isoformat"), ("T", "seconds"))?;
    let (second, _zone) = text.cast::<PyString>()?.to_str()?.split_at(19);
    Ok(format!("{second}Z").into_bytes())
}

/// Return the exception for a member that cannot be used.
fn invalid_argument(py: Python<'_>, parameter: &str, reason: &str) -> PyErr {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();

    CLASS
        .import(py, "rulebus.exceptions", "InvalidArgumentError")
        .and_then(|class| class.call1((parameter, reason)))
        .map_or_else(|error| error, PyErr::from_value)
}

/// Return the exception for a source that belongs to AWS.
fn refused_source(source: &Bound<'_, PyAny>) -> PyErr {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();

    CLASS
        .import(source.py(), "rulebus.exceptions", "NotAuthorizedForSourceError")
        .and_then(|class| class.call1((source,)))
        .map_or_else(|error| error, PyErr::from_value)
}
