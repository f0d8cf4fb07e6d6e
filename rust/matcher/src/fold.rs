//! Comparison without regard to case: Unicode simple case folding.
//!
//! Folding takes code points to code points one by one (status C and S of `CaseFolding.txt`), so
//! it never changes how many there are, but it may change how many bytes they take. The Unicode
//! version is that of the data in `icu_casemap`.

use icu_casemap::{CaseMapper, CaseMapperBorrowed};

const MAPPER: CaseMapperBorrowed<'static> = CaseMapper::new();

/// Append the folded form of `text` to `into`.
pub(crate) fn fold(text: &str, into: &mut String) {
    if text.is_ascii() {
        let start = into.len();
        into.push_str(text);
        into[start..].make_ascii_lowercase();
    } else {
        into.reserve(text.len());
        into.extend(text.chars().map(fold_char));
    }
}

/// Return the folded form of one code point.
#[inline]
pub(crate) fn fold_char(char: char) -> char {
    if char.is_ascii() { char.to_ascii_lowercase() } else { MAPPER.simple_fold(char) }
}

/// Say whether `text` is UTF-8 and folds to `folded`.
#[inline]
pub(crate) fn equals(folded: &str, text: &[u8]) -> bool {
    match agreement(folded.bytes(), text.iter().copied()) {
        Agreement::Whole => folded.len() == text.len(),
        Agreement::Broken => false,
        Agreement::Open => is_text(text, |text| strip_prefix(folded, text) == Some("")),
    }
}

/// Say whether `text` is UTF-8 and what it folds to starts with `folded`.
#[inline]
pub(crate) fn starts_with(folded: &str, text: &[u8]) -> bool {
    match agreement(folded.bytes(), text.iter().copied()) {
        Agreement::Whole => true,
        Agreement::Broken => false,
        Agreement::Open => is_text(text, |text| strip_prefix(folded, text).is_some()),
    }
}

/// Say whether `text` is UTF-8 and what it folds to ends with `folded`.
#[inline]
pub(crate) fn ends_with(folded: &str, text: &[u8]) -> bool {
    match agreement(folded.bytes().rev(), text.iter().rev().copied()) {
        Agreement::Whole => true,
        Agreement::Broken => false,
        Agreement::Open => is_text(text, |text| strip_suffix(folded, text).is_some()),
    }
}

/// What can be said of two texts before one of the text to be folded is not ASCII.
enum Agreement {
    /// All of the folded text agrees.
    Whole,
    /// There is a difference, or the text is too short.
    Broken,
    /// There is a byte that is not ASCII.
    Open,
}

// ASCII folds to ASCII, so up to there it does not matter whether the rest is UTF-8.
#[inline]
fn agreement(folded: impl Iterator<Item = u8>, mut text: impl Iterator<Item = u8>) -> Agreement {
    for wanted in folded {
        match text.next() {
            Some(byte) if !byte.is_ascii() => return Agreement::Open,
            Some(byte) if byte.to_ascii_lowercase() == wanted => {}
            _ => return Agreement::Broken,
        }
    }
    Agreement::Whole
}

#[cold]
fn is_text(bytes: &[u8], test: impl FnOnce(&str) -> bool) -> bool {
    str::from_utf8(bytes).is_ok_and(test)
}

/// Return what follows the part of `text` that folds to `folded`, if `text` starts with it.
pub(crate) fn strip_prefix<'t>(folded: &str, text: &'t str) -> Option<&'t str> {
    let agreed = ascii_agreement(folded.bytes(), text.bytes());
    let mut wanted = folded[agreed..].chars();
    let mut rest = text[agreed..].chars();
    wanted.all(|char| rest.next().map(fold_char) == Some(char)).then_some(rest.as_str())
}

/// Return what precedes the part of `text` that folds to `folded`, if `text` ends with it.
pub(crate) fn strip_suffix<'t>(folded: &str, text: &'t str) -> Option<&'t str> {
    let agreed = ascii_agreement(folded.bytes().rev(), text.bytes().rev());
    let mut wanted = folded[..folded.len() - agreed].chars().rev();
    let mut rest = text[..text.len() - agreed].chars();
    wanted.all(|char| rest.next_back().map(fold_char) == Some(char)).then_some(rest.as_str())
}

/// Count the leading bytes that are ASCII on both sides and equal when folded.
fn ascii_agreement(folded: impl Iterator<Item = u8>, text: impl Iterator<Item = u8>) -> usize {
    folded.zip(text).take_while(|(a, b)| b.is_ascii() && *a == b.to_ascii_lowercase()).count()
}

