//! One step of the path trie.

use std::sync::Arc;

use smallvec::{SmallVec, smallvec};

use super::{PathId, Sieve};
use crate::hash::Seed;
use crate::persistent::HashTrie;
use crate::simd;

/// Up to so many children with short names are compared one by one.
const MAX_LISTED: usize = 8;
const ROOT: PathId = PathId(0);

/// A path, and the paths right below it.
#[derive(Clone, Debug)]
pub(crate) struct PathNode {
    pub id: PathId,
    /// Number of names from the root to here.
    pub steps: u32,
    /// Number of conditions at this path.
    pub uses: u32,
    /// What these conditions may tell from nothing.
    pub sieve: Sieve,
    name: Box<[u8]>,
    listed: Vec<(ShortName, Arc<PathNode>)>,
    /// The children that are not listed, by the hash of their names.
    hashed: HashTrie<SmallVec<[Arc<PathNode>; 1]>>,
    hashed_len: usize,
}

/// A name of at most 15 bytes and its length, compared at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ShortName(u128);

impl ShortName {
    const MAX_LEN: usize = 15;

    pub fn new(name: &[u8]) -> Option<Self> {
        let mut chunk = [0; simd::WIDTH];
        chunk.get_mut(..name.len())?.copy_from_slice(name);
        Self::at_start(&chunk, name.len())
    }

    /// Make the short name of the first `len` bytes of `chunk`.
    #[inline]
    pub fn at_start(chunk: &[u8; simd::WIDTH], len: usize) -> Option<Self> {
        let mask = NAME_MASKS.get(len)?;
        Some(Self(u128::from_le_bytes(*chunk) & mask | (len as u128) << 120))
    }
}

/// By length: the bytes of a name.
const NAME_MASKS: [u128; ShortName::MAX_LEN + 1] = {
    let mut masks = [0; ShortName::MAX_LEN + 1];
    let mut len = 1;
    while len < masks.len() {
        masks[len] = u128::MAX >> (128 - 8 * len);
        len += 1;
    }
    masks
};

impl PathNode {
    pub fn root() -> Self {
        Self::new(ROOT, 0, b"")
    }

    fn new(id: PathId, steps: u32, name: &[u8]) -> Self {
        Self {
            id,
            steps,
            uses: 0,
            sieve: Sieve::default(),
            name: name.into(),
            listed: Vec::new(),
            hashed: HashTrie::default(),
            hashed_len: 0,
        }
    }

    /// Say whether a rule tests the values at this path.
    #[inline]
    pub fn is_wanted(&self) -> bool {
        self.uses > 0
    }

    /// Say whether a rule tests anything below this path.
    #[inline]
    pub fn has_children(&self) -> bool {
        self.children() > 0
    }

    /// Return the number of paths right below.
    #[inline]
    pub fn children(&self) -> usize {
        self.listed.len() + self.hashed_len
    }

    /// Find the child that a member name without dots leads to.
    pub fn child(&self, seed: &Seed, name: &[u8]) -> Option<&PathNode> {
        self.named_child(seed, ShortName::new(name), name)
    }

    /// Find the child of a name, of which the short form is known if it has one.
    // It is called for every member of an event.
    #[allow(clippy::inline_always)]
    #[inline(always)]
    pub fn named_child(
        &self,
        seed: &Seed,
        short: Option<ShortName>,
        name: &[u8],
    ) -> Option<&PathNode> {
        if let Some(short) = short
            && let Some((_, node)) = self.listed.iter().find(|(listed, _)| *listed == short)
        {
            return Some(node);
        }
        if self.hashed_len == 0 { None } else { self.hashed_child(seed, name) }
    }

    /// Return the child that [`place_of`](Self::place_of) told the place of.
    #[inline]
    pub fn listed_child(&self, place: usize) -> &PathNode {
        &self.listed[place].1
    }

    /// Return the place of a child, if it is a listed one.
    pub fn place_of(&self, child: &PathNode) -> Option<usize> {
        self.listed.iter().position(|(_, listed)| listed.id == child.id)
    }

    /// Find the node that a member name with dots in it leads to.
    pub fn descendant(&self, seed: &Seed, name: &[u8]) -> Option<&PathNode> {
        name.split(|byte| *byte == b'.').try_fold(self, |node, step| node.child(seed, step))
    }

    fn hashed_child(&self, seed: &Seed, name: &[u8]) -> Option<&PathNode> {
        let nodes = self.hashed.get(seed.name(name))?;
        nodes.iter().find(|node| *node.name == *name).map(|node| &**node)
    }
}

/// What only the writer does.
impl PathNode {
    pub fn child_mut(&mut self, seed: &Seed, name: &[u8]) -> Option<&mut PathNode> {
        if let Some(place) = self.listed.iter().position(|(_, node)| *node.name == *name) {
            return Some(Arc::make_mut(&mut self.listed[place].1));
        }
        let nodes = self.hashed.get_mut(seed.name(name))?;
        nodes.iter_mut().find(|node| *node.name == *name).map(Arc::make_mut)
    }

    pub fn child_or_insert(
        &mut self,
        seed: &Seed,
        name: &[u8],
        id: impl FnOnce() -> PathId,
    ) -> &mut PathNode {
        if self.child(seed, name).is_none() {
            let node = Arc::new(Self::new(id(), self.steps + 1, name));
            match ShortName::new(name) {
                Some(short) if self.listed.len() < MAX_LISTED => self.listed.push((short, node)),
                _ => self.insert_hashed(seed.name(name), node),
            }
        }
        self.child_mut(seed, name).expect("it is there now")
    }

    /// Remove a child below which every node has at most one child; return all their ids.
    pub fn remove_chain(&mut self, seed: &Seed, name: &[u8]) -> Vec<PathId> {
        let child = self.remove_child(seed, name);
        std::iter::successors(child, |node| node.child_nodes().pop()).map(|node| node.id).collect()
    }

    fn remove_child(&mut self, seed: &Seed, name: &[u8]) -> Option<Arc<PathNode>> {
        if let Some(place) = self.listed.iter().position(|(_, node)| *node.name == *name) {
            return Some(self.listed.swap_remove(place).1);
        }
        let key = seed.name(name);
        let nodes = self.hashed.get_mut(key)?;
        let place = nodes.iter().position(|node| *node.name == *name)?;
        let removed = nodes.swap_remove(place);
        if nodes.is_empty() {
            self.hashed.remove(key);
        }
        self.hashed_len -= 1;
        Some(removed)
    }

    fn insert_hashed(&mut self, key: u64, node: Arc<PathNode>) {
        self.hashed_len += 1;
        match self.hashed.get_mut(key) {
            Some(nodes) => nodes.push(node),
            None => self.hashed.insert(key, smallvec![node]),
        }
    }

    fn child_nodes(&self) -> Vec<Arc<PathNode>> {
        let mut nodes: Vec<_> = self.listed.iter().map(|(_, node)| Arc::clone(node)).collect();
        self.hashed.for_each(&mut |some| nodes.extend_from_slice(some));
        nodes
    }
}

impl PathNode {
    fn take_children(&mut self) -> Vec<Arc<PathNode>> {
        let nodes = self.child_nodes();
        self.listed.clear();
        self.hashed = HashTrie::default();
        nodes
    }
}

/// Nodes are dropped one after the other: a path may have more steps than the stack has room for.
impl Drop for PathNode {
    fn drop(&mut self) {
        let mut nodes = self.take_children();
        while let Some(node) = nodes.pop() {
            if let Some(mut node) = Arc::into_inner(node) {
                nodes.append(&mut node.take_children());
            }
        }
    }
}
