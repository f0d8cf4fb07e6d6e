//! Every conformance case, in every company a rule can be in.

mod cases;
#[allow(dead_code, reason = "each test binary uses its own part")]
mod reference;

use cases::{Case, Kind};
use rulebus_matcher::{Dialect, Matcher, Pattern};

/// How many other rules stand around a case.
const NEIGHBOURS: usize = 1_000;

/// A verdict case with its pattern compiled.
struct Verdict {
    id: String,
    text: String,
    pattern: Pattern,
    event: String,
    matches: bool,
}

fn compile(text: &str) -> Pattern {
    Pattern::parse(text.as_bytes(), Dialect::Aws)
        .unwrap_or_else(|error| panic!("{text} was refused: {error}"))
}

fn verdicts() -> Vec<Verdict> {
    let verdict = |Case { id, kind }| match kind {
        Kind::Verdict { pattern, event, matches } => {
            Some(Verdict { id, pattern: compile(&pattern), text: pattern, event, matches })
        }
        _ => None,
    };
    cases::all().into_iter().filter_map(verdict).collect()
}

/// The patterns of the cases themselves, so that neighbours meet the events at the same paths.
fn neighbours() -> impl Iterator<Item = (String, Pattern, ())> {
    let patterns: Vec<Pattern> = verdicts().into_iter().map(|verdict| verdict.pattern).collect();
    (0..NEIGHBOURS)
        .map(move |i| (format!("neighbour-{i}"), patterns[i * 7 % patterns.len()].clone(), ()))
}

fn crowd() -> Matcher {
    let matcher = Matcher::new();
    matcher.add_many(neighbours());
    matcher
}

fn answer(matcher: &Matcher, event: &str) -> Vec<String> {
    matcher.matching(event.as_bytes()).unwrap_or_else(|error| panic!("{event}: {error}"))
}

/// The verdict cases whose rule, filed under the case's id, is not reported as the case says.
fn wrong_in(matcher: &Matcher, verdicts: &[Verdict]) -> Vec<String> {
    let is_wrong = |v: &&Verdict| v.matches != answer(matcher, &v.event).contains(&v.id);
    verdicts.iter().filter(is_wrong).map(|v| v.id.clone()).collect()
}

/// The verdict cases that are answered wrong by a matcher prepared for each alone.
fn wrong_when(prepare: impl Fn(&Verdict) -> Matcher) -> Vec<String> {
    let wrong = |v: Verdict| wrong_in(&prepare(&v), &[v]);
    verdicts().into_iter().flat_map(wrong).collect()
}

/// The verdict cases that are answered wrong after `change` in a crowd, or disturb the crowd.
fn wrong_in_crowd(change: impl Fn(&Matcher, &Verdict)) -> Vec<String> {
    let crowd = crowd();
    let is_wrong = |verdict: &Verdict| {
        let before = answer(&crowd, &verdict.event);
        change(&crowd, verdict);
        let mut expected = before.clone();
        expected.extend(verdict.matches.then(|| verdict.id.clone()));
        let during = answer(&crowd, &verdict.event);
        crowd.remove(&verdict.id);
        expected != during || before != answer(&crowd, &verdict.event)
    };
    verdicts().into_iter().filter(is_wrong).map(|verdict| verdict.id).collect()
}

/// The data has the number of cases that its description gives.
#[test]
fn all_cases_are_read() {
    assert_eq!(1_862, cases::all().len());
}

/// The reference matcher gives the verdict of every case.
#[test]
fn the_reference_agrees_with_every_case() {
    let is_wrong = |v: &Verdict| {
        let event = reference::Event::read(&v.event);
        v.matches != reference::Pattern::read(&v.text).matches(&event)
    };
    let wrong = verdicts().into_iter().filter(is_wrong).map(|verdict| verdict.id);
    assert_eq!(Vec::<String>::new(), wrong.collect::<Vec<_>>());
}

/// The reference matcher, asked rule by rule, gives the names of every rule set case.
#[test]
fn the_reference_agrees_with_every_rule_set() {
    let is_wrong = |kind: &Kind| match kind {
        Kind::RuleSet { rules, event, matches } => {
            let event = reference::Event::read(event);
            let found =
                rules.iter().filter(|(_, text)| reference::Pattern::read(text).matches(&event));
            *matches != sorted(found.map(|(name, _)| name.clone()).collect())
        }
        _ => false,
    };
    let wrong = cases::all().into_iter().filter(|case| is_wrong(&case.kind)).map(|case| case.id);
    assert_eq!(Vec::<String>::new(), wrong.collect::<Vec<_>>());
}

/// Every case holds in a matcher with no other rule.
#[test]
fn alone() {
    let wrong = wrong_when(|verdict| {
        let matcher = Matcher::new();
        matcher.add(&verdict.id, &verdict.pattern, ());
        matcher
    });
    assert_eq!(Vec::<String>::new(), wrong);
}

/// Every case holds when its pattern is compiled in the extended dialect.
#[test]
fn alone_in_the_extended_dialect() {
    let wrong = wrong_when(|verdict| {
        let matcher = Matcher::new();
        let pattern = Pattern::parse(verdict.text.as_bytes(), Dialect::Extended);
        matcher.add(&verdict.id, &pattern.expect("extended is a superset"), ());
        matcher
    });
    assert_eq!(Vec::<String>::new(), wrong);
}

/// Every case holds when all patterns arrive in one call.
#[test]
fn given_through_add_many() {
    let verdicts = verdicts();
    let matcher = Matcher::new();
    matcher.add_many(verdicts.iter().map(|v| (v.id.clone(), v.pattern.clone(), ())));
    assert_eq!(Vec::<String>::new(), wrong_in(&matcher, &verdicts));
}

