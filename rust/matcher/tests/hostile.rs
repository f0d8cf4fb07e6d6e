//! Texts that mean harm: a refusal with a kind and a place, never a panic.

mod damage;
#[allow(dead_code, reason = "each test binary uses its own part")]
mod generator;

use damage::{change, damaged};
use generator::Scenario;
use proptest::collection::vec;
use proptest::prelude::*;
use rulebus_matcher::{Care, Dialect, Matcher, Pattern, Scratch};

const PATTERN: &str = r#"{"a":{"b":["x",1.5e3,true,null,{"prefix":"\u00e9😀"},{"exists":false}]},
    "$or":[{"c":[{"numeric":[">",0,"<=",1e9]}]},{"d":[{"anything-but":{"suffix":["y","é"]}}]}]}"#;
const EVENT: &str = r#"{"a":{"b":["x",-1.5e-3,true,false,null,"\ud83d\ude00\n"]},"c":{},
    "d":[[],{"e":"é😀\\\""}]}"#;

/// The kind and the offset of what is wrong with a pattern.
fn pattern_fault(text: &[u8]) -> Option<(&'static str, usize)> {
    let error = Pattern::parse(text, Dialect::Aws).err()?;
    Some((error.kind().as_str(), error.offset()))
}

/// The kind and the offset of what is wrong with an event.
fn event_fault(text: &[u8]) -> Option<(&'static str, usize)> {
    let error = matcher().matching(text).err()?;
    Some((error.kind().as_str(), error.offset()))
}

fn matcher() -> Matcher {
    let matcher = Matcher::new();
    let pattern = Pattern::parse(PATTERN.as_bytes(), Dialect::Aws).expect("a valid pattern");
    matcher.add("rule", &pattern, ());
    matcher
}

