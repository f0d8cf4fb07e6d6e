//! Whether a value passes a test, and how tests are written.

#[cfg(test)]
mod tests;
mod write;

use crate::cidr::Address;
use crate::fold;
use crate::number::Number;
use crate::pattern::{Literal, Test, ValuesList};

/// A value of an event as a test looks at it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scalar<'a> {
    /// UTF-8, unless the event was trusted and should not have been.
    String(&'a [u8]),
    Number(&'a Number),
    Bool(bool),
    Null,
}

/// Say whether `value` passes one of some tests.
#[inline]
pub(crate) fn passes_one(tests: &[Test], value: &Scalar<'_>) -> bool {
    match (tests, value) {
        ([Test::Literal(literal)], _) => literal.equals(value),
        ([Test::Numeric(range)], Scalar::Number(number)) => range.contains(number),
        (tests, _) => tests.iter().any(|test| test.passes(value)),
    }
}

impl ValuesList {
    /// Say whether a string passes one of the tests that look at one value.
    #[inline]
    pub fn is_passed_by_text(&self, text: &[u8]) -> bool {
        self.some.iter().any(|test| match test {
            Test::Literal(Literal::String(literal)) => same_text(literal.as_bytes(), text),
            _ => test.passes(&Scalar::String(text)),
        })
    }
}

/// Compare texts, without a call if they are short.
#[inline]
fn same_text(a: &[u8], b: &[u8]) -> bool {
    /// Compare texts of at least `N` bytes and at most twice as many.
    #[inline]
    fn same_ends<const N: usize>(a: &[u8], b: &[u8]) -> bool {
        a.first_chunk::<N>() == b.first_chunk() && a.last_chunk::<N>() == b.last_chunk()
    }

    a.len() == b.len()
        && match a.len() {
            4..8 => same_ends::<4>(a, b),
            8..16 => same_ends::<8>(a, b),
            16..=32 => same_ends::<16>(a, b),
            _ => a == b,
        }
}

impl Test {
    /// Say whether `value` passes.
    pub fn passes(&self, value: &Scalar<'_>) -> bool {
        match (self, value) {
            (Self::Literal(literal), _) => literal.equals(value),
            (Self::Prefix(prefix), Scalar::String(text)) => text.starts_with(prefix.as_bytes()),
            (Self::PrefixIgnoreCase(prefix), Scalar::String(text)) => {
                fold::starts_with(&prefix.0, text)
            }
            (Self::Suffix(suffix), Scalar::String(text)) => text.ends_with(suffix.as_bytes()),
            (Self::SuffixIgnoreCase(suffix), Scalar::String(text)) => {
                fold::ends_with(&suffix.0, text)
            }
            (Self::EqualsIgnoreCase(folded), Scalar::String(text)) => fold::equals(&folded.0, text),
            (Self::Wildcard(wildcard), Scalar::String(text)) => wildcard.matches(text),
            (Self::Regex(regex), Scalar::String(text)) => regex.matches(text),
            (Self::Cidr(network), Scalar::String(text)) => {
                Address::parse(text).is_some_and(|address| network.contains(&address))
            }
            (Self::Numeric(range), Scalar::Number(number)) => range.contains(number),
            (Self::Exists, _) => true,
            (Self::AnythingBut(tests), _) => !tests.iter().any(|test| test.passes(value)),
            (Self::AllOf(tests), _) => tests.iter().all(|test| test.passes(value)),
            _ => false,
        }
    }
}

impl Literal {
    /// Return the literal as the value that equals it.
    pub fn as_scalar(&self) -> Scalar<'_> {
        match self {
            Self::String(text) => Scalar::String(text.as_bytes()),
            Self::Number(number) => Scalar::Number(number),
            Self::Bool(value) => Scalar::Bool(*value),
            Self::Null => Scalar::Null,
        }
    }

    #[inline]
    fn equals(&self, value: &Scalar<'_>) -> bool {
        match (self, value) {
            (Self::String(a), Scalar::String(b)) => a.as_bytes() == *b,
            (Self::Number(a), Scalar::Number(b)) => a == *b,
            (Self::Bool(a), Scalar::Bool(b)) => a == b,
            (Self::Null, Scalar::Null) => true,
            _ => false,
        }
    }
}
