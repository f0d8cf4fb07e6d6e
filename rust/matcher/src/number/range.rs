//! What `numeric` asks for: all numbers between two bounds.

use std::fmt;
use std::ops::{Bound, RangeBounds};

use crate::number::Number;

/// The numbers from one bound to the other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Range {
    pub lower: Bound<Number>,
    pub upper: Bound<Number>,
}

impl Range {
    /// Return the only number that lies between the bounds, if there is no other.
    pub fn only(&self) -> Option<&Number> {
        match &self.lower {
            Bound::Included(number) if self.upper == self.lower => Some(number),
            _ => None,
        }
    }

    /// Say whether `number` lies between the bounds.
    #[inline]
    pub fn contains(&self, number: &Number) -> bool {
        (self.lower.as_ref(), self.upper.as_ref()).contains(number)
    }
}

/// Writes the operand of a `numeric` that means this range.
impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(number) = self.only() {
            return write!(f, r#"["=",{number}]"#);
        }
        let lower = match &self.lower {
            Bound::Included(number) => Some(format!(r#"">=",{number}"#)),
            Bound::Excluded(number) => Some(format!(r#"">",{number}"#)),
            Bound::Unbounded => None,
        };
        let upper = match &self.upper {
            Bound::Included(number) => Some(format!(r#""<=",{number}"#)),
            Bound::Excluded(number) => Some(format!(r#""<",{number}"#)),
            Bound::Unbounded => None,
        };
        let comparisons: Vec<_> = [lower, upper].into_iter().flatten().collect();
        write!(f, "[{}]", comparisons.join(","))
    }
}
