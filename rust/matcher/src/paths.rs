//! The path trie: which members of an event any rule asks for.
//!
//! A node is a path, so dots and nesting are the same: `a.b` is the child `b` of the child `a` of
//! the root, however pattern or event spell it. The scanner walks the trie along with the event.

use std::sync::Arc;

use crate::hash::Seed;
use crate::persistent::HashTrie;

/// A path that some rule names, or the beginning of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct PathId(pub u32);

const ROOT: PathId = PathId(0);

/// One step of a path.
#[derive(Clone, Debug)]
pub(crate) struct PathNode {
    pub id: PathId,
    /// Number of names from the root to here.
    pub steps: u32,
    name: Box<[u8]>,
    /// Number of conditions at this path.
    uses: u32,
    /// Number of nodes right below.
    children: u32,
    /// A bit for every child's name; names without their bit are no child.
    filter: u64,
    /// Another child of the same parent whose name has the same hash.
    twin: Option<Arc<PathNode>>,
}

impl PathNode {
    fn new(id: PathId, steps: u32, name: &[u8]) -> Self {
        Self { id, steps, name: name.into(), uses: 0, children: 0, filter: 0, twin: None }
    }

    /// Say whether a rule tests the values at this path.
    #[inline]
    pub fn is_wanted(&self) -> bool {
        self.uses > 0
    }

    /// Say whether a rule tests anything below this path.
    #[inline]
    pub fn has_children(&self) -> bool {
        self.children > 0
    }
}

/// All paths of a rule set.
#[derive(Clone, Debug)]
pub(crate) struct Paths {
    root: Arc<PathNode>,
    nodes: HashTrie<Arc<PathNode>>,
    /// Ids below this one were given out at some time.
    bound: u32,
}

impl Default for Paths {
    fn default() -> Self {
        let root = Arc::new(PathNode::new(ROOT, 0, b""));
        Self { root, nodes: HashTrie::default(), bound: 1 }
    }
}

impl Paths {
    /// Return the node of the event itself.
    #[inline]
    pub fn root(&self) -> &PathNode {
        &self.root
    }

    /// Return a number above every id.
    #[inline]
    pub fn bound(&self) -> usize {
        self.bound as usize
    }

    /// Return the number of nodes, the root not counted.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Find the child that a member name without dots leads to.
    #[inline]
    pub fn child(&self, seed: &Seed, parent: &PathNode, name: &[u8]) -> Option<&PathNode> {
        if parent.filter & filter_bit(name) == 0 {
            return None;
        }
        let mut node = self.nodes.get(node_key(seed, parent.id, name))?;
        while *node.name != *name {
            node = node.twin.as_ref()?;
        }
        Some(node)
    }

    /// Find the node that a member name with dots in it leads to.
    pub fn descendant(&self, seed: &Seed, parent: &PathNode, name: &[u8]) -> Option<&PathNode> {
        let mut steps = name.split(|byte| *byte == b'.');
        let first = self.child(seed, parent, steps.next()?)?;
        steps.try_fold(first, |node, step| self.child(seed, node, step))
    }
}

/// Ids of paths that no rule names any more, to be given out again.
#[derive(Debug, Default)]
pub(crate) struct FreePaths(Vec<PathId>);

/// Where a node is stored.
struct Place<'a> {
    key: u64,
    name: &'a [u8],
}

/// What only the writer does.
impl Paths {
    /// Count one more condition at `path`.
    pub fn retain(&mut self, seed: &Seed, path: &str, free: &mut FreePaths) -> PathId {
        let mut id = ROOT;
        let mut parent = None;
        for name in path.as_bytes().split(|byte| *byte == b'.') {
            let place = Place { key: node_key(seed, id, name), name };
            id = match self.node(&place) {
                Some(node) => node.id,
                None => self.grow(parent.as_ref(), &place, free),
            };
            parent = Some(place);
        }
        self.node_mut(parent.as_ref()).uses += 1;
        id
    }

    /// Count one condition less at `path`, and drop the nodes that lead nowhere then.
    pub fn release(&mut self, seed: &Seed, path: &str, free: &mut FreePaths) {
        let mut id = ROOT;
        let mut places = Vec::new();
        for name in path.as_bytes().split(|byte| *byte == b'.') {
            let place = Place { key: node_key(seed, id, name), name };
            id = self.node(&place).expect("a path is released once for every time retained").id;
            places.push(place);
        }
        self.node_mut(places.last()).uses -= 1;
        while let Some(place) = places.pop() {
            let node = self.node_mut(Some(&place));
            if node.uses > 0 || node.children > 0 {
                return;
            }
            free.0.push(node.id);
            self.unlink(&place);
            self.node_mut(places.last()).children -= 1;
        }
    }

