//! What is wrong with an event, and where, does not depend on how fast it was found.

mod checker;
mod damage;
#[allow(dead_code, reason = "each test binary uses its own part")]
mod generator;

use damage::{change, damaged};
use generator::Scenario;
use proptest::collection::vec;
use proptest::prelude::*;
use rulebus_matcher::{Matcher, Pattern};

const DEFAULT_CASES: u32 = 2_000;

fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: cases.unwrap_or(DEFAULT_CASES),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn found(matcher: &Matcher, event: &[u8]) -> Option<checker::Fault> {
    matcher.matching(event).err().map(|error| (error.kind().as_str(), error.offset()))
}

proptest! {
    #![proptest_config(config())]

    /// The kind and the place of a fault are the obvious check's, whatever the rules ask for.
    #[test]
    fn faults_are_those_of_the_checker(
        rules in vec(any::<u8>(), 8..60),
        event in vec(any::<u8>(), 8..60),
        changes in vec(change(), 0..4),
    ) {
        let scenario = Scenario::new(&rules, &event);
        let text = damaged(&scenario.event, &changes);
        let matcher = Matcher::new();
        for (rule, pattern) in scenario.patterns.iter().enumerate() {
            let pattern = Pattern::parse(pattern.as_bytes(), scenario.dialect);
            matcher.add(&format!("rule-{rule}"), &pattern.expect("a valid pattern"), ());
        }
        let expected = checker::fault(&text);
        prop_assert_eq!(expected, found(&matcher, &text), "{}", text.escape_ascii());
        prop_assert_eq!(expected, found(&Matcher::new(), &text), "{}", text.escape_ascii());
    }
}

/// The nesting limit is met at the bracket that is one too many.
#[test]
fn nesting_is_refused_where_the_checker_refuses_it() {
    for levels in [511, 512, 513] {
        let event = format!("{{\"a\":{}{}}}", "[".repeat(levels - 1), "]".repeat(levels - 1));
        let expected = if levels > 512 { Some(("too-deep", 516)) } else { None };
        assert_eq!(expected, checker::fault(event.as_bytes()), "{levels} levels");
        assert_eq!(expected, found(&Matcher::new(), event.as_bytes()), "{levels} levels");
    }
}
