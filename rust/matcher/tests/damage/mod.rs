//! Damage done to a text: pieces that matter to a reader of JSON are put in, others go.

use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Bytes that matter to a reader of JSON, and some that matter to nobody.
const PIECES: [&[u8]; 36] = [
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\"",
    b"\\",
    b"\\u",
    b"\\ud83d",
    b"\\udc00",
    b"\\n",
    b"\\/",
    b"0",
    b"-",
    b".",
    b"e",
    b"E+",
    b"1",
    b" ",
    b"\n",
    b"\x0c",
    b"\0",
    b"\x1f",
    b"\x7f",
    b"true",
    b"nul",
    b"null",
    b"\xc3",
    b"\xa9",
    b"\xed\xa0\x80",
    b"\xf0\x9f\x98\x80",
    b"\xff",
    b"a",
    b"\"a\":",
    b"/**/",
];

/// One change of a text: where, how many bytes go, what comes.
#[derive(Clone, Debug)]
pub struct Change {
    at: Index,
    dropped: usize,
    piece: &'static [u8],
}

pub fn change() -> impl Strategy<Value = Change> {
    (any::<Index>(), 0..4_usize, select(&PIECES[..])).prop_map(|(at, dropped, piece)| Change {
        at,
        dropped,
        piece,
    })
}

pub fn damaged(text: &str, changes: &[Change]) -> Vec<u8> {
    changes.iter().fold(text.as_bytes().to_vec(), |mut bytes, change| {
        let start = change.at.index(bytes.len() + 1);
        let end = bytes.len().min(start + change.dropped);
        bytes.splice(start..end, change.piece.iter().copied());
        bytes
    })
}
