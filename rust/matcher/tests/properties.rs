//! Properties of the automaton on generated rule sets and events.
//!
//! `PROPTEST_CASES` gives the number of (rule set, event) pairs.

#[allow(dead_code, reason = "each test binary uses its own part")]
mod generator;
#[allow(dead_code, reason = "each test binary uses its own part")]
mod reference;

use std::collections::BTreeMap;
use std::env;

use generator::{Choices, Scenario};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use reference::{Condition, Event, Json, Value};
use rulebus_matcher::{
    Care, ConditionExplanation, ConjunctionExplanation, EventError, Explanation, Matcher, Pattern,
    Scratch, ValueExplanation,
};

const DEFAULT_CASES: u32 = 300;

fn config() -> ProptestConfig {
    let cases = env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: cases.unwrap_or(DEFAULT_CASES),
        max_shrink_iters: 50_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Bytes for many small rule sets and few that come near 200 rules.
fn rule_bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        90 => vec(any::<u8>(), 8..120),
        9 => vec(any::<u8>(), 120..600),
        1 => vec(any::<u8>(), 600..6_000),
    ]
}

fn scenario() -> impl Strategy<Value = Scenario> {
    let event_bytes = vec(any::<u8>(), 8..100);
    (rule_bytes(), event_bytes).prop_map(|(rules, event)| Scenario::new(&rules, &event))
}

fn compile(scenario: &Scenario) -> Vec<Pattern> {
    let compile = |text: &String| {
        Pattern::parse(text.as_bytes(), scenario.dialect)
            .unwrap_or_else(|error| panic!("{text} was refused: {error}"))
    };
    scenario.patterns.iter().map(compile).collect()
}

fn name_of(rule: usize) -> String {
    format!("rule-{rule}")
}

/// For each pattern, whether the reference matcher says that the event matches it.
fn verdicts(scenario: &Scenario) -> Vec<bool> {
    let event = Event::read(&scenario.event);
    scenario.patterns.iter().map(|text| reference::Pattern::read(text).matches(&event)).collect()
}

/// The names of the rules that match, in whichever mode the event is read.
fn matching(matcher: &Matcher, event: &str) -> Result<Vec<String>, TestCaseError> {
    let fail = |error: EventError| TestCaseError::fail(error.to_string());
    let (snapshot, mut scratch, mut found) = (matcher.snapshot(), Scratch::default(), Vec::new());
    scratch.set_care(Care::Structure);
    snapshot.matches(event.as_bytes(), &mut scratch, &mut found).map_err(fail)?;
    let trusted: Vec<_> = found.iter().map(|rule| rule.name().to_owned()).collect();
    prop_assert_eq!(&trusted, &matcher.matching(event.as_bytes()).map_err(fail)?);
    Ok(trusted)
}

proptest! {
    #![proptest_config(config())]

    /// The answer is, in the order of adding, the rules that the reference matcher finds.
    #[test]
    fn the_automaton_equals_the_reference(scenario in scenario()) {
        let patterns = compile(&scenario);
        let matcher = Matcher::new();
        let (one_by_one, together) = patterns.split_at(patterns.len() / 2);
        for (rule, pattern) in one_by_one.iter().enumerate() {
            matcher.add(&name_of(rule), pattern, ());
        }
        let rest = together.iter().zip(one_by_one.len()..);
        matcher.add_many(rest.map(|(pattern, rule)| (name_of(rule), pattern.clone(), ())));

        let verdicts = verdicts(&scenario);
        let expected = (0..verdicts.len()).filter(|rule| verdicts[*rule]).map(name_of);
        prop_assert_eq!(expected.collect::<Vec<_>>(), matching(&matcher, &scenario.event)?);
    }

    /// Whatever was added, replaced and removed before, only the present rules decide.
    #[test]
    fn history_is_forgotten(scenario in scenario(), steps in vec(any::<u8>(), 0..60)) {
        let patterns = compile(&scenario);
        let mut rules = Rules::default();
        let mut choices = Choices::new(&steps);
        while !choices.is_exhausted() {
            rules.change(&mut choices, &patterns)?;
        }
        rules.check(&scenario)?;
    }

    /// `explain` gives the verdict of the match and the values, tests and bindings behind it.
    #[test]
    fn explanations_agree_with_the_reference(scenario in scenario()) {
        let matcher = Matcher::new();
        matcher.add_many(
            compile(&scenario).into_iter().enumerate().map(|(i, pattern)| (name_of(i), pattern, ())),
        );
        let event = Event::read(&scenario.event);
        for (rule, text) in scenario.patterns.iter().enumerate() {
            let explanation = matcher
                .explain(&name_of(rule), scenario.event.as_bytes())
                .map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert!(explanation.is_some(), "{} has no explanation", name_of(rule));
            let pattern = reference::Pattern::read(text);
            check_explanation(&explanation.expect("checked above"), &pattern, &event)?;
        }
    }
}

