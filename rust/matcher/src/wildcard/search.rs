//! Search for folded text in text that is folded on the way, in linear time and without a copy.
//!
//! This is the algorithm of Knuth, Morris and Pratt over the UTF-8 bytes of the folded text. A hit
//! ends where a code point ends, because UTF-8 text is found in UTF-8 text at such places alone.

use crate::fold::fold_char;

/// Return, by length, how long the longest border of the piece's beginning of that length is.
///
/// A border of a text is a shorter one that the text both starts and ends with.
pub(super) fn borders(piece: &str) -> Box<[u32]> {
    let bytes = piece.as_bytes();
    let mut borders = vec![0; bytes.len() + 1];
    let mut len = 0;
    for at in 1..bytes.len() {
        len = advance(bytes, &borders, len, bytes[at]);
        borders[at + 1] = len;
    }
    borders.into()
}

/// Return what follows the first place where `text` folds to `piece`.
pub(super) fn find_folded<'t>(piece: &str, borders: &[u32], text: &'t str) -> Option<&'t str> {
    let mut len = 0;
    let mut rest = text.chars();
    while let Some(char) = rest.next() {
        let mut buffer = [0; 4];
        for byte in fold_char(char).encode_utf8(&mut buffer).bytes() {
            len = advance(piece.as_bytes(), borders, len, byte);
        }
        if len as usize == piece.len() {
            return Some(rest.as_str());
        }
    }
    None
}

/// Return how much of the piece is found when `byte` follows its first `len` bytes.
#[inline]
fn advance(piece: &[u8], borders: &[u32], mut len: u32, byte: u8) -> u32 {
    while piece[len as usize] != byte {
        if len == 0 {
            return 0;
        }
        len = borders[len as usize];
    }
    len + 1
}
