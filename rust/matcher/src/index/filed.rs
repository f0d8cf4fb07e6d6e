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

/// So many bits of the order of a rule place a conjunction among its neighbours.
const NEIGHBOUR_BITS: u32 = 4;

/// Return a key like [`key_of`], by which a [`HashTrie`](crate::persistent::HashTrie) keeps rules
/// side by side that were added one after the other.
///
/// They lie side by side in memory, too, so that visiting all of them takes fewer pages.
pub(crate) fn neighbourly_key_of<T>(conjunction: Conjunction<'_, T>) -> u64 {
    neighbourly_key(conjunction.rule.order, conjunction.number)
}

fn neighbourly_key(order: u64, number: u16) -> u64 {
    const REST_BITS: u32 = u64::BITS - NEIGHBOUR_BITS;
    const MASK: u64 = u64::MAX >> NEIGHBOUR_BITS;
    let rest = order >> NEIGHBOUR_BITS << u16::BITS | u64::from(number);
    // Each step keeps different numbers of this many bits different.
    let mixed = (rest ^ rest >> (REST_BITS / 2)).wrapping_mul(0x9e37_79b9_7f4a_7c15) & MASK;
    order << REST_BITS | (mixed ^ mixed >> (REST_BITS / 2))
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

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// No two conjunctions share a key, neither of near rules nor of rules far apart.
    #[test]
    fn neighbourly_keys_differ() {
        let orders = (0..2_000).chain((5..48).map(|bit| 1 << bit)).collect::<HashSet<u64>>();
        let numbers = [0, 1, 2, 3, 500, 999];
        let ids = orders.iter().flat_map(|order| numbers.map(|number| (*order, number)));
        let keys: HashSet<u64> =
            ids.map(|(order, number)| neighbourly_key(order, number)).collect();
        assert_eq!(orders.len() * numbers.len(), keys.len());
    }
}
