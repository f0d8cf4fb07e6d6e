//! Text with stars in it: `*` stands for any text, `\*` and `\\` for themselves.

mod search;
#[cfg(test)]
mod tests;

use memchr::memmem;

use crate::error::PatternErrorKind;
use crate::fold;

/// Whether text is compared as it is or in simple case folding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Case {
    Exact,
    Folded,
}

/// A wildcard with at least one star; in folded case all its text is folded.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Wildcard(Box<Pieces>);

/// The text around the stars.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Pieces {
    case: Case,
    first: Box<str>,
    /// None is empty, because no two stars are adjacent.
    inner: Box<[Box<str>]>,
    /// Of each inner piece, for the search; empty in exact case.
    borders: Box<[Box<[u32]>]>,
    last: Box<str>,
}

/// What the operand of a `wildcard` can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Parsed {
    /// There is no star: this text and no other matches.
    Literal(Box<str>),
    Wildcard(Wildcard),
}

/// Why the operand of a `wildcard` is refused, and the byte of it that is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WildcardError {
    pub kind: PatternErrorKind,
    pub at: usize,
}

impl Wildcard {
    /// Read an operand; all its text is folded if the case is.
    pub fn parse(text: &str, case: Case) -> Result<Parsed, WildcardError> {
        let mut pieces: Vec<Box<str>> = split(text)?
            .into_iter()
            .map(|piece| match case {
                Case::Exact => piece.into(),
                Case::Folded => folded(&piece),
            })
            .collect();
        let last = pieces.pop().expect("a split text has a piece");
        if pieces.is_empty() {
            return Ok(Parsed::Literal(last));
        }
        let first = pieces.remove(0);
        let borders = match case {
            Case::Exact => Box::default(),
            Case::Folded => pieces.iter().map(|piece| search::borders(piece)).collect(),
        };
        let inner = pieces.into();
        Ok(Parsed::Wildcard(Self(Box::new(Pieces { case, first, inner, borders, last }))))
    }

    /// Return how text is compared.
    pub fn case(&self) -> Case {
        self.0.case
    }

    /// Return the text in front of the first star.
    pub fn first(&self) -> &str {
        &self.0.first
    }

    /// Return the texts between the stars, none of them empty.
    pub fn inner(&self) -> &[Box<str>] {
        &self.0.inner
    }

    /// Return the text behind the last star.
    pub fn last(&self) -> &str {
        &self.0.last
    }

    /// Say whether the wildcard covers the whole of `text`; what is no UTF-8 folds to nothing.
    pub fn matches(&self, text: &[u8]) -> bool {
        match self.0.case {
            Case::Exact => self.0.match_exact(text),
            Case::Folded => str::from_utf8(text).ok().and_then(|text| self.0.match_folded(text)),
        }
        .is_some()
    }

    /// Return an operand that means this wildcard.
    pub fn to_operand(&self) -> String {
        let mut operand = escape(self.first());
        for piece in self.inner().iter().map(|piece| &**piece).chain([self.last()]) {
            operand.push('*');
            operand.push_str(&escape(piece));
        }
        operand
    }
}

/// Matching is greedy: with `*` alone, the first place of a piece leaves the most for the others.
impl Pieces {
    fn match_exact(&self, text: &[u8]) -> Option<()> {
        let rest = text.strip_prefix(self.first.as_bytes())?;
        let mut rest = rest.strip_suffix(self.last.as_bytes())?;
        for piece in &self.inner {
            rest = &rest[memmem::find(rest, piece.as_bytes())? + piece.len()..];
        }
        Some(())
    }

    fn match_folded(&self, text: &str) -> Option<()> {
        let rest = fold::strip_prefix(&self.first, text)?;
        let mut rest = fold::strip_suffix(&self.last, rest)?;
        for (piece, borders) in self.inner.iter().zip(&self.borders) {
            rest = search::find_folded(piece, borders, rest)?;
        }
        Some(())
    }
}

/// Write text as the operand that matches it alone.
pub(crate) fn escape(text: &str) -> String {
    text.replace('\\', r"\\").replace('*', r"\*")
}

/// Split at the stars and undo the escapes.
fn split(text: &str) -> Result<Vec<String>, WildcardError> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut chars = text.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '*' if piece.is_empty() && !pieces.is_empty() => {
                return Err(WildcardError { kind: PatternErrorKind::WildcardDoubleStar, at });
            }
            '*' => pieces.push(std::mem::take(&mut piece)),
            '\\' => match chars.next() {
                Some((_, escaped @ ('*' | '\\'))) => piece.push(escaped),
                _ => return Err(WildcardError { kind: PatternErrorKind::WildcardEscape, at }),
            },
            _ => piece.push(char),
        }
    }
    pieces.push(piece);
    Ok(pieces)
}

fn folded(text: &str) -> Box<str> {
    let mut folded = String::new();
    fold::fold(text, &mut folded);
    folded.into()
}
