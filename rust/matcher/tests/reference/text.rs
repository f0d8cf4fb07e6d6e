//! Strings: case folding and wildcards.

use std::collections::HashSet;

use icu_casemap::CaseMapper;

/// Fold every code point by the simple case folding of Unicode.
pub fn fold(text: &str) -> String {
    let mapper = CaseMapper::new();
    text.chars().map(|c| mapper.simple_fold(c)).collect()
}

/// Say whether a wildcard covers the whole text.
pub fn wildcard_covers(wildcard: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    covers(&parts_of(wildcard), &text, &mut HashSet::new())
}

enum Part {
    Literal(char),
    Star,
}

fn parts_of(wildcard: &str) -> Vec<Part> {
    let mut chars = wildcard.chars();
    let mut parts = Vec::new();
    while let Some(c) = chars.next() {
        parts.push(match c {
            '*' => Part::Star,
            '\\' => Part::Literal(chars.next().expect("a character after the backslash")),
            literal => Part::Literal(literal),
        });
    }
    parts
}

/// Try every length for every star; `refuted` holds the pairs of rests that failed already.
fn covers(parts: &[Part], text: &[char], refuted: &mut HashSet<(usize, usize)>) -> bool {
    let rests = (parts.len(), text.len());
    if refuted.contains(&rests) {
        return false;
    }
    let found = match parts.split_first() {
        None => text.is_empty(),
        Some((Part::Literal(c), rest)) => {
            text.first() == Some(c) && covers(rest, &text[1..], refuted)
        }
        Some((Part::Star, rest)) => {
            (0..=text.len()).any(|skipped| covers(rest, &text[skipped..], refuted))
        }
    };
    if !found {
        refuted.insert(rests);
    }
    found
}
