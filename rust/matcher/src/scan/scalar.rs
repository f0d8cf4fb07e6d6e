//! Taking strings, numbers and literals from places that rules ask for.

// What is done for every value must not cost a call.
#![allow(clippy::inline_always)]

use super::element::{Within, context};
use super::{Scanned, Scanner};
use crate::json;
use crate::number::{Number, Outline};
use crate::paths::PathNode;
use crate::values::Kind;

impl Scanner<'_, '_> {
    /// Take a scalar whose first byte is known.
    // Most are strings; they are taken without a call.
    #[inline(always)]
    pub(super) fn scalar(&mut self, first: u8, node: &PathNode, within: Within<'_>) -> Scanned {
        if first != b'"' {
            return self.number_or_literal(first, node, within);
        }
        self.at += 1;
        self.string(node, within)
    }

    /// Take a string whose opening quote is behind.
    #[inline(always)]
    pub(super) fn string(&mut self, node: &PathNode, within: Within<'_>) -> Scanned {
        let start = self.at;
        let (end, escaped) = json::string_end(self.bytes, start)?;
        self.at = end + 1;
        if escaped {
            self.push_unescaped(start, end, node, within);
        } else if node.sieve.lets_string(end - start, self.bytes[end - 1])
            || self.values.takes_all()
        {
            let context = context(within, self.values);
            self.values.push(node.id, context, Kind::String, start, end);
        }
        Ok(())
    }

    #[cold]
    fn push_unescaped(&mut self, start: usize, end: usize, node: &PathNode, within: Within<'_>) {
        let context = context(within, self.values);
        let decoded = self.values.decoded_mut();
        let from = decoded.len();
        json::unescape(&self.bytes[start..end], decoded);
        let to = decoded.len();
        self.values.push(node.id, context, Kind::Decoded, from, to);
    }

    #[inline(never)]
    fn number_or_literal(&mut self, first: u8, node: &PathNode, within: Within<'_>) -> Scanned {
        let start = self.at;
        let (kind, is_let) = match first {
            b'-' | b'0'..=b'9' => return self.number(node, within),
            b't' => (self.literal("true", Kind::True)?, node.sieve.lets_words()),
            b'f' => (self.literal("false", Kind::False)?, node.sieve.lets_words()),
            b'n' => (self.literal("null", Kind::Null)?, node.sieve.lets_words()),
            _ => return Err(self.expected("a value")),
        };
        if is_let || self.values.takes_all() {
            let context = context(within, self.values);
            self.values.push(node.id, context, kind, start, self.at);
        }
        Ok(())
    }

    /// Take the numbers of an array that follow each other from here on, and count them.
    #[inline(never)]
    pub(super) fn numbers(&mut self, node: &PathNode, within: Within<'_>) -> Scanned<u32> {
        let mut count = 0;
        loop {
            self.number(node, within)?;
            count += 1;
            match self.gap_before_number() {
                Some(gap) => self.at += gap,
                None => return Ok(count),
            }
        }
    }

    /// Return how far away the next number of an array is, spaced as most writers do.
    #[inline(always)]
    fn gap_before_number(&self) -> Option<usize> {
        match self.bytes.get(self.at..)? {
            [b',', b' ', b'-' | b'0'..=b'9', ..] => Some(2),
            [b',', b'-' | b'0'..=b'9', ..] => Some(1),
            _ => None,
        }
    }

    #[inline(always)]
    fn number(&mut self, node: &PathNode, within: Within<'_>) -> Scanned {
        if !node.sieve.lets_every_number()
            && let Some(Outline { mesh, end }) = Outline::read(self.bytes, self.at)
            && !(node.sieve.lets_mesh(mesh) || self.values.takes_all())
        {
            self.at = end;
            return Ok(());
        }
        self.likely_number(node, within)
    }

    /// Take a number that its outline does not keep out.
    #[inline(never)]
    fn likely_number(&mut self, node: &PathNode, within: Within<'_>) -> Scanned {
        let start = self.at;
        let number = match Number::read_short(self.bytes, start) {
            Some((number, end)) => {
                self.at = end;
                number
            }
            None => self.unusual_number()?,
        };
        if node.sieve.lets_numbers() || self.values.takes_all() {
            let context = context(within, self.values);
            let kind = self.values.push_number(number);
            self.values.push(node.id, context, kind, start, self.at);
        }
        Ok(())
    }

    /// Read a number that is long, has an exponent or is none.
    #[cold]
    fn unusual_number(&mut self) -> Scanned<Number> {
        let start = self.at;
        self.at = json::number_end(self.bytes, start)?;
        Ok(Number::parse(&self.bytes[start..self.at]))
    }

    fn literal(&mut self, literal: &'static str, kind: Kind) -> Scanned<Kind> {
        self.at = json::literal_end(self.bytes, self.at, literal)?;
        Ok(kind)
    }
}
