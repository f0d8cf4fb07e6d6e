//! A rule of a rule set: its name, its place in the order, what it asks and what its owner keeps.

use compact_str::CompactString;

use crate::conjunction::Conjunctions;

/// A named pattern of a [`Matcher`](crate::Matcher).
#[derive(Debug)]
pub struct Rule<T> {
    pub(crate) name: CompactString,
    /// Rules are reported in this order, the one in which they were added.
    pub(crate) order: u64,
    pub(crate) conjunctions: Conjunctions,
    pub(crate) value: T,
}

impl<T> Rule<T> {
    /// Return the name under which the rule was added.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Return the value that was added with the rule.
    pub fn value(&self) -> &T {
        &self.value
    }
}
