//! A block in four registers, for every 64-bit Arm processor.

use std::arch::aarch64::{
    uint8x16_t, uint8x16x4_t, vandq_u8, vceqq_u8, vcltq_u8, vdupq_n_u8, vget_lane_u64, vld1q_u8,
    vld4q_u8, vorrq_u8, vqtbl1q_u8, vreinterpret_u64_u8, vreinterpretq_u16_u8, vshrn_n_u16,
    vsriq_n_u8, vsubq_u8, vtstq_u8,
};

use super::{BLOCK, Block, Portable};

/// A block whose byte i is lane i / 4 of register i % 4.
///
/// Dealt out like this, the bits of four bytes that follow each other meet by shifts within lanes.
#[derive(Clone, Copy)]
pub(super) struct Neon(uint8x16x4_t);

impl Neon {
    #[inline]
    fn find(self, hits: impl Fn(uint8x16_t) -> uint8x16_t) -> u64 {
        let uint8x16x4_t(a, b, c, d) = self.0;
        collect(uint8x16x4_t(hits(a), hits(b), hits(c), hits(d)))
    }
}

/// Collect one bit of every byte; each byte is all ones or all zeros.
#[inline]
fn collect(uint8x16x4_t(a, b, c, d): uint8x16x4_t) -> u64 {
    // SAFETY: these only compute, and NEON is part of 64-bit Arm.
    unsafe {
        // The upper bits of the second operand move down, behind those of the first that stay.
        let fours = vsriq_n_u8::<2>(vsriq_n_u8::<1>(d, c), vsriq_n_u8::<1>(b, a));
        // Now the upper half of each lane is what is wanted: d, c, b and a from the top.
        let twice = vsriq_n_u8::<4>(fours, fours);
        let bits = vshrn_n_u16::<4>(vreinterpretq_u16_u8(twice));
        vget_lane_u64::<0>(vreinterpret_u64_u8(bits))
    }
}

#[inline]
fn all(byte: u8) -> uint8x16_t {
    // SAFETY: this only computes, and NEON is part of 64-bit Arm.
    unsafe { vdupq_n_u8(byte) }
}

// SAFETY, of all blocks below: they only compute, and NEON is part of 64-bit Arm; `load` reads 64
// bytes and `blanks` 16 bytes that references are good for, and they ask for no alignment.
impl Block for Neon {
    #[inline]
    fn load(bytes: &[u8; BLOCK]) -> Self {
        Self(unsafe { vld4q_u8(bytes.as_ptr()) })
    }

    #[inline]
    fn equal(self, byte: u8) -> u64 {
        self.find(|lanes| unsafe { vceqq_u8(lanes, all(byte)) })
    }

    #[inline]
    fn equal_either(self, byte: u8) -> u64 {
        self.find(|lanes| unsafe { vceqq_u8(vorrq_u8(lanes, all(0x20)), all(byte)) })
    }

    #[inline]
    fn lower(self) -> u64 {
        self.find(|lanes| unsafe { vtstq_u8(lanes, all(0x20)) })
    }

    #[inline]
    fn controls(self) -> u64 {
        self.find(|lanes| unsafe { vcltq_u8(lanes, all(0x20)) })
    }

    #[inline]
    fn blanks(self) -> u64 {
        // By the low half of a byte: the blank that has it.
        const BLANKS: [u8; 16] = *b"\x20\0\0\0\0\0\0\0\0\t\n\0\0\r\0\0";
        let blanks = unsafe { vld1q_u8(BLANKS.as_ptr()) };
        self.find(|lanes| unsafe {
            vceqq_u8(lanes, vqtbl1q_u8(blanks, vandq_u8(lanes, all(0x0F))))
        })
    }

    #[inline]
    fn digits(self) -> u64 {
        self.find(|lanes| unsafe { vcltq_u8(vsubq_u8(lanes, all(b'0')), all(10)) })
    }

    /// Six instructions that shift and combine at once: no slower than a multiplication without
    /// carries and the moves to and from the vector registers, which not all processors have.
    #[inline]
    fn parity(bits: u64) -> u64 {
        Portable::parity(bits)
    }
}
