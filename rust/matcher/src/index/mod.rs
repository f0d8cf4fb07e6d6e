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
mod intervals;
mod key;
mod plan;

use std::sync::Arc;

use foldhash::HashSet;

pub(crate) use bucket::{Bucket, Filed};
use key::{Breadth, Entry, EntryMaker, Place};
pub(crate) use plan::Probe;
use plan::{Forms, Plan};

use crate::cidr::Address;
use crate::conjunction::{BoundCondition, Conjunction};
use crate::fold;
use crate::hash::Seed;
use crate::paths::PathId;
use crate::persistent::HashTrie;
use crate::test::Scalar;
use crate::values::{Facts, Value};

/// Conjunctions, to be found by the values of an event. A clone shares everything.
#[derive(Clone, Debug)]
pub(crate) struct Index<T> {
    len: usize,
    buckets: HashTrie<Bucket<T>>,
    plans: HashTrie<Arc<Plan<T>>>,
    /// Conjunctions without a condition to file them by, by their ids.
    rest: HashTrie<Arc<Conjunction<T>>>,
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

/// A search for the conjunctions that an event may meet.
pub(crate) struct Candidates<'f, 's, T> {
    pub seed: &'s Seed,
    pub facts: Facts<'f>,
    pub buffers: &'f mut Buffers,
    /// May name a conjunction more than once.
    pub found: &'f mut Vec<&'s Conjunction<T>>,
}

/// What helps to choose the condition that a conjunction is filed by.
#[derive(Clone, Copy)]
pub(crate) struct Guide<'w> {
    pub seed: &'w Seed,
    /// By path: the number of different conditions that all rules have there.
    pub variety: &'w [u64],
}

/// What one search leaves for the next: room.
#[derive(Debug, Default)]
pub(crate) struct Buffers {
    folded: String,
    /// Addresses of the buckets that more than one key may lead to.
    visited: HashSet<usize>,
}

impl Buffers {
    pub fn clear(&mut self) {
        self.visited.clear();
    }
}

/// Finding.
impl<T> Index<T> {
    pub fn len(&self) -> usize {
        self.len
    }

    fn find<'s>(&'s self, candidates: &mut Candidates<'_, 's, T>) {
        self.rest.for_each(&mut |conjunction| candidates.found.push(conjunction));
        let facts = candidates.facts;
        for path in facts.values.present() {
            if let Some(plan) = self.plans.get(candidates.seed.path(*path)) {
                for value in facts.values.at(*path) {
                    self.find_by_value(plan, value, candidates);
                }
            }
        }
    }

    fn find_by_value<'s>(
        &'s self,
        plan: &'s Plan<T>,
        value: &Value,
        candidates: &mut Candidates<'_, 's, T>,
    ) {
        let scalar = candidates.facts.scalar(value);
        if let Scalar::Number(number) = scalar {
            plan.intervals.visit(number, &mut |conjunction| candidates.found.push(conjunction));
        }
        let mut folded = std::mem::take(&mut candidates.buffers.folded);
        let forms = forms(plan, scalar, &mut folded);
        let seed = candidates.seed;
        for probe in plan.probes() {
            let several = matches!(probe, Probe::Gram(..)) || value.is_one_of_several();
            probe.for_each_key(seed, value.path, &forms, &mut |key| {
                if let Some(bucket) = self.buckets.get(key)
                    && (!several || candidates.buffers.visited.insert(bucket.address()))
                {
                    bucket.find(candidates);
                }
            });
        }
        candidates.buffers.folded = folded;
    }
}

/// Make the forms of a value that the probes of `plan` need.
fn forms<'v, T>(plan: &Plan<T>, scalar: Scalar<'v>, folded: &'v mut String) -> Forms<'v> {
    let Scalar::String(text) = scalar else {
        return Forms { scalar, folded: None, address: None };
    };
    let needs_address = plan.probes().any(Probe::needs_address);
    let folded = if plan.probes().any(Probe::needs_folded)
        && let Ok(text) = str::from_utf8(text)
    {
        folded.clear();
        fold::fold(text, folded);
        Some(&**folded)
    } else {
        None
    };
    Forms { scalar, folded, address: if needs_address { Address::parse(text) } else { None } }
}

