//! Blocks in the registers of x86-64.

mod avx2;
mod avx512;
mod sse2;

use std::arch::x86_64::{_mm_clmulepi64_si128, _mm_cvtsi128_si64, _mm_set_epi64x, _mm_set1_epi8};

use super::Job;
use avx2::Avx2;
use avx512::Avx512;
use sse2::Sse2;

/// A set of instructions that this processor has: made only by [`Level::available`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Level(Set);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Set {
    Avx512,
    Avx2,
    Sse2,
}

impl Level {
    /// Go through the sets that this processor has, the fastest first.
    pub fn available() -> impl Iterator<Item = Self> {
        let has_bmi = is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt")
            && is_x86_feature_detected!("popcnt")
            && is_x86_feature_detected!("pclmulqdq");
        let has_avx2 = has_bmi && is_x86_feature_detected!("avx2");
        let has_avx512 = has_avx2
            && is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512dq");
        let sets = [(Set::Avx512, has_avx512), (Set::Avx2, has_avx2), (Set::Sse2, true)];
        sets.into_iter().filter(|(_, is_there)| *is_there).map(|(set, _)| Self(set))
    }

    #[inline]
    pub fn run<J: Job>(self, job: J) -> J::Output {
        // SAFETY: a level is made only for a set that the processor has.
        unsafe {
            match self.0 {
                Set::Avx512 => run_avx512(job),
                Set::Avx2 => run_avx2(job),
                Set::Sse2 => job.run::<Sse2>(),
            }
        }
    }
}

/// # Safety
///
/// The processor must have the features.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx2,bmi1,bmi2,lzcnt,popcnt,pclmulqdq")]
unsafe fn run_avx512<J: Job>(job: J) -> J::Output {
    job.run::<Avx512>()
}

/// # Safety
///
/// The processor must have the features.
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt,pclmulqdq")]
unsafe fn run_avx2<J: Job>(job: J) -> J::Output {
    job.run::<Avx2>()
}

/// Set each bit that has an odd number of set bits at or below it: multiply by −1 without carries.
///
/// # Safety
///
/// The processor must have PCLMULQDQ.
#[inline(always)]
unsafe fn parity(bits: u64) -> u64 {
    // SAFETY: these only compute, with instructions that the caller vouches for.
    unsafe {
        let factor = _mm_set_epi64x(0, bits.cast_signed());
        let product = _mm_clmulepi64_si128(factor, _mm_set1_epi8(-1), 0);
        _mm_cvtsi128_si64(product).cast_unsigned()
    }
}
