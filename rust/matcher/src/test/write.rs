//! Tests and conditions as the JSON of a pattern that means them.

use crate::json::quote;
use crate::pattern::{Folded, Literal, Test, ValuesList};
use crate::wildcard::{self, Case, Wildcard};

impl ValuesList {
    /// Append the list.
    pub fn write_json(&self, into: &mut String) {
        into.push('[');
        let mut separator = "";
        for test in &self.some {
            into.push_str(separator);
            test.write_json(into);
            separator = ",";
        }
        for tests in &self.none {
            into.push_str(separator);
            write_none(tests, into);
            separator = ",";
        }
        into.push(']');
    }
}

impl Test {
    /// Append an item of a values list.
    pub fn write_json(&self, into: &mut String) {
        match self.operator() {
            None => self.write_operand(into),
            Some(operator) => write_match(operator, into, |into| self.write_operand(into)),
        }
    }

    /// Return the name of the operator; a literal has none.
    fn operator(&self) -> Option<&'static str> {
        match self {
            Self::Literal(_) => None,
            Self::Prefix(_) | Self::PrefixIgnoreCase(_) => Some("prefix"),
            Self::Suffix(_) | Self::SuffixIgnoreCase(_) => Some("suffix"),
            Self::EqualsIgnoreCase(_) => Some(EQUALS_IGNORE_CASE),
            Self::Wildcard(_) => Some(WILDCARD),
            Self::Numeric(_) => Some("numeric"),
            Self::Cidr(_) => Some("cidr"),
            Self::Exists => Some("exists"),
            Self::AnythingBut(_) => Some("anything-but"),
            Self::Regex(_) => Some("regex"),
            Self::AllOf(_) => Some("all-of"),
        }
    }

    fn write_operand(&self, into: &mut String) {
        match self {
            Self::Literal(literal) => literal.write_json(into),
            Self::Prefix(text) | Self::Suffix(text) => quote(text, into),
            Self::PrefixIgnoreCase(Folded(text)) | Self::SuffixIgnoreCase(Folded(text)) => {
                write_text(Case::Folded, text, into);
            }
            Self::EqualsIgnoreCase(folded) => quote(&folded.0, into),
            Self::Wildcard(wildcard) => write_wildcard(wildcard, into),
            Self::Numeric(range) => into.push_str(&range.to_string()),
            Self::Cidr(network) => quote(&network.to_string(), into),
            Self::Exists => into.push_str("true"),
            Self::AnythingBut(tests) => write_excluded(tests, into),
            Self::Regex(regex) => quote(regex.as_str(), into),
            Self::AllOf(tests) => write_list(tests, into, Self::write_json),
        }
    }
}

impl Literal {
    fn write_json(&self, into: &mut String) {
        match self {
            Self::String(text) => quote(text, into),
            Self::Number(number) => into.push_str(&number.to_string()),
            Self::Bool(value) => into.push_str(if *value { "true" } else { "false" }),
            Self::Null => into.push_str("null"),
        }
    }
}

const EQUALS_IGNORE_CASE: &str = "equals-ignore-case";
const WILDCARD: &str = "wildcard";

fn write_none(tests: &[Test], into: &mut String) {
    match tests {
        [Test::Exists] => into.push_str(r#"{"exists":false}"#),
        _ => write_match("none-of", into, |into| write_list(tests, into, Test::write_json)),
    }
}

/// Append the operand of `anything-but`.
///
/// All tests are of one operator, but for wildcards without a star, which are literals.
fn write_excluded(tests: &[Test], into: &mut String) {
    match tests.iter().find_map(Test::operator) {
        None => write_one_or_list(tests, into, Test::write_operand),
        Some(WILDCARD) => write_match(WILDCARD, into, |into| {
            write_one_or_list(tests, into, |test, into| match test {
                Test::Literal(Literal::String(text)) => quote(&wildcard::escape(text), into),
                _ => test.write_operand(into),
            });
        }),
        Some(operator) => write_match(operator, into, |into| {
            write_one_or_list(tests, into, Test::write_operand);
        }),
    }
}

fn write_text(case: Case, text: &str, into: &mut String) {
    match case {
        Case::Exact => quote(text, into),
        Case::Folded => write_match(EQUALS_IGNORE_CASE, into, |into| quote(text, into)),
    }
}

fn write_wildcard(wildcard: &Wildcard, into: &mut String) {
    write_text(wildcard.case(), &wildcard.to_operand(), into);
}

fn write_match(operator: &str, into: &mut String, write_operand: impl FnOnce(&mut String)) {
    into.push('{');
    quote(operator, into);
    into.push(':');
    write_operand(into);
    into.push('}');
}

fn write_one_or_list(tests: &[Test], into: &mut String, write: impl Fn(&Test, &mut String)) {
    match tests {
        [test] => write(test, into),
        _ => write_list(tests, into, write),
    }
}

fn write_list(tests: &[Test], into: &mut String, write: impl Fn(&Test, &mut String)) {
    into.push('[');
    for (place, test) in tests.iter().enumerate() {
        if place > 0 {
            into.push(',');
        }
        write(test, into);
    }
    into.push(']');
}
