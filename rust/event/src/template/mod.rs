//! Input templates: text with placeholders, compiled once.

mod parse;
mod render;
mod variables;

pub(crate) use parse::check_json;
pub(crate) use variables::Variables;

use crate::paths::Paths;
use variables::Source;

/// A compiled template.
#[derive(Debug)]
pub(crate) struct Template {
    paths: Paths,
    pieces: Vec<Piece>,
}

#[derive(Debug)]
enum Piece {
    /// Text of the template, as it stands.
    Text(Box<[u8]>),
    Placeholder(Placeholder),
}

#[derive(Debug)]
struct Placeholder {
    name: Box<str>,
    /// The byte of the template that it is at.
    offset: usize,
    source: Source,
    place: Place,
}

/// Where a placeholder stands, which decides how its value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// In JSON, as a value of its own.
    Value,
    /// In JSON, all that a string holds.
    WholeString,
    /// In JSON, a part of a string.
    InString,
    /// In the quoted text of a template that is text.
    InText,
}
