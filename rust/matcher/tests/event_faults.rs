//! What is wrong with an event, and where, does not depend on how fast it was found.

mod checker;
#[allow(dead_code, reason = "each test binary uses its own part")]
mod generator;

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

/// Bytes that matter to a reader of JSON, and some that matter to nobody.
const PIECES: [&[u8]; 34] = [
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\"",
    b"\\",
    b"\\u",
    b"\\u00e",
    b"\\ud83d",
    b"\\udc00",
    b"\\\"",
    b"0",
    b"-",
    b".",
    b"e",
    b"E+",
    b"12",
    b" ",
    b"\n",
    b"\x0c",
    b"\0",
    b"\x1f",
    b"\x7f",
    b"true",
    b"nul",
    b"\xc3",
    b"\xa9",
    b"\xf0\x9f\x98\x80",
    b"\"a\":",
    b"\\\\",
    b"a run of text that is longer than one block of sixty-four bytes in a register",
    b"                                                                    ",
];

/// A change of a text: where, how many bytes go, what comes.
fn change() -> impl Strategy<Value = (prop::sample::Index, usize, &'static [u8])> {
    (any::<prop::sample::Index>(), 0..3_usize, prop::sample::select(&PIECES[..]))
}

fn changed(text: &str, changes: &[(prop::sample::Index, usize, &'static [u8])]) -> Vec<u8> {
    changes.iter().fold(text.as_bytes().to_vec(), |mut bytes, (at, dropped, piece)| {
        let start = at.index(bytes.len() + 1);
        let end = bytes.len().min(start + dropped);
        bytes.splice(start..end, piece.iter().copied());
        bytes
    })
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
        let text = changed(&scenario.event, &changes);
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