#[cfg(test)]
mod tests {
    use icu_casemap::CaseMapper;

    use super::*;

    fn folded(text: &str) -> String {
        let mut folded = String::new();
        fold(text, &mut folded);
        folded
    }

    fn all_chars() -> impl Iterator<Item = char> {
        char::MIN..=char::MAX
    }

    const EQUAL: &[(&str, &str)] = &[
        ("", ""),
        ("Abc", "aBC"),
        ("é", "É"),
        ("σ", "ς"),
        ("σ", "Σ"),
        ("ß", "ẞ"),
        ("ǅ", "ǆ"),
        ("ǅ", "Ǆ"),
        ("ǅ", "ǅ"),
        ("\u{212A}", "k"),
        ("µ", "μ"),
        ("ſ", "s"),
        ("😀", "😀"),
        ("STRAẞE \u{212A}", "straße k"),
        ("\u{1FD3}", "\u{390}"),
        ("\u{1FE3}", "\u{3B0}"),
        ("\u{FB05}", "\u{FB06}"),
    ];

    const DIFFERENT: &[(&str, &str)] = &[
        ("ß", "ss"),
        ("ẞ", "SS"),
        ("ı", "i"),
        ("ı", "I"),
        ("İ", "i"),
        ("é", "e"),
        ("é", "e\u{301}"),
        ("a", ""),
        ("a", "aa"),
        ("@", "`"),
        ("[", "{"),
        ("😀", "??"),
    ];

    #[test]
    fn equality_is_that_of_simple_folding() {
        for (a, b) in EQUAL {
            assert!(equals(&folded(a), b.as_bytes()), "{a} {b}");
            assert!(equals(&folded(b), a.as_bytes()), "{b} {a}");
        }
        for (a, b) in DIFFERENT {
            assert!(!equals(&folded(a), b.as_bytes()), "{a} {b}");
            assert!(!equals(&folded(b), a.as_bytes()), "{b} {a}");
        }
    }

    #[test]
    fn folding_appends() {
        let mut text = String::from("X");
        fold("Y", &mut text);
        fold("É", &mut text);
        assert_eq!("Xyé", text);
    }

    #[test]
    fn folding_again_changes_nothing() {
        assert_eq!(None, all_chars().find(|char| fold_char(fold_char(*char)) != fold_char(*char)));
    }

    #[test]
    fn ascii_folds_as_the_table_says() {
        let mapper = CaseMapper::new();
        assert_eq!(
            None,
            ('\0'..='\x7F').find(|char| fold_char(*char) != mapper.simple_fold(*char))
        );
    }

    #[test]
    fn a_character_folds_as_its_other_cases_do_unless_they_are_turkic() {
        let mapper = CaseMapper::new();
        let differs = |char: &char| {
            [mapper.simple_uppercase(*char), mapper.simple_lowercase(*char)]
                .into_iter()
                .any(|other| fold_char(other) != fold_char(*char))
        };
        assert_eq!(vec!['İ', 'ı'], all_chars().filter(differs).collect::<Vec<_>>());
    }

    #[test]
    fn folding_keeps_the_number_of_characters() {
        let text: String = all_chars().collect();
        assert_eq!(text.chars().count(), folded(&text).chars().count());
    }

    #[test]
    fn a_string_is_equal_to_its_folded_form() {
        let text: String = all_chars().collect();
        let folded = folded(&text);
        assert!(equals(&folded, text.as_bytes()));
        assert_eq!(Some("x"), strip_prefix(&folded, &format!("{text}x")));
        assert_eq!(Some("x"), strip_suffix(&folded, &format!("x{text}")));
    }

    #[test]
    fn ends_are_compared_by_code_points() {
        let table = [
            ("straß", "STRAẞE", true, false),
            ("aße", "STRAẞE", false, true),
            ("k", "\u{212A}", true, true),
            ("ak", "\u{212A}", false, false),
            ("", "x", true, true),
            ("", "", true, true),
            ("x", "", false, false),
            // The first byte of both is C3.
            ("ã", "é", false, false),
        ];
        for (folded, text, starts, ends) in table {
            assert_eq!(starts, starts_with(folded, text.as_bytes()), "{folded} {text}");
            assert_eq!(ends, ends_with(folded, text.as_bytes()), "{folded} {text}");
        }
    }
}
