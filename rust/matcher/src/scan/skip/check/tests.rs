//! The check of many bytes at once is held against the one that goes from token to token.

use proptest::prelude::*;

use super::*;
use crate::hash::Seed;
use crate::paths::Paths;
use crate::scan::{Care, Members, Scanner};
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
fn container_len(text: &[u8]) -> Option<usize> {
    let mut scanner = Scanner {
        bytes: text,
        care: Care::Whole,
        at: 0,
        depth: 0,
        paths: &Paths::default(),
        seed: &Seed::default(),
        members: &mut Members::default(),
        values: &mut Values::default(),
    };
    matches!(text, [b'{' | b'[', ..]).then_some(())?;
    scanner.skip_token_by_token().ok().map(|()| scanner.at)
}

fn assert_same(text: &[u8]) {
    let expected = container_len(text);
    for backend in Backend::available() {
        let found = backend.run(CheckedEnd(text));
        assert_eq!(expected, found, "{backend:?} {}", text.escape_ascii());
    }
}

/// Every small change to a text is judged right, wherever the borders of blocks are.
#[test]
fn small_changes_are_judged_right() {
    for shift in (0..600).step_by(7) {
        let text = format!("[{},{TEXT}]", "1".repeat(shift + 1)).into_bytes();
        assert_eq!(Some(text.len()), container_len(&text));
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

/// Containers nested deeper than a word has bits are left to the slow check.
#[test]
fn depth_is_limited() {
    for (depth, is_found) in
        [(1, true), (2, true), (63, true), (64, false), (65, false), (130, false)]
    {
        for (opening, closing) in [("[", "]"), (r#"{"a":"#, "}")] {
            let text = format!("{}1{}", opening.repeat(depth), closing.repeat(depth));
            for backend in Backend::available() {
                let found = backend.run(CheckedEnd(text.as_bytes()));
                assert_eq!(is_found.then_some(text.len()), found, "{backend:?} {depth}");
            }
        }
    }
}

/// Any two bytes outside of strings are judged right in every neighbourhood, at every place of a block.
#[test]
fn any_two_bytes_are_judged_right() {
    let neighbourhoods = [
        ("[", "]"),
        ("[1", "1]"),
        ("[\"a\"", "1]"),
        ("{\"a\":", "}"),
        ("{\"a\"", "1}"),
        ("[-", "5]"),
    ];
    for (place, pair) in (0..=u16::MAX).enumerate() {
        let pair = pair.to_be_bytes();
        for (before, behind) in neighbourhoods {
            let [filling, blanks] = ["x".repeat(place % 67), " ".repeat(place / 67 % 3)];
            let before = format!("[\"{filling}\",{blanks}{before}");
            let text = [before.as_bytes(), &pair, behind.as_bytes(), b"]"].concat();
            // What is not UTF-8 is refused before.
            if std::str::from_utf8(&text).is_ok() {
                assert_same(&text);
            }
        }
    }
}

/// What stands behind a container is not looked at.
#[test]
fn the_text_behind_does_not_matter() {
    for filling in 0..130 {
        let text = format!("{{\"{}\":[1]}}", "x".repeat(filling));
        for behind in
            ["", "}", "]]", ",\"a\":{", "\"", "\\", "\"\\x", "1.2.3", "nonsense", "\0", "é"]
        {
            for backend in Backend::available() {
                let found = backend.run(CheckedEnd([&text, behind].concat().as_bytes()));
                assert_eq!(Some(text.len()), found, "{backend:?} {text}{behind}");
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
