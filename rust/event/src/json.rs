//! The tokens of JSON (RFC 8259) in the bytes of events and templates.
//!
//! Events have been checked as a whole before: here they are read only as far as their shape asks
//! for it. Any other bytes give a [`Malformed`] or a wrong answer, never a panic or endless work.

use std::ops::Range;

/// Levels of arrays and objects that an event may have.
pub const MAX_DEPTH: usize = 512;

/// Bytes of a string that are looked at one by one.
const SHORT_STRING: usize = 16;

/// A text that is not JSON: where, and what was expected there.
#[derive(Clone, Copy, Debug)]
pub struct Malformed {
    pub offset: usize,
    pub expected: &'static str,
}

pub type Read<T> = Result<T, Malformed>;

fn expected<T>(expected: &'static str, offset: usize) -> Read<T> {
    Err(Malformed { offset, expected })
}

/// Return the place of the first byte at or behind `at` that is no white space.
pub fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
        at += 1;
    }
    at
}

/// Return the place behind the value that begins at `at`.
pub fn value_end(bytes: &[u8], at: usize) -> Read<usize> {
    match bytes.get(at) {
        Some(b'"') => string_end(bytes, at),
        Some(b'{' | b'[') => container_end(bytes, at),
        Some(b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => {
            let stops = |byte: &u8| matches!(byte, b',' | b']' | b'}' | b' ' | b'\t'..=b'\r');
            Ok(bytes[at..].iter().position(stops).map_or(bytes.len(), |place| at + place))
        }
        _ => expected("a value", at),
    }
}

/// Return the place behind the string whose opening quote is at `at`.
pub fn string_end(bytes: &[u8], at: usize) -> Read<usize> {
    let mut at = at + 1;
    while let Some(place) = string_stop(bytes.get(at..).unwrap_or_default()) {
        match bytes[at + place] {
            b'"' => return Ok(at + place + 1),
            _ => at += place + 2,
        }
    }
    expected("a closing quote", bytes.len())
}

/// Return the place of the first quote or backslash.
fn string_stop(bytes: &[u8]) -> Option<usize> {
    // Most strings end sooner than a search that looks at many bytes at once has begun.
    let (near, far) = bytes.split_at(bytes.len().min(SHORT_STRING));
    match near.iter().position(|byte| matches!(byte, b'"' | b'\\')) {
        None => memchr::memchr2(b'"', b'\\', far).map(|place| SHORT_STRING + place),
        near => near,
    }
}

fn container_end(bytes: &[u8], start: usize) -> Read<usize> {
    let mut at = start;
    let mut depth = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = string_end(bytes, at)?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => (),
        }
        at += 1;
        if depth == 0 {
            return Ok(at);
        }
    }
    expected("a closing bracket", at)
}

/// Call `each` with the name and value of every member of the object that begins at `at`.
///
/// Names are as they stand between their quotes. Returns the place of the closing brace.
pub fn for_members<'b>(
    bytes: &'b [u8],
    at: usize,
    mut each: impl FnMut(&'b [u8], Range<usize>),
) -> Read<usize> {
    let mut at = skip_space(bytes, at + 1);
    while bytes.get(at) != Some(&b'}') {
        if bytes.get(at) != Some(&b'"') {
            return expected("a member name in quotes", at);
        }
        let name_end = string_end(bytes, at)?;
        let name = &bytes[at + 1..name_end - 1];
        at = skip_space(bytes, name_end);
        if bytes.get(at) != Some(&b':') {
            return expected("':'", at);
        }
        let start = skip_space(bytes, at + 1);
        let end = value_end(bytes, start)?;
        each(name, start..end);
        at = next_item(bytes, end, b'}')?;
    }
    Ok(at)
}

/// Call `each` with index and value of the first `count` elements of the array that begins at `at`.
pub fn for_elements(
    bytes: &[u8],
    at: usize,
    count: usize,
    mut each: impl FnMut(usize, Range<usize>) -> Read<()>,
) -> Read<()> {
    let mut at = skip_space(bytes, at + 1);
    for index in 0..count {
        if bytes.get(at) == Some(&b']') {
            break;
        }
        let end = value_end(bytes, at)?;
        each(index, at..end)?;
        at = next_item(bytes, end, b']')?;
    }
    Ok(())
}

/// Return the place of the next member or element, or of the closing bracket.
fn next_item(bytes: &[u8], at: usize, closing: u8) -> Read<usize> {
    let at = skip_space(bytes, at);
    match bytes.get(at) {
        Some(b',') => Ok(skip_space(bytes, at + 1)),
        Some(byte) if *byte == closing => Ok(at),
        _ => expected("',' or a closing bracket", at),
    }
}

