//! The room that matching needs, and events that are being matched in it.

use std::sync::Arc;

use crate::conjunction::{BoundCondition, Conjunction};
use crate::error::EventError;
use crate::hash::Seed;
use crate::index::{Buffers, Search, SearchKey};
use crate::join::Join;
use crate::order::Order;
use crate::rule::Rule;
use crate::scan::{Care, Members};
use crate::values::{Facts, Values};

/// So many events are matched side by side: enough to wait for memory only once for all of them.
pub(crate) const GROUP: usize = 8;

/// So many candidates before they are checked, the conditions are asked for, and the rules twice as
/// many before.
const AHEAD: usize = 8;

/// So many candidates of an event are asked for before the event is decided.
const FIRST: usize = 32;

/// Room for matching one event after the other without allocating; one for each thread.
#[derive(Debug)]
pub struct Scratch<T: 'static> {
    pub(crate) care: Care,
    pub(crate) members: Members,
    pub(crate) buffers: Buffers,
    pub(crate) order: Order,
    pub(crate) join: Join,
    pub(crate) rooms: [Room<T>; GROUP],
}

/// What one event of a group needs for itself.
#[derive(Debug)]
pub(crate) struct Room<T: 'static> {
    pub values: Values,
    pub keys: Vec<SearchKey>,
    pub candidates: Candidates<T>,
}

/// Room for candidates; it is lent to vectors of a shorter lifetime.
#[derive(Debug)]
pub(crate) struct Candidates<T: 'static>(Vec<Conjunction<'static, T>>);

/// An event that is being matched.
pub(crate) struct Reading<'s, 'f, T: 'static> {
    pub facts: Facts<'f>,
    pub keys: &'f mut Vec<SearchKey>,
    pub candidates: &'f mut Vec<Conjunction<'s, T>>,
}

impl<T> Default for Scratch<T> {
    fn default() -> Self {
        Self {
            care: Care::Whole,
            members: Members::default(),
            buffers: Buffers::default(),
            order: Order::default(),
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
        Self { values: Values::default(), keys: Vec::new(), candidates: Candidates(Vec::new()) }
    }
}

impl<T> Candidates<T> {
    pub fn lend<'s>(&mut self) -> Vec<Conjunction<'s, T>> {
        std::mem::take(&mut self.0)
    }

    /// Take back what was lent.
    pub fn put_back(&mut self, mut lent: Vec<Conjunction<'_, T>>) {
        lent.clear();
        // The lifetime of the elements is forgotten; the allocation stays.
        self.0 = lent.into_iter().map(|_| unreachable!("the vector is empty")).collect();
    }
}

impl<'s, T> Reading<'s, '_, T> {
    pub fn search<'r>(&'r mut self, seed: &'s Seed, buffers: &'r mut Buffers) -> Search<'r, 's, T> {
        let Self { facts, keys, candidates } = self;
        Search { seed, facts: *facts, buffers, keys, found: candidates }
    }

    /// Go through the candidates that have room in the cache beside those of other events.
    pub fn first_candidates(&self) -> impl Iterator<Item = Conjunction<'s, T>> {
        self.candidates.iter().take(FIRST).copied()
    }

    /// Put the rules of the candidates that hold in `found`, in the order of the rules.
    ///
    /// # Errors
    ///
    /// It would take too long to find out for all of them.
    #[inline]
    pub fn decide(
        &self,
        order: &mut Order,
        join: &mut Join,
        found: &mut Vec<&'s Rule<T>>,
    ) -> Result<(), EventError> {
        found.clear();
        join.start_event();
        if let [only] = self.candidates[..] {
            if only.holds(self.facts, &[], join) {
                found.push(only.rule);
            }
        } else {
            self.decide_several(order, &mut Deciding { facts: self.facts, join, found, held: &[] });
        }
        join.check().inspect_err(|_| found.clear())
    }

    fn decide_several(&self, order: &mut Order, deciding: &mut Deciding<'s, '_, T>) {
        // Two under one key is what most events of large rule sets have.
        if let [first, second] = self.candidates[..]
            && first.id() < second.id()
        {
            deciding.decide(first);
            deciding.decide(second);
            return;
        }
        let places = order.ascending(self.candidates.iter().map(|candidate| candidate.id()));
        for (number, placed) in places.iter().enumerate() {
            if let Some(ahead) = places.get(number + 2 * AHEAD) {
                self.candidates[ahead.place()].prefetch();
            }
            if let Some(ahead) = places.get(number + AHEAD) {
                self.candidates[ahead.place()].prefetch_conditions();
            }
            deciding.decide(self.candidates[placed.place()]);
        }
    }
}

/// What the candidates of an event are decided with, one after the other.
struct Deciding<'s, 'f, T> {
    facts: Facts<'f>,
    join: &'f mut Join,
    found: &'f mut Vec<&'s Rule<T>>,
    /// The conditions of the last conjunction that held.
    held: &'s [Arc<BoundCondition>],
}

impl<'s, T> Deciding<'s, '_, T> {
    #[inline]
    fn decide(&mut self, candidate: Conjunction<'s, T>) {
        let is_known = self.found.last().is_some_and(|rule| std::ptr::eq(*rule, candidate.rule));
        if !is_known && candidate.holds(self.facts, self.held, self.join) {
            self.found.push(candidate.rule);
            self.held = candidate.conditions();
        }
    }
}
