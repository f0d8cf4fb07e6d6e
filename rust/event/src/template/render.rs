//! Templates filled with the values of an event.
//!
//! | value | JSON value | alone in quotes | in longer text | in a text template |
//! | --- | --- | --- | --- | --- |
//! | string | with its quotes | as text | as text | as text |
//! | number, `true`, `false` | as it is | as it is | as it is | as it is |
//! | object, array | as it is | an error if it holds a string | likewise | without quotes |
//! | `null` | `null` | nothing | `null` | `null` |
//! | nothing at the path | `""` | nothing | nothing | nothing |
//!
//! Text is put into the strings of JSON without escaping, as AWS does it, and refused if that breaks
//! the string.

use std::borrow::Cow;

use super::{Piece, Place, Placeholder, Source, Template};
use crate::error::{RenderError, RenderErrorKind};
use crate::json;
use crate::paths::{Found, Paths};
use crate::time::write_milliseconds;
use crate::transform::Context;

/// What a placeholder is filled with.
enum Value<'a> {
    /// What is at a path of the event.
    InEvent(&'a Found),
    /// A text that is not in the event.
    Text(Cow<'a, str>),
    /// An object, as JSON.
    Object(Cow<'a, [u8]>),
}

impl Template {
    /// Return the template filled with the values of an event.
    pub fn render(&self, event: &[u8], context: &Context<'_>) -> Result<Vec<u8>, RenderError> {
        let found = self.paths.find(event)?;
        let mut rendered = Vec::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => rendered.extend_from_slice(text),
                Piece::Placeholder(placeholder) => {
                    let value = placeholder.source.value(event, &found, context);
                    placeholder.fill(&value, event, &mut rendered)?;
                }
            }
        }
        Ok(rendered)
    }
}

impl Source {
    fn value<'a>(&self, event: &'a [u8], found: &'a [Found], context: &Context<'a>) -> Value<'a> {
        match self {
            Self::Path(path) => Value::InEvent(Paths::at(found, *path)),
            Self::RuleArn => Value::Text(context.rule_arn.into()),
            Self::RuleName => Value::Text(context.rule_name.into()),
            Self::IngestionTime(time) => match context.ingestion_time.and_then(spelled) {
                Some(text) => Value::Text(text.into()),
                None => Value::InEvent(Paths::at(found, *time)),
            },
            Self::EventWithoutDetail(members) => {
                let members = members.iter().map(|(name, path)| (*name, Paths::at(found, *path)));
                Value::Object(object(members, event).into())
            }
            Self::WholeEvent => Value::Object(event.trim_ascii().into()),
        }
    }
}

impl Placeholder {
    fn fill(&self, value: &Value<'_>, event: &[u8], into: &mut Vec<u8>) -> Result<(), RenderError> {
        match self.place {
            Place::Value => value.write_json(event, into)?,
            Place::InText => value.write_text(event, into)?,
            Place::WholeString if value.is_null(event) => (),
            Place::WholeString | Place::InString => {
                let start = into.len();
                value.write_text(event, into)?;
                if let Some(problem) = value.problem_in_string(event, &into[start..]) {
                    return Err(self.does_not_fit(problem));
                }
            }
        }
        Ok(())
    }

    fn does_not_fit(&self, problem: &str) -> RenderError {
        let Self { name, offset, .. } = self;
        let message = format!(
            "the value of <{name}> {problem}, which breaks the string that the placeholder stands \
             in, at input_template (byte {offset}); a placeholder outside quotes takes any value"
        );
        RenderError::new(RenderErrorKind::QuotedValue, *offset, message)
    }
}

impl Value<'_> {
    fn write_json(&self, event: &[u8], into: &mut Vec<u8>) -> json::Read<()> {
        match self {
            Self::InEvent(Found::Nothing) => into.extend_from_slice(br#""""#),
            Self::InEvent(found) => found.write_json(event, into)?,
            Self::Text(text) => json::quote(text, into),
            Self::Object(text) => into.extend_from_slice(text),
        }
        Ok(())
    }

    fn write_text(&self, event: &[u8], into: &mut Vec<u8>) -> json::Read<()> {
        match self {
            Self::InEvent(found) => found.write_text(event, into)?,
            Self::Text(text) => into.extend_from_slice(text.as_bytes()),
            Self::Object(text) => into.extend_from_slice(text),
        }
        Ok(())
    }

    fn is_null(&self, event: &[u8]) -> bool {
        matches!(self, Self::InEvent(Found::One(value)) if event[value.clone()] == *b"null")
    }

    /// Say what of the value, whose text is `written`, cannot stand in a string of JSON.
    fn problem_in_string(&self, event: &[u8], written: &[u8]) -> Option<&'static str> {
        let holds_strings = match self {
            Self::InEvent(Found::One(value)) => {
                event[value.start] != b'"' && event[value.clone()].contains(&b'"')
            }
            Self::InEvent(Found::Several(values)) => {
                values.iter().any(|value| event[value.clone()].contains(&b'"'))
            }
            _ => false,
        };
        if holds_strings { Some("is an object or array with quotes") } else { breaks(written) }
    }
}

/// Say what of a text ends or breaks a string of JSON that it is put in as it is.
fn breaks(text: &[u8]) -> Option<&'static str> {
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => return Some("holds a quote"),
            0..0x20 => return Some("holds a control character"),
            b'\\' => match json::escape(text, at) {
                Ok((_, end)) => at = end,
                Err(_) => return Some("holds a backslash that begins no escape of JSON"),
            },
            _ => at += 1,
        }
    }
    None
}

/// Return the object that has these members, as far as there are.
fn object<'a>(members: impl Iterator<Item = (&'static str, &'a Found)>, event: &[u8]) -> Vec<u8> {
    let mut written = vec![b'{'];
    for (name, found) in members {
        if let Found::One(value) = found {
            if written.len() > 1 {
                written.push(b',');
            }
            json::quote(name, &mut written);
            written.push(b':');
            written.extend_from_slice(&event[value.clone()]);
        }
    }
    written.push(b'}');
    written
}

/// Return a time in milliseconds since the epoch as text, if it has one.
fn spelled(milliseconds: i64) -> Option<String> {
    let mut text = Vec::new();
    write_milliseconds(milliseconds, &mut text)
        .then(|| String::from_utf8(text).expect("the text of a time is ASCII"))
}