/// What trust leaves unseen: faults in containers that no rule asks for, and what is no UTF-8.
#[test]
fn trusted_events_are_checked_on_the_way_alone() {
    let table: &[(&[u8], bool)] = &[
        (br#"{"x":[nonsense,],"a":{"b":"x"}}"#, true),
        (br#"{"x":{"y":[1}},"a":{"b":"x"}}"#, true),
        (b"{\"x\":\"\xFF\",\"a\":{\"b\":\"x\"}}", true),
        (br#"{"x":nonsense,"a":{"b":"x"}}"#, false),
        (br#"{"x":[[],"a":{"b":"x"}}"#, false),
        (br#"{"x":["],"a":{"b":"x"}}"#, false),
        (br#"{"a":{"b":["x",]}}"#, false),
        (br#"{"a":{"b":"x"}"#, false),
    ];
    let (snapshot, mut scratch) = (matcher().snapshot(), Scratch::default());
    scratch.set_care(Care::Structure);
    for (event, is_taken) in table {
        let trusted = snapshot.matches(event, &mut scratch, &mut Vec::new());
        assert_eq!(*is_taken, trusted.is_ok(), "{}", event.escape_ascii());
        assert!(matcher().matching(event).is_err(), "{}", event.escape_ascii());
    }
}

/// Faults that patterns and events share: the text, the kind, the offset.
const FAULTS: [(&[u8], &str, usize); 25] = [
    (b"", "syntax", 0),
    (b"  ", "syntax", 2),
    (b"nonsense", "syntax", 0),
    (b"[1]", "not-an-object", 0),
    (b" \"a\"", "not-an-object", 1),
    (b"-1", "not-an-object", 0),
    (b"null", "not-an-object", 0),
    (b"{\"a\":[1]}x", "trailing-content", 9),
    (b"{\"a\":[1]}  {}", "trailing-content", 11),
    (b"{\"a\":[1]}\0", "trailing-content", 9),
    (b"{\"a\":[NaN]}", "syntax", 6),
    (b"{\"a\":[Infinity]}", "syntax", 6),
    (b"{\"a\":[+1]}", "syntax", 6),
    (b"{\"a\":[1,]}", "syntax", 8),
    (b"{\"a\":[1],}", "syntax", 9),
    (b"{\"a\" [1]}", "syntax", 5),
    (b"{a:[1]}", "syntax", 1),
    (b"{'a':[1]}", "syntax", 1),
    (b"\xef\xbb\xbf{\"a\":[1]}", "syntax", 0),
    (b"{\"a\":[\"\x01\"]}", "syntax", 7),
    (b"{\"a\":[\"\\x\"]}", "syntax", 7),
    (b"{\"a\":[\"\\ud800\"]}", "lone-surrogate", 7),
    (b"{\"a\":[\"\\udc00\\ud800\"]}", "lone-surrogate", 7),
    (b"{\"\\ud800x\":[1]}", "lone-surrogate", 2),
    (b"{\"a\":[\"z\\ud83d\\u0041\"]}", "lone-surrogate", 8),
];

/// Every fault of a text is named with its kind and its place in a pattern.
#[test]
fn faults_of_patterns() {
    for (text, kind, offset) in FAULTS {
        assert_eq!(Some((kind, offset)), pattern_fault(text), "{}", text.escape_ascii());
    }
}

/// Every fault of a text is named with its kind and its place in an event.
#[test]
fn faults_of_events() {
    for (text, kind, offset) in FAULTS {
        assert_eq!(Some((kind, offset)), event_fault(text), "{}", text.escape_ascii());
    }
}

/// Bytes that are not UTF-8, each refused where the sequence begins.
const NOT_UTF8: [&[u8]; 10] = [
    b"\x80",
    b"\xff",
    b"\xc3",
    b"\xc0\xaf",
    b"\xe0\x80\xaf",
    b"\xed\xa0\x80",
    b"\xed\xa0\xbd\xed\xb8\x80",
    b"\xf0\x9f\x98",
    b"\xf4\x90\x80\x80",
    b"\xf8\x88\x80\x80\x80",
];

/// Text that is not UTF-8 is refused wherever it stands, bytes of surrogates included.
#[test]
fn invalid_utf8() {
    for bytes in NOT_UTF8 {
        let in_value = [b"{\"a\":[\"", bytes, b"\"]}"].concat();
        let in_name = [b"{\"", bytes, b"\":[1]}"].concat();
        let behind_ascii = [b"{\"a\":[\"abcdefghijklmnopqrstuvwxyz", bytes, b"\"]}"].concat();
        for (text, offset) in [(in_value, 7), (in_name, 2), (behind_ascii, 33)] {
            let expected = Some(("invalid-utf-8", offset));
            assert_eq!(expected, pattern_fault(&text), "{}", text.escape_ascii());
            assert_eq!(expected, event_fault(&text), "{}", text.escape_ascii());
        }
    }
}

/// A text cut off at any byte is refused, and the place is not behind its end.
#[test]
fn truncated_at_every_byte() {
    for end in 0..PATTERN.len() {
        let fault = pattern_fault(&PATTERN.as_bytes()[..end]);
        let (kind, offset) = fault.unwrap_or_else(|| panic!("accepted {}", &PATTERN[..end]));
        assert!(["syntax", "invalid-utf-8"].contains(&kind), "{kind} for {end} bytes");
        assert!(offset <= end, "offset {offset} of {end} bytes");
    }
    for end in 0..EVENT.len() {
        let fault = event_fault(&EVENT.as_bytes()[..end]);
        let (kind, offset) = fault.unwrap_or_else(|| panic!("accepted {}", &EVENT[..end]));
        assert!(["syntax", "invalid-utf-8", "lone-surrogate"].contains(&kind), "{kind} at {end}");
        assert!(offset <= end, "offset {offset} of {end} bytes");
    }
}

/// Make `levels` nested arrays below the member `a` of an object, which is a level too.
fn arrays(levels: usize) -> String {
    format!("{{\"a\":{}{}}}", "[".repeat(levels - 1), "]".repeat(levels - 1))
}

/// Make `levels` nested objects, the innermost empty.
fn objects(levels: usize) -> String {
    format!("{}{{}}{}", "{\"a\":".repeat(levels - 1), "}".repeat(levels - 1))
}

/// Events may have 512 levels; the bracket that opens the next one is refused.
#[test]
fn nesting_of_events() {
    assert_eq!(None, event_fault(arrays(512).as_bytes()));
    assert_eq!(None, event_fault(objects(512).as_bytes()));
    for levels in [513, 10_000, 1_000_000] {
        assert_eq!(Some(("too-deep", 5 + 511)), event_fault(arrays(levels).as_bytes()));
        assert_eq!(Some(("too-deep", 5 * 512)), event_fault(objects(levels).as_bytes()));
    }
}

/// Patterns may have 128 levels; the bracket that opens the next one is refused.
#[test]
fn nesting_of_patterns() {
    let pattern = |fields: usize| {
        format!("{}{{\"a\":[1]}}{}", "{\"a\":".repeat(fields - 1), "}".repeat(fields - 1))
    };
    assert_eq!(None, pattern_fault(pattern(127).as_bytes()));
    for fields in [128, 10_000, 1_000_000] {
        assert_eq!(Some(("too-deep", 5 * 128)), pattern_fault(pattern(fields).as_bytes()));
    }
}

/// A string of 100 MB is read to its end, whether a rule asks for it or not.
#[test]
fn a_huge_string() {
    let long = "é".repeat(50_000_000);
    for path in ["z", "d"] {
        let event = format!("{{\"{path}\":\"{long}\"}}");
        assert_eq!(None, event_fault(event.as_bytes()));
        let cut = event.len() - 2;
        assert_eq!(Some("syntax"), event_fault(&event.as_bytes()[..cut]).map(|(kind, _)| kind));
    }
}

/// A huge array is read to its end: 100 MB that no rule asks for, 10 MB that one does.
#[test]
fn a_huge_array() {
    for (path, zeros, matches) in [("z", 50_000_000, 0), ("c", 5_000_000, 1)] {
        let many = "0,".repeat(zeros);
        let event = format!("{{\"{path}\":[{many}1]}}");
        assert_eq!(Ok(matches), matcher().matching(event.as_bytes()).map(|names| names.len()));
        let malformed = format!("{{\"{path}\":[{many}]}}");
        assert_eq!(Some(("syntax", 6 + many.len())), event_fault(malformed.as_bytes()));
    }
}

/// Of members with one name the last counts, with everything below it; malformed ones still fail.
#[test]
fn duplicate_names_in_events() {
    let pattern = Pattern::parse(br#"{"a":{"b":[1]}}"#, Dialect::Aws).expect("a valid pattern");
    let matcher = Matcher::new();
    matcher.add("rule", &pattern, ());
    let cases: [(&str, usize); 7] = [
        (r#"{"a":{"b":1},"a":{"b":2}}"#, 0),
        (r#"{"a":{"b":2},"a":{"b":1}}"#, 1),
        (r#"{"a":{"b":1},"a":{"c":1}}"#, 0),
        (r#"{"a":{"b":1},"a":[]}"#, 0),
        (r#"{"a":{"b":1},"\u0061":null}"#, 0),
        (r#"{"a":{"b":2,"\u0062":1}}"#, 1),
        (r#"{"a.b":1,"a":{"b":2}}"#, 1),
    ];
    for (event, matches) in cases {
        assert_eq!(Ok(matches), matcher.matching(event.as_bytes()).map(|n| n.len()), "{event}");
    }
    assert_eq!(Some(("syntax", 6)), event_fault(br#"{"a": 01,"a":1}"#));
}

/// A name written twice in a pattern is refused where it stands the second time.
#[test]
fn duplicate_names_in_patterns() {
    let cases: [(&str, usize); 3] = [
        (r#"{"a":[1],"a":[2]}"#, 9),
        (r#"{"a":[1],"\u0061":[2]}"#, 9),
        (r#"{"b":{"a":[1],"c":[1],"a":[2]}}"#, 22),
    ];
    for (text, offset) in cases {
        assert_eq!(Some(("duplicate-name", offset)), pattern_fault(text.as_bytes()), "{text}");
    }
}

fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    /// A mutated event is accepted exactly where `serde_json` finds one JSON object.
    #[test]
    fn events_are_accepted_as_serde_json_does(
        rules in vec(any::<u8>(), 8..60),
        event in vec(any::<u8>(), 8..60),
        changes in vec(change(), 0..4),
    ) {
        let scenario = Scenario::new(&rules, &event);
        let text = damaged(&scenario.event, &changes);
        let matcher = Matcher::new();
        for pattern in &scenario.patterns {
            let pattern = Pattern::parse(pattern.as_bytes(), scenario.dialect);
            matcher.add(&format!("rule-{}", matcher.len()), &pattern.expect("valid"), ());
        }
        let expected = serde_json::from_slice::<serde_json::Value>(&text);
        let answer = matcher.matching(&text);
        let expected_fault = !expected.is_ok_and(|value| value.is_object());
        prop_assert_eq!(
            expected_fault, answer.is_err(), "{}: {:?}", text.escape_ascii(), answer
        );
        let offset = answer.err().map_or(0, |error| error.offset());
        prop_assert!(offset <= text.len(), "offset {}", offset);
        let empty = Matcher::<()>::new();
        prop_assert_eq!(matcher.matching(&text).err(), empty.matching(&text).err());
        // Trust may be misplaced, but a refusal is never wrong.
        let (snapshot, mut scratch) = (matcher.snapshot(), Scratch::default());
        scratch.set_care(Care::Structure);
        let trusted = snapshot.matches(&text, &mut scratch, &mut Vec::new());
        prop_assert!(trusted.is_ok() || expected_fault, "{}", text.escape_ascii());
    }

    /// A mutated pattern is accepted or refused, and compiles only where `serde_json` reads it.
    #[test]
    fn mutated_patterns_are_read_or_refused(
        rules in vec(any::<u8>(), 8..60),
        changes in vec(change(), 1..4),
    ) {
        let scenario = Scenario::new(&rules, &[]);
        let text = damaged(&scenario.patterns[0], &changes);
        match Pattern::parse(&text, scenario.dialect) {
            Ok(_) => {
                let read = serde_json::from_slice::<serde_json::Value>(&text);
                prop_assert!(read.is_ok_and(|value| value.is_object()));
            }
            Err(error) => {
                prop_assert!(error.offset() <= text.len());
                prop_assert!(!error.message().is_empty());
            }
        }
    }
}

/// Write an object that leads to an array by all ways to spell a path with dots and nesting.
fn spelled(names: &[&str], array: &str) -> String {
    let members: Vec<_> = (1..=names.len())
        .map(|len| match names[len..] {
            [] => format!("\"{}\":{array}", names.join(".")),
            _ => format!("\"{}\":{}", names[..len].join("."), spelled(&names[len..], array)),
        })
        .collect();
    format!("{{{}}}", members.join(","))
}

/// Ask for one more member than there are arrays, each element of which has one of the members.
fn more_members_than_arrays(names: &[&str]) -> (String, String) {
    let members = (1 << (names.len() - 1)) + 1;
    let elements: Vec<_> = (0..members).map(|n| format!("{{\"x{n}\":1}}")).collect();
    let tests: Vec<_> = (0..members).map(|n| format!("\"x{n}\":[1]")).collect();
    let pattern = format!("{{\"{}\":{{{}}}}}", names.join("."), tests.join(","));
    (pattern, spelled(names, &format!("[{}]", elements.join(","))))
}

/// An event that spells a path in many ways is decided, or refused after so many tries.
#[test]
fn ambiguous_events_take_limited_time() {
    let table = [
        (&["a", "b"][..], None),
        (&["a", "b", "c"], None),
        (&["a", "b", "c", "d", "e"], Some(("too-ambiguous", 0))),
        (&["a", "b", "c", "d", "e", "f"], Some(("too-ambiguous", 0))),
    ];
    for (names, expected) in table {
        let (pattern, event) = more_members_than_arrays(names);
        let pattern = Pattern::parse(pattern.as_bytes(), Dialect::Aws).expect("a valid pattern");
        let matcher = Matcher::new();
        matcher.add("rule", &pattern, ());
        let fault = matcher.matching(event.as_bytes()).err();
        let fault = fault.map(|error| (error.kind().as_str(), error.offset()));
        assert_eq!(expected, fault, "{event}");
        assert_eq!(expected.is_some(), matcher.explain("rule", event.as_bytes()).is_err());
    }
}
