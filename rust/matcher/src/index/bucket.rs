//! The conjunctions under one key: a short list, or an index of their other conditions.

use std::sync::Arc;

use crate::conjunction::Conjunction;
use crate::hash::Seed;
use crate::index::filed::{Filed, Route};
use crate::index::{Guide, Index, Search};
use crate::rule::Rule;

/// Checking up to so many conjunctions one by one is cheaper than looking them up.
const MAX_LIST: usize = 6;

/// The conjunctions under one key. A clone shares them.
///
/// Up to two stand in the table itself, which is what most keys have.
#[derive(Debug, Default)]
pub(crate) enum Bucket<T> {
    #[default]
    Empty,
    One(Arc<Rule<T>>, u16),
    Two([Arc<Rule<T>>; 2], [u16; 2]),
    List(Arc<[Filed<T>]>),
    Split(Arc<Index<T>>),
}

impl<T> Clone for Bucket<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Empty => Self::Empty,
            Self::One(rule, number) => Self::One(Arc::clone(rule), *number),
            Self::Two(rules, numbers) => Self::Two(rules.clone(), *numbers),
            Self::List(list) => Self::List(Arc::clone(list)),
            Self::Split(index) => Self::Split(Arc::clone(index)),
        }
    }
}

impl<T> From<Filed<T>> for Bucket<T> {
    fn from(filed: Filed<T>) -> Self {
        Self::One(filed.rule, filed.number)
    }
}

impl<T> Bucket<T> {
    pub fn len(&self) -> usize {
        match self {
            Self::Empty => 0,
            Self::One(..) => 1,
            Self::Two(..) => 2,
            Self::List(list) => list.len(),
            Self::Split(index) => index.len(),
        }
    }

    /// Say whether values lead to some of the conjunctions; otherwise all are found at once.
    pub fn is_split(&self) -> bool {
        matches!(self, Self::Split(_))
    }

    /// Put all conjunctions in `found` that the event may meet.
    #[inline]
    pub fn find<'s>(&'s self, search: &mut Search<'_, 's, T>) {
        match self {
            Self::Empty => {}
            Self::One(rule, number) => search.found.push(Conjunction { rule, number: *number }),
            Self::Two([first, second], [of_first, of_second]) => {
                search.found.push(Conjunction { rule: first, number: *of_first });
                search.found.push(Conjunction { rule: second, number: *of_second });
            }
            Self::List(list) => search.found.extend(list.iter().map(Filed::conjunction)),
            Self::Split(index) => index.find(search),
        }
    }

    /// Begin what [`find`](Self::find) does, up to the keys that are to be looked up.
    pub fn start<'s>(&'s self, search: &mut Search<'_, 's, T>) {
        match self {
            Self::Split(index) => index.collect_keys(search),
            _ => self.find(search),
        }
    }

    /// Have what keys lead to brought into the cache.
    pub fn prefetch(&self, keys: impl Iterator<Item = u64>) {
        if let Self::Split(index) = self {
            index.prefetch(keys);
        }
    }

    /// Do the rest of what [`find`](Self::find) does.
    pub fn finish<'s>(&'s self, search: &mut Search<'_, 's, T>) {
        if let Self::Split(index) = self {
            index.look_up(0, search);
        }
    }

    /// Return what tells this bucket from others while it is visited.
    pub fn address(&self) -> usize {
        (&raw const *self).addr()
    }

    /// Say that the list has no such conjunction; an index would have to be searched.
    pub fn surely_lacks(&self, conjunction: Conjunction<'_, T>) -> bool {
        let is_it = |rule: &Arc<Rule<T>>, number: u16| {
            number == conjunction.number && std::ptr::eq(&raw const **rule, conjunction.rule)
        };
        match self {
            Self::Empty => true,
            Self::One(rule, number) => !is_it(rule, *number),
            Self::Two(rules, numbers) => {
                !rules.iter().zip(numbers).any(|(rule, number)| is_it(rule, *number))
            }
            Self::List(list) => !list.iter().any(|filed| is_it(&filed.rule, filed.number)),
            Self::Split(_) => false,
        }
    }

    fn list(&self) -> Vec<Filed<T>> {
        let filed = |rule: &Arc<Rule<T>>, number: u16| Filed { rule: Arc::clone(rule), number };
        match self {
            Self::One(rule, number) => vec![filed(rule, *number)],
            Self::Two([first, second], [of_first, of_second]) => {
                vec![filed(first, *of_first), filed(second, *of_second)]
            }
            Self::List(list) => list.to_vec(),
            Self::Empty | Self::Split(_) => Vec::new(),
        }
    }

    fn from_list(list: Vec<Filed<T>>) -> Self {
        match <[Filed<T>; 2]>::try_from(list) {
            Ok([first, second]) => {
                Self::Two([first.rule, second.rule], [first.number, second.number])
            }
            Err(mut list) if list.len() < 2 => list.pop().map(Self::from).unwrap_or_default(),
            Err(list) => Self::List(list.into()),
        }
    }
}

impl<T> Bucket<T> {
    /// Put a conjunction in, unless it is in already.
    pub fn add(&mut self, filed: &Filed<T>, route: Option<&Route<'_>>, guide: Guide<'_>) {
        if let Self::Split(index) = self {
            Arc::make_mut(index).add(filed, route, guide);
            return;
        }
        if !self.surely_lacks(filed.conjunction()) {
            return;
        }
        let filed = filed.clone();
        *self = match std::mem::take(self) {
            Self::Empty => Self::from(filed),
            Self::One(rule, number) => Self::Two([rule, filed.rule], [number, filed.number]),
            earlier => {
                let mut list = earlier.list();
                list.push(filed);
                Self::from_many(list, route, guide)
            }
        };
    }

    fn from_many(list: Vec<Filed<T>>, route: Option<&Route<'_>>, guide: Guide<'_>) -> Self {
        if list.len() <= MAX_LIST {
            return Self::from_list(list);
        }
        let mut index = Index::default();
        for filed in &list {
            index.add(filed, route, guide);
        }
        Self::Split(Arc::new(index))
    }

    /// Take a conjunction out; say whether it was in.
    pub fn remove(&mut self, conjunction: Conjunction<'_, T>, seed: &Seed) -> bool {
        if let Self::Split(index) = self {
            return Arc::make_mut(index).remove(conjunction, seed);
        }
        let mut list = self.list();
        let len = list.len();
        list.retain(|filed| filed.conjunction().id() != conjunction.id());
        let removed = list.len() < len;
        *self = Self::from_list(list);
        removed
    }
}

#[cfg(test)]
impl<T> Bucket<T> {
    /// Say whether nothing is left of what was ever in.
    pub fn is_bare(&self) -> bool {
        match self {
            Self::Split(index) => index.is_bare(),
            _ => self.len() == 0,
        }
    }
}
