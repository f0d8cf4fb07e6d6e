//! Why a rule matches an event, or why it does not.

use std::fmt;

use crate::conjunction::{BoundCondition, Conjunction};
use crate::error::EventError;
use crate::join::{Join, Joined};
use crate::rule::Rule;
use crate::scan::Care;
use crate::scratch::Scratch;
use crate::snapshot::Snapshot;
use crate::values::{ContextId, Facts, Value, Values};

/// What an event gives for every condition of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Whether the rule matches.
    pub matched: bool,
    /// One for every alternative that the pattern's `$or` make; one of them has to match.
    pub conjunctions: Vec<ConjunctionExplanation>,
}

/// What an event gives for the conditions that have to be met together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConjunctionExplanation {
    /// Whether all conditions are met by values that go together.
    ///
    /// Where every condition held and this is false, no single element of an array meets them all.
    pub matched: bool,
    /// In the order of the pattern.
    pub conditions: Vec<ConditionExplanation>,
}

/// What an event gives for one condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionExplanation {
    /// Member names from the root joined with dots.
    pub path: String,
    /// The values list of the pattern as JSON.
    pub tests: String,
    /// What the event has at the path, in its order.
    pub values: Vec<ValueExplanation>,
    /// Whether the condition is met when looked at alone.
    pub held: bool,
    /// The place in `values` of the one that was picked, where the conjunction matched by a value.
    pub bound: Option<usize>,
}

/// A value at the path of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueExplanation {
    /// The value as JSON.
    pub text: String,
    /// Whether it passes one of the tests.
    pub passed: bool,
    /// The arrays whose elements it stands in, outermost first: path and index.
    pub elements: Vec<(String, u32)>,
}

impl Explanation {
    pub(crate) fn new<T: 'static>(
        rule: &Rule<T>,
        paths: &[String],
        snapshot: &Snapshot<T>,
        event: &[u8],
    ) -> Result<Self, EventError> {
        let mut scratch = Scratch::<T>::default();
        let mut values = Values::of_all();
        let facts = snapshot.read(event, Care::Whole, &mut scratch.members, &mut values)?;
        scratch.join.start_event();
        let mut paths = paths.iter();
        let conjunctions: Vec<_> = (0..rule.conjunctions.len())
            .map(|number| Conjunction { rule, number })
            .map(|conjunction| ConjunctionExplanation {
                matched: conjunction.holds(facts, &[], &mut scratch.join),
                conditions: explain_conditions(conjunction, &mut paths, facts, &mut scratch.join),
            })
            .collect();
        scratch.join.check()?;
        Ok(Self {
            matched: conjunctions.iter().any(|conjunction| conjunction.matched),
            conjunctions,
        })
    }
}

/// Explain the conditions of a conjunction, whose paths come next.
fn explain_conditions<'p, T>(
    conjunction: Conjunction<'_, T>,
    paths: &mut impl Iterator<Item = &'p String>,
    facts: Facts<'_>,
    join: &mut Join,
) -> Vec<ConditionExplanation> {
    let joined = conjunction.join(facts, join);
    let conditions = conjunction.conditions().iter().enumerate().zip(paths);
    conditions
        .map(|((number, bound), path)| {
            explain_condition(bound, path, facts, joined.map(|joined| joined[number]))
        })
        .collect()
}

fn explain_condition(
    bound: &BoundCondition,
    path: &str,
    facts: Facts<'_>,
    joined: Option<Joined>,
) -> ConditionExplanation {
    let list = &bound.list;
    let passes = |value: &Value| {
        let scalar = facts.scalar(value);
        list.some.iter().any(|test| test.passes(&scalar))
    };
    let picked = |value: &Value| joined == Some(Joined::In(value.context)) && passes(value);
    let mut tests = String::new();
    list.write_json(&mut tests);
    ConditionExplanation {
        path: path.to_owned(),
        tests,
        values: facts
            .values
            .at(bound.path)
            .map(|value| ValueExplanation {
                text: facts.json(value),
                passed: passes(value),
                elements: elements(path, value.context, facts),
            })
            .collect(),
        held: bound.holds_alone(facts),
        bound: facts.values.at(bound.path).position(picked),
    }
}

/// Name the array elements that a value at `path` stands in.
fn elements(path: &str, context: ContextId, facts: Facts<'_>) -> Vec<(String, u32)> {
    let chain = std::iter::successors(facts.values.context(context), |element| {
        facts.values.context(element.parent)
    });
    let mut elements: Vec<_> = chain
        .map(|element| {
            let steps = facts.values.steps(element.array) as usize;
            let names: Vec<_> = path.split('.').take(steps).collect();
            (names.join("."), element.index)
        })
        .collect();
    elements.reverse();
    elements
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(verdict(self.matched))?;
        let several = self.conjunctions.len() > 1;
        for (number, conjunction) in self.conjunctions.iter().enumerate() {
            if several {
                write!(f, "\nalternative {}: {}", number + 1, verdict(conjunction.matched))?;
            }
            write!(f, "{conjunction}")?;
        }
        Ok(())
    }
}

fn verdict(matched: bool) -> &'static str {
    if matched { "matches" } else { "does not match" }
}

/// Begins every line with the line break, since none comes last.
impl fmt::Display for ConjunctionExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.conditions.iter().try_for_each(|condition| write!(f, "{condition}"))?;
        if !self.matched && self.conditions.iter().all(|condition| condition.held) {
            write!(f, "\n  every condition holds alone, but no one array element meets them all")?;
        }
        Ok(())
    }
}

/// Begins every line with the line break, since none comes last.
impl fmt::Display for ConditionExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.held { "holds" } else { "fails" };
        write!(f, "\n  {verdict}  {}: {}", self.path, self.tests)?;
        if self.values.is_empty() {
            write!(f, "\n           the event has no value there")?;
        }
        for (place, value) in self.values.iter().enumerate() {
            let verdict = if value.passed { "passes" } else { "fails" };
            write!(f, "\n           {} {verdict}", value.text)?;
            for (array, index) in &value.elements {
                write!(f, ", in {array}[{index}]")?;
            }
            if self.bound == Some(place) {
                write!(f, ", picked")?;
            }
        }
        Ok(())
    }
}
