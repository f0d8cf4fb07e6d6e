//! Where a container ends, 64 bytes at a time.

// What is generic over the kind of block must be compiled into one function for each kind.
#![allow(clippy::inline_always)]

use super::strings::Strings;
use crate::simd::{BLOCK, Block, Job};

/// Finds the length of the container that begins a text; `None` if it does not end.
///
/// Nothing is looked at but strings and brackets, and brackets of both kinds are the same.
pub(super) struct ContainerEnd<'t>(pub &'t [u8]);

impl Job for ContainerEnd<'_> {
    type Output = Option<usize>;

    #[inline(always)]
    fn run<B: Block>(self) -> Option<usize> {
        let mut rest = self.0;
        let mut strings = Strings::default();
        let mut open = 0;
        while !rest.is_empty() {
            let block = B::load_start(rest);
            let outside = !strings.find(block).inside;
            let openings = block.equal_either(b'{') & outside;
            let closings = block.equal_either(b'}') & outside;
            if let Some(place) = last_closing(openings, closings, open) {
                return Some(self.0.len() - rest.len() + place + 1);
            }
            open += openings.count_ones();
            open -= closings.count_ones();
            rest = rest.get(BLOCK..).unwrap_or_default();
        }
        None
    }
}

/// Return the place of the closing bracket that leaves nothing open, if it is in this block.
#[inline(always)]
fn last_closing(openings: u64, mut closings: u64, open: u32) -> Option<usize> {
    if closings.count_ones() < open {
        return None;
    }
    let mut closed = 0;
    while closings != 0 {
        let place = closings.trailing_zeros();
        closings &= closings - 1;
        closed += 1;
        if open + (openings & ((1 << place) - 1)).count_ones() == closed {
            return Some(place as usize);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::simd::Backend;

    /// The same, byte by byte.
    fn expected(text: &[u8]) -> Option<usize> {
        let (mut open, mut in_string, mut escaped) = (0, false, false);
        for (place, byte) in text.iter().enumerate() {
            match byte {
                b'"' if !escaped => in_string = !in_string,
                b'{' | b'[' if !in_string => open += 1,
                b'}' | b']' if !in_string => {
                    open -= 1;
                    if open == 0 {
                        return Some(place + 1);
                    }
                }
                _ => {}
            }
            escaped = *byte == b'\\' && !escaped;
        }
        None
    }

    fn assert_found(text: &[u8]) {
        for backend in Backend::available() {
            let found = backend.run(ContainerEnd(text));
            assert_eq!(expected(text), found, "{backend:?} {}", text.escape_ascii());
        }
    }

    /// The end is found wherever it is in a block.
    #[test]
    fn finds_every_end() {
        for len in 0..200 {
            for filling in ["x", "{}", "\"}\"", "\\\\", "\"\\\"]\"", "\"\\\\\"", "[[]]"] {
                let filled: String = filling.chars().cycle().take(len).collect();
                let quote = if filled.matches('"').count() % 2 == 1 { "\"" } else { "" };
                assert_found(format!("{{{filled}{quote}}}]]]]}}}} {{}}").as_bytes());
            }
        }
    }

    proptest! {
        /// All kinds of blocks find the end in any text that opens with a bracket.
        #[test]
        fn finds_the_end_in_any_text(text in "\\{[{}\\[\\]\"\\\\xé]{0,300}") {
            assert_found(text.as_bytes());
        }
    }
}
