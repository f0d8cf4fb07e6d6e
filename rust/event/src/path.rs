//! Paths into an event: the subset of `JSONPath` that `EventBridge` has.
//!
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html>

use crate::error::{Fault, RenderError, TransformError, TransformErrorKind, TransformPart};
use crate::json::{self, MAX_DEPTH};
use crate::paths::{Found, Paths};

/// One step into a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// To the member of an object that has this name.
    Member(Box<str>),
    /// To one element of an array.
    Element(usize),
    /// To every element of an array.
    EveryElement,
}

/// How a path may name a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notation {
    /// `$.detail.state`
    Dots,
    /// `$.detail.state` or `$['detail']['state']`
    DotsOrBrackets,
}

/// Read a path.
pub(crate) fn parse(path: &str, notation: Notation) -> Result<Vec<Step>, Fault> {
    if !path.starts_with('$') {
        return Err(syntax(0, "a path begins with '$', such as $.detail.state"));
    }
    let mut steps = Vec::new();
    let mut at = 1;
    while at < path.len() {
        let (step, end) = match path.as_bytes()[at] {
            b'.' => member(path, at + 1)?,
            b'[' => brackets(path, at + 1, notation)?,
            _ => return Err(syntax(at, "expected '.' or '['")),
        };
        steps.push(step);
        at = end;
    }
    if steps.len() > MAX_DEPTH {
        let message = format!("a path has at most {MAX_DEPTH} steps, not {}", steps.len());
        return Err(Fault::new(TransformErrorKind::TooDeep, 0, message));
    }
    Ok(steps)
}

/// Read the name that follows a dot.
fn member(path: &str, start: usize) -> Result<(Step, usize), Fault> {
    let ends = |c: char| matches!(c, '.' | '[');
    let end = path[start..].find(ends).map_or(path.len(), |length| start + length);
    let name = &path[start..end];
    if name.is_empty() {
        return Err(syntax(start, "expected a member name; '..' is not supported"));
    }
    let special = |c: char| c.is_whitespace() || c.is_control() || "]*?()@,'\"".contains(c);
    if let Some(place) = name.find(special) {
        let message = "expected a member name without white space and any of ] * ? ( ) @ , ' \"";
        return Err(syntax(start + place, message));
    }
    Ok((Step::Member(name.into()), end))
}

/// Read what follows an opening bracket, which is there to be closed.
fn brackets(path: &str, start: usize, notation: Notation) -> Result<(Step, usize), Fault> {
    let rest = &path[start..];
    if let Some(quote @ ('\'' | '"')) = rest.chars().next() {
        return quoted_member(path, start + 1, quote, notation);
    }
    let inner = &rest[..rest.find(']').unwrap_or(rest.len())];
    let end = start + inner.len() + 1;
    if end > path.len() {
        return Err(syntax(path.len(), "expected ']'"));
    }
    if inner == "*" {
        return Ok((Step::EveryElement, end));
    }
    match inner.parse() {
        Ok(index) if inner.bytes().all(|byte| byte.is_ascii_digit()) => {
            Ok((Step::Element(index), end))
        }
        _ => Err(syntax(start, "expected '*' or the index of an element between brackets")),
    }
}

fn quoted_member(
    path: &str,
    start: usize,
    quote: char,
    notation: Notation,
) -> Result<(Step, usize), Fault> {
    if notation == Notation::Dots {
        let message = "a path of the paths map names members with dots, not with brackets";
        return Err(Fault::new(TransformErrorKind::BracketNotation, start - 2, message));
    }
    let length = path[start..].find(quote);
    let length = length.ok_or_else(|| syntax(path.len(), format!("expected {quote}")))?;
    let end = start + length + 1;
    if !path[end..].starts_with(']') {
        return Err(syntax(end, "expected ']'"));
    }
    Ok((Step::Member(path[start..start + length].into()), end + 1))
}

fn syntax(offset: usize, message: impl Into<String>) -> Fault {
    Fault::new(TransformErrorKind::PathSyntax, offset, message)
}

/// One compiled path that is read from events.
#[derive(Debug)]
pub struct EventPath {
    paths: Paths,
}

impl EventPath {
    /// Compile a path such as `$.detail.items[0]` or `$['detail']`.
    ///
    /// # Errors
    ///
    /// The path is not of the subset that `EventBridge` has.
    pub fn parse(path: &str) -> Result<Self, TransformError> {
        let steps = parse(path, Notation::DotsOrBrackets)
            .map_err(|fault| TransformError::new(fault, TransformPart::InputPath))?;
        let mut paths = Paths::default();
        paths.insert(&steps);
        Ok(Self { paths })
    }

    /// Return what is at the path as JSON text, or `None` if nothing is.
    ///
    /// # Errors
    ///
    /// The event is not JSON.
    pub fn json(&self, event: &[u8]) -> Result<Option<Vec<u8>>, RenderError> {
        self.read(event, Found::write_json)
    }

    /// Return what is at the path as people read it, a string without quotes, or `None`.
    ///
    /// # Errors
    ///
    /// The event is not JSON.
    pub fn text(&self, event: &[u8]) -> Result<Option<Vec<u8>>, RenderError> {
        self.read(event, Found::write_text)
    }

    fn read(
        &self,
        event: &[u8],
        write: impl Fn(&Found, &[u8], &mut Vec<u8>) -> json::Read<()>,
    ) -> Result<Option<Vec<u8>>, RenderError> {
        let found = self.paths.find(event)?;
        let [found] = &*found else { unreachable!("there is one path") };
        if matches!(found, Found::Nothing) {
            return Ok(None);
        }
        let mut written = Vec::new();
        write(found, event, &mut written)?;
        Ok(Some(written))
    }
}
