//! The index of rules: which conjunctions may an event meet?
//!
//! ```text
//!   bucket of all rules
//!     │ up to 6 conjunctions: a list, checked one by one
//!     ▼ more: an index
//!   every conjunction is filed by one of its conditions, the one whose key few other conjunctions
//!   share and few events hit
//!     │ source = aws.ec2 ──▶ bucket
//!     │ detail.id = 17   ──▶ bucket
//!     │ path ends in .png ─▶ bucket ── more than 6 ──▶ an index by the conditions not used yet
//!     │ latency 5 to 9   ──▶ interval tree of its path
//!     ▼ no condition that an event must have a value for
//!   always checked
//! ```
//!
//! An event looks up the keys of its own values, so the cost follows the event and what it hits,
//! not the number of rules.

mod bucket;
mod choose;
mod filed;
mod intervals;
mod key;
mod plan;
mod search;

use std::sync::Arc;

pub(crate) use bucket::Bucket;
use choose::Choice;
pub(crate) use choose::{Guide, likely_key};
use filed::neighbourly_key_of;
pub(crate) use filed::{Filed, Route};
use key::{EntryMaker, Place};
use plan::Plan;
pub(crate) use plan::Probe;
pub(crate) use search::{Buffers, Search, SearchKey};

use crate::conjunction::Conjunction;
use crate::hash::Seed;
use crate::paths::PathId;
use crate::persistent::HashTrie;

/// Conjunctions, to be found by the values of an event. A clone shares everything.
#[derive(Debug)]
pub(crate) struct Index<T> {
    len: usize,
    buckets: HashTrie<Bucket<T>>,
    plans: HashTrie<Arc<Plan<T>>>,
    /// Conjunctions without a condition to file them by.
    rest: HashTrie<Filed<T>>,
}

impl<T> Default for Index<T> {
    fn default() -> Self {
        Self {
            len: 0,
            buckets: HashTrie::default(),
            plans: HashTrie::default(),
            rest: HashTrie::default(),
        }
    }
}

impl<T> Clone for Index<T> {
    fn clone(&self) -> Self {
        Self {
            len: self.len,
            buckets: self.buckets.clone(),
            plans: self.plans.clone(),
            rest: self.rest.clone(),
        }
    }
}

impl<T> Index<T> {
    pub fn len(&self) -> usize {
        self.len
    }
}

impl<T> Index<T> {
    /// File a conjunction that came here by the keys of `route`.
    pub fn add(&mut self, filed: &Filed<T>, route: Option<&Route<'_>>, guide: Guide<'_>) {
        self.len += 1;
        let Some(Choice { path, places }) = self.choose(filed.conjunction(), route, guide) else {
            self.rest.insert(neighbourly_key_of(filed.conjunction()), filed.clone());
            return;
        };
        for place in places {
            match place {
                Place::Range(range) => self.plan_mut(path).intervals.insert(range, filed.clone()),
                Place::Key(probe, key) => {
                    let only = || Bucket::from(filed.clone());
                    match self.buckets.get_mut_or_insert(key, only) {
                        None => self.plan_mut(path).retain(probe),
                        Some(bucket) => {
                            bucket.add(filed, Some(&Route { key, earlier: route }), guide);
                        }
                    }
                }
            }
        }
    }

    /// Take a conjunction out; say whether it was in.
    pub fn remove(&mut self, conjunction: Conjunction<'_, T>, seed: &Seed) -> bool {
        // Which condition it was filed by depends on what was there at that time, so all are tried.
        let mut removed = self.rest.remove(neighbourly_key_of(conjunction)).is_some();
        for bound in conjunction.conditions().iter().filter(|bound| !bound.may_be_absent()) {
            let maker = EntryMaker { seed, path: bound.path };
            for entry in bound.list.some.iter().flat_map(|test| maker.entries(test)) {
                removed |= self.remove_entry(&entry.place, bound.path, conjunction, seed);
            }
        }
        self.len -= usize::from(removed);
        removed
    }

    fn remove_entry(
        &mut self,
        place: &Place<'_>,
        path: PathId,
        conjunction: Conjunction<'_, T>,
        seed: &Seed,
    ) -> bool {
        if self.plans.get(path.key()).is_none() {
            return false;
        }
        let removed = match place {
            Place::Range(range) => self.plan_mut(path).intervals.remove(range, conjunction),
            Place::Key(probe, key) => {
                // What is looked at only is not copied.
                if self.buckets.get(*key).is_none_or(|bucket| bucket.surely_lacks(conjunction)) {
                    return false;
                }
                let bucket = self.buckets.get_mut(*key).expect("it is there");
                let removed = bucket.remove(conjunction, seed);
                if bucket.len() == 0 {
                    self.buckets.remove(*key);
                    self.plan_mut(path).release(*probe);
                }
                removed
            }
        };
        if self.plan_mut(path).is_empty() {
            self.plans.remove(path.key());
        }
        removed
    }

    fn plan_mut(&mut self, path: PathId) -> &mut Plan<T> {
        let key = path.key();
        if self.plans.get(key).is_none() {
            self.plans.insert(key, Arc::new(Plan::new(path)));
        }
        Arc::make_mut(self.plans.get_mut(key).expect("it was put in"))
    }
}

#[cfg(test)]
impl<T> Index<T> {
    /// Say whether nothing is left of what was ever in.
    pub fn is_bare(&self) -> bool {
        self.len == 0 && self.buckets.len() == 0 && self.plans.len() == 0 && self.rest.len() == 0
    }
}
