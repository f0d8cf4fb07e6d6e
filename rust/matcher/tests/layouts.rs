//! What a matcher has learnt of earlier events changes no answer.

use proptest::collection::vec;
use proptest::prelude::*;
use rulebus_matcher::{Care, Dialect, EventError, Matcher, Pattern, Scratch};

fn matcher(patterns: &[&str]) -> Matcher {
    let matcher = Matcher::new();
    for text in patterns {
        add(&matcher, text);
    }
    matcher
}

fn add(matcher: &Matcher, pattern: &str) {
    let parsed = Pattern::parse(pattern.as_bytes(), Dialect::Aws).expect("a valid pattern");
    matcher.add(pattern, &parsed, ());
}

/// Return the rules that match an event, whose place is behind that of earlier ones.
fn names(matcher: &Matcher, event: &str, scratch: &mut Scratch<()>) -> Vec<String> {
    outcome(matcher, event.as_bytes(), scratch).expect("a good event")
}

/// The same for what may be no event.
fn outcome(
    matcher: &Matcher,
    event: &[u8],
    scratch: &mut Scratch<()>,
) -> Result<Vec<String>, EventError> {
    let (snapshot, mut found) = (matcher.snapshot(), Vec::new());
    snapshot.matches(event, scratch, &mut found)?;
    Ok(found.iter().map(|rule| rule.name().to_owned()).collect())
}

const A: &str = r#"{"a": ["x"]}"#;
const AB: &str = r#"{"a": {"b": ["x"]}}"#;

