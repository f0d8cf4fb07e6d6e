//! Where the strings of a text are, 64 bytes at a time.

use crate::simd::Block;

/// What of the strings goes on from block to block.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Strings {
    /// All bits if the last block ended in a string.
    open: u64,
    /// 1 if the first byte of the next block is escaped.
    escaped: u64,
}

/// The strings of one block.
#[derive(Clone, Copy, Debug)]
pub(super) struct StringPlaces {
    /// The quotes around strings.
    pub quotes: u64,
    /// The opening quotes and what stands behind them, without the closing quotes.
    pub inside: u64,
    /// The backslashes that escape what follows them.
    pub escapes: u64,
}

impl Strings {
    #[inline(always)]
    pub fn find<B: Block>(&mut self, block: B) -> StringPlaces {
        let mut quotes = block.equal(b'"');
        let mut escapes = block.equal(b'\\');
        if escapes | self.escaped != 0 {
            escapes = leave_escaped_out(escapes & !self.escaped);
            quotes &= !(escapes << 1 | self.escaped);
            self.escaped = escapes >> 63;
        }
        let inside = B::parity(quotes) ^ self.open;
        self.open = (inside.cast_signed() >> 63).cast_unsigned();
        StringPlaces { quotes, inside, escapes }
    }
}

/// Leave out the backslashes that are escaped themselves.
#[inline(always)]
fn leave_escaped_out(mut backslashes: u64) -> u64 {
    let mut escapes = 0;
    while backslashes != 0 {
        let first = backslashes & backslashes.wrapping_neg();
        escapes |= first;
        backslashes &= !(first | first << 1);
    }
    escapes
}

impl StringPlaces {
    /// Return the places that are no part of a string.
    #[inline(always)]
    pub fn outside(self) -> u64 {
        !(self.inside | self.quotes)
    }

    #[inline(always)]
    pub fn opening_quotes(self) -> u64 {
        self.quotes & self.inside
    }
}
