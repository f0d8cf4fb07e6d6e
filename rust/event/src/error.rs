//! What can be wrong with a transform, or with what it makes of an event.

use std::fmt;

/// The fault of a refused transform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransformErrorKind {
    /// A path is not of the subset of `JSONPath` that `EventBridge` has.
    PathSyntax,
    /// A path uses brackets with a name where only dots may be used.
    BracketNotation,
    /// A path has more than 512 steps.
    TooDeep,
    /// A name of the paths map is not one, or begins with `AWS`.
    PathName,
    /// The template is empty or blank.
    EmptyTemplate,
    /// The template is text that is not in quotes.
    UnquotedText,
    /// The template, or the constant, is not JSON.
    Syntax,
    /// A placeholder names neither a path nor a reserved variable.
    InvalidPlaceholder,
    /// A placeholder stands in the name of a member.
    PlaceholderInName,
    /// A placeholder for an object stands in quotes.
    QuotedObject,
}

impl TransformErrorKind {
    /// Return the name of the kind as the test data spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PathSyntax => "path-syntax",
            Self::BracketNotation => "bracket-notation",
            Self::TooDeep => "too-deep",
            Self::PathName => "path-name",
            Self::EmptyTemplate => "empty-template",
            Self::UnquotedText => "unquoted-text",
            Self::Syntax => "syntax",
            Self::InvalidPlaceholder => "invalid-placeholder",
            Self::PlaceholderInName => "placeholder-in-name",
            Self::QuotedObject => "quoted-object",
        }
    }
}

/// The part of a transform that a fault is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransformPart {
    /// The constant.
    Input,
    /// The path of what is delivered.
    InputPath,
    /// The path of this name.
    InputPathsMap(String),
    /// The template.
    InputTemplate,
}

impl fmt::Display for TransformPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input => f.write_str("input"),
            Self::InputPath => f.write_str("input_path"),
            Self::InputPathsMap(name) => write!(f, "input_paths_map.{name}"),
            Self::InputTemplate => f.write_str("input_template"),
        }
    }
}

/// A refused transform: what was wrong, where, and what was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}, at {part} (byte {offset})")]
pub struct TransformError {
    kind: TransformErrorKind,
    part: TransformPart,
    offset: usize,
    message: String,
}

impl TransformError {
    pub(crate) fn new(fault: Fault, part: TransformPart) -> Self {
        Self { kind: fault.kind, part, offset: fault.offset, message: fault.message }
    }

    /// Return the class of the fault.
    pub fn kind(&self) -> TransformErrorKind {
        self.kind
    }

    /// Return the part of the transform that the fault is in.
    pub fn part(&self) -> &TransformPart {
        &self.part
    }

    /// Return the byte of the part that the fault is at.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

/// A fault in a text whose part in the transform is not known yet.
#[derive(Debug)]
pub(crate) struct Fault {
    pub kind: TransformErrorKind,
    pub offset: usize,
    pub message: String,
}

impl Fault {
    pub fn new(kind: TransformErrorKind, offset: usize, message: impl Into<String>) -> Self {
        Self { kind, offset, message: message.into() }
    }
}

/// The fault of what was made of one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RenderErrorKind {
    /// The event is not JSON.
    Event,
    /// A value does not fit between the quotes that its placeholder stands in.
    QuotedValue,
}

impl RenderErrorKind {
    /// Return the name of the kind as the test data spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::QuotedValue => "quoted-value",
        }
    }
}

/// An event that a transform makes nothing of: what was wrong and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RenderError {
    kind: RenderErrorKind,
    offset: usize,
    message: String,
}

impl RenderError {
    pub(crate) fn new(kind: RenderErrorKind, offset: usize, message: String) -> Self {
        Self { kind, offset, message }
    }

    /// Return the class of the fault.
    pub fn kind(&self) -> RenderErrorKind {
        self.kind
    }

    /// Return the byte of the event, or of the template for a value that does not fit into it.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl From<crate::json::Malformed> for RenderError {
    fn from(malformed: crate::json::Malformed) -> Self {
        let crate::json::Malformed { offset, expected } = malformed;
        let message = format!("the event is not JSON: expected {expected} (byte {offset})");
        Self::new(RenderErrorKind::Event, offset, message)
    }
}
