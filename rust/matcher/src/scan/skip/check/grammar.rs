//! Whether an event is JSON.
//!
//! All tokens of a group of blocks are checked at once. What may follow what is:
//!
//! * behind `{`, `[`, `,` and `:` starts a value, or behind an opening bracket stands a closing one;
//! * behind a value stands `,`, `:` or a closing bracket;
//! * `:` stands behind a name: a string that stands behind `{`, `[` or `,`;
//! * in an object everything behind `{` and `,` is a name with a `:` behind it, in an array nothing
//!   is. What tells the one from the other is moved on to the next bracket, where it is known what
//!   is open ([`Brackets`](super::brackets::Brackets)).
//!
//! Nothing else is told than that there is a fault; it is found by stepping from token to token.

use super::carry::Carry;
use super::classes::{Class, Classes};
use super::numbers::Numbers;
use super::strings::Strings;
use crate::json;
use crate::simd::{BLOCK, GROUP, Places};

/// What goes on from group to group.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Grammar {
    strings: Strings,
    /// Behind an opening bracket or a comma.
    item: Carry,
    opening: Carry,
    colon: Carry,
    name: Carry,
    behind_name: Carry,
    tells_object: Carry,
    tells_array: Carry,
    numbers: Numbers,
    /// So many bytes of the next group belong to an escape that was checked.
    checked_escape: usize,
    has_fault: bool,
}

/// The brackets of a group.
#[derive(Clone, Copy, Debug)]
pub(super) struct BracketWords {
    pub all: [u64; 8],
    /// Those before which something stands that is wrong in an array.
    pub wrong_in_array: [u64; 8],
    /// Those before which something stands that is wrong in an object.
    pub wrong_in_object: [u64; 8],
}

impl Grammar {
    /// Return the state in front of a text, which stands where a value may.
    pub fn start() -> Self {
        Self { colon: Carry::AT_START, ..Self::default() }
    }

    /// Check the next group; `rest` is the text from there on.
    #[inline(always)]
    pub fn check<P: Places>(&mut self, classes: &Classes, rest: &[u8]) -> BracketWords {
        let strings = self.strings.find::<P>(classes);
        let outside = strings.outside();
        let quotes = strings.opening_quotes();
        let openings = classes.get::<P>(Class::Opening) & outside;
        let closings = classes.get::<P>(Class::Closing) & outside;
        let commas = classes.get::<P>(Class::Comma) & outside;
        let colons = classes.get::<P>(Class::Colon) & outside;
        let blanks = classes.get::<P>(Class::Blank) & outside;
        let scalars = outside & !(blanks | openings | closings | commas | colons);
        let bounds = self.numbers.bounds(scalars);

        let items = self.item.next_through(openings | commas, blanks);
        let behind_openings = self.opening.next_through(openings, blanks);
        let behind_colons = self.colon.next_through(colons, blanks);
        let name_ends = self.name.through(quotes & items, strings.inside);
        let behind_names = self.behind_name.next_through(name_ends, blanks);

        let before_values = items | behind_colons;
        let values = openings | quotes | bounds.starts;
        let controls = classes.get::<P>(Class::Control);
        let faults = (values & !before_values)
            | ((commas | colons) & before_values)
            | (closings & before_values & !behind_openings)
            | (colons & !behind_names)
            | (controls & strings.inside)
            | self.numbers.faults::<P>(classes, rest, scalars, bounds);
        self.has_fault |= !faults.is_empty();
        if !strings.escapes.is_empty() || self.checked_escape > 0 {
            self.check_escapes(rest, strings.escapes.words());
        }

        let brackets = openings | closings;
        let tell_array = (behind_names & !colons) | (items & !(quotes | closings));
        let in_object = self.tells_array.through(tell_array & !brackets, !brackets);
        BracketWords {
            all: brackets.words(),
            wrong_in_array: self.tells_object.through(colons, !brackets).words(),
            wrong_in_object: (in_object | (tell_array & brackets)).words(),
        }
    }

    fn check_escapes(&mut self, rest: &[u8], escapes: [u64; 8]) {
        let mut checked = std::mem::take(&mut self.checked_escape);
        for (block, mut escapes) in escapes.into_iter().enumerate() {
            while escapes != 0 {
                let at = block * BLOCK + escapes.trailing_zeros() as usize;
                escapes &= escapes - 1;
                // The second half of a surrogate pair was checked with the first.
                if at >= checked {
                    match json::escape_end(rest, at) {
                        Ok(end) => checked = end,
                        Err(_) => self.has_fault = true,
                    }
                }
            }
        }
        self.checked_escape = checked.saturating_sub(GROUP);
    }

    /// Say whether there was no fault so far.
    pub fn is_kept(&self) -> bool {
        !self.has_fault
    }

    /// Say whether the text may end behind a closing bracket that was the last.
    pub fn may_end(&self) -> bool {
        let pending = [self.item, self.colon, self.name, self.tells_object, self.tells_array];
        !pending.iter().any(|carry| carry.is_set())
    }
}
