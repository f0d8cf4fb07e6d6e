//! Choosing the condition that a conjunction is filed by.

use std::cmp::Reverse;

use smallvec::SmallVec;

use crate::conjunction::{BoundCondition, Conjunction};
use crate::hash::Seed;
use crate::index::filed::Route;
use crate::index::key::{Breadth, Entry, EntryMaker, Place};
use crate::index::{Bucket, Index};
use crate::paths::PathId;

/// So many conditions of a conjunction at most are keys, which bounds how deep indexes nest.
const MAX_KEYS: usize = 64;

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

/// Where a conjunction is to be filed.
pub(super) struct Choice<'c> {
    pub path: PathId,
    /// One for each test of the condition.
    pub places: SmallVec<[Place<'c>; 1]>,
}

impl<T> Index<T> {
    /// Choose the condition to file a conjunction by.
    pub(super) fn choose<'c>(
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
}

/// Return the first key of the condition that a conjunction is likely to be filed by.
pub(crate) fn likely_key<T>(conjunction: Conjunction<'_, T>, guide: Guide<'_>) -> Option<u64> {
    let conditions = conjunction.conditions().iter().filter(|bound| !bound.may_be_absent());
    let bound = conditions.max_by_key(|bound| guide.variety(bound.path))?;
    let maker = EntryMaker { seed: guide.seed, path: bound.path };
    match maker.entries(bound.list.some.first()?).first()?.place {
        Place::Key(_, key) => Some(key),
        Place::Range(_) => None,
    }
}

/// Say whether one of the keys of a condition is on the route.
fn is_used(bound: &BoundCondition, route: &Route<'_>, seed: &Seed) -> bool {
    let maker = EntryMaker { seed, path: bound.path };
    let mut entries = bound.list.some.iter().flat_map(|test| maker.entries(test));
    entries.any(|entry| matches!(entry.place, Place::Key(_, key) if route.contains(key)))
}
