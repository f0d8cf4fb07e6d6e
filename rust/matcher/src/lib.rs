//! A matching automaton for Amazon EventBridge event patterns.

mod cidr;
mod error;
mod fold;
mod json;
mod number;
mod parse;
mod pattern;
mod regex;
mod wildcard;

pub use error::{EventError, EventErrorKind, PatternError, PatternErrorKind};
pub use pattern::{Dialect, Pattern};
