//! Many named patterns that are tried on events together.

use std::sync::Arc;

use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyDict, PyIterator, PyList, PyMapping, PyString};
use rulebus_matcher::{Care, Dialect, Snapshot};

use crate::batch::Batches;
use crate::errors::{Refusal, Role};
use crate::explanation::{Explanation, explain};
use crate::input::Input;
use crate::matches::Matches;
use crate::name::Name;
use crate::pattern::{parse, read_dialect};
use crate::share::find;
use crate::{lines, many, statistics};

/// A live set of named event patterns.
///
/// Changes wait for each other detached from the interpreter, so a long one stops no other thread.
#[pyclass(frozen, module = "rulebus")]
pub struct Matcher {
    rules: rulebus_matcher::Matcher<Name>,
    dialect: Dialect,
}

#[pymethods]
impl Matcher {
    #[new]
    #[pyo3(
        signature = (rules = None, /, *, dialect = "aws", required = Vec::new()),
        text_signature = "(rules=None, /, *, dialect='aws', required=())"
    )]
    fn new(
        py: Python<'_>,
        rules: Option<&Bound<'_, PyMapping>>,
        dialect: &str,
        required: Vec<PyBackedStr>,
    ) -> PyResult<Self> {
        let matcher = Self {
            rules: rulebus_matcher::Matcher::requiring(required),
            dialect: read_dialect(dialect)?,
        };
        if let Some(rules) = rules {
            matcher.add_many(py, rules)?;
        }
        Ok(matcher)
    }

    #[pyo3(signature = (name, pattern, /))]
    fn add(
        &self,
        py: Python<'_>,
        name: &Bound<'_, PyString>,
        pattern: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let pattern = parse(&Input::read(pattern, Role::Pattern)?, self.dialect)?;
        let (text, value) = (name.to_str()?, Name::new(name)?);
        py.detach(|| self.rules.add(text, &pattern, value));
        Ok(())
    }

    #[pyo3(signature = (rules, /))]
    fn add_many(&self, py: Python<'_>, rules: &Bound<'_, PyMapping>) -> PyResult<()> {
        let rules: Vec<(Bound<'_, PyString>, Bound<'_, PyAny>)> =
            rules.items()?.iter().map(|rule| rule.extract()).collect::<PyResult<_>>()?;
        let rules = rules
            .iter()
            .map(|(name, pattern)| {
                let text = name.to_str()?;
                let pattern = Input::read(pattern, Role::Pattern)
                    .map_err(|refusal| refusal.at(format_args!("rule {text:?}")))?;
                Ok((text, pattern, Name::new(name)?))
            })
            .collect::<PyResult<Vec<_>>>()?;
        let dialect = self.dialect;
        let parsed = rules.into_iter().map(|(name, pattern, value)| {
            let pattern = parse(&pattern, dialect)
                .map_err(|refusal| refusal.at(format_args!("rule {name:?}")))?;
            Ok::<_, Refusal>((name.to_owned(), pattern, value))
        });
        Ok(py.detach(|| self.rules.try_add_many(parsed))?)
    }

    #[pyo3(signature = (name, /))]
    fn remove(&self, py: Python<'_>, name: &str) -> PyResult<()> {
        match py.detach(|| self.rules.remove(name)) {
            Some(_) => Ok(()),
            None => Err(unknown(name)),
        }
    }

    #[pyo3(signature = (event, /, *, trusted = false))]
    fn r#match<'py>(
        &self,
        py: Python<'py>,
        event: &Bound<'py, PyAny>,
        trusted: bool,
    ) -> PyResult<Bound<'py, PyList>> {
        let event = Input::read(event, Role::Event)?;
        let snapshot = self.rules.snapshot();
        let found = find(&snapshot, &event.text, care(trusted))
            .map_err(|error| Refusal::of_event(&error, event.source))?;
        PyList::new(py, found.into_iter().map(Name::string))
    }

    #[pyo3(signature = (events, /, *, threads = 1, trusted = false))]
    fn match_many<'py>(
        &self,
        py: Python<'py>,
        events: &Bound<'py, PyAny>,
        threads: i64,
        trusted: bool,
    ) -> PyResult<Bound<'py, PyList>> {
        let snapshot = self.rules.snapshot();
        let batches = Batches::new(py, &snapshot, care(trusted), threads)?;
        many::match_all(batches, many::Events::of(events)?)
    }

    #[pyo3(signature = (events, /, *, trusted = false))]
    fn match_by_rule<'py>(
        &self,
        py: Python<'py>,
        events: &Bound<'py, PyList>,
        trusted: bool,
    ) -> PyResult<Bound<'py, PyDict>> {
        Matches::of(py, &self.rules.snapshot(), care(trusted), events)?.by_rule(py)
    }

    #[pyo3(signature = (lines, /, *, threads = 1, trusted = false))]
    fn match_lines<'py>(
        &self,
        py: Python<'py>,
        lines: &Bound<'py, PyAny>,
        threads: i64,
        trusted: bool,
    ) -> PyResult<Bound<'py, PyList>> {
        let snapshot = self.rules.snapshot();
        lines::match_all(Batches::new(py, &snapshot, care(trusted), threads)?, lines)
    }

    #[pyo3(signature = (name, event, /))]
    fn explain(
        &self,
        py: Python<'_>,
        name: &str,
        event: &Bound<'_, PyAny>,
    ) -> PyResult<Explanation> {
        explain(py, &self.rules, name, event)?.ok_or_else(|| unknown(name))
    }

    fn statistics<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        statistics::tuple(py, &self.rules.statistics())
    }

    fn names(&self) -> Vec<String> {
        self.rules.names()
    }

    fn __len__(&self) -> usize {
        self.rules.len()
    }

    fn __contains__(&self, name: &Bound<'_, PyAny>) -> PyResult<bool> {
        match name.cast::<PyString>() {
            Ok(name) => Ok(self.rules.contains(name.to_str()?)),
            Err(_) => Ok(false),
        }
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        PyList::new(py, self.rules.names())?.try_iter()
    }
}

impl Matcher {
    /// Return the rules as they are now.
    pub fn snapshot(&self) -> Arc<Snapshot<Name>> {
        self.rules.snapshot()
    }
}

fn unknown(name: &str) -> PyErr {
    PyKeyError::new_err(name.to_owned())
}

/// Return how much of an event is checked.
pub fn care(trusted: bool) -> Care {
    if trusted { Care::Structure } else { Care::Whole }
}
