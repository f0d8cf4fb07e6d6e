//! Whether scalars other than strings are numbers or literals.
//!
//! A number is at most one minus and a *run* of digits and dots, to which belongs: a run begins with
//! a digit; behind a minus and a dot there is a digit; there is at most one dot; behind a zero that
//! begins the run there is no digit. What has letters, that is literals and exponents, is checked one
//! by one.

use super::Here;
use super::carry::Carry;
use super::marks::Marks;
use crate::json;

/// What goes on from block to block.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Numbers {
    run: Carry,
    before_digit: Carry,
    dot: Carry,
    leading_zero: Carry,
    /// So many bytes of the text belong to literals and exponents that were checked, or stand before.
    checked: usize,
}

/// The scalars of a block, other than strings.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scalars {
    pub all: u64,
    /// Their first bytes.
    pub starts: u64,
}

impl Numbers {
    /// Return faults of the scalars in the next block; what is not `within` does not count.
    #[inline(always)]
    pub fn faults(&mut self, scalars: Scalars, marks: &Marks, within: u64, here: Here<'_>) -> u64 {
        let Scalars { mut all, starts } = scalars;
        let letters = all & within & !(marks.digits | marks.dots | marks.minuses);
        if letters != 0 || self.checked > here.at {
            match self.check_letters(letters, starts, here) {
                Some(checked) => all &= !checked,
                None => return within,
            }
        }
        let (digits, dots) = (marks.digits & all, marks.dots & all);
        let minuses = marks.minuses & all;
        let run = digits | dots;
        let run_starts = run & !self.run.next(run);
        let zeros = marks.zeros & run_starts;
        (minuses & !starts)
            | (dots & run_starts)
            | (self.before_digit.next(minuses | dots) & !digits)
            | (self.dot.next_through(dots, digits) & dots)
            | (self.leading_zero.next(zeros) & digits)
    }

    /// Check the literals and exponents that `letters` are in, and return the places of all.
    #[inline(never)]
    fn check_letters(&mut self, letters: u64, starts: u64, here: Here<'_>) -> Option<u64> {
        let mut checked = here.before(self.checked);
        let mut rest = letters & !checked;
        while rest != 0 {
            let start = here.first(rest);
            let is_start = rest & rest.wrapping_neg() & starts != 0;
            self.checked = word_end(here.text, start, is_start)?;
            checked |= here.before(self.checked) & !here.before(start);
            rest &= !checked;
        }
        Some(checked)
    }
}

/// Return the end of the literal at `at`, or of the exponent if no scalar starts there.
fn word_end(text: &[u8], at: usize, is_start: bool) -> Option<usize> {
    let end = match text.get(at)? {
        b't' if is_start => json::literal_end(text, at, "true"),
        b'f' if is_start => json::literal_end(text, at, "false"),
        b'n' if is_start => json::literal_end(text, at, "null"),
        b'e' | b'E' if !is_start => json::exponent_end(text, at),
        _ => return None,
    };
    end.ok().filter(|end| {
        matches!(text.get(*end), Some(b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t'))
    })
}
