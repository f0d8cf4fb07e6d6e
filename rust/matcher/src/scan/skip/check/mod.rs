//! Whether a container is JSON, and where it ends, 64 bytes at a time.
//!
//! ```text
//!   block ──▶ marks: where is which byte?
//!               └──▶ strings ──▶ brackets: where is the end, what is in an object?
//!                                  └──▶ grammar: is each token legal behind the one before?
//!                                         └──▶ numbers
//! ```
//!
//! A set of places in a block is a word of 64 bits, and all tokens are checked at once.

// What is generic over the kind of block must be compiled into one function for each kind.
#![allow(clippy::inline_always)]

mod brackets;
mod carry;
mod grammar;
mod marks;
mod numbers;
#[cfg(test)]
mod tests;

use crate::simd::{BLOCK, Block, Job};
use brackets::Brackets;
use grammar::{Grammar, Verdict};

/// Finds the length of the container that begins a text in UTF-8, if there is no fault in it.
///
/// Nothing is found, either, if more than [`MAX_DEPTH`](Self::MAX_DEPTH) containers are open at once.
pub(super) struct CheckedEnd<'t>(pub &'t [u8]);

impl CheckedEnd<'_> {
    pub const MAX_DEPTH: usize = Brackets::MAX_DEPTH;
}

impl Job for CheckedEnd<'_> {
    type Output = Option<usize>;

    #[inline(always)]
    fn run<B: Block>(self) -> Option<usize> {
        let text = self.0;
        let mut grammar = Grammar::start();
        for at in (0..text.len()).step_by(BLOCK) {
            match grammar.check(B::load_start(&text[at..]), Here { text, at }) {
                Verdict::GoOn => {}
                Verdict::End(len) => return Some(len),
                Verdict::Fault => return None,
            }
        }
        None
    }
}

/// A text, and where in it a block begins.
#[derive(Clone, Copy, Debug)]
struct Here<'t> {
    text: &'t [u8],
    at: usize,
}

impl Here<'_> {
    /// Return where in the text the first of some places of the block is.
    fn first(self, places: u64) -> usize {
        self.at + places.trailing_zeros() as usize
    }

    /// Return the places of the block that are before a place of the text.
    fn before(self, place: usize) -> u64 {
        match place.saturating_sub(self.at) {
            len @ 0..BLOCK => (1 << len) - 1,
            _ => u64::MAX,
        }
    }
}
