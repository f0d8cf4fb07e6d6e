//! JSON numbers as the exact decimals that they denote.
//!
//! A number other than zero is ±0.d₁d₂d₃… · 10^point with d₁ ≠ 0. This form is unique, so equality
//! is equality of the parts, and of two numbers with one sign the one with the greater point is
//! further from zero. No exponent is ever expanded.

mod big;
mod outline;
mod point;
mod range;
mod read;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use crate::number::big::Big;
use crate::number::point::Point;

pub(crate) use crate::number::outline::Outline;
pub(crate) use crate::number::range::Range;

/// An exact decimal of any size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Number(Form);

/// A number has the small form if it can.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    Small(Small),
    Big(Box<Big>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Sign {
    Negative,
    Positive,
}

/// A number of at most [`Small::DIGITS`] significant digits whose point is near.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Small {
    /// d₁ to d₁₉ as one integer; of zero 0.
    digits: u64,
    /// Of zero the least possible.
    point: i32,
    sign: Sign,
}

impl Number {
    /// Read a valid JSON number, of any length and with any exponent.
    pub fn parse(text: &[u8]) -> Self {
        let (sign, magnitude) = match text {
            [b'-', magnitude @ ..] => (Sign::Negative, magnitude),
            _ => (Sign::Positive, text),
        };
        match Small::parse(sign, magnitude) {
            Some(small) => Self(Form::Small(small)),
            None => Self::parse_long(sign, magnitude),
        }
    }

    #[cold]
    fn parse_long(sign: Sign, magnitude: &[u8]) -> Self {
        let big = Big::parse(sign, magnitude);
        Self(Small::from_big(&big).map_or_else(|| Form::Big(Box::new(big)), Form::Small))
    }

    fn sign(&self) -> Sign {
        match &self.0 {
            Form::Small(small) => small.sign,
            Form::Big(big) => big.sign,
        }
    }

    fn compare_magnitude(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Form::Small(a), Form::Small(b)) => a.rank().abs().cmp(&b.rank().abs()),
            (Form::Small(a), Form::Big(b)) => a.compare_with_big(b),
            (Form::Big(a), Form::Small(b)) => b.compare_with_big(a).reverse(),
            (Form::Big(a), Form::Big(b)) => (&a.point, &a.digits).cmp(&(&b.point, &b.digits)),
        }
    }
}

impl Ord for Number {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        if let (Form::Small(a), Form::Small(b)) = (&self.0, &other.0) {
            return a.rank().cmp(&b.rank());
        }
        self.sign().cmp(&other.sign()).then_with(|| match self.sign() {
            Sign::Positive => self.compare_magnitude(other),
            Sign::Negative => other.compare_magnitude(self),
        })
    }
}

impl PartialOrd for Number {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Form::Small(small) => {
                // Two writes; the derived hash would take four.
                state.write_u64(small.digits);
                state.write_i64(i64::from(small.point) << 1 | small.sign as i64);
            }
            Form::Big(big) => big.hash(state),
        }
    }
}

/// Writes a JSON number that denotes the same value.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.sign() == Sign::Negative {
            f.write_str("-")?;
        }
        match &self.0 {
            Form::Small(Small { digits: 0, .. }) => f.write_str("0"),
            Form::Small(small) => write_decimal(f, &small.significant(), &small.point.into()),
            Form::Big(big) => write_decimal(f, &big.digits, &big.point),
        }
    }
}

impl Small {
    const DIGITS: u32 = 19;
    const ZERO: Self = Self { digits: 0, point: i32::MIN, sign: Sign::Positive };

    /// Return an integer that is ordered as the numbers are.
    #[inline]
    fn rank(self) -> i128 {
        let point = i128::from(i64::from(self.point) - i64::from(Self::ZERO.point));
        let magnitude = point << u64::BITS | i128::from(self.digits);
        if self.sign == Sign::Negative { -magnitude } else { magnitude }
    }

    /// Return ±`digits` · 10^`exponent`, where there are at most [`DIGITS`](Self::DIGITS) digits.
    #[inline]
    fn new(sign: Sign, digits: u64, exponent: i32) -> Self {
        if digits == 0 {
            return Self::ZERO;
        }
        Self::of_significant(sign, digits, digits.ilog10() + 1, exponent)
    }

    /// Return ±`digits` · 10^`exponent`, where there are `len` digits without leading zeros.
    #[inline]
    fn of_significant(sign: Sign, digits: u64, len: u32, exponent: i32) -> Self {
        let digits = digits * POWERS[(Self::DIGITS - len) as usize];
        Self { digits, point: len.cast_signed() + exponent, sign }
    }

    fn from_big(big: &Big) -> Option<Self> {
        if big.digits.is_empty() {
            return Some(Self::ZERO);
        }
        let missing = (Self::DIGITS as usize).checked_sub(big.digits.len())?;
        let point = big.point.as_short().filter(|point| *point > Self::ZERO.point)?;
        let digits = big.digits.bytes().chain(std::iter::repeat_n(b'0', missing));
        let digits = digits.fold(0, |value, digit| value * 10 + u64::from(digit - b'0'));
        Some(Self { digits, point, sign: big.sign })
    }

    fn compare_with_big(&self, big: &Big) -> Ordering {
        if self.digits == 0 {
            return Ordering::Less;
        }
        Point::from(self.point)
            .cmp(&big.point)
            .then_with(|| self.significant().as_str().cmp(&big.digits))
    }

    /// Write the significant digits.
    fn significant(&self) -> String {
        let mut digits = self.digits.to_string();
        digits.truncate(digits.trim_end_matches('0').len());
        digits
    }
}

/// The powers of ten that fit.
const POWERS: [u64; 20] = {
    let mut powers = [1; 20];
    let mut exponent = 1;
    while exponent < powers.len() {
        powers[exponent] = powers[exponent - 1] * 10;
        exponent += 1;
    }
    powers
};

/// Write 0.`digits` · 10^`point`: in full where that is short, otherwise with an exponent.
fn write_decimal(f: &mut fmt::Formatter<'_>, digits: &str, point: &Point) -> fmt::Result {
    match point.as_short() {
        Some(point @ 1..=21) => match digits.split_at_checked(point.unsigned_abs() as usize) {
            None => write!(f, "{digits:0<0$}", point.unsigned_abs() as usize),
            Some((integer, "")) => f.write_str(integer),
            Some((integer, fraction)) => write!(f, "{integer}.{fraction}"),
        },
        Some(point @ -5..=0) => write!(f, "0.{:0<1$}{digits}", "", point.unsigned_abs() as usize),
        _ => {
            let (integer, fraction) = digits.split_at(1);
            let dot = if fraction.is_empty() { "" } else { "." };
            write!(f, "{integer}{dot}{fraction}e{}", point.plus(-1))
        }
    }
}