/// Every case holds when 1,000 rules are added behind it.
#[test]
fn added_first() {
    let verdicts = verdicts();
    let matcher = Matcher::new();
    for verdict in &verdicts {
        matcher.add(&verdict.id, &verdict.pattern, ());
    }
    matcher.add_many(neighbours());
    assert_eq!(Vec::<String>::new(), wrong_in(&matcher, &verdicts));
}

/// Every case holds when other rules are added before and behind it.
#[test]
fn among_others() {
    let verdicts = verdicts();
    let matcher = Matcher::new();
    let mut others = neighbours();
    for verdict in &verdicts {
        matcher.add(&verdict.id, &verdict.pattern, ());
        if let Some((name, pattern, value)) = others.next() {
            matcher.add(&name, &pattern, value);
        }
    }
    assert_eq!(Vec::<String>::new(), wrong_in(&matcher, &verdicts));
}

/// Every case holds behind 1,000 rules, and neither its coming nor its going disturbs them.
#[test]
fn added_last() {
    let wrong = wrong_in_crowd(|crowd, verdict| {
        crowd.add(&verdict.id, &verdict.pattern, ());
    });
    assert_eq!(Vec::<String>::new(), wrong);
}

/// Every case holds for a rule that has been there before.
#[test]
fn added_removed_and_added_again() {
    let wrong = wrong_in_crowd(|crowd, verdict| {
        crowd.add(&verdict.id, &verdict.pattern, ());
        crowd.remove(&verdict.id);
        assert!(!answer(crowd, &verdict.event).contains(&verdict.id), "{} is left", verdict.id);
        crowd.add(&verdict.id, &verdict.pattern, ());
    });
    assert_eq!(Vec::<String>::new(), wrong);
}

/// Every case holds for a rule that replaced one with another pattern and the same name.
#[test]
fn replaced() {
    let other = compile(r#"{"a":[{"exists":false},{"anything-but":"x"}]}"#);
    let wrong = wrong_in_crowd(|crowd, verdict| {
        crowd.add(&verdict.id, &other, ());
        crowd.add(&verdict.id, &verdict.pattern, ());
    });
    assert_eq!(Vec::<String>::new(), wrong);
}

/// Every rule set case holds whether its rules are added one by one or together.
#[test]
fn rule_sets() {
    for Case { id, kind } in cases::all() {
        let Kind::RuleSet { rules, event, matches } = kind else { continue };
        let (one_by_one, together) = (Matcher::new(), Matcher::new());
        for (name, text) in &rules {
            one_by_one.add(name, &compile(text), ());
        }
        together.add_many(rules.iter().map(|(name, text)| (name.clone(), compile(text), ())));
        assert_eq!(matches, sorted(answer(&one_by_one, &event)), "{id}, one by one");
        assert_eq!(matches, sorted(answer(&together, &event)), "{id}, together");
    }
}

/// The names of every rule set case are reported in the order in which they were added.
#[test]
fn rule_sets_are_answered_in_order() {
    for Case { id, kind } in cases::all() {
        let Kind::RuleSet { rules, event, matches } = kind else { continue };
        let matcher = Matcher::new();
        matcher.add_many(rules.iter().map(|(name, text)| (name.clone(), compile(text), ())));
        let in_order = rules.iter().map(|(name, _)| name.clone());
        let expected: Vec<String> = in_order.filter(|name| matches.contains(name)).collect();
        assert_eq!(expected, answer(&matcher, &event), "{id}");
    }
}

/// The verdict of `explain` is the verdict of every case, in a crowd too.
#[test]
fn explained() {
    let crowd = crowd();
    let is_wrong = |v: &Verdict| {
        crowd.add(&v.id, &v.pattern, ());
        let explanation = crowd.explain(&v.id, v.event.as_bytes());
        crowd.remove(&v.id);
        v.matches != explanation.expect("a good event").expect("a known rule").matched
    };
    let wrong = verdicts().into_iter().filter(is_wrong).map(|verdict| verdict.id);
    assert_eq!(Vec::<String>::new(), wrong.collect::<Vec<_>>());
}

/// Every refused pattern is refused with the kind that the case names, at a place in its text.
#[test]
fn refused_patterns() {
    for Case { id, kind } in cases::all() {
        let Kind::RefusedPattern { pattern, errors } = kind else { continue };
        let error = Pattern::parse(pattern.as_bytes(), Dialect::Aws).expect_err(&id);
        let found = error.kind().as_str();
        assert!(errors.iter().any(|e| e == found), "{id}: {errors:?}, not {found}: {error}");
        assert!(error.offset() <= pattern.len(), "{id}: {error}");
    }
}

/// Every refused event is refused with the same error whichever rules are present.
#[test]
fn refused_events() {
    let crowd = crowd();
    for Case { id, kind } in cases::all() {
        let Kind::RefusedEvent { pattern, event, error } = kind else { continue };
        let (empty, own) = (Matcher::<()>::new(), Matcher::new());
        own.add(&id, &compile(&pattern), ());
        let expected = empty.matching(event.as_bytes()).expect_err(&id);
        assert_eq!(error, expected.kind().as_str(), "{id}: {expected}");
        assert!(expected.offset() <= event.len(), "{id}: {expected}");
        for matcher in [&own, &crowd] {
            assert_eq!(Err(expected), matcher.matching(event.as_bytes()), "{id}");
        }
        assert_eq!(Some(expected), own.explain(&id, event.as_bytes()).err(), "{id}");
    }
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names
}
