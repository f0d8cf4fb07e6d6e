//! Events that are spread evenly over the rules of a matcher.

use std::sync::Arc;

use rulebus_matcher::{Rule, Scratch, Snapshot};

use crate::rules;

/// A set of rules, and events that each match one of them.
pub struct Spread {
    rules: Arc<Snapshot<()>>,
    events: Vec<String>,
}

impl Spread {
    /// Make the rules and events, and check that each event matches its rule alone.
    pub fn new(rules: usize, events: usize) -> Self {
        let hit: Vec<usize> = (0..events).map(|event| event * rules / events).collect();
        let this = Self {
            rules: rules::matcher(rules).snapshot(),
            events: hit.iter().map(|&rule| rules::event(rule)).collect(),
        };
        let mut answers: Vec<Vec<String>> = Vec::new();
        this.pass(|found| answers.push(found.iter().map(|rule| rule.name().to_owned()).collect()));
        let expected: Vec<_> = hit.iter().map(|rule| vec![format!("rule-{rule}")]).collect();
        assert_eq!(expected, answers);
        this
    }

    /// Match every event once.
    pub fn pass(&self, mut see: impl FnMut(&[&Rule<()>])) {
        let mut scratch = Scratch::default();
        let mut found = Vec::new();
        for event in &self.events {
            self.rules.matches(event.as_bytes(), &mut scratch, &mut found).expect("a good event");
            see(&found);
        }
    }
}