/// Events of other layouts are read as well as those of the same.
#[test]
fn layouts_change() {
    let (matcher, mut scratch) = (matcher(&[A, AB]), Scratch::default());
    let table: &[(&str, &[&str])] = &[
        (r#"{"a":"x","c":"the rest of an event"}"#, &[A]),
        (r#"{"a":"y","c":"the rest of an event"}"#, &[]),
        (r#"{"c":"x","a":"the rest of an event"}"#, &[]),
        (r#"{"a" : "x","c":"the rest of an event"}"#, &[A]),
        (r#"{ "a":"x", "c":"the rest of an event"}"#, &[A]),
        (r#"{"\u0061":"x","c":"the rest of an event"}"#, &[A]),
        (r#"{"\u0062":"x","c":"the rest of an event"}"#, &[]),
        (r#"{"a.c":"x","c":"the rest of an event"}"#, &[]),
        (r#"{"a\b":"x","c":"the rest of an event"}"#, &[]),
        (r#"{"a.b":"x","c":"the rest of an event"}"#, &[AB]),
        (r#"{"a":{"b":"x","c":"the rest of an event"}}"#, &[AB]),
        (r#"{"a":{"c":"x","b":"the rest of an event"}}"#, &[]),
        (r#"{"a":"x","a":"the last of two names counts"}"#, &[]),
        (r#"{"a":"x"}"#, &[A]),
    ];
    for care in [Care::Whole, Care::Structure] {
        scratch.set_care(care);
        for (event, expected) in table.iter().chain(table.iter().rev()) {
            assert_eq!(*expected, names(&matcher, event, &mut scratch), "{event} {care:?}");
        }
    }
}

/// A rule that comes or goes is found or not found in events whose layout is known.
#[test]
fn rules_change() {
    let event = r#"{"a":"x","b":"x","c":"the rest of an event"}"#;
    let (b, matcher, mut scratch) = (r#"{"b": ["x"]}"#, matcher(&[A]), Scratch::default());
    for _ in 0..3 {
        assert_eq!(vec![A], names(&matcher, event, &mut scratch));
        add(&matcher, b);
        assert_eq!(vec![A, b], names(&matcher, event, &mut scratch));
        matcher.remove(A);
        assert_eq!(vec![b], names(&matcher, event, &mut scratch));
        add(&matcher, A);
        assert_eq!(vec![b, A], names(&matcher, event, &mut scratch));
        matcher.remove(b);
    }
}

/// A value that no rule asks for may change after it was the same for long, and so may its kind.
#[test]
fn values_change() {
    let (matcher, mut scratch) = (matcher(&[A]), Scratch::default());
    let values =
        [r#""0""#, r#""01""#, "true", "null", "[]", r#"["0"]"#, "{}", "0", "01e1", "truer"];
    for (value, is_good) in values.into_iter().zip((0..).map(|place| place < 8)) {
        for care in [Care::Whole, Care::Structure, Care::Whole] {
            scratch.set_care(care);
            let event = format!(r#"{{"version":{value},"a":"x","c":"the rest of an event"}}"#);
            let expected = is_good.then(|| vec![A.to_owned()]);
            assert_eq!(expected, outcome(&matcher, event.as_bytes(), &mut scratch).ok(), "{value}");
        }
    }
}

/// The first member of an object has no comma before it, and all others have one.
#[test]
fn commas_are_between_members() {
    let (matcher, mut scratch) = (matcher(&[A]), Scratch::default());
    let members = |count: usize| vec![r#""n":"0""#; count].join(",");
    for count in [1, 2, 255, 256, 257, 600] {
        let good = format!(r#"{{{},"a":"x"}}"#, members(count));
        let bad = format!(r#"{{{}"n":"0","a":"x"}}"#, members(count));
        for _ in 0..2 {
            assert_eq!(vec![A], names(&matcher, &good, &mut scratch));
            let fault = outcome(&matcher, bad.as_bytes(), &mut scratch).unwrap_err();
            assert_eq!(members(count).len() + 1, fault.offset());
        }
    }
}

/// An array of the greatest depth is taken and a deeper one is not, whatever was there before.
#[test]
fn small_arrays_have_a_depth() {
    let (matcher, mut scratch) = (matcher(&[A, AB]), Scratch::default());
    let event = |depth: usize, value: &str| {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        format!(r#"{{"a":{open}{{"c":{value}}}{close}}}"#)
    };
    for value in ["[]", r#"["x"]"#] {
        for (depth, is_good) in [(1, true), (509, true), (510, false), (1, true), (510, false)] {
            let event = event(depth, value);
            let outcome = outcome(&matcher, event.as_bytes(), &mut scratch);
            assert_eq!(is_good, outcome.is_ok(), "{value} at {depth}");
        }
    }
}

/// Events of one layout, and of others.
const LAYOUTS: [&str; 6] = [
    r#"{"version":"0","a":"x","id":"7bf73129-1428-4cd3-a780-95db273d1602","n":true,"list":["e"]}"#,
    r#"{"version":"0","a":"y","id":"7bf73129-1428-4cd3-a780-95db273d1603","n":true,"list":[]}"#,
    r#"{"version":"1","a":"x","id":"6cf73129-1428-4cd3-a780-95db273d1602","n":null,"list":["e"]}"#,
    r#"{"version":"0","a":{"b":"x","version":"0"},"id":"7bf73129","n":17,"list":["e"]}"#,
    r#"{ "version": "0", "a": "x", "id": "7bf73129-1428-4cd3-a780-95db273d1602", "n": true }"#,
    r#"{"version":"0","a":"x","a":"y","version":"0","a.b":"x"}"#,
];

/// Make an event with up to two bytes replaced, put in or taken out.
fn event() -> impl Strategy<Value = Vec<u8>> {
    let byte = proptest::sample::select(&b"\"\\{}[],: x01t\n\x01\xFF"[..]);
    let change = (any::<proptest::sample::Index>(), 0..3_u8, byte);
    (proptest::sample::select(&LAYOUTS[..]), vec(change, 0..3)).prop_map(|(event, changes)| {
        let mut event = event.as_bytes().to_vec();
        for (place, kind, byte) in changes {
            let place = place.index(event.len());
            let (taken, put) = [(1, 1), (0, 1), (1, 0)][usize::from(kind)];
            event.splice(place..place + taken, [byte].into_iter().take(put));
        }
        event
    })
}

proptest! {
    /// Whatever was read before, an event has the answer or the error that it has alone.
    #[test]
    fn events_are_read_as_if_alone(events in vec((event(), any::<bool>()), 1..12)) {
        let (matcher, mut scratch) = (matcher(&[A, AB]), Scratch::default());
        for (event, is_trusted) in events {
            let care = if is_trusted { Care::Structure } else { Care::Whole };
            let mut fresh = Scratch::default();
            fresh.set_care(care);
            scratch.set_care(care);
            let expected = outcome(&matcher, &event, &mut fresh);
            let found = outcome(&matcher, &event, &mut scratch);
            prop_assert_eq!(expected, found, "{} {:?}", event.escape_ascii(), care);
        }
    }
}

/// Two matchers may use one scratch in turns.
#[test]
fn matchers_share_a_scratch() {
    let event = r#"{"a":"x","b":"y","c":"the rest of an event"}"#;
    let (b, mut scratch) = (r#"{"b": ["y"]}"#, Scratch::default());
    let (first, second) = (matcher(&[A]), matcher(&[b]));
    for _ in 0..3 {
        assert_eq!(vec![A], names(&first, event, &mut scratch));
        assert_eq!(vec![b], names(&second, event, &mut scratch));
    }
}

/// A name that leads to one path in one object may lead to another or nowhere in the next.
#[test]
fn guesses_of_one_object_are_none_of_another() {
    let is_first = |n: &usize| n.is_multiple_of(3);
    let wanted = |n: usize| if is_first(&n) { "first" } else { "second" };
    let pattern = |n: usize| format!(r#"{{"p{n}":{{"{}":["x"]}}}}"#, wanted(n));
    let patterns: Vec<_> = (0..100).map(pattern).collect();
    let matcher = matcher(&patterns.iter().map(String::as_str).collect::<Vec<_>>());
    let member = |n: usize| format!(r#""p{n}":{{"first":"x","second":"y"}}"#);
    let mut scratch = Scratch::default();
    for members in [0..100, 0..50, 50..100, 7..8, 0..100] {
        let expected: Vec<_> = members.clone().filter(is_first).map(pattern).collect();
        let event = format!("{{{}}}", members.map(member).collect::<Vec<_>>().join(","));
        for _ in 0..2 {
            assert_eq!(expected, names(&matcher, &event, &mut scratch));
        }
    }
}
