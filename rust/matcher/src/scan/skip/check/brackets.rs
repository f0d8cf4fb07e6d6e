//! Whether brackets belong together, what lies between which, and where the last one is.

/// The containers that are open: a bit each, the innermost lowest, set for an object; above them
/// one more bit is set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Brackets(u64);

/// What the brackets of a block make of its places.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nesting {
    /// The places that belong to an object; a bracket belongs to what is open before it.
    pub in_object: u64,
    /// The places up to the bracket that leaves nothing open; all if there is none.
    pub within: u64,
    /// Whether there is such a bracket.
    pub is_end: bool,
    pub has_fault: bool,
}

impl Brackets {
    pub const NONE: Self = Self(1);
    /// With more containers open than this a text is taken for faulty.
    pub const MAX_DEPTH: usize = 63;

    /// Step from bracket to bracket of the next block, all of which are outside of strings.
    #[inline(always)]
    pub fn pass(&mut self, openings: u64, closings: u64, curly: u64) -> Nesting {
        let mut rest = openings | closings;
        let (mut in_object, mut passed, mut faults) = (0, 0, 0);
        let is_end = loop {
            if rest == 0 {
                in_object |= !passed & self.innermost();
                break false;
            }
            let place = rest.trailing_zeros();
            let through = rest ^ (rest - 1);
            rest &= rest - 1;
            in_object |= through & !passed & self.innermost();
            passed = through;
            let is_curly = curly >> place & 1;
            if openings >> place & 1 == 1 {
                // The highest bit would be lost.
                faults |= self.0 >> 63;
                self.0 = self.0 << 1 | is_curly;
            } else {
                faults |= (self.0 ^ is_curly) & 1;
                self.0 >>= 1;
                if self.0 == Self::NONE.0 {
                    break true;
                }
            }
        };
        let within = if is_end { passed } else { u64::MAX };
        Nesting { in_object, within, is_end, has_fault: faults != 0 }
    }

    /// Return all bits if the innermost container is an object, and none if it is an array.
    #[inline(always)]
    fn innermost(self) -> u64 {
        (self.0 & 1).wrapping_neg()
    }
}
