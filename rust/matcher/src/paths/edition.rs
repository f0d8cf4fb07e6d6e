//! Which of all sets of paths one is.

use std::sync::atomic::{AtomicU64, Ordering};

/// A number that no other set of paths has, unless it has the same nodes in the same places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Edition(u64);

impl Edition {
    pub fn next() -> Self {
        // The default is the edition of all sets without nodes.
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self(LAST.fetch_add(1, Ordering::Relaxed) + 1)
    }
}
