//! Whether brackets belong together, and what is between them fits.

use super::grammar::BracketWords;
use crate::scan::MAX_DEPTH;
use crate::simd::BLOCK;

/// What tells `{` and `}` from `[` and `]`.
const CURLY: u8 = b'{' ^ b'[';

/// The containers that are open.
#[derive(Debug)]
pub(super) struct Brackets {
    depth: usize,
    max_depth: usize,
    /// By depth: [`CURLY`] for an object, 0 for an array.
    open: [u8; MAX_DEPTH + 1],
}

impl Brackets {
    /// Begin a text in which at most `max_depth` containers may be open.
    pub fn new(max_depth: usize) -> Self {
        Self { depth: 0, max_depth, open: [0; MAX_DEPTH + 1] }
    }

    /// Say whether the brackets of the next group, which `group` starts with, are all in place.
    #[inline(always)]
    pub fn fit(&mut self, group: &[u8], brackets: &BracketWords) -> bool {
        let mut faults = 0;
        for (block, mut rest) in brackets.all.into_iter().enumerate() {
            while rest != 0 {
                let place = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                let byte = group[block * BLOCK + place];
                let opens = byte >> 1 & 1;
                let curly = self.open[self.depth];
                let wrong = if curly == 0 {
                    brackets.wrong_in_array[block]
                } else {
                    brackets.wrong_in_object[block]
                };
                faults |= wrong >> place & 1;
                faults |= u64::from(!opens & ((byte ^ curly) / CURLY) & 1);
                self.depth = self.depth.wrapping_add(2 * usize::from(opens)).wrapping_sub(1);
                if self.depth > self.max_depth {
                    return false;
                }
                if opens == 1 {
                    self.open[self.depth] = byte & CURLY;
                }
            }
        }
        faults == 0
    }

    /// Say whether nothing is open any more.
    pub fn are_closed(&self) -> bool {
        self.depth == 0
    }
}
