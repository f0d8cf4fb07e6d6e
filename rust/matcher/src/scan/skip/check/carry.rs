//! Sets of places that go on from one block to the next.
//!
//! Moving all places of a block on by one is a shift, and moving each over a run of places is an
//! addition; what leaves the block at its end is carried into the next one (the method of Cameron
//! and others, "Bitwise data parallelism in regular expression matching", PACT 2014).

/// What left the last block: 1 if the first place of the next one is reached.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Carry(u64);

impl Carry {
    /// The first place is reached from the start.
    pub const AT_START: Self = Self(1);

    /// Move each place on by one.
    #[inline(always)]
    pub fn next(&mut self, places: u64) -> u64 {
        let moved = places << 1 | self.0;
        self.0 = places >> 63;
        moved
    }

    /// Move each place, none of which is in `run`, on to the next one that is not in `run`.
    #[inline(always)]
    pub fn next_through(&mut self, places: u64, run: u64) -> u64 {
        let (sum, is_over) = (places << 1 | self.0).overflowing_add(run);
        self.0 = places >> 63 | u64::from(is_over);
        sum & !run
    }
}
