//! A persistent map from 64-bit hashes to values.
//!
//! ```text
//!            hash bits 0..4          bits 4..8            bits 32..: place in the leaf
//!   root ──▶ [16 children] ──▶ ... ─▶ [16 children] ──▶ leaf: open addressing, at most 32 slots
//! ```

use std::cmp::Reverse;
use std::sync::Arc;

use crate::simd::prefetch;

const FAN_OUT_BITS: u32 = 4;
const FAN_OUT: usize = 1 << FAN_OUT_BITS;
const MIN_SLOTS: usize = 2;
/// A full leaf of this size splits into [`FAN_OUT`] leaves.
const MAX_SLOTS: usize = 32;
/// The hash bits from here on place a key in its leaf, so splitting by them would part nothing.
const PLACE_SHIFT: u32 = 32;

/// A map whose keys are hashes already: well mixed, and equal only for what is the same.
#[derive(Clone, Debug)]
pub(crate) struct HashTrie<V> {
    root: Node<V>,
    len: usize,
}

#[derive(Clone, Debug)]
enum Node<V> {
    Inner(Arc<[Node<V>; FAN_OUT]>),
    Leaf(Leaf<V>),
}

/// An open addressing table: no slots, or some of which one at least is free.
#[derive(Clone, Debug)]
struct Leaf<V> {
    len: u32,
    slots: Arc<[Slot<V>]>,
}

type Slot<V> = Option<(u64, V)>;

impl<V> Default for HashTrie<V> {
    fn default() -> Self {
        Self { root: Node::Leaf(Leaf::default()), len: 0 }
    }
}

impl<V> HashTrie<V> {
    /// Return the number of keys.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Call `visit` for every value, in no particular order.
    pub fn for_each<'s>(&'s self, visit: &mut impl FnMut(&'s V)) {
        if self.len > 0 {
            self.root.for_each(visit);
        }
    }

    /// Return the value of `key`.
    #[inline]
    pub fn get(&self, key: u64) -> Option<&V> {
        self.root.leaf(key).get(key)
    }

    /// Have the place of `key` brought into the cache.
    #[inline]
    pub fn prefetch(&self, key: u64) {
        let leaf = self.root.leaf(key);
        if leaf.len > 0 {
            prefetch(&raw const leaf.slots[home(key, leaf.slots.len())]);
        }
    }
}

impl<V: Clone> HashTrie<V> {
    /// Return the value of `key` for changing it.
    pub fn get_mut(&mut self, key: u64) -> Option<&mut V> {
        self.get(key)?;
        let leaf = self.root.leaf_mut(key);
        let slot = find(&leaf.slots, key);
        Arc::make_mut(&mut leaf.slots)[slot].as_mut().map(|(_, value)| value)
    }

    /// Set the value of `key`.
    pub fn insert(&mut self, key: u64, value: V) {
        let is_new = self.root.leaf_with_room(key).insert(key, value);
        self.len += usize::from(is_new);
    }

    /// Return the value of `key` for changing it; if there is none, put one in.
    pub fn get_mut_or_insert(&mut self, key: u64, value: impl FnOnce() -> V) -> Option<&mut V> {
        let earlier = self.root.leaf_with_room(key).get_mut_or_insert(key, value);
        self.len += usize::from(earlier.is_none());
        earlier
    }

    /// Take `key` out, and return its value.
    pub fn remove(&mut self, key: u64) -> Option<V> {
        self.get(key)?;
        self.len -= 1;
        self.root.remove(key, 0)
    }
}

impl<V> Node<V> {
    /// Return the leaf where `key` belongs.
    #[inline]
    fn leaf(&self, key: u64) -> &Leaf<V> {
        let mut node = self;
        let mut shift = 0;
        loop {
            match node {
                Self::Inner(children) => node = &children[child_index(key, shift)],
                Self::Leaf(leaf) => return leaf,
            }
            shift += FAN_OUT_BITS;
        }
    }

    fn is_empty(&self) -> bool {
        matches!(self, Self::Leaf(Leaf { len: 0, .. }))
    }

    fn for_each<'s>(&'s self, visit: &mut impl FnMut(&'s V)) {
        match self {
            Self::Inner(children) => children.iter().for_each(|child| child.for_each(visit)),
            Self::Leaf(leaf) => leaf.slots.iter().flatten().for_each(|(_, value)| visit(value)),
        }
    }
}

