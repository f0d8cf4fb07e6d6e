//! Sixteen bytes in a register of x86-64, where every processor has SSE2.

use std::arch::x86_64::{
    __m128i, _mm_cmpeq_epi8, _mm_loadu_si128, _mm_movemask_epi8, _mm_or_si128, _mm_set1_epi8,
    _mm_setzero_si128, _mm_subs_epu8, _mm_xor_si128,
};

/// Sixteen bytes.
#[derive(Clone, Copy)]
pub(super) struct Lanes(__m128i);

impl Lanes {
    #[inline]
    pub fn load(bytes: &[u8; 16]) -> Self {
        // SAFETY: the reference is good for 16 bytes, and this load asks for no alignment. SSE2
        // is part of x86-64.
        Self(unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) })
    }

    /// Return the place of the first byte that ends the plain part of a string.
    #[inline]
    pub fn string_stop(self) -> Option<usize> {
        first(self.string_stops())
    }

    /// Return the place of the first byte that ends the plain part of a string, or is a dot.
    #[inline]
    pub fn name_stop(self) -> Option<usize> {
        // SAFETY: this only computes, and SSE2 is part of x86-64.
        first(unsafe { _mm_or_si128(self.string_stops(), self.equal(b'.')) })
    }

    /// Return the place of the first byte that is not white space.
    #[inline]
    pub fn space_stop(self) -> Option<usize> {
        // SAFETY: these only compute, and SSE2 is part of x86-64.
        first_other(unsafe {
            let breaks = _mm_or_si128(self.equal(b'\n'), self.equal(b'\r'));
            _mm_or_si128(breaks, _mm_or_si128(self.equal(b' '), self.equal(b'\t')))
        })
    }

    #[inline]
    fn string_stops(self) -> __m128i {
        // SAFETY: these only compute, and SSE2 is part of x86-64.
        unsafe {
            // With bit 1 turned, the quote is just above the control characters, and nothing else.
            let turned = _mm_xor_si128(self.0, _mm_set1_epi8(0x02));
            let above = _mm_subs_epu8(turned, _mm_set1_epi8(0x20));
            let controls_and_quotes = _mm_cmpeq_epi8(above, _mm_setzero_si128());
            _mm_or_si128(controls_and_quotes, self.equal(b'\\'))
        }
    }

    #[inline]
    fn equal(self, byte: u8) -> __m128i {
        // SAFETY: these only compute, and SSE2 is part of x86-64.
        unsafe { _mm_cmpeq_epi8(self.0, _mm_set1_epi8(byte.cast_signed())) }
    }
}

/// Return the place of the first lane whose high bit is not set.
#[inline]
fn first_other(lanes: __m128i) -> Option<usize> {
    // SAFETY: this only computes, and SSE2 is part of x86-64.
    let mask = !unsafe { _mm_movemask_epi8(lanes) }.cast_unsigned() & 0xFFFF;
    (mask != 0).then_some(mask.trailing_zeros() as usize)
}

/// Return the place of the first lane whose high bit is set.
#[inline]
fn first(lanes: __m128i) -> Option<usize> {
    // SAFETY: this only computes, and SSE2 is part of x86-64.
    let mask = unsafe { _mm_movemask_epi8(lanes) };
    (mask != 0).then_some(mask.trailing_zeros() as usize)
}
