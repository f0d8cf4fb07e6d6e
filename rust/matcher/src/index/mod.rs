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
mod filed;
mod intervals;
mod key;
mod plan;

use std::cmp::Reverse;
use std::sync::Arc;

use foldhash::HashSet;
use smallvec::SmallVec;

pub(crate) use bucket::Bucket;
use filed::key_of;
pub(crate) use filed::{Filed, Route};
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

/// So many conditions of a conjunction at most are keys, which bounds how deep indexes nest.
const MAX_KEYS: usize = 64;

/// Conjunctions, to be found by the values of an event. A clone shares everything.
#[derive(Clone, Debug)]
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

/// A search for the conjunctions that an event may meet.
pub(crate) struct Search<'f, 's, T> {
    pub seed: &'s Seed,
    pub facts: Facts<'f>,
    pub buffers: &'f mut Buffers,
    /// Keys that are still to be looked up, of all indexes that are being searched.
    pub keys: &'f mut Vec<SearchKey>,
    /// May name a conjunction more than once.
    pub found: &'f mut Vec<Conjunction<'s, T>>,
}

/// What helps to choose the condition that a conjunction is filed by.
#[derive(Clone, Copy)]
pub(crate) struct Guide<'w> {
    pub seed: &'w Seed,
    /// By path: the number of different conditions that all rules have there.
    pub variety: &'w [u64],
}

impl Guide<'_> {
    fn variety(self, path: PathId) -> u64 {
        self.variety[path.0 as usize]
    }
}

/// How many conjunctions an event has to look at because of a condition, more or less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Cost {
    breadth: Breadth,
    load: u64,
}

impl Cost {
    /// A value that is one of many at its path is hit by fewer events.
    fn new(breadth: Breadth, load: usize, variety: u64) -> Self {
        Self { breadth, load: ((load as u64) << u32::BITS) / variety.max(1) }
    }
}

/// What one search leaves for the next: room.
#[derive(Debug, Default)]
pub(crate) struct Buffers {
    folded: String,
    /// Addresses of the buckets that more than one key may lead to.
    visited: HashSet<usize>,
}

/// A key that an event has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SearchKey {
    hash: u64,
    /// Whether the event may have other keys with the same bucket, or this one again.
    is_one_of_several: bool,
}

impl Buffers {
    /// Forget the last event.
    pub fn clear(&mut self) {
        self.visited.clear();
    }
}

/// Finding.
impl<T> Index<T> {
    pub fn len(&self) -> usize {
        self.len
    }

    fn find<'s>(&'s self, search: &mut Search<'_, 's, T>) {
        let start = search.keys.len();
        self.collect_keys(search);
        self.look_up(start, search);
    }

    /// Look up the collected keys from `start` on, and drop them.
    fn look_up<'s>(&'s self, start: usize, search: &mut Search<'_, 's, T>) {
        for place in start..search.keys.len() {
            self.find_by_key(search.keys[place], search);
        }
        search.keys.truncate(start);
    }

    fn prefetch(&self, keys: &[SearchKey]) {
        for key in keys {
            self.buckets.prefetch(key.hash);
        }
    }

    /// Collect the keys to look up; find what is found without one.
    fn collect_keys<'s>(&'s self, search: &mut Search<'_, 's, T>) {
        self.rest.for_each(&mut |filed| search.found.push(filed.conjunction()));
        let present = search.facts.values.present();
        if self.plans.len() <= present.len() {
            self.plans.for_each(&mut |plan| collect_keys_of_path(plan, search));
            return;
        }
        for path in present {
            if let Some(plan) = self.plans.get(path.key()) {
                collect_keys_of_path(plan, search);
            }
        }
    }

    fn find_by_key<'s>(&'s self, key: SearchKey, search: &mut Search<'_, 's, T>) {
        if let Some(bucket) = self.buckets.get(key.hash)
            && (!key.is_one_of_several || search.buffers.visited.insert(bucket.address()))
        {
            bucket.find(search);
        }
    }
}

fn collect_keys_of_path<'s, T>(plan: &'s Plan<T>, search: &mut Search<'_, 's, T>) {
    let facts = search.facts;
    for value in facts.values.at(plan.path) {
        collect_keys_of_value(plan, value, search);
    }
}

fn collect_keys_of_value<'s, T>(plan: &'s Plan<T>, value: &Value, search: &mut Search<'_, 's, T>) {
    let scalar = search.facts.scalar(value);
    if let Scalar::Number(number) = scalar {
        plan.intervals.visit(number, &mut |conjunction| search.found.push(conjunction));
    }
    let forms = forms(plan, scalar, &mut search.buffers.folded);
    for probe in plan.probes() {
        let is_one_of_several = matches!(probe, Probe::Gram(..)) || value.is_one_of_several();
        probe.for_each_key(search.seed, value.path, &forms, &mut |hash| {
            search.keys.push(SearchKey { hash, is_one_of_several });
        });
    }
}

