//! Persistent collections: a clone shares everything, a change copies the few pages it touches.
//!
//! A published rule set is a clone of the writer's. While both live, the writer's next change
//! copies one page a level; pages that nobody else holds are changed in place, so bulk loading
//! runs at the speed of an ordinary collection.

mod trie;

pub(crate) use trie::HashTrie;
