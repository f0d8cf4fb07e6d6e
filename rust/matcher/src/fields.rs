//! The paths that the conditions of a rule set name.

use std::sync::Arc;

use compact_str::CompactString;
use hashbrown::HashTable;

use crate::hash::Seed;
use crate::paths::{FreePaths, Meshes, PathId, Paths};
use crate::pattern::ValuesList;

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
    /// By path: what the conditions there let through.
    meshes: Vec<Meshes>,
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
            self.variety[id.0 as usize] += 1;
            self.change_sieve(seed, id, Meshes::open_for_all);
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
        self.meshes.resize_with(self.trie.bound(), Meshes::default);
        self.texts[id.0 as usize] = text.into();
        let Self { ids, texts, .. } = self;
        ids.insert_unique(hash, id, |id| seed.name(texts[id.0 as usize].as_bytes()));
        id
    }

    /// Count one more condition at a path.
    pub fn count(&mut self, seed: &Seed, path: PathId, list: &ValuesList) {
        self.variety[path.0 as usize] += 1;
        self.change_sieve(seed, path, |meshes| meshes.open_for(list));
    }

    /// Count one condition less at a path, and forget the path with its last one.
    pub fn discount(&mut self, seed: &Seed, path: PathId, list: &ValuesList) {
        let place = path.0 as usize;
        self.variety[place] -= 1;
        self.change_sieve(seed, path, |meshes| meshes.close_for(list));
        if self.variety[place] == 0 {
            let text = std::mem::take(&mut self.texts[place]);
            let entry = self.ids.find_entry(seed.name(text.as_bytes()), |id| *id == path);
            entry.expect("a path with a condition has an entry").remove();
            self.trie.release(seed, &text, &mut self.free);
        }
    }

    /// Change what is let through at a path.
    fn change_sieve(
        &mut self,
        seed: &Seed,
        path: PathId,
        change: impl FnOnce(&mut Meshes) -> bool,
    ) {
        let place = path.0 as usize;
        let meshes = &mut self.meshes[place];
        if change(meshes) {
            self.trie.set_sieve(seed, &self.texts[place], meshes.sieve());
        }
    }
}
