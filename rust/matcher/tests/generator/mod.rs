//! Rule sets, and events that nearly match them, made from a string of bytes.
//!
//! Every decision takes one byte and the byte 0 takes the simplest way, so shorter and smaller
//! bytes make simpler scenarios: what shrinks the bytes shrinks the scenario.

mod choices;
mod event;
mod pattern;
mod test;
mod text;

use std::fmt;

use rulebus_matcher::Dialect;

pub use choices::Choices;

/// The most rules in one scenario.
const RULES: usize = 200;

/// A set of rules and an event made for them.
pub struct Scenario {
    pub dialect: Dialect,
    pub patterns: Vec<String>,
    pub event: String,
}

impl Scenario {
    /// Make rules until their bytes are used up, then an event from its own bytes.
    pub fn new(rules: &[u8], event: &[u8]) -> Self {
        let mut choices = Choices::new(rules);
        let dialect = choices.pick(&[Dialect::Aws, Dialect::Extended]);
        let mut fields = vec![pattern::fields(&mut choices, dialect)];
        while !choices.is_exhausted() && fields.len() < RULES {
            fields.push(pattern::fields(&mut choices, dialect));
        }
        let patterns = fields.iter().map(pattern::Fields::text).collect();
        let event = event::event_for(&mut Choices::new(event), &fields);
        Self { dialect, patterns, event }
    }
}

impl fmt::Debug for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "dialect {:?}", self.dialect)?;
        self.patterns.iter().try_for_each(|pattern| writeln!(f, "pattern {pattern}"))?;
        write!(f, "event {}", self.event)
    }
}
