//! Templates from their text.
//!
//! A template that begins with a brace or bracket is JSON in which placeholders stand for values or
//! stand in strings; one that begins with a quote is one or more strings of text. Checked is here
//! what AWS leaves to the first event: that the JSON is well-formed.

use super::{Piece, Place, Placeholder, Template, Variables};
use crate::error::{Fault, TransformErrorKind};
use crate::json::{self, Malformed};

impl Template {
    /// Compile a template.
    pub fn parse(text: &str, variables: Variables) -> Result<Self, Fault> {
        let mut variables = variables;
        let mut parser = Parser::new(text, Some(&mut variables));
        match parser.peek() {
            Some(b'{' | b'[' | b'<') => parser.json()?,
            Some(b'"') => parser.strings()?,
            Some(_) => {
                let message = "expected JSON or text in double quotes";
                return Err(Fault::new(TransformErrorKind::UnquotedText, parser.at, message));
            }
            None => {
                let message = "expected JSON or text in double quotes, not an empty template";
                return Err(Fault::new(TransformErrorKind::EmptyTemplate, 0, message));
            }
        }
        let pieces = parser.finish();
        Ok(Self { paths: variables.into_paths(), pieces })
    }
}

/// Check that a text is one JSON value.
pub(crate) fn check_json(text: &str) -> Result<(), Fault> {
    Parser::new(text, None).json()
}

/// What is open around the place of the parser.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Object,
    Array,
}

struct Parser<'t, 'v> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    /// Where the text begins that no piece has yet.
    taken: usize,
    pieces: Vec<Piece>,
    /// `None` where there are no placeholders.
    variables: Option<&'v mut Variables>,
}

impl<'t, 'v> Parser<'t, 'v> {
    fn new(text: &'t str, variables: Option<&'v mut Variables>) -> Self {
        Self { text, bytes: text.as_bytes(), at: 0, taken: 0, pieces: Vec::new(), variables }
    }

    fn finish(mut self) -> Vec<Piece> {
        self.take_text(self.bytes.len());
        self.pieces
    }

    /// Read the whole text as one JSON value.
    fn json(&mut self) -> Result<(), Fault> {
        let mut open = Vec::new();
        loop {
            match self.peek() {
                Some(b'{') if self.opens(b'}') => {
                    open.push(Open::Object);
                    self.name()?;
                    continue;
                }
                Some(b'[') if self.opens(b']') => {
                    open.push(Open::Array);
                    continue;
                }
                Some(b'{' | b'[') => (),
                Some(b'"') => self.string()?,
                Some(b'<') if self.variables.is_some() => self.value_placeholder()?,
                _ => self.at = json::scalar_end(self.bytes, self.at).map_err(syntax)?,
            }
            if self.close(&mut open)? {
                return Ok(());
            }
        }
    }

    /// Step behind an opening bracket, and behind the closing one if that is next.
    ///
    /// Returns whether the container stays open.
    fn opens(&mut self, closing: u8) -> bool {
        self.at += 1;
        let stays = self.peek() != Some(closing);
        self.at += usize::from(!stays);
        stays
    }

    /// Read what is behind a value up to the next one; return whether that was all.
    fn close(&mut self, open: &mut Vec<Open>) -> Result<bool, Fault> {
        loop {
            match (open.last(), self.peek()) {
                (None, None) => return Ok(true),
                (None, Some(_)) => return Err(self.expected("nothing behind the JSON value")),
                (Some(Open::Object), Some(b',')) => {
                    self.at += 1;
                    self.name()?;
                    return Ok(false);
                }
                (Some(Open::Array), Some(b',')) => {
                    self.at += 1;
                    return Ok(false);
                }
                (Some(Open::Object), Some(b'}')) | (Some(Open::Array), Some(b']')) => {
                    self.at += 1;
                    open.pop();
                }
                (Some(Open::Object), _) => return Err(self.expected("',' or '}'")),
                (Some(Open::Array), _) => return Err(self.expected("',' or ']'")),
            }
        }
    }

    /// Read a member's name and the colon.
    fn name(&mut self) -> Result<(), Fault> {
        let start = match self.peek() {
            Some(b'"') => self.at,
            Some(b'<') if self.placeholder().is_some() => return Err(in_name(self.at)),
            _ => return Err(self.expected("a member name in quotes")),
        };
        self.at += 1;
        while self.in_quotes(Controls::Refused)? {
            if self.placeholder().is_some() {
                return Err(in_name(start));
            }
            self.at += 1;
        }
        if self.peek() != Some(b':') {
            return Err(self.expected("':'"));
        }
        self.at += 1;
        Ok(())
    }

