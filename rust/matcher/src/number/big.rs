//! Numbers of any length and with any exponent.

use crate::number::Sign;
use crate::number::point::Point;

/// A number in parts; of zero the digits are empty.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Big {
    /// Without zeros at either end, so their order as text is the order of the fractions.
    pub digits: Box<str>,
    pub point: Point,
    pub sign: Sign,
}

impl Big {
    /// Read a JSON number without its sign.
    pub fn parse(sign: Sign, text: &[u8]) -> Self {
        let (mantissa, exponent) = split_at_byte(text, |byte| matches!(byte, b'e' | b'E'));
        let (integer, fraction) = split_at_byte(mantissa, |byte| byte == b'.');
        let mut digits: String = [integer, fraction].concat().into_iter().map(char::from).collect();
        digits.truncate(digits.trim_end_matches('0').len());
        let leading_zeros = digits.len() - digits.trim_start_matches('0').len();
        digits.drain(..leading_zeros);
        let shift = integer.len().cast_signed() - leading_zeros.cast_signed();
        let point = Point::parse(exponent).plus(shift as i64);
        Self { digits: digits.into(), point, sign }
    }
}

/// Split around the first byte that `is_split` accepts; without one the second part is empty.
fn split_at_byte(text: &[u8], is_split: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    match text.iter().position(|byte| is_split(*byte)) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, &[]),
    }
}
