//! Why a pattern matched an event or did not, as Python objects.

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use rulebus_matcher::Matcher;

use crate::errors::{Refusal, Role};
use crate::input::Input;

/// Why a pattern matched an event or did not.
#[pyclass(frozen, module = "rulebus")]
pub struct Explanation {
    #[pyo3(get)]
    matched: bool,
    #[pyo3(get)]
    conjunctions: Py<PyTuple>,
    text: String,
}

#[pymethods]
impl Explanation {
    fn __str__(&self) -> &str {
        &self.text
    }
}

impl Explanation {
    fn new(py: Python<'_>, explanation: rulebus_matcher::Explanation) -> PyResult<Self> {
        let text = explanation.to_string();
        let conjunctions = tuple(py, explanation.conjunctions, ConjunctionExplanation::new)?;
        Ok(Self { matched: explanation.matched, conjunctions, text })
    }
}

/// One way for the pattern to match: all its conditions together.
#[pyclass(frozen, get_all, module = "rulebus.pattern")]
pub struct ConjunctionExplanation {
    matched: bool,
    conditions: Py<PyTuple>,
}

impl ConjunctionExplanation {
    fn new(py: Python<'_>, conjunction: rulebus_matcher::ConjunctionExplanation) -> PyResult<Self> {
        let conditions = tuple(py, conjunction.conditions, ConditionExplanation::new)?;
        Ok(Self { matched: conjunction.matched, conditions })
    }
}

/// What a conjunction asks of the values at one path, and what the event has there.
#[pyclass(frozen, get_all, module = "rulebus.pattern")]
pub struct ConditionExplanation {
    path: String,
    tests: String,
    values: Py<PyTuple>,
    held: bool,
    bound: Option<usize>,
}

impl ConditionExplanation {
    fn new(py: Python<'_>, condition: rulebus_matcher::ConditionExplanation) -> PyResult<Self> {
        let rulebus_matcher::ConditionExplanation { path, tests, values, held, bound } = condition;
        let values = tuple(py, values, ValueExplanation::new)?;
        Ok(Self { path, tests, values, held, bound })
    }
}

/// A value of the event at the path of a condition.
#[pyclass(frozen, get_all, module = "rulebus.pattern")]
pub struct ValueExplanation {
    text: String,
    passed: bool,
    elements: Py<PyTuple>,
}

impl ValueExplanation {
    fn new(py: Python<'_>, value: rulebus_matcher::ValueExplanation) -> PyResult<Self> {
        let elements = PyTuple::new(py, value.elements)?.unbind();
        Ok(Self { text: value.text, passed: value.passed, elements })
    }
}

/// Explain the answer of the rule `name` of `matcher`, if there is such a rule.
pub fn explain<T: Send + Sync + 'static>(
    py: Python<'_>,
    matcher: &Matcher<T>,
    name: &str,
    event: &Bound<'_, PyAny>,
) -> PyResult<Option<Explanation>> {
    let event = Input::read(event, Role::Event)?;
    matcher
        .explain(name, &event.text)
        .map_err(|error| Refusal::of_event(&error, event.source))?
        .map(|explanation| Explanation::new(py, explanation))
        .transpose()
}

fn tuple<T, C: for<'py> IntoPyObject<'py>>(
    py: Python<'_>,
    parts: Vec<T>,
    convert: impl Fn(Python<'_>, T) -> PyResult<C>,
) -> PyResult<Py<PyTuple>> {
    let parts = parts.into_iter().map(|part| convert(py, part)).collect::<PyResult<Vec<_>>>()?;
    Ok(PyTuple::new(py, parts)?.unbind())
}
