//! Reading the text of numbers that have the small form.

// A number must not cost a call: land parcels have dozens.
#![allow(clippy::inline_always)]

use super::{Form, Number, POWERS, Sign, Small};
use crate::digits::Digits;

/// The digits of a number, up to its exponent.
struct Decimal {
    /// All digits as one integer, modulo 2^64.
    digits: u64,
    integer_len: usize,
    /// Of the decimal point and the digits behind it; 0 if there is none.
    fraction_len: usize,
    end: usize,
}

impl Decimal {
    #[inline(always)]
    fn read(text: &[u8], start: usize) -> Self {
        let (digits, point) = read_digits(text, start, 0);
        let integer_len = point - start;
        if text.get(point) != Some(&b'.') {
            return Self { digits, integer_len, fraction_len: 0, end: point };
        }
        let (digits, end) = read_digits(text, point + 1, digits);
        Self { digits, integer_len, fraction_len: end - point, end }
    }

    /// Return the number of digits, and that of those behind the point, if they are few.
    #[inline]
    fn lengths(&self) -> Option<(u32, u32)> {
        let behind = self.fraction_len.saturating_sub(1);
        let all = self.integer_len + behind;
        let is_short = all <= Small::DIGITS as usize;
        // Short lengths fit.
        #[allow(clippy::cast_possible_truncation)]
        is_short.then_some((all as u32, behind as u32))
    }
}

impl Number {
    /// Read the number at `start` if it is a short one without exponent, and say where it ends.
    ///
    /// Without an answer there may be something wrong with it.
    #[inline(always)]
    pub fn read_short(text: &[u8], start: usize) -> Option<(Self, usize)> {
        let (sign, start) = match text[start] {
            b'-' => (Sign::Negative, start + 1),
            _ => (Sign::Positive, start),
        };
        let decimal = Decimal::read(text, start);
        let Decimal { digits, integer_len, fraction_len, end } = decimal;
        let has_exponent = matches!(text.get(end), Some(b'e' | b'E'));
        if integer_len == 0 || fraction_len == 1 || has_exponent {
            return None;
        }
        let (len, behind) = decimal.lengths()?;
        let exponent = -behind.cast_signed();
        let small = match text[start] {
            b'0' if integer_len > 1 => return None,
            b'0' => Small::new(sign, digits, exponent),
            _ => Small::of_significant(sign, digits, len, exponent),
        };
        Some((Self(Form::Small(small)), end))
    }
}

impl Small {
    /// Read a valid number without sign, unless it is too long to be read without further thought.
    pub(super) fn parse(sign: Sign, text: &[u8]) -> Option<Self> {
        let decimal = Decimal::read(text, 0);
        let written = match &text[decimal.end..] {
            [_, written @ ..] => read_short_exponent(written)?,
            [] => 0,
        };
        let (_, behind) = decimal.lengths()?;
        Some(Self::new(sign, decimal.digits, written - behind.cast_signed()))
    }
}

/// Append the decimal digits at `at` to `value`, modulo 2^64; return the place behind them, too.
#[inline(always)]
fn read_digits(text: &[u8], mut at: usize, mut value: u64) -> (u64, usize) {
    while let Some(chunk) = text.get(at..).and_then(<[u8]>::first_chunk) {
        let digits = Digits::leading(*chunk);
        value = value.wrapping_mul(POWERS[digits.len()]).wrapping_add(digits.number());
        at += digits.len();
        if !digits.may_go_on() {
            return (value, at);
        }
    }
    while let Some(digit @ b'0'..=b'9') = text.get(at) {
        value = value.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
        at += 1;
    }
    (value, at)
}

/// Read an exponent of at most eight digits.
fn read_short_exponent(text: &[u8]) -> Option<i32> {
    let (is_negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        _ => (false, text),
    };
    if digits.len() > 8 {
        return None;
    }
    let magnitude = digits.iter().fold(0, |value, digit| value * 10 + i32::from(digit - b'0'));
    Some(if is_negative { -magnitude } else { magnitude })
}
