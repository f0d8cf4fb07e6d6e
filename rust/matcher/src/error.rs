//! What can be wrong with a pattern or an event: a kind, a place and an explanation.

use std::fmt;

/// The fault of a refused pattern.
///
/// The kinds classify; [`PatternError`] carries the place and the explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PatternErrorKind {
    /// The text is not JSON.
    Syntax,
    /// Something other than white space follows the pattern.
    TrailingContent,
    /// The top level is not an object.
    NotAnObject,
    /// A string or a name holds half of a surrogate pair.
    LoneSurrogate,
    /// The bytes are not UTF-8.
    InvalidUtf8,
    /// More than 128 arrays and objects are open at once.
    TooDeep,
    /// One name stands twice in one object.
    DuplicateName,
    /// An object of fields has no member.
    EmptyObject,
    /// A list has no element.
    EmptyArray,
    /// The value of a field is neither an object nor a list.
    BadField,
    /// A list stands inside a values list.
    NestedArray,
    /// A match object has no member.
    EmptyMatch,
    /// A match object has more than one member.
    SeveralOperators,
    /// The member name of a match object is no operator, or none that may stand there.
    UnknownOperator,
    /// The operand has the wrong JSON type.
    OperandType,
    /// An empty string under `anything-but` `prefix` or `suffix`.
    EmptyOperand,
    /// Strings and numbers are mixed in one `anything-but` list.
    MixedList,
    /// The operand of `numeric` has the wrong shape.
    NumericSyntax,
    /// The bottom of a `numeric` range is not below its top.
    NumericRange,
    /// A backslash in a wildcard stands before anything but `*` and `\`.
    WildcardEscape,
    /// Two unescaped stars are adjacent in a wildcard.
    WildcardDoubleStar,
    /// The operand of `cidr` is not `address/bits`.
    CidrSyntax,
    /// The address of a `cidr` is none.
    CidrAddress,
    /// The mask of a `cidr` has too many, or for a mapped address too few, bits.
    CidrMask,
    /// `$or` is not a list of two or more objects.
    OrShape,
    /// A field inside `$or` is named like an operator.
    OrReservedName,
    /// The pattern expands to more than 1,000 conjunctions.
    TooManyCombinations,
    /// The regular expression is malformed or too large (extended dialect).
    Regex,
}

impl PatternErrorKind {
    /// Return the name of the kind as the conformance data spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::TrailingContent => "trailing-content",
            Self::NotAnObject => "not-an-object",
            Self::LoneSurrogate => "lone-surrogate",
            Self::InvalidUtf8 => "invalid-utf-8",
            Self::TooDeep => "too-deep",
            Self::DuplicateName => "duplicate-name",
            Self::EmptyObject => "empty-object",
            Self::EmptyArray => "empty-array",
            Self::BadField => "bad-field",
            Self::NestedArray => "nested-array",
            Self::EmptyMatch => "empty-match",
            Self::SeveralOperators => "several-operators",
            Self::UnknownOperator => "unknown-operator",
            Self::OperandType => "operand-type",
            Self::EmptyOperand => "empty-operand",
            Self::MixedList => "mixed-list",
            Self::NumericSyntax => "numeric-syntax",
            Self::NumericRange => "numeric-range",
            Self::WildcardEscape => "wildcard-escape",
            Self::WildcardDoubleStar => "wildcard-double-star",
            Self::CidrSyntax => "cidr-syntax",
            Self::CidrAddress => "cidr-address",
            Self::CidrMask => "cidr-mask",
            Self::OrShape => "or-shape",
            Self::OrReservedName => "or-reserved-name",
            Self::TooManyCombinations => "too-many-combinations",
            Self::Regex => "regex",
        }
    }
}

/// A refused pattern: what was wrong, where, and what was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct PatternError {
    pub(crate) kind: PatternErrorKind,
    pub(crate) path: String,
    pub(crate) offset: usize,
    pub(crate) message: String,
}

impl PatternError {
    /// Return the class of the fault.
    pub fn kind(&self) -> PatternErrorKind {
        self.kind
    }

    /// Return the member names from the root to the fault joined with dots, `""` at the root.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Return the byte offset of the fault in the pattern's text.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Return what was wrong and what was expected, without the place.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.message)?;
        if !self.path.is_empty() {
            write!(f, ", at {:?}", self.path)?;
        }
        write!(f, " (byte {})", self.offset)
    }
}

/// The fault of a refused event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventErrorKind {
    /// The text is not JSON; the string says what was expected.
    Syntax(&'static str),
    /// Something other than white space follows the event.
    TrailingContent,
    /// The event is JSON but not an object.
    NotAnObject,
    /// A string or a name holds half of a surrogate pair.
    LoneSurrogate,
    /// The bytes are not UTF-8.
    InvalidUtf8,
    /// More than 512 arrays and objects are open at once.
    TooDeep,
    /// The event has 4 GiB or more.
    TooLarge,
    /// A path is spelled in so many ways, dotted and nested, that a rule cannot be decided.
    TooAmbiguous,
    /// The event has no value at a path that the rule set requires.
    MissingMember,
}

impl EventErrorKind {
    /// Return the name of the kind as the conformance data spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Syntax(_) => "syntax",
            Self::TrailingContent => "trailing-content",
            Self::NotAnObject => "not-an-object",
            Self::LoneSurrogate => "lone-surrogate",
            Self::InvalidUtf8 => "invalid-utf-8",
            Self::TooDeep => "too-deep",
            Self::TooLarge => "too-large",
            Self::TooAmbiguous => "too-ambiguous",
            Self::MissingMember => "envelope",
        }
    }
}

/// A refused event: what was wrong and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub struct EventError {
    pub(crate) kind: EventErrorKind,
    pub(crate) offset: usize,
}

impl EventError {
    /// Return the class of the fault.
    pub fn kind(&self) -> EventErrorKind {
        self.kind
    }

    /// Return the byte offset of the fault in the event's text.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Display for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            EventErrorKind::Syntax(expected) => write!(f, "not JSON: expected {expected}")?,
            EventErrorKind::TrailingContent => write!(f, "content after the end of the event")?,
            EventErrorKind::NotAnObject => write!(f, "an event must be a JSON object")?,
            EventErrorKind::LoneSurrogate => write!(f, "half of a surrogate pair in a string")?,
            EventErrorKind::InvalidUtf8 => write!(f, "not UTF-8")?,
            EventErrorKind::TooDeep => write!(f, "nested deeper than 512 levels")?,
            EventErrorKind::TooLarge => write!(f, "4 GiB or more")?,
            EventErrorKind::TooAmbiguous => {
                write!(f, "too many ways to spell one path, with dots and with nesting")?;
            }
            EventErrorKind::MissingMember => write!(f, "without a member that is required")?,
        }
        write!(f, " (byte {})", self.offset)
    }
}
