//! What a matcher has learnt of earlier events changes no answer.

use rulebus_matcher::{Care, Dialect, Matcher, Pattern, Scratch};

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
    let (snapshot, mut found) = (matcher.snapshot(), Vec::new());
    snapshot.matches(event.as_bytes(), scratch, &mut found).expect("a good event");
    found.iter().map(|rule| rule.name().to_owned()).collect()
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
