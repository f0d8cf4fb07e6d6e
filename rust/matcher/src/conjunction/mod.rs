//! A conjunction as the automaton holds it, and whether an event meets it.

mod conjunctions;

use std::sync::Arc;

pub(crate) use conjunctions::Conjunctions;

use crate::bits::Bits;
use crate::join::{Join, Joined};
use crate::paths::PathId;
use crate::pattern::{Test, ValuesList};
use crate::rule::Rule;
use crate::simd::prefetch;
use crate::test::passes_one;
use crate::values::{ContextId, Facts, Value};

/// A condition whose path has its id; equal ones are shared by all rules.
#[derive(Debug)]
pub(crate) struct BoundCondition {
    pub path: PathId,
    pub list: ValuesList,
}

/// One of the conjunctions of a rule.
#[derive(Debug)]
pub(crate) struct Conjunction<'r, T> {
    pub rule: &'r Rule<T>,
    /// Which one of the rule's.
    pub number: u16,
}

impl<T> Clone for Conjunction<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Conjunction<'_, T> {}

impl<'r, T> Conjunction<'r, T> {
    /// Return a number that no other conjunction has; ascending as the rules are reported.
    pub fn id(self) -> u64 {
        self.rule.order << u16::BITS | u64::from(self.number)
    }

    pub fn conditions(self) -> &'r [Arc<BoundCondition>] {
        self.rule.conjunctions.get(self.number)
    }

    /// Have the rule brought into the cache.
    #[inline]
    pub fn prefetch(self) {
        prefetch(&raw const self.rule.order);
        prefetch(&raw const self.rule.conjunctions);
    }

    /// Have the conditions brought into the cache; the rule should be there.
    #[inline]
    pub fn prefetch_conditions(self) {
        for bound in self.conditions() {
            prefetch(&raw const bound.path);
            prefetch(&raw const bound.list);
        }
    }

    /// Say whether the event meets all conditions, with values that go together.
    ///
    /// It is known to meet the conditions of `held`: near rules often share the first ones.
    #[inline]
    pub fn holds(self, facts: Facts<'_>, held: &[Arc<BoundCondition>], join: &mut Join) -> bool {
        if facts.values.is_flat() {
            return self.conditions().iter().enumerate().all(|(place, bound)| {
                let is_held = held.get(place).is_some_and(|held| Arc::ptr_eq(held, bound));
                is_held || bound.holds_alone(facts)
            });
        }
        self.holds_in_elements(facts, join)
    }

    fn holds_in_elements(self, facts: Facts<'_>, join: &mut Join) -> bool {
        let mut inside = Bits::default();
        let mut absence_depends_on_elements = false;
        for (number, bound) in self.conditions().iter().enumerate() {
            match bound.passing(facts).next() {
                // It is in no array element, and so goes with every other value.
                Some(value) if value.context == ContextId::ROOT => {}
                Some(_) => {
                    inside.insert(number);
                    absence_depends_on_elements |= bound.may_be_absent();
                }
                None if bound.is_absent_everywhere(facts) => {}
                None if bound.may_be_absent() => absence_depends_on_elements = true,
                None => return false,
            }
        }
        if absence_depends_on_elements {
            return self.join(facts, join).is_some();
        }
        if inside.len() < 2 {
            return true;
        }
        let all = self.bound().enumerate();
        let bound = all.filter(|(number, _)| inside.contains(*number)).map(|(_, bound)| bound);
        join.solve(bound, facts).is_some()
    }

    /// Find values for all conditions that go together, without any short cut.
    pub fn join<'j>(self, facts: Facts<'_>, join: &'j mut Join) -> Option<&'j [Joined]> {
        join.solve(self.bound(), facts)
    }

    fn bound(self) -> impl Iterator<Item = &'r BoundCondition> + Clone {
        self.conditions().iter().map(|bound| &**bound)
    }
}

impl BoundCondition {
    /// Say whether the condition is this list at this path.
    pub fn is(&self, path: PathId, list: &ValuesList) -> bool {
        self.path == path && self.list == *list
    }

    /// Say whether having no value can meet the condition.
    pub fn may_be_absent(&self) -> bool {
        !self.list.none.is_empty()
    }

    /// Go through the values that pass.
    pub fn passing<'f>(&'f self, facts: Facts<'f>) -> impl Iterator<Item = &'f Value> {
        values_passing(&self.list.some, self.path, facts)
    }

    /// Go through the values that stand against absence by one of the lists of `none`.
    pub fn blocking<'f>(
        &'f self,
        tests: &'f [Test],
        facts: Facts<'f>,
    ) -> impl Iterator<Item = &'f Value> {
        values_passing(tests, self.path, facts)
    }

    /// Say whether the condition is met when looked at alone.
    #[inline]
    pub fn holds_alone(&self, facts: Facts<'_>) -> bool {
        // Most values are strings, and alone at their paths.
        match facts.only_string(self.path) {
            Some(text) if self.list.is_passed_by_text(text) => true,
            Some(_) if self.list.none.is_empty() => false,
            _ => self.holds_by_any(facts),
        }
    }

    #[inline(never)]
    fn holds_by_any(&self, facts: Facts<'_>) -> bool {
        self.passing(facts).next().is_some() || self.is_absent_everywhere(facts)
    }

    #[inline]
    fn is_absent_everywhere(&self, facts: Facts<'_>) -> bool {
        self.list.none.iter().any(|tests| self.blocking(tests, facts).next().is_none())
    }
}

fn values_passing<'f>(
    tests: &'f [Test],
    path: PathId,
    facts: Facts<'f>,
) -> impl Iterator<Item = &'f Value> {
    facts.values.at(path).filter(move |value| passes_one(tests, &facts.scalar(value)))
}
