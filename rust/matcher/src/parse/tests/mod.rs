//! What a pattern means and why one is refused.

mod conformance;
mod errors;
mod hostile;
mod meaning;

use super::parse;
use crate::error::PatternError;
use crate::pattern::{Condition, Dialect};

/// Return the conjunctions of a pattern of the extended dialect.
fn conjunctions(text: &str) -> Vec<Vec<Condition>> {
    let pattern = parse(text.as_bytes(), Dialect::Extended).expect(text);
    pattern.conjunctions.into_iter().map(Vec::from).collect()
}

fn refused(text: &str, dialect: Dialect) -> PatternError {
    parse(text.as_bytes(), dialect).map(drop).expect_err(text)
}
