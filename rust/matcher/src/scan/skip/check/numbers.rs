//! Whether what stands outside of strings and is no sign of structure is a number or a literal.
//!
//! All of a group of blocks are checked at once: a set of places goes through the grammar of a number, one
//! place for each number, and has to come out where the numbers end.
//!
//! ```text
//!   start ─[-]─▶ digit ─┬─ 0 ────────────────┬──▶ ─┬─ . digit digits* ─┬─▶ ─┬─ e [+-] digit digits* ─┬─▶ end
//!                       └─ 1-9 digits* ──────┘     └───────────────────┘    └────────────────────────┘
//! ```

use super::carry::Carry;
use super::classes::{Class, Classes};
use crate::simd::{BLOCK, GROUP, Places};

/// What goes on from group to group: a place of the grammar that a number had come to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Numbers {
    scalar: Carry,
    minus: Carry,
    zero: Carry,
    integer: Carry,
    dot: Carry,
    fraction: Carry,
    e: Carry,
    exponent_sign: Carry,
    exponent: Carry,
    /// Where in the next group a literal ends that was in this one.
    literal_end: Option<usize>,
}

/// Where scalars other than strings start, and the places behind them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds<P> {
    pub starts: P,
    pub ends: P,
}

const LITERALS: [&[u8]; 3] = [b"true", b"false", b"null"];

impl Numbers {
    #[inline(always)]
    pub fn bounds<P: Places>(&mut self, scalars: P) -> Bounds<P> {
        let behind = self.scalar.next(scalars);
        Bounds { starts: scalars & !behind, ends: behind & !scalars }
    }

    /// Return the ends of scalars that are neither numbers nor literals.
    ///
    /// `rest` is the event from this group on.
    #[inline(always)]
    pub fn faults<P: Places>(
        &mut self,
        classes: &Classes,
        rest: &[u8],
        scalars: P,
        Bounds { starts, ends }: Bounds<P>,
    ) -> P {
        if (scalars | ends).is_empty() {
            return ends;
        }
        let digits = classes.get::<P>(Class::Digit) & scalars;
        let dots = classes.get::<P>(Class::Dot) & scalars;
        let minuses = classes.get::<P>(Class::Minus) & scalars;

        let signs = starts & minuses;
        let integers = ((starts & !signs) | self.minus.next(signs)) & digits;
        let zeros = integers & classes.get::<P>(Class::Zero);
        let behind_integers =
            self.integer.through(integers & !zeros, digits) | self.zero.next(zeros);
        let fractions = self.dot.next(behind_integers & dots) & digits;
        let behind_fractions = (behind_integers & !dots) | self.fraction.through(fractions, digits);

        let letters = scalars & !(digits | dots | minuses);
        if letters.is_empty() && self.are_without_letters() {
            return ends & !behind_fractions;
        }
        let es = behind_fractions & classes.get::<P>(Class::E);
        let behind_es = self.e.next(es);
        let pluses = classes.get::<P>(Class::Plus);
        let exponent_signs = behind_es & (minuses | pluses);
        let exponents =
            ((behind_es & !exponent_signs) | self.exponent_sign.next(exponent_signs)) & digits;
        let behind_exponents = self.exponent.through(exponents, digits);
        let behind_literals = P::new(self.behind_literals(rest, (starts & letters).words()));
        ends & !((behind_fractions & !es) | behind_exponents | behind_literals)
    }

    /// Say whether nothing goes on from the last group that only letters can lead to.
    #[inline(always)]
    fn are_without_letters(&self) -> bool {
        !(self.e.is_set() || self.exponent_sign.is_set() || self.exponent.is_set())
            && self.literal_end.is_none()
    }

    /// Return the places behind the literals that start in this group.
    fn behind_literals(&mut self, rest: &[u8], starts: [u64; 8]) -> [u64; 8] {
        let mut ends = [0; 8];
        if let Some(end) = self.literal_end.take() {
            ends[0] |= 1 << end;
        }
        for (block, mut starts) in starts.into_iter().enumerate() {
            while starts != 0 {
                let start = block * BLOCK + starts.trailing_zeros() as usize;
                starts &= starts - 1;
                let Some(literal) = LITERALS.iter().find(|text| rest[start..].starts_with(text))
                else {
                    continue;
                };
                let end = start + literal.len();
                match ends.get_mut(end / BLOCK) {
                    Some(word) => *word |= 1 << (end % BLOCK),
                    None => self.literal_end = Some(end - GROUP),
                }
            }
        }
        ends
    }
}
