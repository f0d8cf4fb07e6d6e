//! Where the decimal point of a number stands: an integer without limits.

use std::cmp::Ordering;
use std::fmt;

use crate::number::Sign;

/// An integer; in the near form if it can be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Point {
    Near(i64),
    Far {
        sign: Sign,
        /// Decimal, without leading zeros.
        magnitude: Box<str>,
    },
}

impl Point {
    /// Read the exponent of a JSON number; an absent one is 0.
    pub fn parse(text: &[u8]) -> Self {
        let (sign, magnitude) = match text {
            [b'-', magnitude @ ..] => (Sign::Negative, magnitude),
            [b'+', magnitude @ ..] => (Sign::Positive, magnitude),
            _ => (Sign::Positive, text),
        };
        Self::new(sign, magnitude.iter().copied().map(char::from).collect())
    }

    /// Return the value if it is short.
    pub fn as_short(&self) -> Option<i32> {
        match self {
            Self::Near(value) => i32::try_from(*value).ok(),
            Self::Far { .. } => None,
        }
    }

    /// Add a number that is not larger than a text can be long.
    pub fn plus(&self, shift: i64) -> Self {
        match self {
            Self::Near(value) => value.checked_add(shift).map_or_else(
                || {
                    let sum = i128::from(*value) + i128::from(shift);
                    let sign = if sum < 0 { Sign::Negative } else { Sign::Positive };
                    Self::new(sign, sum.unsigned_abs().to_string())
                },
                Self::Near,
            ),
            Self::Far { sign: Sign::Positive, magnitude } => {
                Self::new(Sign::Positive, add(magnitude, shift))
            }
            Self::Far { sign: Sign::Negative, magnitude } => {
                Self::new(Sign::Negative, add(magnitude, -shift))
            }
        }
    }

    fn new(sign: Sign, mut magnitude: String) -> Self {
        magnitude.drain(..magnitude.len() - magnitude.trim_start_matches('0').len());
        let value = if magnitude.is_empty() { Some(0) } else { magnitude.parse::<i128>().ok() };
        let value = value.map(|value| if sign == Sign::Negative { -value } else { value });
        match value.and_then(|value| i64::try_from(value).ok()) {
            Some(value) => Self::Near(value),
            None => Self::Far { sign, magnitude: magnitude.into() },
        }
    }
}

impl From<i32> for Point {
    fn from(value: i32) -> Self {
        Self::Near(value.into())
    }
}

impl Ord for Point {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Near(a), Self::Near(b)) => a.cmp(b),
            (Self::Near(_), Self::Far { sign: Sign::Positive, .. })
            | (Self::Far { sign: Sign::Negative, .. }, Self::Near(_)) => Ordering::Less,
            (Self::Near(_), Self::Far { sign: Sign::Negative, .. })
            | (Self::Far { sign: Sign::Positive, .. }, Self::Near(_)) => Ordering::Greater,
            (Self::Far { sign, magnitude: a }, Self::Far { sign: other_sign, magnitude: b }) => {
                let by_magnitude = (a.len(), a).cmp(&(b.len(), b));
                sign.cmp(other_sign).then(match sign {
                    Sign::Positive => by_magnitude,
                    Sign::Negative => by_magnitude.reverse(),
                })
            }
        }
    }
}

impl PartialOrd for Point {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Near(value) => write!(f, "{value}"),
            Self::Far { sign: Sign::Positive, magnitude } => write!(f, "{magnitude}"),
            Self::Far { sign: Sign::Negative, magnitude } => write!(f, "-{magnitude}"),
        }
    }
}

/// Add `shift`, which is no further from zero than the decimal integer `magnitude`.
fn add(magnitude: &str, shift: i64) -> String {
    let mut carry = shift;
    let mut digits: Vec<char> = Vec::with_capacity(magnitude.len() + 1);
    // One more digit takes the last carry, which is 0 or 1.
    for digit in magnitude.bytes().rev().chain([b'0']) {
        carry += i64::from(digit - b'0');
        let digit = u8::try_from(carry.rem_euclid(10)).expect("a remainder is a digit");
        digits.push(char::from(b'0' + digit));
        carry = carry.div_euclid(10);
    }
    digits.into_iter().rev().collect()
}
