//! Events that are matched side by side, and rules that come together.

use rulebus_matcher::{Dialect, EventError, Matcher, Pattern, Scratch};

fn pattern(text: &str) -> Pattern {
    Pattern::parse(text.as_bytes(), Dialect::Aws).expect("a valid pattern")
}

/// A rule set of which some rules are found by keys, some by ranges, and one always.
fn matcher() -> Matcher<usize> {
    let matcher = Matcher::new();
    matcher.add_many((0..500).map(|number| {
        let text = match number % 4 {
            0 => format!(r#"{{"id":[{}],"kind":["a","b"]}}"#, number % 30),
            1 => format!(r#"{{"id":[{{"numeric":[">",{number}]}}],"list":{{"n":[1]}}}}"#),
            2 => format!(r#"{{"kind":[{{"wildcard":"*{number}*"}}]}}"#),
            _ => format!(r#"{{"kind":[{{"prefix":"a"}}],"absent{number}":[{{"exists":false}}]}}"#),
        };
        (number.to_string(), pattern(&text), number)
    }));
    matcher
}

fn events() -> Vec<String> {
    (0..100)
        .map(|number| match number % 5 {
            0 => format!(r#"{{"id":{number},"kind":"a{number}"}}"#),
            1 => format!(r#"{{"id":{},"list":[{{"n":1}},{{"n":2}}]}}"#, number * 7),
            2 => format!(r#"{{"kind":["a","b"],"id":[{number},{}]}}"#, number / 2),
            3 => "{}".to_owned(),
            _ => format!(r#"{{"id":{number}"#),
        })
        .collect()
}

/// Side by side, events get the answers that they get alone, errors included, in their order.
#[test]
fn groups_change_no_answer() {
    let (matcher, events) = (matcher(), events());
    let (snapshot, mut scratch) = (matcher.snapshot(), Scratch::default());
    let alone: Vec<Result<Vec<usize>, EventError>> = events
        .iter()
        .map(|event| {
            let mut found = Vec::new();
            snapshot.matches(event.as_bytes(), &mut scratch, &mut found)?;
            Ok(found.iter().map(|rule| *rule.value()).collect())
        })
        .collect();
    for len in [0, 1, 7, 8, 9, 100] {
        let group: Vec<&[u8]> = events[..len].iter().map(String::as_bytes).collect();
        let mut answers = Vec::new();
        let ended = snapshot.match_each(&group, &mut scratch, |found| {
            answers.push(found.map(|found| found.iter().map(|rule| *rule.value()).collect()));
            Ok::<(), ()>(())
        });
        assert_eq!((Ok(()), &alone[..len]), (ended, &answers[..]));
    }
}

/// What the caller returns for an answer ends the matching, and the room serves again.
#[test]
fn a_caller_can_stop() {
    let (matcher, events) = (matcher(), events());
    let (snapshot, mut scratch) = (matcher.snapshot(), Scratch::default());
    let group: Vec<&[u8]> = events.iter().map(String::as_bytes).collect();
    for _ in 0..2 {
        let mut answers = 0;
        let ended = snapshot.match_each(&group, &mut scratch, |found| {
            answers += 1;
            found.map(|_| ())
        });
        assert_eq!((5, true), (answers, ended.is_err()));
    }
}

/// Of rules of one name that come together the last one counts, in the place of the first.
#[test]
fn the_last_of_a_name_counts() {
    let matcher = Matcher::new();
    let always = r#"{"source":["s"]}"#;
    let rules = [("a", always, 1), ("b", always, 2), ("a", r#"{"source":["t"]}"#, 3)];
    let rules = rules.map(|(name, text, value)| (name.to_owned(), pattern(text), value));
    matcher.add_many(rules.clone());
    assert_eq!(Ok(vec!["b".to_owned()]), matcher.matching(br#"{"source":"s"}"#));
    assert_eq!(Ok(vec!["a".to_owned()]), matcher.matching(br#"{"source":"t"}"#));
    assert_eq!((vec!["a".to_owned(), "b".to_owned()], 2), (matcher.names(), matcher.len()));
    matcher.remove("a");
    matcher.remove("b");
    assert_eq!((0, 0), (matcher.statistics().conjunctions, matcher.statistics().conditions));
}
