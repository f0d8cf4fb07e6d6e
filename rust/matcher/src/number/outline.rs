//! What a few characters of a number tell, before it is read.

use super::{Form, Number, POWERS, Small};
use crate::digits;

/// The end of a number in a text, and which of 64 classes the number is in.
pub(crate) struct Outline {
    pub mesh: u8,
    pub end: usize,
}

impl Outline {
    /// Read the outline of the number at `start`, unless that takes more thought.
    ///
    /// It does for numbers of one digit, with an exponent, or with a zero at one end, but for zero
    /// itself, and where there is something wrong.
    // It must not cost a call: land parcels have dozens of numbers.
    #[allow(clippy::inline_always)]
    #[inline(always)]
    pub fn read(text: &[u8], start: usize) -> Option<Self> {
        let start = start + usize::from(text[start] == b'-');
        let first = match text.get(start)? {
            b'0' => return Self::of_zero(text, start),
            first @ b'1'..=b'9' => *first,
            _ => return None,
        };
        let point = digits::end(text, start);
        let mut end = point;
        if text.get(point) == Some(&b'.') {
            end = digits::end(text, point + 1);
        }
        if matches!(text.get(end), Some(b'e' | b'E')) {
            return None;
        }
        match text[start..end] {
            [.., before @ b'0'..=b'9', last @ b'1'..=b'9'] => {
                // Only the low bits count.
                #[allow(clippy::cast_possible_truncation)]
                let mesh = mesh(first - b'0', [before - b'0', last - b'0'], (point - start) as u8);
                Some(Self { mesh, end })
            }
            _ => None,
        }
    }

    #[inline]
    fn of_zero(text: &[u8], start: usize) -> Option<Self> {
        let len = match text[start..] {
            [b'0', b',' | b']' | b'}', ..] => 1,
            [b'0', b'.', b'0', b',' | b']' | b'}', ..] => 3,
            _ => return None,
        };
        Some(Self { mesh: ZERO, end: start + len })
    }
}

/// The class of zero, and of other numbers.
const ZERO: u8 = 0;

impl Number {
    /// Return which of 64 classes the number is in, unless it is a long one.
    pub fn mesh(&self) -> Option<u8> {
        let Form::Small(Small { digits, point, .. }) = self.0 else { return None };
        if digits == 0 {
            return Some(ZERO);
        }
        let zeros = (1..Small::DIGITS).take_while(|zeros| digits % POWERS[*zeros as usize] == 0);
        let ending = digits / POWERS[zeros.count()] % 100;
        let first = digits / POWERS[Small::DIGITS as usize - 1];
        // Only the low bits count.
        #[allow(clippy::cast_possible_truncation)]
        let [first, ending, point] = [first as u8, ending as u8, point.cast_unsigned() as u8];
        Some(mesh(first, [ending / 10, ending % 10], point))
    }
}

/// Make a class of the first digit that is no zero, the last two, and the place of the point.
#[inline]
fn mesh(first: u8, [before, last]: [u8; 2], point: u8) -> u8 {
    ((before * 10 + last) ^ (first << 2) ^ (point << 4)) & 63
}