/// Changing.
impl<T: Clone> Index<T> {
    /// File a conjunction.
    pub fn add(&mut self, filed: Filed<T>, guide: Guide<'_>) {
        self.len += 1;
        let Filed { conjunction, used } = filed;
        let Some(place) = self.choose(&conjunction, used, guide) else {
            self.rest.insert(conjunction.id, conjunction);
            return;
        };
        let (used, seed) = (used | 1 << place, guide.seed);
        let bound = &conjunction.conditions[place];
        let maker = EntryMaker { seed, path: bound.path };
        for test in &bound.condition.some {
            let entries = maker.entries(test);
            let best = entries.into_iter().min_by_key(|entry| self.load(entry));
            match best.expect("a test has an entry").place {
                Place::Range(range) => {
                    self.plan_mut(seed, bound.path).intervals.insert(range, &conjunction);
                }
                Place::Key(probe, key) => {
                    if self.buckets.get(key).is_none() {
                        self.buckets.insert(key, Bucket::default());
                        self.plan_mut(seed, bound.path).retain(probe);
                    }
                    let bucket = self.buckets.get_mut(key).expect("it was put in");
                    bucket.add(Filed { conjunction: Arc::clone(&conjunction), used }, guide);
                }
            }
        }
    }

    /// Take a conjunction out; say whether it was in.
    pub fn remove(&mut self, conjunction: &Conjunction<T>, seed: &Seed) -> bool {
        // Which condition it was filed by depends on what was there at that time, so all are tried.
        let mut removed = self.rest.remove(conjunction.id).is_some();
        for bound in conjunction.conditions.iter().filter(|bound| !bound.may_be_absent()) {
            let maker = EntryMaker { seed, path: bound.path };
            for entry in bound.condition.some.iter().flat_map(|test| maker.entries(test)) {
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
        conjunction: &Conjunction<T>,
        seed: &Seed,
    ) -> bool {
        if self.plans.get(seed.path(path)).is_none() {
            return false;
        }
        let removed = match place {
            Place::Range(range) => self.plan_mut(seed, path).intervals.remove(range, conjunction),
            Place::Key(probe, key) => {
                let Some(bucket) = self.buckets.get_mut(*key) else { return false };
                let removed = bucket.remove(conjunction, seed);
                if bucket.len() == 0 {
                    self.buckets.remove(*key);
                    self.plan_mut(seed, path).release(*probe);
                }
                removed
            }
        };
        if self.plan_mut(seed, path).is_empty() {
            self.plans.remove(seed.path(path));
        }
        removed
    }

    /// Choose the condition to file a conjunction by.
    fn choose(&self, conjunction: &Conjunction<T>, used: u64, guide: Guide<'_>) -> Option<usize> {
        let conditions = conjunction.conditions.iter().enumerate().take(u64::BITS as usize);
        conditions
            // A condition that absence can meet is no key: absence is judged within the elements
            // that the other conditions bind, so the event may have any values at its path.
            .filter(|(place, bound)| used >> place & 1 == 0 && !bound.may_be_absent())
            .min_by_key(|(_, bound)| self.cost(bound, guide))
            .map(|(place, _)| place)
    }

    /// Estimate how many conjunctions an event will have to look at because of this condition.
    fn cost(&self, bound: &BoundCondition, guide: Guide<'_>) -> (Breadth, u64) {
        let maker = EntryMaker { seed: guide.seed, path: bound.path };
        let (mut breadth, mut load) = (Breadth::Narrow, 0);
        for test in &bound.condition.some {
            let entries = maker.entries(test);
            let least = entries.iter().map(|entry| self.load(entry)).min();
            let (least_breadth, least_load) = least.expect("a test has an entry");
            breadth = breadth.max(least_breadth);
            load += least_load as u64 + 1;
        }
        // A value that is one of many at its path is hit by fewer events.
        (breadth, (load << u32::BITS) / guide.variety[bound.path.0 as usize].max(1))
    }

    fn load(&self, entry: &Entry<'_>) -> (Breadth, usize) {
        let load = match entry.place {
            Place::Key(_, key) => self.buckets.get(key).map_or(0, Bucket::len),
            Place::Range(_) => 0,
        };
        (entry.breadth, load)
    }

    fn plan_mut(&mut self, seed: &Seed, path: PathId) -> &mut Plan<T> {
        let key = seed.path(path);
        if self.plans.get(key).is_none() {
            self.plans.insert(key, Arc::new(Plan::default()));
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
