//! The hash that every table of the automaton is keyed by.

use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::fast::{FoldHasher, RandomState};

use crate::index::Probe;
use crate::paths::PathId;
use crate::pattern::{Literal, Test, ValuesList};
use crate::test::Scalar;

/// Hashes with a seed of the process, so that rule authors cannot plan collisions.
///
/// Events only probe the tables, so they can plan none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seed(RandomState);

impl Seed {
    #[inline]
    fn bytes(&self, tag: u64, bytes: &[u8]) -> u64 {
        let mut hasher: FoldHasher<'_> = self.0.build_hasher();
        hasher.write_u64(tag);
        hasher.write(bytes);
        hasher.finish()
    }

    /// Hash the name of a member or of a rule.
    #[inline]
    pub fn name(&self, name: &[u8]) -> u64 {
        self.bytes(0, name)
    }

    /// Hash a value of an event at its path.
    #[inline]
    pub fn scalar(&self, path: PathId, scalar: &Scalar<'_>) -> u64 {
        match scalar {
            Scalar::String(text) => self.bytes(tag(path, Tag::String), text),
            Scalar::Number(number) => {
                let mut hasher = self.0.build_hasher();
                hasher.write_u64(tag(path, Tag::Number));
                number.hash(&mut hasher);
                hasher.finish()
            }
            Scalar::Bool(value) => self.tagged(path, Tag::Bool, u64::from(*value)),
            Scalar::Null => self.tagged(path, Tag::Null, 0),
        }
    }

    /// Hash a literal of a pattern as the value that equals it.
    pub fn literal(&self, path: PathId, literal: &Literal) -> u64 {
        self.scalar(path, &literal.as_scalar())
    }

    /// Hash what a probe takes from a value at its path.
    #[inline]
    pub fn probe(&self, path: PathId, probe: Probe, bytes: &[u8]) -> u64 {
        let mut hasher = self.0.build_hasher();
        hasher.write_u64(tag(path, Tag::Probe));
        hasher.write_u64(probe.tag());
        hasher.write(bytes);
        hasher.finish()
    }

    /// Hash a condition; one that asks for a single value hashes as that value.
    pub fn condition(&self, path: PathId, list: &ValuesList) -> u64 {
        match (&list.some[..], &list.none[..]) {
            ([Test::Literal(literal)], []) => self.literal(path, literal),
            _ => self.0.hash_one((path, list)),
        }
    }

    #[inline]
    fn tagged(&self, path: PathId, kind: Tag, number: u64) -> u64 {
        let mut hasher: FoldHasher<'_> = self.0.build_hasher();
        hasher.write_u64(tag(path, kind));
        hasher.write_u64(number);
        hasher.finish()
    }
}

impl PathId {
    /// Return a well-mixed number that no other path has.
    ///
    /// The product with an odd number keeps numbers apart in the low bits, and spreads them over
    /// the high ones; paths are numbered by the rule set, so nobody can plan what collides.
    #[inline]
    pub fn key(self) -> u64 {
        u64::from(self.0).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

/// What a hash stands for, so that no two things share one.
#[derive(Clone, Copy)]
enum Tag {
    String,
    Number,
    Bool,
    Null,
    Probe,
}

fn tag(path: PathId, kind: Tag) -> u64 {
    u64::from(path.0) << 3 | kind as u64
}