    /// Read a string of JSON.
    fn string(&mut self) -> Result<(), Fault> {
        self.at += 1;
        let start = self.at;
        while self.in_quotes(Controls::Refused)? {
            let Some((name, end)) = self.placeholder() else {
                self.at += 1;
                continue;
            };
            let is_whole = self.at == start && self.bytes.get(end) == Some(&b'"');
            self.push(name, end, if is_whole { Place::WholeString } else { Place::InString })?;
        }
        Ok(())
    }

    /// Read the whole text as strings with white space between them.
    fn strings(&mut self) -> Result<(), Fault> {
        while let Some(byte) = self.peek() {
            if byte != b'"' {
                return Err(self.expected("text in double quotes"));
            }
            self.at += 1;
            while self.in_quotes(Controls::Allowed)? {
                match self.placeholder() {
                    Some((name, end)) => self.push(name, end, Place::InText)?,
                    None => self.at += 1,
                }
            }
        }
        Ok(())
    }

    /// Go on in a string to the next `<`, or behind the closing quote; say whether it is a `<`.
    fn in_quotes(&mut self, controls: Controls) -> Result<bool, Fault> {
        loop {
            match self.bytes.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(false);
                }
                Some(b'<') if self.variables.is_some() => return Ok(true),
                Some(b'\\') => self.at = json::escape(self.bytes, self.at).map_err(syntax)?.1,
                Some(0..0x20) if controls == Controls::Refused => {
                    return Err(self.expected("an escape in place of a control character"));
                }
                Some(_) => self.at += 1,
                None => return Err(self.expected("a closing quote")),
            }
        }
    }

    fn value_placeholder(&mut self) -> Result<(), Fault> {
        match self.placeholder() {
            Some((name, end)) => self.push(name, end, Place::Value),
            None => Err(self.expected("a placeholder such as <name>")),
        }
    }

    /// Return the name in the placeholder at the parser's place, and the place behind it.
    fn placeholder(&self) -> Option<(&'t str, usize)> {
        let start = self.at + 1;
        let ends = |c: char| c.is_whitespace() || c.is_control() || "<>\"\\".contains(c);
        let length = self.text[start..].find(ends).filter(|length| *length > 0)?;
        let end = start + length;
        (self.bytes[end] == b'>').then(|| (&self.text[start..end], end + 1))
    }

    /// Take the text up to here and the placeholder that ends at `end` into the pieces.
    fn push(&mut self, name: &str, end: usize, place: Place) -> Result<(), Fault> {
        let offset = self.at;
        let variables = self.variables.as_mut().expect("placeholders are looked for");
        let Some(source) = variables.source(name) else {
            let known = variables.names().collect::<Vec<_>>().join(", ");
            let message = format!(
                "invalid placeholder {name}: expected a name of the paths map ({known}) or a \
                 variable that begins with aws.events"
            );
            return Err(Fault::new(TransformErrorKind::InvalidPlaceholder, offset, message));
        };
        if source.is_object() && place != Place::Value {
            let message = format!("<{name}> is an object and cannot stand in quotes");
            return Err(Fault::new(TransformErrorKind::QuotedObject, offset, message));
        }
        self.take_text(offset);
        let placeholder = Placeholder { name: name.into(), offset, source, place };
        self.pieces.push(Piece::Placeholder(placeholder));
        (self.at, self.taken) = (end, end);
        Ok(())
    }

    fn take_text(&mut self, end: usize) {
        if self.taken < end {
            self.pieces.push(Piece::Text(self.bytes[self.taken..end].into()));
        }
    }

    /// Skip white space, and return the byte behind it.
    fn peek(&mut self) -> Option<u8> {
        self.at = json::skip_space(self.bytes, self.at);
        self.bytes.get(self.at).copied()
    }

    fn expected(&self, expected: &'static str) -> Fault {
        syntax(Malformed { offset: self.at, expected })
    }
}

/// What becomes of control characters between quotes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Controls {
    /// JSON does not have them.
    Refused,
    Allowed,
}

fn syntax(malformed: Malformed) -> Fault {
    let message = format!("not JSON: expected {}", malformed.expected);
    Fault::new(TransformErrorKind::Syntax, malformed.offset, message)
}

fn in_name(offset: usize) -> Fault {
    let message = "a placeholder cannot be the name of a member, or a part of it";
    Fault::new(TransformErrorKind::PlaceholderInName, offset, message)
}
