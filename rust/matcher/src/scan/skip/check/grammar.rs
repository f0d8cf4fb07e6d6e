//! Whether each token of a container may stand behind the one before.
//!
//! * Behind `{`, `[`, `,` and `:` starts a value, and nowhere else does one; but behind an opening
//!   bracket a closing one may stand in its place. So no two values stand side by side.
//! * The first of `{`, `}`, `[`, `]`, `,` and `:` that stands behind `{` or `,` in an object is a `:`
//!   with a string before it, and no `:` stands anywhere else.
//!
//! Nothing else is told than that there is a fault; it is found by stepping from token to token.

use super::Here;
use super::brackets::{Brackets, Nesting};
use super::carry::Carry;
use super::marks::Marks;
use super::numbers::{Numbers, Scalars};
use crate::json;
use crate::scan::skip::strings::Strings;
use crate::simd::{BLOCK, Block};

/// What goes on from block to block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grammar {
    strings: Strings,
    brackets: Brackets,
    numbers: Numbers,
    scalar: Carry,
    before_value: Carry,
    item: Carry,
    opening: Carry,
    quote: Carry,
    /// So many bytes of the text belong to escapes that were checked, or stand before.
    checked_escape: usize,
}

pub(super) enum Verdict {
    GoOn,
    /// The container has so many bytes, and no fault.
    End(usize),
    /// There is a fault, or too many containers are open.
    Fault,
}

impl Grammar {
    /// Return the state in front of a container.
    pub fn start() -> Self {
        Self {
            strings: Strings::default(),
            brackets: Brackets::NONE,
            numbers: Numbers::default(),
            scalar: Carry::default(),
            before_value: Carry::AT_START,
            item: Carry::default(),
            opening: Carry::default(),
            quote: Carry::default(),
            checked_escape: 0,
        }
    }

    /// Check the next block, which is `here`.
    #[inline(always)]
    pub fn check<B: Block>(&mut self, block: B, here: Here<'_>) -> Verdict {
        let strings = self.strings.find(block);
        let marks = Marks::find(block);
        let outside = strings.outside();
        let openings = marks.openings & outside;
        let closings = marks.closings & outside;
        let colons = marks.colons & outside;
        let blanks = marks.blanks & outside;
        let items = openings | (marks.commas & outside);
        let structure = items | closings | colons;
        let scalars = outside & !(structure | blanks);
        let starts = scalars & !self.scalar.next(scalars);
        let Nesting { in_object, within, is_end, has_fault } =
            self.brackets.pass(openings, closings, marks.curly);

        let values = openings | strings.opening_quotes() | starts;
        let places_of_values = self.before_value.next_through(items | colons, blanks);
        let empty = places_of_values & closings;
        let behind_items = self.item.next_through(items, !structure) & structure;
        let faults = (values ^ places_of_values ^ empty)
            | (strings.inside & marks.controls)
            | (colons & !(behind_items & in_object))
            | (behind_items & in_object & !(colons | empty))
            | self.numbers.faults(Scalars { all: scalars, starts }, &marks, within, here);
        // Mostly nothing is between brackets, and between a name and its colon; else there are blanks.
        let apart =
            (empty & !self.opening.next(openings)) | (colons & !self.quote.next(strings.quotes));

        if has_fault
            || faults & within != 0
            || strings.escapes != 0 && !self.are_escapes(strings.escapes & within, here)
            || apart & within != 0 && !are_behind_blanks(apart & within, here)
        {
            Verdict::Fault
        } else if is_end {
            Verdict::End(here.at + BLOCK - within.leading_zeros() as usize)
        } else {
            Verdict::GoOn
        }
    }

    #[inline(never)]
    fn are_escapes(&mut self, mut escapes: u64, here: Here<'_>) -> bool {
        while escapes != 0 {
            // The second half of a surrogate pair was checked with the first.
            escapes &= !here.before(self.checked_escape);
            if escapes != 0 {
                match json::escape_end(here.text, here.first(escapes)) {
                    Ok(end) => self.checked_escape = end,
                    Err(_) => return false,
                }
            }
        }
        true
    }
}

/// Say whether colons and the closing brackets of empty containers have a quote and an opening
/// bracket before the blanks before them.
#[inline(never)]
fn are_behind_blanks(mut places: u64, here: Here<'_>) -> bool {
    while places != 0 {
        let (before, behind) = here.text.split_at(here.first(places));
        places &= places - 1;
        let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
        let expected: &[u8] = if behind[0] == b':' { b"\"" } else { b"[{" };
        if !before
            .iter()
            .rev()
            .find(|byte| !is_blank(byte))
            .is_some_and(|byte| expected.contains(byte))
        {
            return false;
        }
    }
    true
}
