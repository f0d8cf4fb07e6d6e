//! Strings over a small alphabet, and other spellings of JSON scalars.

use std::fmt::Write;

use super::Choices;

const LETTERS: [&str; 3] = ["a", "b", "A"];
const SYMBOLS: [&str; 19] = [
    "a", "é", "É", "e\u{301}", "ß", "ẞ", "σ", "ς", "k", "\u{212a}", "😀", "日", "*", "\\", "\"",
    "\n", ".", "\u{0}", "ı",
];

/// Make a string of up to three symbols.
pub fn string(choices: &mut Choices) -> String {
    let length = choices.pick(&[1, 2, 0, 3, 1, 2]);
    (0..length)
        .map(|_| if choices.chance(25) { choices.pick(&SYMBOLS) } else { choices.pick(&LETTERS) })
        .collect()
}

/// Exchange upper and lower case where a character has the other one.
pub fn swap_case(text: &str) -> String {
    let swapped =
        |c: char| if c.is_lowercase() { c.to_uppercase().next() } else { c.to_lowercase().next() };
    text.chars().filter_map(swapped).collect()
}

/// Write a string as JSON in its shortest form.
pub fn quote(text: &str) -> String {
    serde_json::to_string(text).expect("strings have a JSON form")
}

/// Write a string as JSON with some characters as `\u` escapes.
pub fn quote_with_escapes(choices: &mut Choices, text: &str) -> String {
    if !choices.chance(10) {
        return quote(text);
    }
    let mut written = String::from("\"");
    for c in text.chars() {
        if choices.chance(50) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                write!(written, "\\u{unit:04x}").expect("a string takes any text");
            }
        } else {
            let quoted = quote(c.encode_utf8(&mut [0; 4]));
            written.push_str(&quoted[1..quoted.len() - 1]);
        }
    }
    written.push('"');
    written
}

/// Write a scalar in some spelling that means the same.
pub fn respell(choices: &mut Choices, scalar: &str) -> String {
    if scalar.starts_with('"') {
        let text: String = serde_json::from_str(scalar).expect("a JSON string");
        return quote_with_escapes(choices, &text);
    }
    let has_exponent = scalar.contains('e');
    let is_whole = scalar.ends_with(|c: char| c.is_ascii_digit()) && !scalar.contains(['e', '.']);
    match choices.below(8) {
        1 if is_whole || scalar.contains('.') && !has_exponent => format!("{scalar}e0"),
        2 if is_whole => format!("{scalar}.0"),
        3 if is_whole && !scalar.ends_with('0') => format!("{scalar}00E-02"),
        _ => scalar.to_owned(),
    }
}