/// A matcher and a plain list of what should be in it.
#[derive(Default)]
struct Rules {
    matcher: Matcher<usize>,
    /// Name and number of the pattern, which is the value too.
    model: Vec<(String, usize)>,
}

impl Rules {
    fn change(&mut self, choices: &mut Choices, patterns: &[Pattern]) -> Result<(), TestCaseError> {
        match choices.below(4) {
            0 | 1 => {
                let (name, pattern) = Self::choose(choices, patterns);
                let replaced = self.matcher.add(&name, &patterns[pattern], pattern);
                prop_assert_eq!(self.put(name, pattern), replaced.map(|rule| *rule.value()));
            }
            2 => {
                let (name, _) = Self::choose(choices, patterns);
                let at = self.model.iter().position(|(known, _)| *known == name);
                let expected = at.map(|at| self.model.remove(at).1);
                let removed = self.matcher.remove(&name);
                prop_assert_eq!(expected, removed.map(|rule| *rule.value()));
            }
            _ => {
                let count = choices.below(5);
                let chosen: Vec<_> = (0..count).map(|_| Self::choose(choices, patterns)).collect();
                self.matcher.add_many(
                    chosen.iter().map(|(name, p)| (name.clone(), patterns[*p].clone(), *p)),
                );
                for (name, pattern) in chosen {
                    self.put(name, pattern);
                }
            }
        }
        Ok(())
    }

    fn choose(choices: &mut Choices, patterns: &[Pattern]) -> (String, usize) {
        (name_of(choices.below(8)), choices.below(256) % patterns.len())
    }

    fn put(&mut self, name: String, pattern: usize) -> Option<usize> {
        if let Some((_, there)) = self.model.iter_mut().find(|(known, _)| *known == name) {
            return Some(std::mem::replace(there, pattern));
        }
        self.model.push((name, pattern));
        None
    }

    fn check(&self, scenario: &Scenario) -> Result<(), TestCaseError> {
        let verdicts = verdicts(scenario);
        let names: Vec<String> = self.model.iter().map(|(name, _)| name.clone()).collect();
        prop_assert_eq!(&names, &self.matcher.names());
        prop_assert_eq!(names.len(), self.matcher.len());
        prop_assert_eq!(names.len(), self.matcher.statistics().rules);
        prop_assert_eq!(names.is_empty(), self.matcher.is_empty());
        for name in (0..8).map(name_of) {
            prop_assert_eq!(names.contains(&name), self.matcher.contains(&name));
        }
        let found = self.matcher.matching(scenario.event.as_bytes());
        let expected = self.model.iter().filter(|(_, pattern)| verdicts[*pattern]);
        prop_assert_eq!(Ok(expected.map(|(name, _)| name.clone()).collect()), found);
        Ok(())
    }
}

fn check_explanation(
    explanation: &Explanation,
    pattern: &reference::Pattern,
    event: &Event,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(pattern.matches(event), explanation.matched);
    prop_assert_eq!(pattern.conjunctions.len(), explanation.conjunctions.len());
    for conjunction in &explanation.conjunctions {
        // The order of conjunctions and conditions is the library's own.
        let written = conjunction_of(conjunction);
        prop_assert!(pattern.conjunctions.iter().any(|c| same_conditions(c, &written)));
        check_conjunction(conjunction, &written, event)?;
    }
    Ok(())
}

/// Read a conjunction back from the paths and tests of its explanation.
fn conjunction_of(explanation: &ConjunctionExplanation) -> Vec<Condition> {
    let condition = |explained: &ConditionExplanation| Condition {
        path: explained.path.clone(),
        items: Json::read(&explained.tests).as_list().to_vec(),
    };
    explanation.conditions.iter().map(condition).collect()
}

fn same_conditions(pattern: &[Condition], explained: &[Condition]) -> bool {
    let sorted_paths = |conditions: &[Condition]| {
        let mut paths: Vec<String> = conditions.iter().map(|c| c.path.clone()).collect();
        paths.sort();
        paths
    };
    sorted_paths(pattern) == sorted_paths(explained)
}

fn check_conjunction(
    explanation: &ConjunctionExplanation,
    conditions: &[Condition],
    event: &Event,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(reference::conjunction_matches(conditions, event), explanation.matched);
    let mut bound = Vec::new();
    for (condition, explained) in conditions.iter().zip(&explanation.conditions) {
        let values: Vec<&Value> = event.at(&condition.path).collect();
        prop_assert_eq!(values.len(), explained.values.len());
        for (value, explained) in values.iter().zip(&explained.values) {
            check_value(value, explained, condition)?;
        }
        let held = values.iter().any(|value| condition.accepts(&value.scalar))
            || condition.is_absent(event, &[]);
        prop_assert_eq!(held, explained.held, "held of {}", &condition.path);
        bound.extend(explained.bound.map(|index| (condition, values[index])));
    }
    if !explanation.matched {
        return Ok(());
    }
    let picked: Vec<&Value> = bound.iter().map(|(_, value)| *value).collect();
    for (condition, value) in &bound {
        prop_assert!(condition.accepts(&value.scalar), "bound at {}", &condition.path);
        prop_assert!(picked.iter().all(|other| value.is_compatible(other)));
    }
    for (condition, explained) in conditions.iter().zip(&explanation.conditions) {
        let is_met = explained.bound.is_some() || condition.is_absent(event, &picked);
        prop_assert!(is_met, "neither bound nor absent: {}", &condition.path);
    }
    Ok(())
}

