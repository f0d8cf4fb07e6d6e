use proptest::prelude::*;

use crate::error::PatternErrorKind;
use crate::fold::fold;
use crate::wildcard::{Case, Parsed, Wildcard, WildcardError, escape};

fn wildcard(operand: &str, case: Case) -> Wildcard {
    match Wildcard::parse(operand, case).expect("a valid operand") {
        Parsed::Wildcard(wildcard) => wildcard,
        Parsed::Literal(text) => panic!("{text:?} has no star"),
    }
}

#[test]
fn a_wildcard_covers_the_whole_string() {
    let table: &[(&str, &[&str], &[&str])] = &[
        ("*", &["", "a", "*", "line\nline", "😀"], &[]),
        ("a*", &["a", "ab", "a\n"], &["", "ba", "A"]),
        ("*a", &["a", "ba", "éa"], &["", "ab"]),
        ("a*a", &["aa", "aba", "aaa"], &["a", "", "ab"]),
        ("ab*ba", &["abba", "abxba"], &["aba", "ab"]),
        ("*ab*", &["ab", "aab", "xaby", "aabb"], &["a", "ba", "axb"]),
        ("*aab*", &["aaab", "aabaab"], &["abab"]),
        ("*a*b*c", &["abc", "xaxbxc", "aabbcc"], &["acb", "ab", "abcd"]),
        ("a*bc*bc", &["abcbc", "abcxbc", "abcbcbc"], &["abc", "abcb"]),
        ("é*ü", &["éü", "é ü", "é日ü"], &["e\u{301}ü", "éu"]),
        (r"a\*b*", &["a*b", "a*bc"], &["axb", r"a\*b"]),
        (r"\**\\", &[r"*\", r"*x\"], &["*", r"\", r"x\"]),
        (r"*\*", &["*", "a*"], &["", "a"]),
    ];
    for (operand, matching, other) in table {
        let wildcard = wildcard(operand, Case::Exact);
        matching
            .iter()
            .for_each(|text| assert!(wildcard.matches(text.as_bytes()), "{operand} {text:?}"));
        other
            .iter()
            .for_each(|text| assert!(!wildcard.matches(text.as_bytes()), "{operand} {text:?}"));
    }
}

#[test]
fn a_folded_wildcard_ignores_case() {
    let table: &[(&str, &[&str], &[&str])] = &[
        ("*.jpg", &["DSC01.JPG", ".jpg", "x.Jpg"], &["DSC01.JPEG", "jpg"]),
        ("IMG*", &["img", "Img-1"], &["im"]),
        ("A*A", &["aa", "AxA"], &["a"]),
        ("*Straße*", &["die STRAẞE dort"], &["die STRASSE dort"]),
        ("*ß*k", &["ẞ\u{212A}", "xßyK"], &["sk", "ẞ"]),
        ("*Σ*", &["ς", "aσb"], &["s"]),
        ("\u{1E9E}*\u{1E9E}", &["ßß", "ß ẞ"], &["ß", "ẞ"]),
    ];
    for (operand, matching, other) in table {
        let wildcard = wildcard(operand, Case::Folded);
        matching
            .iter()
            .for_each(|text| assert!(wildcard.matches(text.as_bytes()), "{operand} {text:?}"));
        other
            .iter()
            .for_each(|text| assert!(!wildcard.matches(text.as_bytes()), "{operand} {text:?}"));
    }
}

#[test]
fn an_operand_without_star_is_a_literal() {
    let table = [("", ""), ("aB", "aB"), (r"\*", "*"), (r"a\\b", r"a\b")];
    for (operand, text) in table {
        assert_eq!(Ok(Parsed::Literal(text.into())), Wildcard::parse(operand, Case::Exact));
    }
    assert_eq!(Ok(Parsed::Literal("ab".into())), Wildcard::parse("aB", Case::Folded));
}

#[test]
fn an_operand_is_split_at_its_stars() {
    let parsed = wildcard(r"a\**b*\\*", Case::Exact);
    let inner: Vec<_> = parsed.inner().iter().map(|piece| &**piece).collect();
    assert_eq!(("a*", vec!["b", r"\"], ""), (parsed.first(), inner, parsed.last()));
}

#[test]
fn faults_are_placed() {
    use PatternErrorKind::{WildcardDoubleStar, WildcardEscape};
    let table = [
        ("**", WildcardDoubleStar, 1),
        ("é**", WildcardDoubleStar, 3),
        (r"\***", WildcardDoubleStar, 3),
        (r"a\b", WildcardEscape, 1),
        (r"a*\", WildcardEscape, 2),
        (r"\\\", WildcardEscape, 2),
    ];
    for (operand, kind, at) in table {
        let expected = Err(WildcardError { kind, at });
        assert_eq!(expected, Wildcard::parse(operand, Case::Exact), "{operand}");
    }
}

/// Match by the definition: a star is any text. Stars are unescaped, backslashes do not occur.
fn matches_slowly(operand: &[char], text: &[char]) -> bool {
    match (operand, text) {
        ([], []) => true,
        (['*', rest @ ..], _) => (0..=text.len()).any(|skip| matches_slowly(rest, &text[skip..])),
        ([a, operand @ ..], [b, text @ ..]) => a == b && matches_slowly(operand, text),
        _ => false,
    }
}

fn folded(text: &str) -> String {
    let mut folded = String::new();
    fold(text, &mut folded);
    folded
}

/// Operands of few letters, so that pieces overlap themselves and each other.
fn operand() -> impl Strategy<Value = String> {
    "([abéAÉſ]{0,3}\\*){1,4}[abéAÉs]{0,3}"
        .prop_map(|operand| operand.split("**").collect::<Vec<_>>().join("*a*"))
        .prop_filter("adjacent stars", |operand| !operand.contains("**"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn matching_agrees_with_the_definition(operand in operand(), text in "[abéAÉsſ]{0,12}") {
        let slow = |operand: &str, text: &str| {
            let [operand, text] = [operand, text].map(|text| text.chars().collect::<Vec<_>>());
            matches_slowly(&operand, &text)
        };
        let exact = wildcard(&operand, Case::Exact).matches(text.as_bytes());
        prop_assert_eq!(slow(&operand, &text), exact);
        let ignoring_case = wildcard(&operand, Case::Folded).matches(text.as_bytes());
        prop_assert_eq!(slow(&folded(&operand), &folded(&text)), ignoring_case);
    }

    #[test]
    fn the_operand_of_a_wildcard_means_it(pieces in prop::collection::vec("[ab*\\\\]{1,3}", 2..5)) {
        let operand = pieces.iter().map(|piece| escape(piece)).collect::<Vec<_>>().join("*");
        let parsed = wildcard(&operand, Case::Exact);
        prop_assert_eq!(operand, parsed.to_operand());
    }
}
