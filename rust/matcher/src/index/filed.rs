//! A conjunction as an index holds it, and the keys it came by.

use std::sync::Arc;

use crate::conjunction::Conjunction;
use crate::rule::Rule;

/// One of the conjunctions of a rule; keeps the rule alive.
#[derive(Debug)]
pub(crate) struct Filed<T> {
    pub rule: Arc<Rule<T>>,
    pub number: u16,
}

impl<T> Clone for Filed<T> {
    fn clone(&self) -> Self {
        Self { rule: Arc::clone(&self.rule), number: self.number }
    }
}

impl<T> Filed<T> {
    #[inline]
    pub fn conjunction(&self) -> Conjunction<'_, T> {
        Conjunction { rule: &self.rule, number: self.number }
    }

    /// Return a well-mixed number that no other conjunction has.
    pub fn key(&self) -> u64 {
        key_of(self.conjunction())
    }
}

/// Return the key of a conjunction that is filed under it: the finalizer of `SplitMix64`, which
/// keeps different numbers different.
pub(crate) fn key_of<T>(conjunction: Conjunction<'_, T>) -> u64 {
    let mut z = conjunction.id().wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The keys by which a conjunction came into a bucket, the last one first.
#[derive(Clone, Copy)]
pub(crate) struct Route<'r> {
    pub key: u64,
    pub earlier: Option<&'r Route<'r>>,
}

impl Route<'_> {
    pub fn contains(&self, key: u64) -> bool {
        self.key == key || self.earlier.is_some_and(|earlier| earlier.contains(key))
    }
}
