//! The compiler's front: from the text of a pattern to its conjunctions.
//!
//! The text is read as JSON first ([`reader`]), so whatever is not JSON is reported before
//! anything that is no pattern. What was read becomes a [`Group`](fields::Group) of conditions and
//! `$or`s ([`fields`]), with the values lists checked on the way ([`items`]), and the group is
//! multiplied out at the end.

mod anything_but;
mod fault;
mod fields;
mod items;
mod numeric;
mod operands;
mod operator;
mod reader;
#[cfg(test)]
mod tests;

use bumpalo::Bump;

use crate::error::PatternError;
use crate::pattern::{Dialect, Pattern};

/// How many bytes of values a byte of a text mostly makes, at most.
const TREE_PER_TEXT: usize = 7;

/// Parse and check the text of a pattern.
pub(crate) fn parse(text: &[u8], dialect: Dialect) -> Result<Pattern, PatternError> {
    let arena = Bump::with_capacity(text.len() * TREE_PER_TEXT);
    let root = reader::read(text, &arena)?;
    let group = fields::group(&root, dialect).map_err(|fault| {
        let path = root.path_to(fault.offset);
        fault.at(path)
    })?;
    Ok(Pattern { conjunctions: group.expand() })
}
