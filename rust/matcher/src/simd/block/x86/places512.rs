//! Places in one register, for processors with AVX-512.

use std::arch::x86_64::{
    __m512i, _mm512_add_epi64, _mm512_alignr_epi64, _mm512_and_si512, _mm512_cmpeq_epi64_mask,
    _mm512_cmplt_epu64_mask, _mm512_loadu_si512, _mm512_mask_sub_epi64, _mm512_movepi64_mask,
    _mm512_movm_epi64, _mm512_or_si512, _mm512_set1_epi64, _mm512_setr_epi64, _mm512_setzero_si512,
    _mm512_slli_epi64, _mm512_srli_epi64, _mm512_storeu_si512, _mm512_test_epi64_mask,
    _mm512_xor_si512,
};
use std::ops::{BitAnd, BitOr, Not};

use crate::simd::block::Places;

/// Places of a processor with the features of [`run_avx512`](super::run_avx512).
#[derive(Clone, Copy)]
pub(super) struct Places512(__m512i);

// SAFETY, of all blocks below: they only compute, and code that is generic over places is run with
// this kind only where the processor has the features; `new` and `words` read and write the 64
// bytes of an array, and ask for no alignment.

impl BitAnd for Places512 {
    type Output = Self;

    #[inline(always)]
    fn bitand(self, other: Self) -> Self {
        Self(unsafe { _mm512_and_si512(self.0, other.0) })
    }
}

impl BitOr for Places512 {
    type Output = Self;

    #[inline(always)]
    fn bitor(self, other: Self) -> Self {
        Self(unsafe { _mm512_or_si512(self.0, other.0) })
    }
}

impl Not for Places512 {
    type Output = Self;

    #[inline(always)]
    fn not(self) -> Self {
        Self(unsafe { _mm512_xor_si512(self.0, _mm512_set1_epi64(-1)) })
    }
}

impl Places for Places512 {
    #[inline(always)]
    fn new(words: [u64; 8]) -> Self {
        Self(unsafe { _mm512_loadu_si512(words.as_ptr().cast()) })
    }

    #[inline(always)]
    fn words(self) -> [u64; 8] {
        let mut words = [0; 8];
        unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), self.0) };
        words
    }

    #[inline(always)]
    fn is_empty(self) -> bool {
        unsafe { _mm512_test_epi64_mask(self.0, self.0) == 0 }
    }

    #[inline(always)]
    fn shift(self, carry: u64) -> (Self, u64) {
        unsafe {
            let last = _mm512_srli_epi64::<63>(self.0);
            // Each word gets the bit that leaves the one before it, the first one the carry.
            let before = _mm512_alignr_epi64::<7>(last, _mm512_setzero_si512());
            let first = _mm512_setr_epi64(carry.cast_signed(), 0, 0, 0, 0, 0, 0, 0);
            let moved = _mm512_or_si512(_mm512_slli_epi64::<1>(self.0), before);
            let left = _mm512_movepi64_mask(self.0) >> 7;
            (Self(_mm512_or_si512(moved, first)), u64::from(left))
        }
    }

    #[inline(always)]
    fn add(self, other: Self, carry: u64) -> (Self, u64) {
        unsafe {
            let ones = _mm512_set1_epi64(-1);
            let sum = _mm512_add_epi64(self.0, other.0);
            // A carry goes on through words that are full.
            let over = u64::from(_mm512_cmplt_epu64_mask(sum, self.0)) << 1 | carry;
            let full = u64::from(_mm512_cmpeq_epi64_mask(sum, ones));
            let reached = (over + full) ^ full;
            #[allow(clippy::cast_possible_truncation, reason = "there are eight words")]
            let sum = _mm512_mask_sub_epi64(sum, reached as u8, sum, ones);
            (Self(sum), reached >> 8)
        }
    }

    #[inline(always)]
    fn parity(self, carry: u64) -> (Self, u64) {
        unsafe {
            let mut parity = self.0;
            parity = _mm512_xor_si512(parity, _mm512_slli_epi64::<1>(parity));
            parity = _mm512_xor_si512(parity, _mm512_slli_epi64::<2>(parity));
            parity = _mm512_xor_si512(parity, _mm512_slli_epi64::<4>(parity));
            parity = _mm512_xor_si512(parity, _mm512_slli_epi64::<8>(parity));
            parity = _mm512_xor_si512(parity, _mm512_slli_epi64::<16>(parity));
            parity = _mm512_xor_si512(parity, _mm512_slli_epi64::<32>(parity));
            // The same from word to word: what the words before each one amount to.
            let mut before = _mm512_movepi64_mask(parity) << 1;
            #[allow(clippy::cast_possible_truncation, reason = "a carry is one bit")]
            {
                before ^= carry as u8;
            }
            before ^= before << 1;
            before ^= before << 2;
            before ^= before << 4;
            let parity = Self(_mm512_xor_si512(parity, _mm512_movm_epi64(before)));
            (parity, u64::from(_mm512_movepi64_mask(parity.0) >> 7))
        }
    }
}
