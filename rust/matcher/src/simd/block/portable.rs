//! A block in plain Rust, for processors without a backend of their own.

use super::{BLOCK, Block};

#[derive(Clone, Copy)]
pub(crate) struct Portable([u8; BLOCK]);

impl Portable {
    #[inline]
    fn find(self, is_it: impl Fn(u8) -> bool) -> u64 {
        let bytes = self.0.iter().enumerate();
        bytes.fold(0, |bits, (place, byte)| bits | u64::from(is_it(*byte)) << place)
    }
}

impl Block for Portable {
    #[inline]
    fn load(bytes: &[u8; BLOCK]) -> Self {
        Self(*bytes)
    }

    #[inline]
    fn equal(self, byte: u8) -> u64 {
        self.find(|other| other == byte)
    }

    #[inline]
    fn equal_either(self, byte: u8) -> u64 {
        self.find(|other| other | 0x20 == byte)
    }

    #[inline]
    fn parity(bits: u64) -> u64 {
        [1, 2, 4, 8, 16, 32].iter().fold(bits, |parity, distance| parity ^ parity << distance)
    }
}
