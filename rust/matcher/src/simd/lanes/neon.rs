//! Sixteen bytes in a register of 64-bit Arm, where every processor has NEON.

use std::arch::aarch64::{
    uint8x16_t, vceqq_u8, vcltq_u8, vdupq_n_u8, vget_lane_u64, vld1q_u8, vmvnq_u8, vorrq_u8,
    vreinterpret_u64_u8, vreinterpretq_u16_u8, vshrn_n_u16,
};

/// Sixteen bytes.
#[derive(Clone, Copy)]
pub(super) struct Lanes(uint8x16_t);

impl Lanes {
    #[inline]
    pub fn load(bytes: &[u8; 16]) -> Self {
        // SAFETY: the reference is good for 16 bytes, and this load asks for no alignment. NEON
        // is part of 64-bit Arm.
        Self(unsafe { vld1q_u8(bytes.as_ptr()) })
    }

    /// Return the place of the first byte that ends the plain part of a string.
    #[inline]
    pub fn string_stop(self) -> Option<usize> {
        first(self.string_stops())
    }

    /// Return the place of the first byte that ends the plain part of a string, or is a dot.
    #[inline]
    pub fn name_stop(self) -> Option<usize> {
        // SAFETY: this only computes, and NEON is part of 64-bit Arm.
        first(unsafe { vorrq_u8(self.string_stops(), self.equal(b'.')) })
    }

    /// Return the place of the first byte that is not white space.
    #[inline]
    pub fn space_stop(self) -> Option<usize> {
        // SAFETY: these only compute, and NEON is part of 64-bit Arm.
        first(unsafe {
            let breaks = vorrq_u8(self.equal(b'\n'), self.equal(b'\r'));
            vmvnq_u8(vorrq_u8(breaks, vorrq_u8(self.equal(b' '), self.equal(b'\t'))))
        })
    }

    #[inline]
    fn string_stops(self) -> uint8x16_t {
        // SAFETY: these only compute, and NEON is part of 64-bit Arm.
        unsafe {
            let controls = vcltq_u8(self.0, vdupq_n_u8(0x20));
            vorrq_u8(controls, vorrq_u8(self.equal(b'"'), self.equal(b'\\')))
        }
    }

    #[inline]
    fn equal(self, byte: u8) -> uint8x16_t {
        // SAFETY: these only compute, and NEON is part of 64-bit Arm.
        unsafe { vceqq_u8(self.0, vdupq_n_u8(byte)) }
    }
}

/// Return the place of the first lane that is set; a lane is all ones or all zeros.
#[inline]
fn first(lanes: uint8x16_t) -> Option<usize> {
    // SAFETY: these only compute, and NEON is part of 64-bit Arm.
    let mask = unsafe {
        // Four bits of each lane: the upper ones of the even lanes, the lower ones of the odd.
        let halves = vshrn_n_u16::<4>(vreinterpretq_u16_u8(lanes));
        vget_lane_u64::<0>(vreinterpret_u64_u8(halves))
    };
    (mask != 0).then_some(mask.trailing_zeros() as usize / 4)
}
