//! Where the bytes are that mean something in JSON.

use crate::simd::Block;

/// The places of one block, by what stands there; most count only outside of strings.
#[derive(Clone, Copy, Debug)]
pub(super) struct Marks {
    pub openings: u64,
    pub closings: u64,
    /// `{` and `}` among other bytes, of which `[` and `]` are none.
    pub curly: u64,
    pub commas: u64,
    pub colons: u64,
    pub blanks: u64,
    pub controls: u64,
    pub digits: u64,
    pub zeros: u64,
    pub dots: u64,
    pub minuses: u64,
}

impl Marks {
    #[inline(always)]
    pub fn find<B: Block>(block: B) -> Self {
        Self {
            openings: block.equal_either(b'{'),
            closings: block.equal_either(b'}'),
            curly: block.lower(),
            commas: block.equal(b','),
            colons: block.equal(b':'),
            blanks: block.blanks(),
            controls: block.controls(),
            digits: block.digits(),
            zeros: block.equal(b'0'),
            dots: block.equal(b'.'),
            minuses: block.equal(b'-'),
        }
    }
}
