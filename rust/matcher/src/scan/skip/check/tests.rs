//! The check of many bytes at once is held against the one that goes from token to token.

use proptest::prelude::*;

use super::*;
use crate::hash::Seed;
use crate::paths::Paths;
use crate::scan::{Care, MAX_DEPTH, Members, Scanner};
use crate::simd::Backend;
use crate::values::Values;

/// Every kind of token, in every neighbourhood that is allowed.
const TEXT: &str = r#"{"a":{"b":["x",1.5e3,true,null,[],{}]},"c" : -0 ,"\"":[0,[-1.5E-3,{"d":""}]],"e.f":"é\\\ud83d\ude00\n","g":{"h":{},"i":[[]]}, "j":false,"k":[{"l":10,"m":"x,y:{}"},[2,"3"],"z"]}"#;

/// Bytes and texts that matter somewhere in the grammar.
const PIECES: [&str; 39] = [
    "{", "}", "[", "]", ":", ",", "\"", "\\", "\"a\"", "\"b\":", "\"\\\"\"", "0", "1", "25", "-",
    "+", ".", "e", "E", "1.5", "-2e+7", "true", "false", "null", "nul", "t", " ", "\n", "\t", "\r",
    "\0", "\x1f", "\\u00e9", "\\ud83d", "\\ude00", "\\n", "\\x", "é", "/",
];

/// Check a text from token to token.
fn is_container(text: &[u8], max_depth: usize) -> bool {
    let mut scanner = Scanner {
        bytes: text,
        care: Care::Whole,
        at: 0,
        depth: MAX_DEPTH - max_depth,
        paths: &Paths::default(),
        seed: &Seed::default(),
        members: &mut Members::default(),
        values: &mut Values::default(),
    };
    text.starts_with(b"{") | text.starts_with(b"[")
        && scanner.skip_token_by_token().is_ok()
        && scanner.at == text.len()
}

fn assert_same(text: &[u8]) {
    let expected = is_container(text, MAX_DEPTH);
    for backend in Backend::available() {
        let found = backend.run(IsContainer { text, max_depth: MAX_DEPTH });
        // What does not begin or end with a bracket is not asked for.
        let is_bracketed = matches!(text, [b'{' | b'[', .., b'}' | b']']);
        assert_eq!(expected, found && is_bracketed, "{backend:?} {}", text.escape_ascii());
    }
}

/// Every small change to a text is judged right, wherever the borders of blocks are.
#[test]
fn small_changes_are_judged_right() {
    for shift in (0..600).step_by(7) {
        let text = format!("[{},{TEXT}]", "1".repeat(shift + 1)).into_bytes();
        assert!(is_container(&text, MAX_DEPTH));
        assert_same(&text);
        for at in shift + 3..text.len() {
            let (before, behind) = text.split_at(at);
            assert_same(before);
            assert_same(&[before, &behind[1..]].concat());
            let piece = PIECES[(at + shift * 5) % PIECES.len()].as_bytes();
            assert_same(&[before, piece, behind].concat());
            assert_same(&[before, piece, &behind[1..]].concat());
        }
    }
}

/// No more containers may be open than is said.
#[test]
fn depth_is_limited() {
    for depth in [1, 2, 511, 512, 513, 600] {
        let text = format!("{}{}", "[".repeat(depth), "]".repeat(depth)).into_bytes();
        for max_depth in [0, 1, 2, 510, 511, 512] {
            for backend in Backend::available() {
                let found = backend.run(IsContainer { text: &text, max_depth });
                assert_eq!(depth <= max_depth, found, "{backend:?} {depth} {max_depth}");
            }
        }
    }
}

/// A string, a number and white space may be longer than any group of blocks.
#[test]
fn long_tokens_are_judged_right() {
    for long in ["x", "\\\\", "\\\"", "é", "\\ud83d\\ude00", "a\\u0041"] {
        for (len, end) in (480..560).zip(["", "\"", "\\", "\\\"", "\x01"].iter().cycle()) {
            assert_same(format!("{{\"a\":\"{}{end}\"}}", long.repeat(len / long.len())).as_bytes());
        }
    }
    for digits in 500..520 {
        for number in ["1", "-1", "0", "0.", "1.", "1e", "1e+", "1.5E-"] {
            for end in ["", ".", "e", "-", "x", ".5", "e5", " ", "true"] {
                assert_same(format!("[{number}{}{end}]", "1".repeat(digits)).as_bytes());
            }
        }
        let blanks = " ".repeat(digits);
        for token in ["true", "null,", "1 2", "\"a\":1", ",", ""] {
            assert_same(format!("[{blanks}{token}{blanks}]").as_bytes());
            assert_same(format!("{{{blanks}{token}{blanks}}}").as_bytes());
        }
    }
}

proptest! {
    /// Any sequence of tokens and parts of tokens is judged right.
    #[test]
    fn any_pieces_are_judged_right(
        pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..60),
        filling in 0..520usize,
    ) {
        assert_same(format!("[{}]", pieces.concat()).as_bytes());
        assert_same(format!("{{\"{}\":[{}]}}", "x".repeat(filling), pieces.concat()).as_bytes());
    }

    /// Any text in the midst of a good one is judged right.
    #[test]
    fn any_text_is_judged_right(text in ".{0,60}", at in 1..TEXT.len()) {
        prop_assume!(TEXT.is_char_boundary(at));
        assert_same([&TEXT[..at], &text, &TEXT[at..]].concat().as_bytes());
    }
}
