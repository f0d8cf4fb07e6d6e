//! Whether a long text is JSON, eight blocks of 64 bytes at a time.
//!
//! ```text
//!   text ──▶ classes of bytes ──▶ grammar: is each token legal behind the one before?
//!                                    └──▶ brackets: is each in place, and what is between them?
//! ```

// What is generic over the kind of block must be compiled into one function for each kind.
#![allow(clippy::inline_always)]

mod brackets;
mod carry;
mod classes;
mod grammar;
mod numbers;
mod strings;
#[cfg(test)]
mod tests;

use crate::simd::{Block, GROUP, Job};
use brackets::Brackets;
use classes::Classes;
use grammar::Grammar;

/// Says whether a text in UTF-8 is one container, with at most `max_depth` open at once.
pub(super) struct IsContainer<'t> {
    pub text: &'t [u8],
    pub max_depth: usize,
}

impl Job for IsContainer<'_> {
    type Output = bool;

    #[inline(always)]
    fn run<B: Block>(self) -> bool {
        let mut classes = Classes::default();
        let mut grammar = Grammar::start();
        let mut brackets = Brackets::new(self.max_depth);
        for start in (0..self.text.len()).step_by(GROUP) {
            classes.find::<B>(self.text, start);
            let rest = &self.text[start..];
            let found = grammar.check::<B::Places>(&classes, rest);
            if !grammar.is_kept() || !brackets.fit(rest, &found) {
                return false;
            }
        }
        grammar.may_end() && brackets.are_closed()
    }
}