/// Make the forms of a value that the probes of `plan` need.
fn forms<'v, T>(plan: &Plan<T>, scalar: Scalar<'v>, folded: &'v mut String) -> Forms<'v> {
    let Scalar::String(text) = scalar else {
        return Forms { scalar, folded: None, address: None };
    };
    let needs_address = plan.probes().any(Probe::needs_address);
    let needs_folded = plan.probes().any(Probe::needs_folded);
    if needs_folded {
        folded.clear();
        fold::fold(text, folded);
    }
    Forms {
        scalar,
        folded: needs_folded.then_some(folded),
        address: if needs_address { Address::parse(text) } else { None },
    }
}

/// Where a conjunction is to be filed.
struct Choice<'c> {
    path: PathId,
    /// One for each test of the condition.
    places: SmallVec<[Place<'c>; 1]>,
}

/// Changing.
impl<T: Clone> Index<T> {
    /// File a conjunction that came here by the keys of `route`.
    pub fn add(&mut self, filed: Filed<T>, route: Option<&Route<'_>>, guide: Guide<'_>) {
        self.len += 1;
        let Some(Choice { path, places }) = self.choose(filed.conjunction(), route, guide) else {
            self.rest.insert(filed.key(), filed);
            return;
        };
        for place in places {
            match place {
                Place::Range(range) => self.plan_mut(path).intervals.insert(range, filed.clone()),
                Place::Key(probe, key) => {
                    if let Some(bucket) = self.buckets.get_mut(key) {
                        bucket.add(filed.clone(), Some(&Route { key, earlier: route }), guide);
                    } else {
                        self.buckets.insert(key, Bucket::from(filed.clone()));
                        self.plan_mut(path).retain(probe);
                    }
                }
            }
        }
    }

    /// Take a conjunction out; say whether it was in.
    pub fn remove(&mut self, conjunction: Conjunction<'_, T>, seed: &Seed) -> bool {
        // Which condition it was filed by depends on what was there at that time, so all are tried.
        let mut removed = self.rest.remove(key_of(conjunction)).is_some();
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

    /// Choose the condition to file a conjunction by.
    fn choose<'c>(
        &self,
        conjunction: Conjunction<'c, T>,
        route: Option<&Route<'_>>,
        guide: Guide<'_>,
    ) -> Option<Choice<'c>> {
        let conditions = conjunction.conditions().iter().take(MAX_KEYS).map(|bound| &**bound);
        let mut usable: SmallVec<[&BoundCondition; 4]> = conditions
            // A condition that absence can meet is no key: absence is judged within the elements
            // that the other conditions bind, so the event may have any values at its path.
            .filter(|bound| !bound.may_be_absent())
            .filter(|bound| route.is_none_or(|route| !is_used(bound, route, guide.seed)))
            .collect();
        usable.sort_by_key(|bound| Reverse(guide.variety(bound.path)));
        let mut best: Option<(Cost, Choice<'_>)> = None;
        for bound in usable {
            // What cannot cost less is not looked up.
            let least =
                Cost::new(Breadth::Narrow, bound.list.some.len(), guide.variety(bound.path));
            if best.as_ref().is_none_or(|(cost, _)| least < *cost) {
                let weighed = self.weigh(bound, guide);
                if best.as_ref().is_none_or(|(cost, _)| weighed.0 < *cost) {
                    best = Some(weighed);
                }
            }
        }
        best.map(|(_, choice)| choice)
    }

    /// Estimate how many conjunctions an event will have to look at because of this condition.
    fn weigh<'c>(&self, bound: &'c BoundCondition, guide: Guide<'_>) -> (Cost, Choice<'c>) {
        let maker = EntryMaker { seed: guide.seed, path: bound.path };
        let (mut breadth, mut load) = (Breadth::Narrow, 0);
        let places = bound.list.some.iter().map(|test| {
            let entries = maker.entries(test).into_iter();
            let least = entries.map(|entry| (self.load(&entry), entry.place)).min_by_key(|e| e.0);
            let ((least_breadth, least_load), place) = least.expect("a test has an entry");
            breadth = breadth.max(least_breadth);
            load += least_load + 1;
            place
        });
        let choice = Choice { path: bound.path, places: places.collect() };
        (Cost::new(breadth, load, guide.variety(bound.path)), choice)
    }

    fn load(&self, entry: &Entry<'_>) -> (Breadth, usize) {
        let load = match entry.place {
            Place::Key(_, key) => self.buckets.get(key).map_or(0, Bucket::len),
            Place::Range(_) => 0,
        };
        (entry.breadth, load)
    }

    fn plan_mut(&mut self, path: PathId) -> &mut Plan<T> {
        let key = path.key();
        if self.plans.get(key).is_none() {
            self.plans.insert(key, Arc::new(Plan::new(path)));
        }
        Arc::make_mut(self.plans.get_mut(key).expect("it was put in"))
    }
}

/// Say whether one of the keys of a condition is on the route.
fn is_used(bound: &BoundCondition, route: &Route<'_>, seed: &Seed) -> bool {
    let maker = EntryMaker { seed, path: bound.path };
    let mut entries = bound.list.some.iter().flat_map(|test| maker.entries(test));
    entries.any(|entry| matches!(entry.place, Place::Key(_, key) if route.contains(key)))
}

#[cfg(test)]
impl<T> Index<T> {
    /// Say whether nothing is left of what was ever in.
    pub fn is_bare(&self) -> bool {
        self.len == 0 && self.buckets.len() == 0 && self.plans.len() == 0 && self.rest.len() == 0
    }
}
