//! Sets of places that go on from one group of blocks to the next.
//!
//! Moving all places of a group on by one is a shift, and moving each over a run of places is an
//! addition; what leaves the group at its end is carried into the next one (the method of Cameron
//! and others, "Bitwise data parallelism in regular expression matching", PACT 2014).

use crate::simd::Places;

/// What left the last group: 1 if the first place of the next one is reached.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Carry(u64);

impl Carry {
    /// The first place is reached from the start.
    pub const AT_START: Self = Self(1);

    /// Move each place on by one.
    #[inline(always)]
    pub fn next<P: Places>(&mut self, places: P) -> P {
        let (moved, left) = places.shift(self.0);
        self.0 = left;
        moved
    }

    /// Move each place on to the first one at or behind it that is not in `run`.
    #[inline(always)]
    pub fn through<P: Places>(&mut self, places: P, run: P) -> P {
        let (sum, left) = places.add(run, self.0);
        self.0 = left;
        sum & !run
    }

    /// Move each place, none of which is in `run`, on to the next one that is not in `run`.
    #[inline(always)]
    pub fn next_through<P: Places>(&mut self, places: P, run: P) -> P {
        let (moved, left) = places.shift(self.0);
        self.0 = left;
        if run.is_empty() {
            return moved;
        }
        let (sum, left) = moved.add(run, 0);
        self.0 |= left;
        sum & !run
    }

    /// Say whether the first place of the next group is reached.
    #[inline(always)]
    pub fn is_set(self) -> bool {
        self.0 != 0
    }
}
