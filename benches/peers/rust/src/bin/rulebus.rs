//! Measures the crate `rulebus-matcher`; `trusted` as the first argument spares the checks of what
//! no rule asks for.

use rulebus_matcher::{Care, Dialect, EventError, Matcher, Pattern, Scratch};
use rulebus_peers::{Counter, Engine, Rule, serve};

struct Rulebus<const TRUSTED: bool>(Matcher);

impl<const TRUSTED: bool> Engine for Rulebus<TRUSTED> {
    fn load(rules: &[Rule], removed: &[Rule]) -> Result<Self, String> {
        let matcher = Matcher::new();
        matcher.try_add_many(rules.iter().map(parsed))?;
        matcher.try_add_many(removed.iter().map(parsed))?;
        for rule in removed {
            matcher.remove(&rule.name);
        }
        Ok(Self(matcher))
    }

    fn counter(&self) -> impl Counter {
        let mut scratch = Scratch::default();
        scratch.set_care(if TRUSTED { Care::Structure } else { Care::Whole });
        move |events: &[&[u8]], counts: &mut Vec<usize>| {
            let matched = self.0.snapshot().match_each(events, &mut scratch, |found| {
                counts.push(found?.len());
                Ok::<(), EventError>(())
            });
            matched.expect("good events");
        }
    }

    fn add(&self, rule: &Rule) -> Result<(), String> {
        self.0.add(&rule.name, &pattern(rule)?, ());
        Ok(())
    }

    fn remove(&self, rule: &Rule) {
        self.0.remove(&rule.name);
    }
}

fn parsed(rule: &Rule) -> Result<(String, Pattern, ()), String> {
    Ok((rule.name.clone(), pattern(rule)?, ()))
}

fn pattern(rule: &Rule) -> Result<Pattern, String> {
    Pattern::parse(rule.pattern.get().as_bytes(), Dialect::Extended)
        .map_err(|error| format!("{}: {error}", rule.name))
}

fn main() {
    if std::env::args().nth(1).is_some_and(|argument| argument == "trusted") {
        serve::<Rulebus<true>>();
    } else {
        serve::<Rulebus<false>>();
    }
}
