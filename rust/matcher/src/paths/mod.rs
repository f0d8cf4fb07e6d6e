//! The path trie: which members of an event any rule asks for.
//!
//! A node is a path, so dots and nesting are the same: `a.b` is the child `b` of the child `a` of
//! the root, however pattern or event spell it. The scanner walks the trie along with the event.

mod edition;
mod node;
mod sieve;

use std::sync::Arc;

use crate::hash::Seed;
pub(crate) use edition::Edition;
pub(crate) use node::{PathNode, ShortName};
pub(crate) use sieve::{Meshes, Sieve};

/// A path that some rule names, or the beginning of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct PathId(pub u32);

/// All paths of a rule set. A clone shares everything.
#[derive(Clone, Debug)]
pub(crate) struct Paths {
    root: Arc<PathNode>,
    /// Ids below this one were given out at some time.
    bound: u32,
    /// Number of nodes, the root not counted.
    len: usize,
    edition: Edition,
}

impl Default for Paths {
    fn default() -> Self {
        Self { root: Arc::new(PathNode::root()), bound: 1, len: 0, edition: Edition::default() }
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

    /// Say which nodes there are: others have another edition.
    #[inline]
    pub fn edition(&self) -> Edition {
        self.edition
    }

    /// Return the number of nodes, the root not counted.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Count one more condition at `path`.
    pub fn retain(&mut self, seed: &Seed, path: &str, free: &mut FreePaths) -> PathId {
        let Self { root, bound, len, edition } = self;
        let mut node = Arc::make_mut(root);
        for name in path.as_bytes().split(|byte| *byte == b'.') {
            node = node.child_or_insert(seed, name, || {
                *len += 1;
                *edition = Edition::next();
                free.0.pop().unwrap_or_else(|| {
                    *bound += 1;
                    PathId(*bound - 1)
                })
            });
        }
        node.uses += 1;
        node.id
    }

    /// Set what is let through at a path that has a condition.
    pub fn set_sieve(&mut self, seed: &Seed, path: &str, sieve: Sieve) {
        let mut node = Arc::make_mut(&mut self.root);
        for name in path.as_bytes().split(|byte| *byte == b'.') {
            node = node.child_mut(seed, name).expect(RETAINED);
        }
        node.sieve = sieve;
    }

    /// Count one condition less at `path`, and drop the nodes that lead nowhere then.
    pub fn release(&mut self, seed: &Seed, path: &str, free: &mut FreePaths) {
        let names = || path.as_bytes().split(|byte| *byte == b'.');
        let kept = self.names_kept_without(seed, names());
        let mut node = Arc::make_mut(&mut self.root);
        for name in names().take(kept) {
            node = node.child_mut(seed, name).expect(RETAINED);
        }
        match names().nth(kept) {
            None => node.uses -= 1,
            Some(name) => {
                let ids = node.remove_chain(seed, name);
                self.len -= ids.len();
                self.edition = Edition::next();
                free.0.extend(ids);
            }
        }
    }

    /// Return how many nodes on a path are still needed with one condition less at its end.
    fn names_kept_without<'n>(&self, seed: &Seed, names: impl Iterator<Item = &'n [u8]>) -> usize {
        let (mut node, mut kept) = (&*self.root, 0);
        for (place, name) in names.enumerate() {
            // What a node has besides the next step of the path keeps it.
            if node.uses > 0 || node.children() > 1 {
                kept = place;
            }
            node = node.child(seed, name).expect(RETAINED);
        }
        if node.uses > 1 || node.has_children() { node.steps as usize } else { kept }
    }
}

const RETAINED: &str = "a path is released once for every time retained";

/// Ids of paths that no rule names any more, to be given out again.
#[derive(Debug, Default)]
pub(crate) struct FreePaths(Vec<PathId>);

#[cfg(test)]
mod tests {
    use super::*;

    impl Paths {
        fn find(&self, seed: &Seed, path: &str) -> Option<PathId> {
            self.root.descendant(seed, path.as_bytes()).map(|node| node.id)
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

    /// A path of very many steps is handled like any other, without deep recursion.
    #[test]
    fn long_paths_are_no_danger() {
        let (seed, mut paths, mut free) = (Seed::default(), Paths::default(), FreePaths::default());
        let long = "a.".repeat(1_000_000);
        let id = paths.retain(&seed, &long, &mut free);
        paths.retain(&seed, "a.a", &mut free);
        assert_eq!(Some(id), paths.find(&seed, &long));
        let before = paths.clone();
        paths.release(&seed, &long, &mut free);
        assert_eq!((1_000_001, 2), (before.len(), paths.len()));
    }

    /// Children are found whether few or many, and whether their names are short or long.
    #[test]
    fn finds_every_child() {
        let (seed, mut paths, mut free) = (Seed::default(), Paths::default(), FreePaths::default());
        let names: Vec<_> = (0..40)
            .flat_map(|n| [format!("n{n}"), format!("a name of sixteen bytes or more {n}")])
            .chain(["exactly 15 byte".to_owned(), String::new(), "n\0".to_owned(), "n".to_owned()])
            .collect();
        let ids: Vec<_> = names.iter().map(|name| paths.retain(&seed, name, &mut free)).collect();
        for (name, id) in names.iter().zip(&ids) {
            assert_eq!(Some(*id), paths.find(&seed, name), "{name}");
        }
        assert_eq!(None, paths.find(&seed, "m"));
        for (place, name) in names.iter().enumerate() {
            paths.release(&seed, name, &mut free);
            assert_eq!(None, paths.find(&seed, name));
            let last = names.len() - 1;
            assert!(place == last || paths.find(&seed, &names[last]).is_some());
        }
        assert_eq!(0, paths.len());
    }
}
