//! A matching automaton for Amazon `EventBridge` event patterns.
//!
//! A [`Matcher`] holds named patterns and says which of them an event matches. The cost of an
//! answer follows the event and its matches, not the number of rules; rules change while other
//! threads match.
//!
//! ```
//! use rulebus_matcher::{Dialect, Matcher, Pattern};
//!
//! let matcher = Matcher::new();
//! let pattern = Pattern::parse(br#"{"source": ["log.addProduct"]}"#, Dialect::Aws)?;
//! matcher.add("product-log", &pattern, ());
//!
//! let event = br#"{"source": "log.addProduct", "detail": {"name": "lamp"}}"#;
//! assert_eq!(vec!["product-log"], matcher.matching(event)?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Patterns are refused when they are parsed, with the place of the mistake:
//!
//! ```
//! use rulebus_matcher::{Dialect, Pattern};
//!
//! let error = Pattern::parse(br#"{"detail": {"state": "on"}}"#, Dialect::Aws).unwrap_err();
//! assert_eq!(("detail.state", 21), (error.path(), error.offset()));
//! ```

mod bits;
mod cidr;
mod conjunction;
mod digits;
mod error;
mod explain;
mod fields;
mod fold;
mod hash;
mod index;
mod join;
mod json;
mod matcher;
mod number;
mod order;
mod parse;
mod paths;
mod pattern;
mod persistent;
mod regex;
mod rule;
mod scan;
mod scratch;
mod simd;
mod snapshot;
mod test;
mod values;
mod wildcard;
mod writer;

pub use error::{EventError, EventErrorKind, PatternError, PatternErrorKind};
pub use explain::{ConditionExplanation, ConjunctionExplanation, Explanation, ValueExplanation};
pub use matcher::{Matcher, Statistics};
pub use pattern::{Dialect, Pattern};
pub use rule::Rule;
pub use scan::{Care, check_object};
pub use scratch::Scratch;
pub use simd::prefetch;
pub use snapshot::Snapshot;
