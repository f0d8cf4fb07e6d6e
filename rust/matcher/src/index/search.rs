//! Finding the conjunctions that an event may meet.

use foldhash::HashSet;

use crate::cidr::Address;
use crate::conjunction::Conjunction;
use crate::fold;
use crate::hash::Seed;
use crate::index::Index;
use crate::index::plan::{Forms, Plan, Probe};
use crate::test::Scalar;
use crate::values::{Facts, Value};

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
    pub hash: u64,
    /// Whether the event may have other keys with the same bucket, or this one again.
    is_one_of_several: bool,
}

impl Buffers {
    /// Forget the last event.
    pub fn clear(&mut self) {
        self.visited.clear();
    }
}

impl<T> Index<T> {
    pub(super) fn find<'s>(&'s self, search: &mut Search<'_, 's, T>) {
        let start = search.keys.len();
        self.collect_keys(search);
        self.look_up(start, search);
    }

    /// Look up the collected keys from `start` on, and drop them.
    pub(super) fn look_up<'s>(&'s self, start: usize, search: &mut Search<'_, 's, T>) {
        for place in start..search.keys.len() {
            self.find_by_key(search.keys[place], search);
        }
        search.keys.truncate(start);
    }

    pub(super) fn prefetch(&self, keys: impl Iterator<Item = u64>) {
        keys.for_each(|key| self.buckets.prefetch(key));
    }

    /// Collect the keys to look up; find what is found without one.
    pub(super) fn collect_keys<'s>(&'s self, search: &mut Search<'_, 's, T>) {
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

    pub(super) fn find_by_key<'s>(&'s self, key: SearchKey, search: &mut Search<'_, 's, T>) {
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
    if plan.is_of_literals() {
        let hash = search.seed.scalar(value.path, &scalar);
        let is_one_of_several = value.is_one_of_several();
        return search.keys.push(SearchKey { hash, is_one_of_several });
    }
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
    let text_to_fold = if plan.needs_folded { str::from_utf8(text).ok() } else { None };
    let folded = text_to_fold.map(|text| {
        folded.clear();
        fold::fold(text, folded);
        &**folded
    });
    Forms { scalar, folded, address: if plan.needs_address { Address::parse(text) } else { None } }
}
