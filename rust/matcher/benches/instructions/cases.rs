//! What is counted: each case prepares its rules and events, then does its work once uncounted.

use std::hint::black_box;

use rulebus_matcher::{Dialect, Matcher, Pattern, Scratch};

use crate::rules;
use crate::spread::Spread;

/// Work whose instructions are counted.
pub struct Case {
    pub name: &'static str,
    /// What the count is divided by, and how the quotient is called.
    pub units: u64,
    pub unit: &'static str,
    pub run: fn(),
}

const EVENTS: usize = 256;
const LOADED: usize = 1_000;
const CHANGES: usize = 100;

const STATUS: &str = include_str!("events/status.json");
const PARCEL: &str = include_str!("events/parcel.json");

const STATUS_RULES: [&str; 1] = [r#"{"payload": {"user": {"id_str": ["903487807"]}}}"#];
const PARCEL_RULES: [&str; 4] = [
    r#"{"properties": {"STREET": ["CRANLEIGH"]}}"#,
    r#"{"properties": {"STREET": ["17TH"], "ODD_EVEN": ["E"]}}"#,
    r#"{"geometry": {"coordinates": {"x": [{"numeric": [">", -122.42]}]}}}"#,
    r#"{"properties": {"MAPBLKLOT": [{"wildcard": "2*0*1*7"}]}}"#,
];
const SKIPPING_RULES: [&str; 1] = [r#"{"source": ["shop.orders"]}"#];

pub const CASES: [Case; 8] = [
    matching("envelope-1", || envelope(1)),
    matching("envelope-1000", || envelope(1_000)),
    matching("envelope-100000", || envelope(100_000)),
    matching("parcel", || repeated(&PARCEL_RULES, PARCEL)),
    matching("status-nested", || repeated(&STATUS_RULES, STATUS)),
    matching("skip-100-kilobytes", || repeated(&SKIPPING_RULES, &large_event())),
    Case { name: "load-1000", units: LOADED as u64, unit: "a rule", run: load },
    Case { name: "change", units: CHANGES as u64, unit: "a change", run: change },
];

const fn matching(name: &'static str, run: fn()) -> Case {
    Case { name, units: EVENTS as u64, unit: "an event", run }
}

/// Match events that are spread over rules, one rule for each event.
fn envelope(rules: usize) {
    let spread = Spread::new(rules, EVENTS);
    crate::counted(&mut || spread.pass(|found| _ = black_box(found)));
}

/// Match one event again and again.
fn repeated(patterns: &[&str], event: &str) {
    let matcher = Matcher::new();
    for (rule, pattern) in patterns.iter().enumerate() {
        let pattern = Pattern::parse(pattern.as_bytes(), Dialect::Aws).expect("a good pattern");
        matcher.add(&format!("rule-{rule}"), &pattern, ());
    }
    let rules = matcher.snapshot();
    let (mut scratch, mut found) = (Scratch::default(), Vec::new());
    rules.matches(event.as_bytes(), &mut scratch, &mut found).expect("a good event");
    assert!(!found.is_empty(), "the event matches a rule");
    crate::counted(&mut || {
        for _ in 0..EVENTS {
            rules.matches(event.as_bytes(), &mut scratch, &mut found).expect("a good event");
            black_box(&found);
        }
    });
}

/// Make an event of 100 KB of which all but the source is skipped.
fn large_event() -> String {
    let item = |number: usize| {
        format!(
            r#"{{"id": "i-{number:06}", "tags": ["blue", "a \"quoted\" text", ""], "price": {number}.25, "sold": {{"at": null, "to": "Łódź"}}}}"#
        )
    };
    let items: Vec<String> = (0..100_000 / item(0).len()).map(item).collect();
    format!(r#"{{"detail": {{"items": [{}]}}, "source": "shop.orders"}}"#, items.join(", "))
}

/// Parse patterns and put all of them into an empty rule set.
fn load() {
    crate::counted(&mut || _ = black_box(rules::matcher(LOADED)));
}

/// Replace rules of a loaded set, each by one of another pattern.
fn change() {
    let matcher = rules::matcher(LOADED);
    let new = rules::patterns(LOADED + CHANGES).split_off(LOADED);
    let old = rules::patterns(CHANGES);
    crate::counted(&mut || {
        for ((name, ..), (_, pattern, ())) in old.iter().zip(&new) {
            matcher.add(name, pattern, ());
        }
    });
    assert_eq!(LOADED, matcher.len());
}
