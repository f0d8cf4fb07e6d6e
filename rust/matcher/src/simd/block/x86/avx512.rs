//! A block in one register, for processors with AVX-512BW.

use std::arch::x86_64::{
    __m512i, _mm512_cmpeq_epi8_mask, _mm512_cmple_epu8_mask, _mm512_cmplt_epu8_mask,
    _mm512_loadu_si512, _mm512_maskz_loadu_epi8, _mm512_or_si512, _mm512_set1_epi8,
    _mm512_set4_epi32, _mm512_shuffle_epi8, _mm512_sub_epi8, _mm512_test_epi8_mask,
};

use crate::simd::block::{BLOCK, Block};

/// A block of a processor with the features of [`run_avx512`](super::run_avx512).
#[derive(Clone, Copy)]
pub(super) struct Avx512(__m512i);

#[inline(always)]
fn all(byte: u8) -> __m512i {
    // SAFETY: this only computes; blocks of this kind are used only where AVX-512 is.
    unsafe { _mm512_set1_epi8(byte.cast_signed()) }
}

// SAFETY, of all blocks below: they only compute, and code that is generic over blocks is run with
// this kind only where the processor has the features; `load` reads 64 bytes that a reference is
// good for, `load_start` those of its 64 that the text has, and neither asks for alignment.
impl Block for Avx512 {
    #[inline(always)]
    fn load(bytes: &[u8; BLOCK]) -> Self {
        Self(unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) })
    }

    #[inline(always)]
    fn load_start(text: &[u8]) -> Self {
        let wanted = if text.len() < BLOCK { (1 << text.len()) - 1 } else { u64::MAX };
        Self(unsafe { _mm512_maskz_loadu_epi8(wanted, text.as_ptr().cast()) })
    }

    #[inline(always)]
    fn equal(self, byte: u8) -> u64 {
        unsafe { _mm512_cmpeq_epi8_mask(self.0, all(byte)) }
    }

    #[inline(always)]
    fn equal_either(self, byte: u8) -> u64 {
        unsafe { _mm512_cmpeq_epi8_mask(_mm512_or_si512(self.0, all(0x20)), all(byte)) }
    }

    #[inline(always)]
    fn lower(self) -> u64 {
        unsafe { _mm512_test_epi8_mask(self.0, all(0x20)) }
    }

    #[inline(always)]
    fn controls(self) -> u64 {
        unsafe { _mm512_cmplt_epu8_mask(self.0, all(0x20)) }
    }

    #[inline(always)]
    fn blanks(self) -> u64 {
        // By the low half of a byte: the blank that has it.
        unsafe {
            let blanks = _mm512_set4_epi32(0x0000_0D00, 0x000A_0900, 0, 0x0000_0020);
            _mm512_cmpeq_epi8_mask(self.0, _mm512_shuffle_epi8(blanks, self.0))
        }
    }

    #[inline(always)]
    fn digits(self) -> u64 {
        unsafe { _mm512_cmple_epu8_mask(_mm512_sub_epi8(self.0, all(b'0')), all(9)) }
    }

    #[inline(always)]
    fn parity(bits: u64) -> u64 {
        unsafe { super::parity(bits) }
    }
}
