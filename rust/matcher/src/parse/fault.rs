//! What is wrong with a pattern, before the path to it is known.

use crate::error::{EventError, EventErrorKind, PatternError, PatternErrorKind};

/// How many arrays and objects of a pattern may be open at once.
pub(super) const MAX_DEPTH: usize = 128;

/// A fault and its place in the text; the path follows from the place.
#[derive(Debug)]
pub(super) struct Fault {
    pub kind: PatternErrorKind,
    pub offset: usize,
    pub message: String,
}

impl Fault {
    pub fn new(kind: PatternErrorKind, offset: usize, message: impl Into<String>) -> Self {
        Self { kind, offset, message: message.into() }
    }

    /// Return the error to report, now that the path is known.
    pub fn at(self, path: String) -> PatternError {
        PatternError { kind: self.kind, path, offset: self.offset, message: self.message }
    }
}

/// A fault of the JSON text means the same in a pattern as in an event.
impl From<EventError> for Fault {
    fn from(error: EventError) -> Self {
        let (kind, message) = match error.kind {
            EventErrorKind::Syntax(expected) => {
                (PatternErrorKind::Syntax, format!("not JSON: expected {expected}"))
            }
            EventErrorKind::TrailingContent => (
                PatternErrorKind::TrailingContent,
                "content after the end of the pattern, expected white space only".to_owned(),
            ),
            EventErrorKind::NotAnObject => {
                (PatternErrorKind::NotAnObject, "a pattern must be a JSON object".to_owned())
            }
            EventErrorKind::LoneSurrogate => (
                PatternErrorKind::LoneSurrogate,
                "half of a surrogate pair in a string, expected both halves".to_owned(),
            ),
            EventErrorKind::InvalidUtf8 => {
                (PatternErrorKind::InvalidUtf8, "not UTF-8, expected UTF-8 text".to_owned())
            }
            EventErrorKind::TooDeep => {
                (PatternErrorKind::TooDeep, format!("nested deeper than {MAX_DEPTH} levels"))
            }
            EventErrorKind::TooLarge
            | EventErrorKind::TooAmbiguous
            | EventErrorKind::MissingMember => {
                unreachable!("only events are measured, matched, and have to have members")
            }
        };
        Self { kind, offset: error.offset, message }
    }
}
