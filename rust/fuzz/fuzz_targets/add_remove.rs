//! After any history of changes only the rules that are present decide.
#![no_main]

#[allow(dead_code, reason = "shared with the tests of the crate")]
#[path = "../../matcher/tests/generator/mod.rs"]
mod generator;

use generator::{Choices, Scenario};
use libfuzzer_sys::fuzz_target;
use rulebus_matcher::{Matcher, Pattern};

fuzz_target!(|bytes: &[u8]| {
    let (rules, rest) = bytes.split_at(bytes.len() / 2);
    let (event, steps) = rest.split_at(rest.len() / 2);
    let scenario = Scenario::new(rules, event);
    let compile = |text: &String| Pattern::parse(text.as_bytes(), scenario.dialect);
    let patterns: Vec<Pattern> =
        scenario.patterns.iter().map(|text| compile(text).expect("a valid pattern")).collect();

    let (matcher, mut present) = (Matcher::new(), Vec::<(String, usize)>::new());
    let mut choices = Choices::new(steps);
    while !choices.is_exhausted() {
        let name = format!("rule-{}", choices.below(8));
        let pattern = choices.below(256) % patterns.len();
        let at = present.iter().position(|(known, _)| *known == name);
        if choices.chance(40) {
            matcher.remove(&name);
            at.map(|at| present.remove(at));
        } else {
            matcher.add(&name, &patterns[pattern], ());
            match at {
                Some(at) => present[at].1 = pattern,
                None => present.push((name, pattern)),
            }
        }
    }

    let fresh = Matcher::new();
    for (name, pattern) in &present {
        fresh.add(name, &patterns[*pattern], ());
    }
    let event = scenario.event.as_bytes();
    assert_eq!(fresh.matching(event), matcher.matching(event), "{scenario:?}");
    for (name, _) in &present {
        matcher.remove(name);
    }
    assert_eq!((0, 0), (matcher.len(), matcher.statistics().paths));
});
