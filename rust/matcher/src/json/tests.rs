//! Where tokens end, what they stand for, and why they are refused.

use super::*;

fn decode(text: &str) -> String {
    let mut decoded = Vec::new();
    unescape(text.as_bytes(), &mut decoded);
    String::from_utf8(decoded).expect("UTF-8")
}

/// White space is the four characters of RFC 8259 and nothing else.
#[test]
fn skips_white_space() {
    let cases: [(&str, usize); 9] = [
        ("", 0),
        ("x", 0),
        (" x", 1),
        ("\t\r\n x", 4),
        ("\n        \n                    x", 30),
        ("    ", 4),
        ("\n        ", 9),
        ("\u{c}x", 0),
        ("\u{a0}x", 0),
    ];
    for (text, expected) in cases {
        assert_eq!(expected, skip_space(text.as_bytes(), 0), "{text:?}");
    }
}

/// A string ends at the first quote that is not escaped, wherever in a word of eight it stands.
#[test]
fn finds_the_end_of_a_string() {
    for length in 0..40 {
        for (piece, escaped) in [("", false), ("é", false), (r#"\""#, true), (r"\\", true)] {
            let content = format!("{}{piece}{}", "x".repeat(length), "\u{7f}".repeat(length));
            let text = format!("\"{content}\",\"");
            let expected = Ok((content.len() + 1, escaped));
            assert_eq!(expected, string_end(text.as_bytes(), 1), "{text:?}");
        }
    }
}

/// A faulty string is refused with what was expected and where.
#[test]
fn refuses_faulty_strings() {
    const CONTROL: EventErrorKind =
        EventErrorKind::Syntax("an escape in place of a control character");
    const CLOSING: EventErrorKind = EventErrorKind::Syntax("a closing quote");
    const ESCAPE: EventErrorKind =
        EventErrorKind::Syntax(r#"one of the escapes \" \\ \/ \b \f \n \r \t \u"#);
    const DIGITS: EventErrorKind = EventErrorKind::Syntax(r"four hexadecimal digits after \u");
    let cases = [
        ("", CLOSING, 0),
        ("abc", CLOSING, 3),
        (r#"abc\""#, CLOSING, 5),
        ("a\nb\"", CONTROL, 1),
        ("\0\"", CONTROL, 0),
        ("\u{1f}\"", CONTROL, 0),
        (r"a\", ESCAPE, 1),
        (r#"\x41""#, ESCAPE, 0),
        (r#"\U0041""#, ESCAPE, 0),
        (r#"\'""#, ESCAPE, 0),
        (r#"\é""#, ESCAPE, 0),
        (r#"\u12""#, DIGITS, 0),
        (r#"a\u12g4""#, DIGITS, 1),
        (r#"\u+123""#, DIGITS, 0),
        (r"\u", DIGITS, 0),
        (r#"\ud83d\u12""#, DIGITS, 6),
        (r#"\ud83d\ude0""#, DIGITS, 6),
        (r#"\ud800""#, EventErrorKind::LoneSurrogate, 0),
        (r"\ud800", EventErrorKind::LoneSurrogate, 0),
        (r#"x\udc00""#, EventErrorKind::LoneSurrogate, 1),
        (r#"\ud83dx""#, EventErrorKind::LoneSurrogate, 0),
        (r#"\ude00\ud83d""#, EventErrorKind::LoneSurrogate, 0),
        (r#"\ud83d\ud83d\ude00""#, EventErrorKind::LoneSurrogate, 0),
        (r#"\ud83d\u0041""#, EventErrorKind::LoneSurrogate, 0),
        (r#"\ud83d\n""#, EventErrorKind::LoneSurrogate, 0),
        (r"\ud83d\", EventErrorKind::LoneSurrogate, 0),
    ];
    for (text, kind, offset) in cases {
        let expected = Err(EventError { kind, offset });
        assert_eq!(expected, string_end(text.as_bytes(), 0), "{text:?}");
    }
}

/// Escapes are decoded, surrogate pairs to one character.
#[test]
fn decodes_escapes() {
    let cases = [
        ("", ""),
        ("plain é", "plain é"),
        (r#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{c}\n\r\t"),
        (r"a\u0041b", "aAb"),
        (r"\u00e9\u00E9", "éé"),
        (r"\uFFFF\u0000", "\u{ffff}\0"),
        (r"\ud83d\ude00", "😀"),
        (r"x\uD83D\uDE00\ud83d\ude00y", "x😀😀y"),
        (r"\\u0041", r"\u0041"),
    ];
    for (text, expected) in cases {
        assert_eq!(expected, decode(text), "{text:?}");
    }
}

/// A place in the decoded text is found again in the text with its escapes.
#[test]
fn finds_places_behind_escapes() {
    let cases = [
        ("abc", 2, 2),
        (r"\na", 1, 2),
        (r"\\\\*", 1, 2),
        (r"é\u00e9*", 4, 8),
        (r"\ud83d\ude00*", 4, 12),
    ];
    for (text, place, expected) in cases {
        assert_eq!(expected, escaped_place(text, place), "{text:?}");
    }
}

/// A number ends where the grammar of RFC 8259 ends it.
#[test]
fn finds_the_end_of_a_number() {
    let whole = [
        "0",
        "-0",
        "7",
        "120",
        "0.5",
        "-0.05",
        "1e5",
        "1E+5",
        "1e-05",
        "12.50e400",
        "0e0",
        "123456789012345678901234567890.5",
    ];
    for text in whole {
        assert_eq!(Ok(text.len()), number_end(text.as_bytes(), 0), "{text:?}");
        let followed = format!("{text},1");
        assert_eq!(Ok(text.len()), number_end(followed.as_bytes(), 0), "{followed:?}");
    }
}

/// A faulty number is refused at the place where it goes wrong.
#[test]
fn refuses_faulty_numbers() {
    let cases = [
        ("", "a digit", 0),
        ("-", "a digit", 1),
        ("-.5", "a digit", 1),
        ("5.", "a digit", 2),
        ("1.e5", "a digit", 2),
        ("1e", "a digit", 2),
        ("1e+", "a digit", 3),
        ("-Infinity", "a digit", 1),
        ("01", "a number without leading zeros", 0),
        ("-00", "a number without leading zeros", 1),
    ];
    for (text, expected, offset) in cases {
        assert_eq!(Err(syntax(offset, expected)), number_end(text.as_bytes(), 0), "{text:?}");
    }
}

/// A literal is taken whole or refused.
#[test]
fn checks_literals() {
    assert_eq!(Ok(5), literal_end(b" true", 1, "true"));
    assert_eq!(Err(syntax(0, "null")), literal_end(b"nul", 0, "null"));
    assert_eq!(Err(syntax(0, "false")), literal_end(b"fAlse", 0, "false"));
}

/// What `quote` writes is a JSON string that reads back as the text.
#[test]
fn quotes_what_reads_back() {
    let cases = [
        ("", r#""""#),
        ("plain é😀", "\"plain é😀\""),
        ("a\"b\\c/", r#""a\"b\\c/""#),
        ("\u{8}\u{c}\n\r\t", r#""\b\f\n\r\t""#),
        ("\0\u{1f}\u{7f}", "\"\\u0000\\u001f\u{7f}\""),
    ];
    for (text, expected) in cases {
        let mut quoted = String::new();
        quote(text, &mut quoted);
        assert_eq!(expected, quoted);
        assert_eq!(text, serde_json::from_str::<String>(&quoted).unwrap());
    }
}
