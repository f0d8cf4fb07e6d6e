//! The paths that the conditions of a rule set name.

use std::sync::Arc;

use compact_str::CompactString;
use hashbrown::HashTable;

use crate::hash::Seed;
use crate::paths::{FreePaths, PathId, Paths};

/// Paths that an event must have values at; a clone shares them.
pub(crate) type Required = Arc<[PathId]>;

/// The paths of all conditions, each with its text and the number of its conditions.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    trie: Paths,
    free: FreePaths,
    ids: HashTable<PathId>,
    /// By path.
    texts: Vec<CompactString>,
    /// By path: the number of different conditions there.
    variety: Vec<u64>,
}

impl Fields {
    pub fn trie(&self) -> &Paths {
        &self.trie
    }

    /// Return the text of a path that has a condition.
    pub fn text(&self, path: PathId) -> &str {
        &self.texts[path.0 as usize]
    }

    /// Keep paths for good, as if each had one more condition.
    pub fn require(&mut self, seed: &Seed, texts: impl IntoIterator<Item: AsRef<str>>) -> Required {
        let require = |text: _| {
            let id = self.id(seed, AsRef::<str>::as_ref(&text));
            self.count(id);
            id
        };
        texts.into_iter().map(require).collect()
    }

    /// Return, by path, the number of different conditions there.
    pub fn variety(&self) -> &[u64] {
        &self.variety
    }

    /// Return the id of a path for a condition that is about to be counted.
    pub fn id(&mut self, seed: &Seed, text: &str) -> PathId {
        let hash = seed.name(text.as_bytes());
        if let Some(id) = self.ids.find(hash, |id| self.texts[id.0 as usize] == text) {
            return *id;
        }
        let id = self.trie.retain(seed, text, &mut self.free);
        self.texts.resize_with(self.trie.bound(), CompactString::default);
        self.variety.resize(self.trie.bound(), 0);
        self.texts[id.0 as usize] = text.into();
        let Self { ids, texts, .. } = self;
        ids.insert_unique(hash, id, |id| seed.name(texts[id.0 as usize].as_bytes()));
        id
    }

    /// Count one more condition at a path.
    pub fn count(&mut self, path: PathId) {
        self.variety[path.0 as usize] += 1;
    }

    /// Count one condition less at a path, and forget the path with its last one.
    pub fn discount(&mut self, seed: &Seed, path: PathId) {
        let place = path.0 as usize;
        self.variety[place] -= 1;
        if self.variety[place] == 0 {
            let text = std::mem::take(&mut self.texts[place]);
            let entry = self.ids.find_entry(seed.name(text.as_bytes()), |id| *id == path);
            entry.expect("a path with a condition has an entry").remove();
            self.trie.release(seed, &text, &mut self.free);
        }
    }
}
