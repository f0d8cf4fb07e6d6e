//! Regular expressions of the extended dialect, in linear time and bounded memory.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use regex_automata::meta;
use regex_syntax::hir::{Hir, Look};

/// The most bytes that the automaton of one expression may take.
const MAX_SIZE: usize = 1 << 20;
/// The most bytes that a search may cache; beyond it the search is slower, not wrong.
const MAX_CACHE: usize = 1 << 18;

/// An expression that matches whole strings; equal to another by its text.
#[derive(Clone, Debug)]
pub(crate) struct Regex(Arc<Compiled>);

#[derive(Debug)]
struct Compiled {
    text: Box<str>,
    engine: meta::Regex,
}

impl Regex {
    /// Compile an expression, or say why it is refused.
    pub fn new(text: &str) -> Result<Self, String> {
        let expression = regex_syntax::parse(text).map_err(|error| describe(&error))?;
        // Text around the expression would not do: a comment in it could swallow what follows.
        let whole = Hir::concat(vec![Hir::look(Look::Start), expression, Hir::look(Look::End)]);
        let config = meta::Config::new()
            .nfa_size_limit(Some(MAX_SIZE))
            .onepass_size_limit(Some(MAX_SIZE))
            .dfa_size_limit(Some(MAX_SIZE))
            .hybrid_cache_capacity(MAX_CACHE);
        let built = meta::Builder::new().configure(config).build_from_hir(&whole);
        let engine = built.map_err(|error| match error.size_limit() {
            Some(limit) => format!("the expression takes more than {limit} bytes when compiled"),
            None => error.to_string(),
        })?;
        Ok(Self(Arc::new(Compiled { text: text.into(), engine })))
    }

    /// Return the text that the expression was compiled from.
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// Say whether the expression matches the whole of `text`; what is no UTF-8 does not match.
    pub fn matches(&self, text: &[u8]) -> bool {
        self.0.engine.is_match(text)
    }
}

impl PartialEq for Regex {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Regex {}

impl Hash for Regex {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

/// Say in one line what is wrong, and at which byte of the expression.
fn describe(error: &regex_syntax::Error) -> String {
    match error {
        regex_syntax::Error::Parse(error) => {
            format!("{} at byte {} of the expression", error.kind(), error.span().start.offset)
        }
        regex_syntax::Error::Translate(error) => {
            format!("{} at byte {} of the expression", error.kind(), error.span().start.offset)
        }
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_matches_the_whole_string() {
        let table: &[(&str, &[&str], &[&str])] = &[
            (r"[A-Z]{2}-\d{4,6}", &["AB-12345"], &["AB-123", "xAB-12345", "AB-12345\n"]),
            ("a|ab", &["a", "ab"], &["abb", ""]),
            (".*b.*", &["abc", "b"], &["ac", "a\nb"]),
            ("(?s).*", &["", "a\nb"], &[]),
            ("", &[""], &["a"]),
            ("(?i)straße", &["STRAẞE"], &["STRASSE"]),
            ("(?m)^a$", &["a"], &["a\na", "b\na"]),
            ("(?x) a b # comment", &["ab"], &["a b", ""]),
            ("é.", &["é😀"], &["é"]),
        ];
        for (expression, matching, other) in table {
            let regex = Regex::new(expression).expect("a valid expression");
            matching
                .iter()
                .for_each(|text| assert!(regex.matches(text.as_bytes()), "{expression} {text:?}"));
            other
                .iter()
                .for_each(|text| assert!(!regex.matches(text.as_bytes()), "{expression} {text:?}"));
        }
    }

    #[test]
    fn a_refusal_says_what_is_wrong_and_where() {
        let table = [
            ("unclosed group at byte 2 of the expression", "a.(b"),
            ("backreferences are not supported at byte 3 of the expression", r"(a)\1"),
            (
                "look-around, including look-ahead and look-behind, is not supported \
                 at byte 1 of the expression",
                "a(?=b)",
            ),
            ("Unicode property not found at byte 0 of the expression", r"\p{Nope}"),
            ("the expression takes more than 1048576 bytes when compiled", r"\pL{1000}"),
        ];
        for (expected, expression) in table {
            assert_eq!(expected, Regex::new(expression).expect_err("a fault"));
        }
    }

    #[test]
    fn expressions_are_equal_by_their_text() {
        let regex = |text| Regex::new(text).expect("a valid expression");
        assert_eq!(regex("a+"), regex("a+"));
        assert_ne!(regex("a+"), regex("aa*"));
    }
}