fn check_value(
    value: &Value,
    explained: &ValueExplanation,
    condition: &Condition,
) -> Result<(), TestCaseError> {
    let same = reference::passes(&value.scalar, &Json::read(&explained.text));
    prop_assert!(same, "{} is not {:?}", &explained.text, &value.scalar);
    prop_assert_eq!(condition.accepts(&value.scalar), explained.passed, "{}", &explained.text);
    let elements = value.elements.iter().map(|e| (e.path.clone(), e.index));
    let found = explained.elements.iter().map(|(path, index)| (path.clone(), *index as usize));
    prop_assert_eq!(elements.collect::<Vec<_>>(), found.collect::<Vec<_>>());
    Ok(())
}

/// How many generated values pass and fail the tests of one operator.
#[derive(Debug, Default)]
struct Outcomes {
    met: usize,
    failed: usize,
}

/// Of the generated events a fifth match some rule, and each operator is both met and failed.
#[test]
fn generated_pairs_are_not_vacuous() {
    const PAIRS: usize = 5_000;
    let mut runner = TestRunner::deterministic();
    let mut matching = 0;
    let mut operators: BTreeMap<String, Outcomes> = BTreeMap::new();
    for _ in 0..PAIRS {
        let scenario = scenario().new_tree(&mut runner).expect("a scenario").current();
        matching += usize::from(verdicts(&scenario).contains(&true));
        count_outcomes(&scenario, &mut operators);
    }
    let share = matching * 100 / PAIRS;
    assert!((20..=90).contains(&share), "{share} percent of the pairs match");
    assert_eq!(OPERATORS.to_vec(), operators.keys().collect::<Vec<_>>());
    for (operator, outcomes) in &operators {
        assert!(outcomes.met >= 20 && outcomes.failed >= 20, "{operator}: {outcomes:?}");
    }
}

const OPERATORS: [&str; 27] = [
    "all-of",
    "anything-but cidr",
    "anything-but equals-ignore-case",
    "anything-but list",
    "anything-but literal",
    "anything-but numeric",
    "anything-but prefix",
    "anything-but suffix",
    "anything-but wildcard",
    "boolean",
    "cidr",
    "equals-ignore-case",
    "exactly",
    "exists false",
    "exists true",
    "none-of",
    "null",
    "number",
    "numeric",
    "prefix",
    "prefix equals-ignore-case",
    "regex",
    "string",
    "suffix",
    "suffix equals-ignore-case",
    "wildcard",
    "wildcard equals-ignore-case",
];

fn count_outcomes(scenario: &Scenario, operators: &mut BTreeMap<String, Outcomes>) {
    let event = Event::read(&scenario.event);
    let patterns = scenario.patterns.iter().map(|text| reference::Pattern::read(text));
    let conditions = patterns.flat_map(|pattern| pattern.conjunctions.concat());
    for Condition { path, items } in conditions {
        for item in items {
            let operator = operator_of(&item);
            let outcomes = operators.entry(operator.clone()).or_default();
            let alone = Condition { path: path.clone(), items: vec![item] };
            if reference::conjunction_matches(&[alone], &event) {
                outcomes.met += 1;
            } else {
                // An absent field fails every operator, which says little about all but one.
                let counts = event.at(&path).next().is_some() || operator == "exists true";
                outcomes.failed += usize::from(counts);
            }
        }
    }
}

/// Name an item of a values list by its operator, and by the operator inside or the operand's kind.
fn operator_of(item: &Json) -> String {
    let inner = |operand: &Json| match operand {
        Json::True => " true".to_owned(),
        Json::False => " false".to_owned(),
        Json::Object(members) => format!(" {}", members[0].0),
        _ => String::new(),
    };
    match item {
        Json::String(_) => "string".to_owned(),
        Json::Number(_) => "number".to_owned(),
        Json::Null => "null".to_owned(),
        Json::True | Json::False => "boolean".to_owned(),
        item => {
            let (name, operand) = item.only_member().expect("one operator");
            match (name, operand) {
                ("anything-but", Json::Array(_)) => "anything-but list".to_owned(),
                ("anything-but", Json::String(_) | Json::Number(_)) => {
                    "anything-but literal".to_owned()
                }
                _ => format!("{name}{}", inner(operand)),
            }
        }
    }
}
