//! JSON numbers as exact decimals of any length and any exponent.

use std::cmp::{Ordering, Reverse};

/// The value `±0.DIGITS × 10^point`, digits without zeros at either end; zero has none.
#[derive(PartialEq, Eq)]
pub struct Decimal {
    negative: bool,
    point: Whole,
    digits: String,
}

impl Decimal {
    /// Read the text of a JSON number.
    pub fn read(text: &str) -> Self {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (negative, mantissa) =
            mantissa.strip_prefix('-').map_or((false, mantissa), |rest| (true, rest));
        let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{integer}{fraction}");
        let significant = all.trim_start_matches('0');
        let digits = significant.trim_end_matches('0').to_owned();
        if digits.is_empty() {
            return Self { negative: false, point: Whole::sum("0", 0), digits };
        }
        let zeros = all.len() - significant.len();
        let shift = integer.len().cast_signed() - zeros.cast_signed();
        Self { negative, point: Whole::sum(exponent, shift), digits }
    }

    fn magnitude(&self) -> (bool, &Whole, &str) {
        (!self.digits.is_empty(), &self.point, &self.digits)
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.magnitude().cmp(&other.magnitude()),
            (true, true) => other.magnitude().cmp(&self.magnitude()),
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A whole number in ten's complement; the derived order is the numeric one.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Whole {
    /// The more digits differ from the endless nines, the smaller.
    Negative(Reverse<usize>, Vec<isize>),
    /// Without leading zeros: the more digits, the greater.
    Positive(usize, Vec<isize>),
}

impl Whole {
    /// Add a small number to the text of a whole number of any length.
    fn sum(text: &str, shift: isize) -> Self {
        let sign = if text.starts_with('-') { -1 } else { 1 };
        let mut carry = shift;
        let mut digits = Vec::new();
        let written = text.trim_start_matches(['-', '+']).bytes().rev();
        let mut written = written.map(|digit| sign * isize::from(i16::from(digit - b'0')));
        loop {
            let next = written.next();
            if next.is_none() && (carry == 0 || carry == -1) {
                break;
            }
            carry += next.unwrap_or(0);
            digits.push(carry.rem_euclid(10));
            carry = carry.div_euclid(10);
        }
        let endless = if carry == 0 { 0 } else { 9 };
        while digits.last() == Some(&endless) {
            digits.pop();
        }
        digits.reverse();
        match carry {
            0 => Self::Positive(digits.len(), digits),
            _ => Self::Negative(Reverse(digits.len()), digits),
        }
    }
}
