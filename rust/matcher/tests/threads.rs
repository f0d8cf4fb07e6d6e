//! Readers match while a writer changes the rules.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rulebus_matcher::{Dialect, Matcher, Pattern, Rule, Scratch};

const READERS: usize = 3;
const ROUNDS: u32 = 2_000;
const EVENT: &[u8] = br#"{"source":"lamp","detail":{"state":["on","off"],"level":7}}"#;

fn pattern(text: &str) -> Pattern {
    Pattern::parse(text.as_bytes(), Dialect::Aws).expect("a valid pattern")
}

fn names(matcher: &Matcher<u32>) -> Vec<String> {
    matcher.matching(EVENT).expect("a good event")
}

/// Run `write` while readers check every answer; each checks at least one during and one after.
fn race(matcher: &Matcher<u32>, check: impl Fn(&[&Rule<u32>]) + Sync, write: impl FnOnce()) {
    let done = AtomicBool::new(false);
    let read = || {
        let mut scratch = Scratch::default();
        let mut is_last = false;
        while !is_last {
            is_last = done.load(Ordering::Acquire);
            let snapshot = matcher.snapshot();
            let mut found = Vec::new();
            snapshot.matches(EVENT, &mut scratch, &mut found).expect("a good event");
            check(&found);
        }
    };
    thread::scope(|scope| {
        for _ in 0..READERS {
            scope.spawn(read);
        }
        write();
        done.store(true, Ordering::Release);
    });
}

fn value_of(found: &[&Rule<u32>], name: &str) -> Option<u32> {
    found.iter().find(|rule| rule.name() == name).map(|rule| *rule.value())
}

/// Rules that come through one `add_many` come together, and never halfway replaced.
#[test]
fn add_many_is_atomic() {
    let matcher = Matcher::new();
    let forms = [
        pattern(r#"{"source":["lamp"]}"#),
        pattern(r#"{"detail":{"state":[{"prefix":"o"}],"level":[{"numeric":["<",9]}]}}"#),
    ];
    let pair = |round: u32| {
        let form = |rule: u32| forms[(round + rule) as usize % 2].clone();
        [("left".to_owned(), form(0), round), ("right".to_owned(), form(1), round)]
    };
    matcher.add_many(pair(0));
    race(
        &matcher,
        |found| {
            let left = value_of(found, "left");
            assert!(left.is_some(), "left vanished while it was replaced");
            assert_eq!(left, value_of(found, "right"));
        },
        || (1..=ROUNDS).for_each(|round| matcher.add_many(pair(round))),
    );
}

/// A rule that is replaced by another pattern that matches too is there at every moment.
#[test]
fn replacing_is_atomic() {
    let matcher = Matcher::new();
    let forms = [
        pattern(r#"{"source":[{"suffix":"mp"}]}"#),
        pattern(r#"{"detail":{"state":["on"]},"nothing":[{"exists":false}]}"#),
    ];
    matcher.add("before", &forms[0], 0);
    matcher.add("replaced", &forms[0], 0);
    matcher.add("behind", &forms[1], 0);
    race(
        &matcher,
        |found| {
            let names: Vec<&str> = found.iter().map(|rule| rule.name()).collect();
            assert_eq!(vec!["before", "replaced", "behind"], names);
        },
        || {
            for round in 1..=ROUNDS {
                let replaced = matcher.add("replaced", &forms[round as usize % 2], round);
                assert_eq!(Some(round - 1), replaced.map(|rule| *rule.value()));
            }
        },
    );
}

/// Whatever comes and goes beside it, a rule that stays is found, and one without a match never.
#[test]
fn other_rules_are_left_alone() {
    let matcher = Matcher::new();
    matcher.add("stays", &pattern(r#"{"detail":{"level":[7]}}"#), 0);
    matcher.add("fails", &pattern(r#"{"detail":{"level":[8]}}"#), 0);
    let passing = pattern(r#"{"detail":{"level":[7,{"numeric":[">",6]}]}}"#);
    let failing = pattern(r#"{"detail":{"state":[{"wildcard":"*z*"}],"level":[7]}}"#);
    race(
        &matcher,
        |found| {
            assert_eq!(Some("stays"), found.first().map(|rule| rule.name()));
            assert!(found[1..].iter().all(|rule| rule.name().starts_with("passing-")));
        },
        || {
            for round in 0..ROUNDS {
                matcher.add(&format!("passing-{}", round % 7), &passing, round);
                matcher.add(&format!("failing-{}", round % 5), &failing, round);
                matcher.remove(&format!("passing-{}", round * 3 % 7));
                matcher.remove(&format!("failing-{}", round * 3 % 5));
            }
        },
    );
}

/// A snapshot answers from the rules at its time, whatever happens afterwards.
#[test]
fn a_snapshot_does_not_change() {
    let matcher = Matcher::new();
    matcher.add("old", &pattern(r#"{"source":["lamp"]}"#), 1);
    let snapshot = matcher.snapshot();
    matcher.remove("old");
    matcher.add("new", &pattern(r#"{"source":["lamp"]}"#), 2);

    let (mut scratch, mut found) = (Scratch::default(), Vec::new());
    snapshot.matches(EVENT, &mut scratch, &mut found).expect("a good event");
    assert_eq!(vec!["old"], found.iter().map(|rule| rule.name()).collect::<Vec<_>>());
    assert_eq!(vec!["new"], names(&matcher));
}

/// Several writers at once lose none of their changes.
#[test]
fn writers_wait_for_each_other() {
    const EACH: u32 = 300;
    let matcher = Matcher::new();
    let everything = pattern(r#"{"source":[{"exists":true}]}"#);
    thread::scope(|scope| {
        for writer in 0..4 {
            let (matcher, everything) = (&matcher, &everything);
            scope.spawn(move || {
                for rule in 0..EACH {
                    matcher.add(&format!("{writer}-{rule}"), everything, rule);
                    if rule % 3 == 2 {
                        matcher.remove(&format!("{writer}-{}", rule - 1));
                    }
                }
            });
        }
    });
    assert_eq!(4 * 200, matcher.len());
    assert_eq!(4 * 200, names(&matcher).len());
    assert_eq!(matcher.names(), names(&matcher));
}