impl<V: Clone> Node<V> {
    fn leaf_mut(&mut self, key: u64) -> &mut Leaf<V> {
        let mut node = self;
        let mut shift = 0;
        loop {
            match node {
                Self::Inner(children) => {
                    node = &mut Arc::make_mut(children)[child_index(key, shift)];
                }
                Self::Leaf(leaf) => return leaf,
            }
            shift += FAN_OUT_BITS;
        }
    }

    /// Return the leaf that holds `key`, or has room for it.
    fn leaf_with_room(&mut self, key: u64) -> &mut Leaf<V> {
        let mut node = self;
        let mut shift = 0;
        loop {
            if let Self::Leaf(leaf) = node
                && leaf.is_full()
                && leaf.get(key).is_none()
            {
                if leaf.slots.len() < MAX_SLOTS || shift >= PLACE_SHIFT {
                    leaf.resize(grown(leaf.slots.len()));
                } else {
                    *node = Self::Inner(Arc::new(leaf.split(shift)));
                }
            }
            match node {
                Self::Inner(children) => {
                    node = &mut Arc::make_mut(children)[child_index(key, shift)];
                }
                Self::Leaf(leaf) => return leaf,
            }
            shift += FAN_OUT_BITS;
        }
    }

    /// Take out a key that is there, and give back the room that is not needed any more.
    fn remove(&mut self, key: u64, shift: u32) -> Option<V> {
        match self {
            Self::Leaf(leaf) => leaf.remove(key),
            Self::Inner(children) => {
                let children = Arc::make_mut(children);
                let child = &mut children[child_index(key, shift)];
                let removed = child.remove(key, shift + FAN_OUT_BITS);
                if child.is_empty() && children.iter().all(Self::is_empty) {
                    *self = Self::Leaf(Leaf::default());
                }
                removed
            }
        }
    }
}

impl<V> Default for Leaf<V> {
    fn default() -> Self {
        Self { len: 0, slots: Arc::new([]) }
    }
}

impl<V> Leaf<V> {
    #[inline]
    fn get(&self, key: u64) -> Option<&V> {
        if self.len == 0 {
            return None;
        }
        match &self.slots[find(&self.slots, key)] {
            Some((_, value)) => Some(value),
            None => None,
        }
    }

    /// Say whether the next key would leave too few free slots for short searches.
    fn is_full(&self) -> bool {
        (self.len as usize + 1) * 8 > self.slots.len() * 7
    }
}

impl<V: Clone> Leaf<V> {
    fn with_slots(slots: usize) -> Self {
        Self { len: 0, slots: std::iter::repeat_with(|| None).take(slots).collect() }
    }

    /// Set the value of a key for which there is room; say whether the key is new.
    fn insert(&mut self, key: u64, value: V) -> bool {
        let slot = find(&self.slots, key);
        let earlier = Arc::make_mut(&mut self.slots)[slot].replace((key, value));
        self.len += u32::from(earlier.is_none());
        earlier.is_none()
    }

    /// Return the value of a key for which there is room; if there is none, put one in.
    fn get_mut_or_insert(&mut self, key: u64, value: impl FnOnce() -> V) -> Option<&mut V> {
        let slot = find(&self.slots, key);
        match &mut Arc::make_mut(&mut self.slots)[slot] {
            Some((_, value)) => Some(value),
            free @ None => {
                *free = Some((key, value()));
                self.len += 1;
                None
            }
        }
    }

    fn remove(&mut self, key: u64) -> Option<V> {
        let hole = find(&self.slots, key);
        let slots = Arc::make_mut(&mut self.slots);
        let (_, removed) = slots[hole].take()?;
        close_gap(slots, hole);
        self.len -= 1;
        if self.len == 0 {
            *self = Self::default();
        } else if self.slots.len() > MIN_SLOTS && self.len as usize * 2 <= self.slots.len() {
            self.resize(room_for(self.len as usize));
        }
        Some(removed)
    }

    fn resize(&mut self, slots: usize) {
        let mut earlier = std::mem::replace(self, Self::with_slots(slots));
        for (key, value) in Arc::make_mut(&mut earlier.slots).iter_mut().filter_map(Option::take) {
            self.insert(key, value);
        }
    }

    fn split(&mut self, shift: u32) -> [Node<V>; FAN_OUT] {
        let mut entries = self.take_entries();
        entries.sort_unstable_by_key(|(key, _)| Reverse(child_index(*key, shift)));
        std::array::from_fn(|child| {
            let belongs = |entry: &&(u64, V)| child_index(entry.0, shift) == child;
            let mut leaf = match entries.iter().rev().take_while(belongs).count() {
                0 => Self::default(),
                len => Self::with_slots(room_for(len)),
            };
            while let Some((key, value)) = entries.pop_if(|entry| belongs(&&*entry)) {
                leaf.insert(key, value);
            }
            Node::Leaf(leaf)
        })
    }

