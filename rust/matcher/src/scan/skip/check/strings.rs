//! Where the strings of a group of blocks are.

use super::carry::Carry;
use super::classes::{Class, Classes};
use crate::simd::Places;

/// What goes on from group to group.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Strings {
    /// 1 if the last group ended in a string.
    open: u64,
    escaped: Carry,
}

/// The strings of one group.
#[derive(Clone, Copy, Debug)]
pub(super) struct StringPlaces<P> {
    /// The quotes around strings.
    pub quotes: P,
    /// The opening quotes and what stands behind them, without the closing quotes.
    pub inside: P,
    /// The backslashes that escape what follows them.
    pub escapes: P,
}

impl Strings {
    #[inline(always)]
    pub fn find<P: Places>(&mut self, classes: &Classes) -> StringPlaces<P> {
        let mut escapes = classes.get::<P>(Class::Backslash);
        let mut quotes = classes.get::<P>(Class::Quote);
        if self.escaped.is_set() || !escapes.is_empty() {
            escapes = P::new(leave_escaped_out(escapes.words(), self.escaped.is_set()));
            quotes = quotes & !self.escaped.next(escapes);
        }
        let (inside, open) = quotes.parity(self.open);
        self.open = open;
        StringPlaces { quotes, inside, escapes }
    }
}

/// Leave out the backslashes that are escaped themselves.
fn leave_escaped_out(mut backslashes: [u64; 8], first_is_escaped: bool) -> [u64; 8] {
    let mut escaped = u64::from(first_is_escaped);
    for word in &mut backslashes {
        let mut rest = *word & !escaped;
        *word = 0;
        escaped = 0;
        while rest != 0 {
            let first = rest & rest.wrapping_neg();
            *word |= first;
            rest &= !(first | first << 1);
            escaped = first >> 63;
        }
    }
    backslashes
}

impl<P: Places> StringPlaces<P> {
    /// Return the places that are no part of a string.
    #[inline(always)]
    pub fn outside(self) -> P {
        !(self.inside | self.quotes)
    }

    #[inline(always)]
    pub fn opening_quotes(self) -> P {
        self.quotes & self.inside
    }
}
