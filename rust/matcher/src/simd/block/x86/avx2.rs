//! A block in two registers, for processors with AVX2.

use std::arch::x86_64::{
    __m256i, _mm256_add_epi8, _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_max_epu8,
    _mm256_min_epu8, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8, _mm256_setr_epi8,
    _mm256_shuffle_epi8, _mm256_slli_epi16,
};

use crate::simd::block::{BLOCK, Block};

/// A block of a processor with the features of [`run_avx2`](super::run_avx2).
#[derive(Clone, Copy)]
pub(super) struct Avx2(__m256i, __m256i);

impl Avx2 {
    /// Collect the high bit of every byte.
    #[inline(always)]
    fn high_bits(self) -> u64 {
        // SAFETY: this only computes; blocks of this kind are used only where AVX2 is.
        let (low, high) = unsafe { (_mm256_movemask_epi8(self.0), _mm256_movemask_epi8(self.1)) };
        u64::from(low.cast_unsigned()) | u64::from(high.cast_unsigned()) << 32
    }
}

#[inline(always)]
fn all(byte: u8) -> __m256i {
    // SAFETY: this only computes; blocks of this kind are used only where AVX2 is.
    unsafe { _mm256_set1_epi8(byte.cast_signed()) }
}

#[inline(always)]
fn equal(a: Avx2, b: Avx2) -> u64 {
    // SAFETY: this only computes; blocks of this kind are used only where AVX2 is.
    unsafe { Avx2(_mm256_cmpeq_epi8(a.0, b.0), _mm256_cmpeq_epi8(a.1, b.1)) }.high_bits()
}

// SAFETY, of all blocks below: they only compute, and code that is generic over blocks is run with
// this kind only where the processor has the features; `load` reads 32 bytes twice that references
// are good for, and asks for no alignment.
impl Block for Avx2 {
    #[inline(always)]
    fn load(bytes: &[u8; BLOCK]) -> Self {
        let (low, high) = bytes.split_at(BLOCK / 2);
        unsafe {
            Self(_mm256_loadu_si256(low.as_ptr().cast()), _mm256_loadu_si256(high.as_ptr().cast()))
        }
    }

    #[inline(always)]
    fn equal(self, byte: u8) -> u64 {
        equal(self, Self(all(byte), all(byte)))
    }

    #[inline(always)]
    fn equal_either(self, byte: u8) -> u64 {
        let bit = all(0x20);
        let with_bit = unsafe { Self(_mm256_or_si256(self.0, bit), _mm256_or_si256(self.1, bit)) };
        equal(with_bit, Self(all(byte), all(byte)))
    }

    #[inline(always)]
    fn lower(self) -> u64 {
        // The bit moves to the top of its byte.
        unsafe { Self(_mm256_slli_epi16::<2>(self.0), _mm256_slli_epi16::<2>(self.1)) }.high_bits()
    }

    #[inline(always)]
    fn controls(self) -> u64 {
        let limit = all(0x1F);
        let raised =
            unsafe { Self(_mm256_max_epu8(self.0, limit), _mm256_max_epu8(self.1, limit)) };
        equal(raised, Self(limit, limit))
    }

    #[inline(always)]
    fn blanks(self) -> u64 {
        // By the low half of a byte: the blank that has it.
        let blanks = unsafe {
            let blanks = _mm256_setr_epi8(
                0x20, 0, 0, 0, 0, 0, 0, 0, 0, 9, 10, 0, 0, 13, 0, 0, //
                0x20, 0, 0, 0, 0, 0, 0, 0, 0, 9, 10, 0, 0, 13, 0, 0,
            );
            Self(_mm256_shuffle_epi8(blanks, self.0), _mm256_shuffle_epi8(blanks, self.1))
        };
        equal(self, blanks)
    }

    #[inline(always)]
    fn digits(self) -> u64 {
        let (minus_zero, nine) = (all(b'0'.wrapping_neg()), all(9));
        let (values, lowered) = unsafe {
            let values =
                Self(_mm256_add_epi8(self.0, minus_zero), _mm256_add_epi8(self.1, minus_zero));
            (values, Self(_mm256_min_epu8(values.0, nine), _mm256_min_epu8(values.1, nine)))
        };
        equal(values, lowered)
    }

    #[inline(always)]
    fn parity(bits: u64) -> u64 {
        unsafe { super::parity(bits) }
    }
}
