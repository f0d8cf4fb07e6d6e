//! The room that matching needs, and events that are being matched in it.

use crate::conjunction::Conjunction;
use crate::hash::Seed;
use crate::index::{Buffers, Search, SearchKey};
use crate::join::Join;
use crate::rule::Rule;
use crate::scan::{Care, Members};
use crate::values::{Facts, Values};

/// So many events are matched side by side: enough to wait for memory only once for all of them.
pub(crate) const GROUP: usize = 8;

/// Room for matching one event after the other without allocating; one for each thread.
#[derive(Debug)]
pub struct Scratch<T: 'static> {
    pub(crate) care: Care,
    pub(crate) members: Members,
    pub(crate) buffers: Buffers,
    pub(crate) join: Join,
    pub(crate) rooms: [Room<T>; GROUP],
}

/// What one event of a group needs for itself.
#[derive(Debug)]
pub(crate) struct Room<T: 'static> {
    pub values: Values,
    pub keys: Vec<SearchKey>,
    /// Empty between events: its room is lent to vectors of a shorter lifetime.
    pub candidates: Vec<Conjunction<'static, T>>,
}

/// An event that is being matched.
pub(crate) struct Reading<'s, 'f, T: 'static> {
    pub facts: Facts<'f>,
    pub keys: &'f mut Vec<SearchKey>,
    pub candidates: Vec<Conjunction<'s, T>>,
    /// Where the room of the candidates goes back to.
    pub room: &'f mut Vec<Conjunction<'static, T>>,
}

impl<T> Default for Scratch<T> {
    fn default() -> Self {
        Self {
            care: Care::Whole,
            members: Members::default(),
            buffers: Buffers::default(),
            join: Join::default(),
            rooms: std::array::from_fn(|_| Room::default()),
        }
    }
}

impl<T> Scratch<T> {
    /// Say how much of the events that are matched from now on is checked; at first it is all.
    pub fn set_care(&mut self, care: Care) {
        self.care = care;
    }
}

impl<T> Default for Room<T> {
    fn default() -> Self {
        Self { values: Values::default(), keys: Vec::new(), candidates: Vec::new() }
    }
}

impl<'s, T> Reading<'s, '_, T> {
    pub fn search<'r>(&'r mut self, seed: &'s Seed, buffers: &'r mut Buffers) -> Search<'r, 's, T> {
        let Self { facts, keys, candidates, .. } = self;
        Search { seed, facts: *facts, buffers, keys, found: candidates }
    }

    /// Put the rules of the candidates that hold in `found`, in the order of the rules.
    pub fn decide(mut self, join: &mut Join, found: &mut Vec<&'s Rule<T>>) {
        if self.candidates.len() > 1 {
            self.candidates.sort_unstable_by_key(|candidate| candidate.id());
            self.candidates.dedup_by_key(|candidate| candidate.id());
        }
        for candidate in self.candidates.drain(..) {
            let is_known = found.last().is_some_and(|rule| rule.order == candidate.rule.order);
            if !is_known && candidate.holds(self.facts, join) {
                found.push(candidate.rule);
            }
        }
        *self.room = emptied(self.candidates);
    }
}

/// Forget the lifetime of an empty vector's elements; the allocation stays.
fn emptied<T>(candidates: Vec<Conjunction<'_, T>>) -> Vec<Conjunction<'static, T>> {
    debug_assert!(candidates.is_empty());
    candidates.into_iter().map(|_| unreachable!("the vector is empty")).collect()
}
