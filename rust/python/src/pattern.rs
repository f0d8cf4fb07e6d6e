//! A single pattern that is tried on events.

use std::cell::RefCell;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use rulebus_matcher::{Dialect, Matcher, Pattern, Scratch};

use crate::errors::{Refusal, Role};
use crate::explanation::{Explanation, explain};
use crate::input::Input;

thread_local! {
    static SCRATCH: RefCell<Scratch<()>> = RefCell::default();
}

/// A compiled event pattern.
#[pyclass(frozen, module = "rulebus")]
pub struct EventPattern {
    /// Holds the pattern as its only rule, under the name `""`.
    matcher: Matcher,
}

#[pymethods]
impl EventPattern {
    #[new]
    #[pyo3(signature = (pattern, /, *, dialect = "aws"))]
    fn new(pattern: &Bound<'_, PyAny>, dialect: &str) -> PyResult<Self> {
        let dialect = read_dialect(dialect)?;
        let pattern = parse(&Input::read(pattern, Role::Pattern)?, dialect)?;
        let matcher = Matcher::new();
        matcher.add("", &pattern, ());
        Ok(Self { matcher })
    }

    #[pyo3(signature = (event, /))]
    fn matches(&self, event: &Bound<'_, PyAny>) -> PyResult<bool> {
        let event = Input::read(event, Role::Event)?;
        let snapshot = self.matcher.snapshot();
        let mut found = Vec::new();
        SCRATCH
            .with_borrow_mut(|scratch| snapshot.matches(&event.text, scratch, &mut found))
            .map_err(|error| Refusal::of_event(&error, event.source))?;
        Ok(!found.is_empty())
    }

    #[pyo3(signature = (event, /))]
    fn explain(&self, py: Python<'_>, event: &Bound<'_, PyAny>) -> PyResult<Explanation> {
        let explanation = explain(py, &self.matcher, "", event)?;
        Ok(explanation.expect("the pattern is a rule of its matcher"))
    }
}

/// Compile a pattern; this needs no interpreter.
pub fn parse(pattern: &Input<'_>, dialect: Dialect) -> Result<Pattern, Refusal> {
    Pattern::parse(&pattern.text, dialect)
        .map_err(|error| Refusal::of_pattern(&error, pattern.source))
}

/// Return the dialect that Python calls `name`.
pub fn read_dialect(name: &str) -> PyResult<Dialect> {
    match name {
        "aws" => Ok(Dialect::Aws),
        "extended" => Ok(Dialect::Extended),
        _ => {
            let message = format!("dialect must be 'aws' or 'extended', not {name:?}");
            Err(PyValueError::new_err(message))
        }
    }
}