    fn take_entries(&mut self) -> Vec<(u64, V)> {
        Arc::make_mut(&mut self.slots).iter_mut().filter_map(Option::take).collect()
    }
}

/// Return the next greater number of slots; a step of a half is seldom taken and wastes little.
fn grown(slots: usize) -> usize {
    (slots + slots / 2 + 1).clamp(MIN_SLOTS, MAX_SLOTS.max(slots + 1))
}

/// Return a number of slots for so many entries and one more.
fn room_for(len: usize) -> usize {
    ((len + 1) * 8).div_ceil(7).max(MIN_SLOTS)
}

#[inline]
fn child_index(key: u64, shift: u32) -> usize {
    // Only the low bits count.
    #[allow(clippy::cast_possible_truncation)]
    let index = (key >> shift) as usize & (FAN_OUT - 1);
    index
}

/// Return the slot that holds `key`, or the free slot where it belongs.
#[inline]
fn find<V>(slots: &[Slot<V>], key: u64) -> usize {
    let mut slot = home(key, slots.len());
    loop {
        match &slots[slot] {
            Some((other, _)) if *other != key => slot = next(slot, slots.len()),
            _ => return slot,
        }
    }
}

/// Return the slot where the search for `key` begins: the high bits scaled to the slots.
#[inline]
fn home(key: u64, slots: usize) -> usize {
    // The product has at most 32 bits more than the number of slots.
    #[allow(clippy::cast_possible_truncation)]
    let slot = (((key >> PLACE_SHIFT) * slots as u64) >> PLACE_SHIFT) as usize;
    slot
}

#[inline]
fn next(slot: usize, slots: usize) -> usize {
    if slot + 1 == slots { 0 } else { slot + 1 }
}

/// Move later entries of the probe sequence into the hole, so that none is cut off by it.
fn close_gap<V>(slots: &mut [Slot<V>], mut hole: usize) {
    let mut slot = hole;
    loop {
        slot = next(slot, slots.len());
        let Some((key, _)) = &slots[slot] else { return };
        let distance = |from: usize| (slot + slots.len() - from) % slots.len();
        if distance(home(*key, slots.len())) >= distance(hole) {
            slots.swap(hole, slot);
            hole = slot;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    /// A well-mixed stand-in for a hash.
    fn mix(n: u64) -> u64 {
        (n ^ (n >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29).wrapping_mul(n | 1)
    }

    /// The trie holds what a standard map holds after any sequence of inserts and removes.
    #[test]
    fn behaves_like_a_map() {
        let mut trie = HashTrie::default();
        let mut model = HashMap::new();
        for step in 0..20_000u64 {
            let key = mix(step % 3_000);
            if mix(step).is_multiple_of(3) {
                assert_eq!(model.remove(&key), trie.remove(key));
            } else {
                model.insert(key, step);
                trie.insert(key, step);
            }
            assert_eq!(model.len(), trie.len());
        }
        for n in 0..3_000 {
            assert_eq!(model.get(&mix(n)), trie.get(mix(n)));
        }
    }

    /// A clone keeps its content when the original is changed.
    #[test]
    fn clones_are_snapshots() {
        let mut trie = HashTrie::default();
        (0..500).for_each(|n| trie.insert(mix(n), n));
        let before = trie.clone();
        (0..500).for_each(|n| *trie.get_mut(mix(n)).unwrap() += 1);
        (0..250).for_each(|n| assert!(trie.remove(mix(n)).is_some()));
        (0..500).for_each(|n| assert_eq!(Some(&n), before.get(mix(n))));
        assert_eq!((500, 250), (before.len(), trie.len()));
    }

    /// A trie that was emptied holds no pages.
    #[test]
    fn emptied_tries_are_small() {
        let mut trie = HashTrie::default();
        (0..5_000).for_each(|n| trie.insert(mix(n), n));
        (0..5_000).for_each(|n| assert_eq!(Some(n), trie.remove(mix(n))));
        assert!(trie.root.is_empty() && trie.len() == 0);
    }

    /// Keys that agree in every bit that places them still live side by side.
    #[test]
    fn colliding_places_are_kept_apart() {
        let mut trie = HashTrie::default();
        (0..100).for_each(|n| trie.insert(n << 32 << 16, n));
        (0..100).for_each(|n| assert_eq!(Some(&n), trie.get(n << 32 << 16)));
    }
}
