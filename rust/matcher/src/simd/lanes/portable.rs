//! Sixteen bytes in two words, for processors without a backend of their own.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = ONES << 7;

/// Sixteen bytes.
#[derive(Clone, Copy)]
pub(super) struct Lanes([u64; 2]);

impl Lanes {
    pub fn load(bytes: &[u8; 16]) -> Self {
        let both = u128::from_le_bytes(*bytes);
        // The halves are taken apart on purpose.
        #[allow(clippy::cast_possible_truncation)]
        Self([both as u64, (both >> 64) as u64])
    }

    /// Return the place of the first byte that ends the plain part of a string.
    pub fn string_stop(self) -> Option<usize> {
        self.first(string_stops)
    }

    /// Return the place of the first byte that ends the plain part of a string, or is a dot.
    pub fn name_stop(self) -> Option<usize> {
        self.first(|word| string_stops(word) | equal(word, b'.'))
    }

    /// Return the place of the first byte that is not white space.
    pub fn space_stop(self) -> Option<usize> {
        let bytes = self.0.iter().flat_map(|word| word.to_le_bytes());
        bytes.enumerate().find(|(_, byte)| !super::is_space(*byte)).map(|(place, _)| place)
    }

    /// Return the place of the first byte for which `hits` sets the high bit.
    fn first(self, hits: impl Fn(u64) -> u64) -> Option<usize> {
        let mut places = self.0.iter().zip([0, 8]);
        places.find_map(|(word, before)| match hits(*word) {
            0 => None,
            bits => Some(before + bits.trailing_zeros() as usize / 8),
        })
    }
}

fn string_stops(word: u64) -> u64 {
    below(word, 0x20) | equal(word, b'"') | equal(word, b'\\')
}

/// Set the high bit of each byte below `limit`, which is at most 0x80.
///
/// Borrows can set more bits, but only above the lowest one, so the lowest one is right.
fn below(word: u64, limit: u64) -> u64 {
    word.wrapping_sub(ONES * limit) & !word & HIGH_BITS
}

fn equal(word: u64, byte: u8) -> u64 {
    below(word ^ (ONES * u64::from(byte)), 1)
}
