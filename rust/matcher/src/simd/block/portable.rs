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

const ONES: u64 = 0x0101_0101_0101_0101;
const LOW_BITS: u64 = ONES * 0x7F;
/// Moves the lowest bits of eight bytes together into the highest byte.
const GATHER: u64 = 0x0102_0408_1020_4080;

impl Portable {
    /// Find a byte, eight at a time, after some bits were set in all.
    #[inline]
    fn find_equal(self, set: u8, byte: u8) -> u64 {
        let (words, _) = self.0.as_chunks();
        words.iter().enumerate().fold(0, |bits, (place, word)| {
            let set_word = u64::from_le_bytes(*word) | (ONES * u64::from(set));
            let word = set_word ^ (ONES * u64::from(byte));
            // The high bit of each byte that is 0; nothing is carried from byte to byte.
            let zeros = !(((word & LOW_BITS) + LOW_BITS) | word | LOW_BITS);
            bits | ((zeros >> 7).wrapping_mul(GATHER) >> 56) << (8 * place)
        })
    }
}

impl Block for Portable {
    #[inline]
    fn load(bytes: &[u8; BLOCK]) -> Self {
        Self(*bytes)
    }

    #[inline]
    fn equal(self, byte: u8) -> u64 {
        self.find_equal(0, byte)
    }

    #[inline]
    fn equal_either(self, byte: u8) -> u64 {
        self.find_equal(0x20, byte)
    }

    #[inline]
    fn lower(self) -> u64 {
        self.find(|byte| byte & 0x20 != 0)
    }

    #[inline]
    fn controls(self) -> u64 {
        self.find(|byte| byte < 0x20)
    }

    #[inline]
    fn blanks(self) -> u64 {
        self.find(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
    }

    #[inline]
    fn digits(self) -> u64 {
        self.find(|byte| byte.is_ascii_digit())
    }

    #[inline]
    fn parity(bits: u64) -> u64 {
        [1, 2, 4, 8, 16, 32].iter().fold(bits, |parity, distance| parity ^ parity << distance)
    }
}
