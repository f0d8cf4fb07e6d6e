//! Blocks of 64 bytes, compared all at once.
//!
//! Which instructions a processor has is only known when it runs. So work is written as a [`Job`]
//! that is generic over the [`Block`], compiled for every kind of block, and [`Backend::run`]
//! takes the best one that is there.

// What is generic over the kind of block must be compiled into one function for each kind.
#![allow(clippy::inline_always)]

#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
#[allow(unsafe_code)]
mod neon;
mod portable;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
mod x86;

use std::sync::LazyLock;

use portable::Portable;

/// The number of bytes in a block.
pub(crate) const BLOCK: usize = 64;

/// 64 bytes, to be asked where something is: bit i of an answer stands for byte i.
pub(crate) trait Block: Copy {
    fn load(bytes: &[u8; BLOCK]) -> Self;

    /// Load what a text begins with; behind its end there are zeros.
    #[inline(always)]
    fn load_start(text: &[u8]) -> Self {
        if let Some(bytes) = text.first_chunk() {
            return Self::load(bytes);
        }
        let mut bytes = [0; BLOCK];
        bytes[..text.len()].copy_from_slice(text);
        Self::load(&bytes)
    }

    /// Find a byte.
    fn equal(self, byte: u8) -> u64;

    /// Find a byte that has bit 0x20, and the byte that differs in this bit alone.
    fn equal_either(self, byte: u8) -> u64;

    /// Find the bytes that have bit 0x20.
    fn lower(self) -> u64;

    /// Find the bytes below 0x20.
    fn controls(self) -> u64;

    /// Find the white space of JSON.
    fn blanks(self) -> u64;

    /// Find the digits.
    fn digits(self) -> u64;

    /// Set each bit that has an odd number of set bits at or below it.
    fn parity(bits: u64) -> u64;
}

/// Work that is compiled for every kind of block.
///
/// It reaches the instructions of a processor only as far as it is inlined into `run`.
pub(crate) trait Job {
    type Output;

    fn run<B: Block>(self) -> Self::Output;
}

/// A kind of block that this processor has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Backend(Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Portable,
    #[cfg(all(target_arch = "aarch64", target_endian = "little"))]
    Neon,
    #[cfg(target_arch = "x86_64")]
    X86(x86::Level),
}

impl Backend {
    /// Go through what this processor has, the fastest first.
    pub fn available() -> impl Iterator<Item = Self> {
        #[cfg(target_arch = "x86_64")]
        let special = x86::Level::available().map(Kind::X86);
        #[cfg(not(target_arch = "x86_64"))]
        let special = std::iter::empty();
        let common = [
            #[cfg(all(target_arch = "aarch64", target_endian = "little"))]
            Kind::Neon,
            Kind::Portable,
        ];
        special.chain(common).map(Self)
    }

    /// Say whether many bytes are compared by one instruction.
    pub fn is_vector(self) -> bool {
        self.0 != Kind::Portable
    }

    #[inline]
    pub fn run<J: Job>(self, job: J) -> J::Output {
        match self.0 {
            Kind::Portable => job.run::<Portable>(),
            #[cfg(all(target_arch = "aarch64", target_endian = "little"))]
            Kind::Neon => job.run::<neon::Neon>(),
            #[cfg(target_arch = "x86_64")]
            Kind::X86(level) => level.run(job),
        }
    }
}

impl Default for Backend {
    /// Return the fastest.
    fn default() -> Self {
        static FASTEST: LazyLock<Backend> =
            LazyLock::new(|| Backend::available().next().expect("the portable one is there"));
        *FASTEST
    }
}
