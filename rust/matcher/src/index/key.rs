//! What a conjunction can be found by.
//!
//! An event has to hit one of a test's entries before the conjunction is looked at, so entries
//! are made of what events hit rarely. One that is hit by too much costs time, never an answer.

use std::ops::Bound;

use smallvec::{SmallVec, smallvec};

use crate::hash::Seed;
use crate::index::plan::Probe;
use crate::number::Range;
use crate::paths::PathId;
use crate::pattern::{Literal, Test};
use crate::wildcard::{Case, Wildcard};

/// Up to this length every length of a prefix or suffix has its own lookup.
const MAX_EXACT_LENGTH: usize = 32;

/// How many values an entry can be expected to be hit by: less is fewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Breadth {
    /// A whole value or a good part of one.
    Narrow,
    /// One or two characters, or a short mask.
    Short,
    Range,
    HalfRange,
    AnyString,
    AnyValue,
}

/// One thing to find a conjunction by.
#[derive(Debug)]
pub(crate) struct Entry<'c> {
    pub breadth: Breadth,
    pub place: Place<'c>,
}

/// Where in an index an entry goes.
#[derive(Debug)]
pub(crate) enum Place<'c> {
    /// The bucket of a key, and the probe that makes the key.
    Key(Probe, u64),
    Range(&'c Range),
}

pub(crate) type Entries<'c> = SmallVec<[Entry<'c>; 2]>;

/// Makes the entries of the tests at one path.
#[derive(Clone, Copy)]
pub(crate) struct EntryMaker<'s> {
    pub seed: &'s Seed,
    pub path: PathId,
}

impl EntryMaker<'_> {
    /// Return what a value that passes `test` can be found by: any one of these is enough.
    pub fn entries(self, test: &Test) -> Entries<'_> {
        match test {
            Test::Literal(literal) => smallvec![self.literal(literal)],
            Test::Prefix(start) => smallvec![self.prefix(Case::Exact, start)],
            Test::PrefixIgnoreCase(start) => smallvec![self.prefix(Case::Folded, &start.0)],
            Test::Suffix(end) => smallvec![self.suffix(Case::Exact, end)],
            Test::SuffixIgnoreCase(end) => smallvec![self.suffix(Case::Folded, &end.0)],
            Test::EqualsIgnoreCase(folded) => {
                smallvec![self.key(Breadth::Narrow, Probe::FoldedString, folded.0.as_bytes())]
            }
            Test::Wildcard(wildcard) => self.wildcard(wildcard),
            Test::Numeric(range) => smallvec![Entry {
                breadth: match (&range.lower, &range.upper) {
                    (Bound::Unbounded, _) | (_, Bound::Unbounded) => Breadth::HalfRange,
                    _ => Breadth::Range,
                },
                place: Place::Range(range),
            }],
            Test::Cidr(network) => {
                let bits = network.prefix_len();
                let breadth = if bits < 16 { Breadth::Short } else { Breadth::Narrow };
                let probe = Probe::Cidr(network.family(), bits);
                smallvec![self.key(breadth, probe, &network.bits().to_be_bytes())]
            }
            Test::Regex(_) => smallvec![self.any_string()],
            Test::AllOf(tests) => tests.iter().flat_map(|test| self.entries(test)).collect(),
            Test::Exists | Test::AnythingBut(_) => {
                smallvec![self.key(Breadth::AnyValue, Probe::Present, b"")]
            }
        }
    }

    fn literal(self, literal: &Literal) -> Entry<'static> {
        let key = self.seed.literal(self.path, literal);
        Entry { breadth: Breadth::Narrow, place: Place::Key(Probe::Literal, key) }
    }

    fn prefix(self, case: Case, text: &str) -> Entry<'static> {
        let len = key_length(text.len());
        match breadth_of(len) {
            Some(breadth) => self.key(breadth, Probe::Prefix(case, len), &text.as_bytes()[..len]),
            None => self.any_string(),
        }
    }

    fn suffix(self, case: Case, text: &str) -> Entry<'static> {
        let len = key_length(text.len());
        match breadth_of(len) {
            Some(breadth) => {
                let bytes = &text.as_bytes()[text.len() - len..];
                self.key(breadth, Probe::Suffix(case, len), bytes)
            }
            None => self.any_string(),
        }
    }

    fn wildcard<'c>(self, wildcard: &Wildcard) -> Entries<'c> {
        let case = wildcard.case();
        let inner = || wildcard.inner().iter().map(|piece| &**piece);
        let size = inner().map(str::len).max().unwrap_or(0).min(3);
        let mut entries =
            smallvec![self.prefix(case, wildcard.first()), self.suffix(case, wildcard.last())];
        if let Some(breadth) = breadth_of(size) {
            let grams = inner().flat_map(|piece| piece.as_bytes().windows(size));
            entries.extend(grams.map(|gram| self.key(breadth, Probe::Gram(case, size), gram)));
        }
        entries
    }

    fn any_string(self) -> Entry<'static> {
        self.key(Breadth::AnyString, Probe::AnyString, b"")
    }

    fn key(self, breadth: Breadth, probe: Probe, bytes: &[u8]) -> Entry<'static> {
        Entry { breadth, place: Place::Key(probe, self.seed.probe(self.path, probe, bytes)) }
    }
}

/// Return how broad a piece of text is, `None` for an empty one.
fn breadth_of(len: usize) -> Option<Breadth> {
    match len {
        0 => None,
        1..3 => Some(Breadth::Short),
        _ => Some(Breadth::Narrow),
    }
}

/// Shorten a great length to its first three binary digits, so that there are few of them.
fn key_length(len: usize) -> usize {
    if len <= MAX_EXACT_LENGTH {
        return len;
    }
    let dropped = len.ilog2() - 2;
    len >> dropped << dropped
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Great lengths are rounded down, so that few different ones have to be looked up.
    #[test]
    fn lengths_are_rounded_down() {
        for (length, rounded) in [(0, 0), (32, 32), (33, 32), (40, 40), (47, 40), (1000, 896)] {
            assert_eq!(rounded, key_length(length));
        }
    }
}
