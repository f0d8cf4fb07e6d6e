//! The tokens of JSON (RFC 8259), over the bytes of a text that is known to be UTF-8.
//!
//! Every function takes the place of a token's beginning and returns the place behind its end, so
//! the event scanner and the pattern parser can each keep their own structure around them. Places
//! may be at the end of the text but not beyond it.

#[cfg(test)]
mod tests;

use std::fmt::Write;

use crate::digits;
use crate::error::{EventError, EventErrorKind};
use crate::simd;

/// Return the place of the first byte at or behind `at` that is no white space.
#[inline]
pub fn skip_space(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        // Most white space is one blank, or a line break and indentation.
        Some(b' ') if bytes.get(at + 1).is_some_and(|next| *next > b' ') => at + 1,
        Some(b' ' | b'\n' | b'\r' | b'\t') => simd::space_stop(bytes, at + 1),
        _ => at,
    }
}

/// Check the string whose first byte behind the opening quote is at `start`.
///
/// Returns the place of the closing quote and whether there are escapes.
// It is called for every string of an event.
#[allow(clippy::inline_always)]
#[inline(always)]
pub fn string_end(bytes: &[u8], start: usize) -> Result<(usize, bool), EventError> {
    let at = simd::string_stop(bytes, start);
    if bytes.get(at) == Some(&b'"') { Ok((at, false)) } else { unusual_string_end(bytes, at) }
}

/// The same for a string of which all bytes before `at` are plain, and that one is not.
#[inline(never)]
fn unusual_string_end(bytes: &[u8], mut at: usize) -> Result<(usize, bool), EventError> {
    let mut escaped = false;
    loop {
        match bytes.get(at) {
            Some(b'"') => return Ok((at, escaped)),
            Some(b'\\') => at = escape_end(bytes, at)?,
            Some(_) => return Err(syntax(at, "an escape in place of a control character")),
            None => return Err(syntax(at, "a closing quote")),
        }
        escaped = true;
        at = simd::string_stop(bytes, at);
    }
}

/// Check the escape whose backslash is at `at`, and return the place behind it.
///
/// Two escapes that make up one character count as one.
pub fn escape_end(bytes: &[u8], at: usize) -> Result<usize, EventError> {
    escape(bytes, at).map(|(_, end)| end)
}

/// Decode the escape whose backslash is at `at`, and return it with the place behind it.
fn escape(bytes: &[u8], at: usize) -> Result<(char, usize), EventError> {
    let character = match bytes.get(at + 1) {
        Some(b'u') => return unicode_escape(bytes, at),
        Some(itself @ (b'"' | b'\\' | b'/')) => char::from(*itself),
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        _ => return Err(syntax(at, r#"one of the escapes \" \\ \/ \b \f \n \r \t \u"#)),
    };
    Ok((character, at + 2))
}

fn unicode_escape(bytes: &[u8], at: usize) -> Result<(char, usize), EventError> {
    let first = code_unit(bytes, at)?;
    let pairs = matches!(first, 0xD800..=0xDBFF) && bytes[at + 6..].starts_with(br"\u");
    let second = if pairs { Some(code_unit(bytes, at + 6)?) } else { None };
    match char::decode_utf16([first].into_iter().chain(second)).next() {
        Some(Ok(character)) => Ok((character, at + 6 * character.len_utf16())),
        _ => Err(EventError { kind: EventErrorKind::LoneSurrogate, offset: at }),
    }
}

/// Read the digits of the `\uXXXX` at `at`.
fn code_unit(bytes: &[u8], at: usize) -> Result<u16, EventError> {
    let fault = || syntax(at, r"four hexadecimal digits after \u");
    let digits = bytes.get(at + 2..at + 6).ok_or_else(fault)?;
    digits.iter().try_fold(0, |unit, digit| {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            b'A'..=b'F' => digit - b'A' + 10,
            _ => return Err(fault()),
        };
        Ok(unit << 4 | u16::from(value))
    })
}

/// Append what the checked text between two quotes stands for.
pub fn unescape(text: &[u8], into: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(place) = memchr::memchr(b'\\', rest) {
        into.extend_from_slice(&rest[..place]);
        let (character, end) = escape(rest, place).expect("the escapes are checked");
        into.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        rest = &rest[end..];
    }
    into.extend_from_slice(rest);
}

/// Return where in the checked text between two quotes the byte `place` of what it stands for is.
pub fn escaped_place(text: &str, place: usize) -> usize {
    let (mut decoded, mut at) = (0, 0);
    while decoded < place {
        if text.as_bytes()[at] == b'\\' {
            let (character, end) = escape(text.as_bytes(), at).expect("the escapes are checked");
            decoded += character.len_utf8();
            at = end;
        } else {
            decoded += 1;
            at += 1;
        }
    }
    at
}

/// Check the number at `start` and return the place behind it.
#[inline]
pub fn number_end(bytes: &[u8], start: usize) -> Result<usize, EventError> {
    let mut at = start + usize::from(bytes.get(start) == Some(&b'-'));
    at = match bytes.get(at) {
        Some(b'0') if bytes.get(at + 1).is_some_and(u8::is_ascii_digit) => {
            return Err(syntax(at, "a number without leading zeros"));
        }
        _ => digits_end(bytes, at)?,
    };
    if bytes.get(at) == Some(&b'.') {
        at = digits_end(bytes, at + 1)?;
    }
    if let Some(b'e' | b'E') = bytes.get(at) { exponent_end(bytes, at) } else { Ok(at) }
}

/// Check the exponent whose `e` is at `start` and return the place behind it.
#[inline]
pub fn exponent_end(bytes: &[u8], start: usize) -> Result<usize, EventError> {
    let is_signed = matches!(bytes.get(start + 1), Some(b'+' | b'-'));
    digits_end(bytes, start + 1 + usize::from(is_signed))
}

/// Step over at least one digit.
#[inline]
fn digits_end(bytes: &[u8], start: usize) -> Result<usize, EventError> {
    let at = digits::end(bytes, start);
    if at == start { Err(syntax(at, "a digit")) } else { Ok(at) }
}

/// Check that `literal` is at `at` and return the place behind it.
#[inline]
pub fn literal_end(bytes: &[u8], at: usize, literal: &'static str) -> Result<usize, EventError> {
    if bytes[at..].starts_with(literal.as_bytes()) {
        Ok(at + literal.len())
    } else {
        Err(syntax(at, literal))
    }
}

/// Append `text` as a JSON string.
pub fn quote(text: &str, into: &mut String) {
    into.push('"');
    let mut plain = 0;
    for (place, byte) in text.bytes().enumerate() {
        if !matches!(byte, 0..0x20 | b'"' | b'\\') {
            continue;
        }
        into.push_str(&text[plain..place]);
        plain = place + 1;
        match byte {
            b'"' => into.push_str("\\\""),
            b'\\' => into.push_str("\\\\"),
            0x08 => into.push_str("\\b"),
            0x0C => into.push_str("\\f"),
            b'\n' => into.push_str("\\n"),
            b'\r' => into.push_str("\\r"),
            b'\t' => into.push_str("\\t"),
            _ => write!(into, "\\u{byte:04x}").expect("writing to a string cannot fail"),
        }
    }
    into.push_str(&text[plain..]);
    into.push('"');
}

#[cold]
fn syntax(offset: usize, expected: &'static str) -> EventError {
    EventError { kind: EventErrorKind::Syntax(expected), offset }
}
