//! A block in four registers, for every x86-64 processor.

use std::arch::x86_64::{
    __m128i, _mm_add_epi8, _mm_cmpeq_epi8, _mm_loadu_si128, _mm_max_epu8, _mm_min_epu8,
    _mm_movemask_epi8, _mm_or_si128, _mm_set1_epi8, _mm_slli_epi16,
};

use crate::simd::block::{BLOCK, Block, Portable};

#[derive(Clone, Copy)]
pub(super) struct Sse2([__m128i; 4]);

impl Sse2 {
    /// Collect the high bit of every byte.
    #[inline]
    fn high_bits(self) -> u64 {
        // SAFETY: this only computes, and SSE2 is part of x86-64.
        let quarter = |quarter| u64::from(unsafe { _mm_movemask_epi8(quarter) }.cast_unsigned());
        let [a, b, c, d] = self.0;
        quarter(a) | quarter(b) << 16 | quarter(c) << 32 | quarter(d) << 48
    }

    #[inline]
    fn find(self, hits: impl Fn(__m128i) -> __m128i) -> u64 {
        let [a, b, c, d] = self.0;
        Self([hits(a), hits(b), hits(c), hits(d)]).high_bits()
    }
}

#[inline]
fn all(byte: u8) -> __m128i {
    // SAFETY: this only computes, and SSE2 is part of x86-64.
    unsafe { _mm_set1_epi8(byte.cast_signed()) }
}

// SAFETY, of all blocks below: they only compute, and SSE2 is part of x86-64; `load` reads 16
// bytes four times that references are good for, and asks for no alignment.
impl Block for Sse2 {
    #[inline]
    fn load(bytes: &[u8; BLOCK]) -> Self {
        let (quarters, _) = bytes.as_chunks::<{ BLOCK / 4 }>();
        let load = |place: usize| unsafe { _mm_loadu_si128(quarters[place].as_ptr().cast()) };
        Self([load(0), load(1), load(2), load(3)])
    }

    #[inline]
    fn equal(self, byte: u8) -> u64 {
        self.find(|quarter| unsafe { _mm_cmpeq_epi8(quarter, all(byte)) })
    }

    #[inline]
    fn equal_either(self, byte: u8) -> u64 {
        self.find(|quarter| unsafe { _mm_cmpeq_epi8(_mm_or_si128(quarter, all(0x20)), all(byte)) })
    }

    #[inline]
    fn lower(self) -> u64 {
        // The bit moves to the top of its byte.
        Self(self.0.map(|quarter| unsafe { _mm_slli_epi16::<2>(quarter) })).high_bits()
    }

    #[inline]
    fn controls(self) -> u64 {
        self.find(|quarter| unsafe { _mm_cmpeq_epi8(_mm_max_epu8(quarter, all(0x1F)), all(0x1F)) })
    }

    #[inline]
    fn blanks(self) -> u64 {
        self.find(|quarter| unsafe {
            let is = |byte| _mm_cmpeq_epi8(quarter, all(byte));
            _mm_or_si128(_mm_or_si128(is(b' '), is(b'\n')), _mm_or_si128(is(b'\r'), is(b'\t')))
        })
    }

    #[inline]
    fn digits(self) -> u64 {
        self.find(|quarter| unsafe {
            let from_zero = _mm_add_epi8(quarter, all(b'0'.wrapping_neg()));
            _mm_cmpeq_epi8(_mm_min_epu8(from_zero, all(9)), from_zero)
        })
    }

    #[inline]
    fn parity(bits: u64) -> u64 {
        Portable::parity(bits)
    }
}