    fn node(&self, place: &Place<'_>) -> Option<&PathNode> {
        let mut node = self.nodes.get(place.key)?;
        while *node.name != *place.name {
            node = node.twin.as_ref()?;
        }
        Some(node)
    }

    /// Return the node that is stored at `place`, the root for no place.
    fn node_mut(&mut self, place: Option<&Place<'_>>) -> &mut PathNode {
        let Some(place) = place else { return Arc::make_mut(&mut self.root) };
        let first = self.nodes.get_mut(place.key).expect("the place of a node");
        let mut node = Arc::make_mut(first);
        while *node.name != *place.name {
            node = Arc::make_mut(node.twin.as_mut().expect("the place of a node"));
        }
        node
    }

    fn grow(
        &mut self,
        parent: Option<&Place<'_>>,
        place: &Place<'_>,
        free: &mut FreePaths,
    ) -> PathId {
        let id = free.0.pop().unwrap_or_else(|| {
            self.bound += 1;
            PathId(self.bound - 1)
        });
        let steps = self.node_mut(parent).steps + 1;
        let mut node = PathNode::new(id, steps, place.name);
        node.twin = self.nodes.get(place.key).cloned();
        self.nodes.insert(place.key, Arc::new(node));
        let parent = self.node_mut(parent);
        parent.children += 1;
        parent.filter |= filter_bit(place.name);
        id
    }

    fn unlink(&mut self, place: &Place<'_>) {
        let removed = self.nodes.remove(place.key);
        let kept = std::iter::successors(removed, |node| node.twin.clone())
            .filter(|node| *node.name != *place.name)
            .fold(None, |twin, node| Some(Arc::new(PathNode { twin, ..PathNode::clone(&node) })));
        if let Some(first) = kept {
            self.nodes.insert(place.key, first);
        }
    }
}

#[inline]
fn node_key(seed: &Seed, parent: PathId, name: &[u8]) -> u64 {
    seed.bytes(u64::from(parent.0), name)
}

/// Choose the filter bit of a name: a function of its length and ends, cheaper than a hash.
#[inline]
fn filter_bit(name: &[u8]) -> u64 {
    let ends = match name {
        [] => 0,
        [first, .., last] => u16::from(*first) * 5 + u16::from(*last),
        [only] => u16::from(*only) * 6,
    };
    1 << ((usize::from(ends) + name.len() * 11) & 63)
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Paths {
        fn find(&self, seed: &Seed, path: &str) -> Option<PathId> {
            self.descendant(seed, &self.root, path.as_bytes()).map(|node| node.id)
        }
    }

    /// A released path is gone with everything that only led to it, and its ids are used again.
    #[test]
    fn released_paths_vanish() {
        let (seed, mut paths, mut free) = (Seed::default(), Paths::default(), FreePaths::default());
        let ab = paths.retain(&seed, "a.b", &mut free);
        let abc = paths.retain(&seed, "a.b.c", &mut free);
        paths.retain(&seed, "", &mut free);
        assert_eq!((Some(ab), Some(abc)), (paths.find(&seed, "a.b"), paths.find(&seed, "a.b.c")));
        paths.release(&seed, "a.b", &mut free);
        assert_eq!(Some(ab), paths.find(&seed, "a.b"), "a.b still leads to a.b.c");
        paths.release(&seed, "a.b.c", &mut free);
        assert_eq!((None, None), (paths.find(&seed, "a"), paths.find(&seed, "a.b")));
        assert_eq!(1, paths.len());
        let bound = paths.bound();
        paths.retain(&seed, "x.y.z", &mut free);
        assert_eq!(bound, paths.bound());
    }

    /// A snapshot keeps its paths when the writer goes on.
    #[test]
    fn clones_are_snapshots() {
        let (seed, mut paths, mut free) = (Seed::default(), Paths::default(), FreePaths::default());
        paths.retain(&seed, "a.b", &mut free);
        let before = paths.clone();
        paths.release(&seed, "a.b", &mut free);
        assert!(before.find(&seed, "a.b").is_some());
        assert!(before.root().has_children() && !paths.root().has_children());
    }
}
