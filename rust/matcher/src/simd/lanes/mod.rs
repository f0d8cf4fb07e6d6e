//! Sixteen bytes at once, for texts that are short.
//!
//! [`Lanes`] is the form of sixteen bytes that a processor compares in one step; where there is
//! none, two words stand in. All backends answer alike.

// What is done for every string of an event must not cost a call.
#![allow(clippy::inline_always)]

#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
#[allow(unsafe_code)]
mod neon;
#[cfg(any(
    test,
    not(any(target_arch = "x86_64", all(target_arch = "aarch64", target_endian = "little")))
))]
mod portable;
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
mod sse2;

#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
use neon::Lanes;
#[cfg(not(any(
    target_arch = "x86_64",
    all(target_arch = "aarch64", target_endian = "little")
)))]
use portable::Lanes;
#[cfg(target_arch = "x86_64")]
use sse2::Lanes;

pub(crate) const WIDTH: usize = 16;

/// Return the place of the first quote, backslash or control character at or behind `at`.
///
/// Returns the length of `bytes` if there is none.
#[inline(always)]
pub(crate) fn string_stop(bytes: &[u8], at: usize) -> usize {
    stop(bytes, at, Lanes::string_stop, stops_string)
}

/// Return the place of the first byte at or behind `at` that is not white space.
///
/// Returns the length of `bytes` if there is none.
#[inline]
pub(crate) fn space_stop(bytes: &[u8], at: usize) -> usize {
    stop(bytes, at, Lanes::space_stop, |byte| !is_space(byte))
}

/// Look for a byte in blocks.
#[inline(always)]
fn stop(
    bytes: &[u8],
    mut at: usize,
    in_block: impl Fn(Lanes) -> Option<usize>,
    is_it: impl Fn(u8) -> bool,
) -> usize {
    while let Some(block) = bytes[at..].first_chunk() {
        if let Some(place) = in_block(Lanes::load(block)) {
            return at + place;
        }
        at += WIDTH;
    }
    stop_near_end(bytes, at, in_block, is_it)
}

/// Look for a byte where less than a block is left.
#[inline(never)]
fn stop_near_end(
    bytes: &[u8],
    at: usize,
    in_block: impl Fn(Lanes) -> Option<usize>,
    is_it: impl Fn(u8) -> bool,
) -> usize {
    let left = bytes.len() - at;
    let place = match bytes.last_chunk() {
        // What is left moves to the front, and behind it come zeros, which stop every search.
        Some(block) if left > 0 => {
            let rest = u128::from_le_bytes(*block) >> (8 * (WIDTH - left));
            in_block(Lanes::load(&rest.to_le_bytes()))
        }
        _ => bytes[at..].iter().position(|byte| is_it(*byte)),
    };
    at + place.unwrap_or(left)
}

/// Return the length of a member name that begins `chunk`, is plain and ends in it.
///
/// Plain is a name without escapes and dots.
#[inline]
pub(crate) fn plain_name(chunk: &[u8; WIDTH]) -> Option<usize> {
    Lanes::load(chunk).name_stop().filter(|place| chunk[*place] == b'"')
}

/// Say whether a byte ends the plain part of a string.
fn stops_string(byte: u8) -> bool {
    matches!(byte, 0..0x20 | b'"' | b'\\')
}

/// Say whether a byte is white space between the tokens of JSON.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Bytes among which those that matter are frequent.
    fn byte() -> impl Strategy<Value = u8> {
        prop_oneof![
            any::<u8>(),
            proptest::sample::select(&b"\"\\.\x00\x1F\x20\x20\n\r\t0189/:\x7F\x80\xFF"[..])
        ]
    }

    /// Every byte that cannot stand in a string is found in every place.
    #[test]
    fn finds_each_stop() {
        for stop in (0..0x20).chain([b'"', b'\\']) {
            for place in 0..40 {
                let mut bytes = [b'\xC3'; 48];
                bytes[place] = stop;
                bytes[place + 1] = stop;
                assert_eq!(place, string_stop(&bytes, 0), "{stop:#x} at {place}");
            }
        }
    }

    proptest! {
        /// Every backend finds what a loop over the bytes finds.
        #[test]
        fn backends_agree(chunk in proptest::array::uniform16(byte())) {
            let stop = chunk.iter().position(|byte| stops_string(*byte));
            let name_stop = chunk.iter().position(|byte| stops_string(*byte) || *byte == b'.');
            prop_assert_eq!(stop, portable::Lanes::load(&chunk).string_stop());
            prop_assert_eq!(stop, Lanes::load(&chunk).string_stop());
            prop_assert_eq!(name_stop, portable::Lanes::load(&chunk).name_stop());
            prop_assert_eq!(name_stop, Lanes::load(&chunk).name_stop());
            let space_stop = chunk.iter().position(|byte| !is_space(*byte));
            prop_assert_eq!(space_stop, portable::Lanes::load(&chunk).space_stop());
            prop_assert_eq!(space_stop, Lanes::load(&chunk).space_stop());
        }

        /// The end of the text is no different from its middle.
        #[test]
        fn the_end_counts(text in proptest::collection::vec(byte(), 0..50), at in 0..50usize) {
            let at = at.min(text.len());
            let stop = text[at..].iter().position(|byte| stops_string(*byte));
            prop_assert_eq!(stop.map_or(text.len(), |place| at + place), string_stop(&text, at));
            let stop = text[at..].iter().position(|byte| !is_space(*byte));
            prop_assert_eq!(stop.map_or(text.len(), |place| at + place), space_stop(&text, at));
        }
    }
}