/// Decode the escape whose backslash is at `at`, and return it with the place behind it.
pub fn escape(bytes: &[u8], at: usize) -> Read<(char, usize)> {
    let character = match bytes.get(at + 1) {
        Some(b'u') => return unicode_escape(bytes, at),
        Some(itself @ (b'"' | b'\\' | b'/')) => char::from(*itself),
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        _ => return expected(r#"one of the escapes \" \\ \/ \b \f \n \r \t \u"#, at),
    };
    Ok((character, at + 2))
}

fn unicode_escape(bytes: &[u8], at: usize) -> Read<(char, usize)> {
    let first = code_unit(bytes, at)?;
    let pairs = matches!(first, 0xD800..=0xDBFF) && bytes[at + 6..].starts_with(br"\u");
    let second = if pairs { Some(code_unit(bytes, at + 6)?) } else { None };
    match char::decode_utf16([first].into_iter().chain(second)).next() {
        Some(Ok(character)) => Ok((character, at + 6 * character.len_utf16())),
        _ => expected("both halves of a surrogate pair", at),
    }
}

/// Read the digits of the `\uXXXX` at `at`.
fn code_unit(bytes: &[u8], at: usize) -> Read<u16> {
    let digits = bytes.get(at + 2..at + 6).and_then(|digits| str::from_utf8(digits).ok());
    let digits = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
    let unit = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok());
    unit.ok_or(Malformed { offset: at, expected: r"four hexadecimal digits after \u" })
}

/// Append what the text between two quotes, at `inner`, stands for.
pub fn unescape(bytes: &[u8], inner: Range<usize>, into: &mut Vec<u8>) -> Read<()> {
    let mut at = inner.start;
    while let Some(place) = memchr::memchr(b'\\', &bytes[at..inner.end]) {
        into.extend_from_slice(&bytes[at..at + place]);
        let (character, end) = escape(&bytes[..inner.end], at + place)?;
        into.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        at = end;
    }
    into.extend_from_slice(&bytes[at..inner.end]);
    Ok(())
}

/// Append a value as people read it: strings without quotes and escapes, no white space around.
pub fn write_text(bytes: &[u8], value: Range<usize>, into: &mut Vec<u8>) -> Read<()> {
    let mut at = value.start;
    while at < value.end {
        match bytes[at] {
            b'"' => {
                let end = string_end(bytes, at)?;
                unescape(bytes, at + 1..end - 1, into)?;
                at = end;
                continue;
            }
            b' ' | b'\n' | b'\r' | b'\t' => (),
            byte => into.push(byte),
        }
        at += 1;
    }
    Ok(())
}

/// Append `text` as a JSON string.
pub fn quote(text: &str, into: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";

    into.push(b'"');
    let mut plain = 0;
    for (place, byte) in text.bytes().enumerate() {
        if !matches!(byte, 0..0x20 | b'"' | b'\\') {
            continue;
        }
        into.extend_from_slice(&text.as_bytes()[plain..place]);
        plain = place + 1;
        match byte {
            b'"' => into.extend_from_slice(br#"\""#),
            b'\\' => into.extend_from_slice(br"\\"),
            0x08 => into.extend_from_slice(br"\b"),
            0x0C => into.extend_from_slice(br"\f"),
            b'\n' => into.extend_from_slice(br"\n"),
            b'\r' => into.extend_from_slice(br"\r"),
            b'\t' => into.extend_from_slice(br"\t"),
            _ => {
                let digits = [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]];
                into.extend_from_slice(br"\u00");
                into.extend_from_slice(&digits);
            }
        }
    }
    into.extend_from_slice(&text.as_bytes()[plain..]);
    into.push(b'"');
}

/// Check the number, `true`, `false` or `null` at `at`, and return the place behind it.
pub fn scalar_end(bytes: &[u8], at: usize) -> Read<usize> {
    for literal in ["true", "false", "null"] {
        if bytes[at..].starts_with(literal.as_bytes()) {
            return Ok(at + literal.len());
        }
    }
    match bytes.get(at) {
        Some(b'-' | b'0'..=b'9') => number_end(bytes, at),
        _ => expected("a value", at),
    }
}

fn number_end(bytes: &[u8], start: usize) -> Read<usize> {
    let whole = start + usize::from(bytes[start] == b'-');
    let mut at = digits_end(bytes, whole)?;
    if bytes[whole] == b'0' && at > whole + 1 {
        return expected("a number without leading zeros", whole);
    }
    if bytes.get(at) == Some(&b'.') {
        at = digits_end(bytes, at + 1)?;
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        at = digits_end(bytes, at + 1 + sign)?;
    }
    Ok(at)
}

/// Step over at least one digit.
fn digits_end(bytes: &[u8], start: usize) -> Read<usize> {
    let digits = bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 { expected("a digit", start) } else { Ok(start + digits) }
}
