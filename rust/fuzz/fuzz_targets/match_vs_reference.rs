//! The automaton answers what the reference matcher answers.
#![no_main]

#[allow(dead_code, reason = "shared with the tests of the crate")]
#[path = "../../matcher/tests/generator/mod.rs"]
mod generator;
#[allow(dead_code, reason = "shared with the tests of the crate")]
#[path = "../../matcher/tests/reference/mod.rs"]
mod reference;

use generator::Scenario;
use libfuzzer_sys::fuzz_target;
use rulebus_matcher::{Matcher, Pattern};

fuzz_target!(|bytes: &[u8]| {
    let (rules, event) = bytes.split_at(bytes.len() * 2 / 3);
    let scenario = Scenario::new(rules, event);
    let event = reference::Event::read(&scenario.event);
    let (matcher, mut expected) = (Matcher::new(), Vec::new());
    for (rule, text) in scenario.patterns.iter().enumerate() {
        let name = format!("rule-{rule}");
        let pattern = Pattern::parse(text.as_bytes(), scenario.dialect).expect("a valid pattern");
        matcher.add(&name, &pattern, ());
        if reference::Pattern::read(text).matches(&event) {
            expected.push(name);
        }
    }
    assert_eq!(Ok(expected), matcher.matching(scenario.event.as_bytes()), "{scenario:?}");
});
