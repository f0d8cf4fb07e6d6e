//! The conjunctions of a rule.

use std::sync::Arc;

use smallvec::SmallVec;

use crate::conjunction::BoundCondition;

type Shared = Arc<BoundCondition>;

/// The conditions of a rule, conjunction by conjunction.
///
/// Nearly every rule is one conjunction of a few conditions, and keeps them in place.
#[derive(Debug)]
pub(crate) enum Conjunctions {
    OfOne([Shared; 1]),
    OfTwo([Shared; 2]),
    OfThree([Shared; 3]),
    OfFour([Shared; 4]),
    /// Conditions one after the other, and where each conjunction ends.
    Several(Box<[Shared]>, Box<[usize]>),
}

impl Conjunctions {
    /// Take conditions, and where each conjunction of them ends.
    pub fn new(conditions: SmallVec<[Shared; 4]>, ends: SmallVec<[usize; 1]>) -> Self {
        let len = conditions.len();
        let mut rest = conditions.into_iter();
        match (ends.len(), len) {
            (1, 1) => Self::OfOne(take(&mut rest)),
            (1, 2) => Self::OfTwo(take(&mut rest)),
            (1, 3) => Self::OfThree(take(&mut rest)),
            (1, 4) => Self::OfFour(take(&mut rest)),
            _ => Self::Several(rest.collect(), ends.into_boxed_slice()),
        }
    }

    /// Return how many there are; at most 1,000.
    pub fn len(&self) -> u16 {
        match self {
            Self::Several(_, ends) => u16::try_from(ends.len()).expect("patterns are limited"),
            _ => 1,
        }
    }

    /// Return the conditions of one.
    #[inline]
    pub fn get(&self, number: u16) -> &[Shared] {
        let Self::Several(conditions, ends) = self else { return self.all() };
        let number = usize::from(number);
        let start = if number == 0 { 0 } else { ends[number - 1] };
        &conditions[start..ends[number]]
    }

    /// Return the conditions of all.
    #[inline]
    pub fn all(&self) -> &[Shared] {
        match self {
            Self::OfOne(conditions) => conditions,
            Self::OfTwo(conditions) => conditions,
            Self::OfThree(conditions) => conditions,
            Self::OfFour(conditions) => conditions,
            Self::Several(conditions, _) => conditions,
        }
    }
}

fn take<const N: usize>(conditions: &mut impl Iterator<Item = Shared>) -> [Shared; N] {
    std::array::from_fn(|_| conditions.next().expect("as many as were counted"))
}
