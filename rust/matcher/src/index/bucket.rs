//! The conjunctions under one key: a short list, or an index of their other conditions.

use std::sync::Arc;

use crate::conjunction::Conjunction;
use crate::hash::Seed;
use crate::index::{Candidates, Guide, Index};

/// Checking up to so many conjunctions one by one is cheaper than looking them up.
const MAX_LIST: usize = 6;

/// A conjunction in a bucket.
#[derive(Debug)]
pub(crate) struct Filed<T> {
    pub conjunction: Arc<Conjunction<T>>,
    /// Bits of the conditions by whose keys it came here.
    pub used: u64,
}

impl<T> Clone for Filed<T> {
    fn clone(&self) -> Self {
        Self { conjunction: Arc::clone(&self.conjunction), used: self.used }
    }
}

/// The conjunctions under one key. A clone shares them.
#[derive(Clone, Debug)]
pub(crate) enum Bucket<T> {
    One(Filed<T>),
    List(Arc<[Filed<T>]>),
    Split(Arc<Index<T>>),
}

impl<T> Default for Bucket<T> {
    fn default() -> Self {
        Self::List(Arc::new([]))
    }
}

impl<T> Bucket<T> {
    pub fn len(&self) -> usize {
        match self {
            Self::Split(index) => index.len(),
            _ => self.list().len(),
        }
    }

    /// Put all conjunctions in `found` that the event may meet.
    #[inline]
    pub fn find<'s>(&'s self, candidates: &mut Candidates<'_, 's, T>) {
        match self {
            Self::One(filed) => candidates.found.push(&filed.conjunction),
            Self::List(list) => {
                candidates.found.extend(list.iter().map(|filed| &*filed.conjunction));
            }
            Self::Split(index) => index.find(candidates),
        }
    }

    /// Return what tells this bucket from others while it is visited.
    pub fn address(&self) -> usize {
        match self {
            Self::One(filed) => Arc::as_ptr(&filed.conjunction).addr(),
            Self::List(list) => Arc::as_ptr(list).addr(),
            Self::Split(index) => Arc::as_ptr(index).addr(),
        }
    }

    fn list(&self) -> &[Filed<T>] {
        match self {
            Self::One(filed) => std::slice::from_ref(filed),
            Self::List(list) => list,
            Self::Split(_) => &[],
        }
    }
}

impl<T: Clone> Bucket<T> {
    /// Put a conjunction in, unless it is in already.
    pub fn add(&mut self, filed: Filed<T>, guide: Guide<'_>) {
        if let Self::Split(index) = self {
            Arc::make_mut(index).add(filed, guide);
            return;
        }
        let list = self.list();
        if list.iter().any(|other| Arc::ptr_eq(&other.conjunction, &filed.conjunction)) {
            return;
        }
        *self = match list.len() {
            0 => Self::One(filed),
            MAX_LIST.. => {
                let mut index = Index::default();
                list.iter().cloned().chain([filed]).for_each(|filed| index.add(filed, guide));
                Self::Split(Arc::new(index))
            }
            _ => Self::List(list.iter().cloned().chain([filed]).collect()),
        };
    }

    /// Take a conjunction out; say whether it was in.
    pub fn remove(&mut self, conjunction: &Conjunction<T>, seed: &Seed) -> bool {
        if let Self::Split(index) = self {
            return Arc::make_mut(index).remove(conjunction, seed);
        }
        let (len, list) = (self.len(), self.list());
        let left = list.iter().filter(|filed| filed.conjunction.id != conjunction.id).cloned();
        *self = Self::List(left.collect());
        self.len() < len
    }
}

#[cfg(test)]
impl<T> Bucket<T> {
    /// Say whether nothing is left of what was ever in.
    pub fn is_bare(&self) -> bool {
        match self {
            Self::Split(index) => index.is_bare(),
            _ => self.list().is_empty(),
        }
    }
}
