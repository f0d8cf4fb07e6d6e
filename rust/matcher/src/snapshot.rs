//! A rule set as it was at one moment, and matching events against it.

use crate::conjunction::Conjunction;
use crate::error::EventError;
use crate::hash::Seed;
use crate::index::{Bucket, Buffers, Candidates};
use crate::join::Join;
use crate::paths::Paths;
use crate::rule::Rule;
use crate::scan::{self, Care, Members};
use crate::values::{Facts, Values};

/// The rules of a [`Matcher`](crate::Matcher) at one moment; never changes.
#[derive(Debug)]
pub struct Snapshot<T> {
    pub(crate) seed: Seed,
    pub(crate) paths: Paths,
    pub(crate) conjunctions: Bucket<T>,
    pub(crate) rules: usize,
}

/// Room for matching one event after the other without allocating; one for each thread.
#[derive(Debug)]
pub struct Scratch<T: 'static> {
    pub(crate) members: Members,
    pub(crate) values: Values,
    buffers: Buffers,
    pub(crate) join: Join,
    /// Empty between events: its room is lent to vectors of a shorter lifetime.
    candidates: Vec<&'static Conjunction<T>>,
}

impl<T> Default for Scratch<T> {
    fn default() -> Self {
        Self {
            members: Members::default(),
            values: Values::default(),
            buffers: Buffers::default(),
            join: Join::default(),
            candidates: Vec::new(),
        }
    }
}

impl<T: 'static> Snapshot<T> {
    /// Return the number of rules.
    pub fn len(&self) -> usize {
        self.rules
    }

    /// Say whether there is no rule.
    pub fn is_empty(&self) -> bool {
        self.rules == 0
    }

    /// Put the rules that match `event` in `found`, in the order in which they were added.
    ///
    /// # Errors
    ///
    /// The event is not one JSON object in UTF-8. That does not depend on the rules.
    ///
    /// ```
    /// use rulebus_matcher::{Dialect, Matcher, Pattern, Scratch};
    ///
    /// let matcher = Matcher::new();
    /// let pattern = Pattern::parse(br#"{"source": ["log.addProduct"]}"#, Dialect::Aws).unwrap();
    /// matcher.add("log", &pattern, 17);
    ///
    /// let (mut scratch, mut found) = (Scratch::default(), Vec::new());
    /// let snapshot = matcher.snapshot();
    /// snapshot.matches(br#"{"source": "log.addProduct"}"#, &mut scratch, &mut found).unwrap();
    /// assert_eq!(17, *found[0].value());
    /// ```
    pub fn matches<'s>(
        &'s self,
        event: &[u8],
        scratch: &mut Scratch<T>,
        found: &mut Vec<&'s Rule<T>>,
    ) -> Result<(), EventError> {
        self.find(event, Care::Whole, scratch, found)
    }

    /// Do as [`matches`](Self::matches) does for an event that is known to be valid.
    ///
    /// It is not checked to be UTF-8, and an array or object that no rule asks for is passed over up
    /// to the bracket that ends it. An event that is not valid may match whatever rules it seems to
    /// match; nothing worse happens.
    ///
    /// # Errors
    ///
    /// The event is not one JSON object, and this is seen.
    pub fn matches_trusted<'s>(
        &'s self,
        event: &[u8],
        scratch: &mut Scratch<T>,
        found: &mut Vec<&'s Rule<T>>,
    ) -> Result<(), EventError> {
        self.find(event, Care::Structure, scratch, found)
    }

    fn find<'s>(
        &'s self,
        event: &[u8],
        care: Care,
        scratch: &mut Scratch<T>,
        found: &mut Vec<&'s Rule<T>>,
    ) -> Result<(), EventError> {
        found.clear();
        let facts = self.read(event, care, &mut scratch.members, &mut scratch.values)?;
        let mut candidates: Vec<&'s Conjunction<T>> = std::mem::take(&mut scratch.candidates);
        scratch.buffers.clear();
        self.conjunctions.find(&mut Candidates {
            seed: &self.seed,
            facts,
            buffers: &mut scratch.buffers,
            found: &mut candidates,
        });
        if candidates.len() > 1 {
            candidates.sort_unstable_by_key(|candidate| (candidate.rule.order, candidate.id));
            candidates.dedup_by_key(|candidate| candidate.id);
        }
        for candidate in candidates.drain(..) {
            let is_known = found.last().is_some_and(|rule| rule.order == candidate.rule.order);
            if !is_known && candidate.holds(facts, &mut scratch.join) {
                found.push(&candidate.rule);
            }
        }
        scratch.candidates = emptied(candidates);
        Ok(())
    }

    /// Scan an event for the values that rules ask for.
    pub(crate) fn read<'f>(
        &self,
        event: &'f [u8],
        care: Care,
        members: &mut Members,
        values: &'f mut Values,
    ) -> Result<Facts<'f>, EventError> {
        scan::scan(event, care, &self.paths, &self.seed, members, values)?;
        Ok(Facts { event, values })
    }
}

/// Forget the lifetime of an empty vector's elements; the allocation stays.
fn emptied<T>(candidates: Vec<&Conjunction<T>>) -> Vec<&'static Conjunction<T>> {
    debug_assert!(candidates.is_empty());
    candidates.into_iter().map(|_| unreachable!("the vector is empty")).collect()
}
