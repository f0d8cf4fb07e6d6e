//! Measures the crate `quamina`.

use quamina::{Quamina, QuaminaBuilder};
use rulebus_peers::{Counter, Engine, Rule, serve};

struct Rust(Quamina<u32>);

impl Engine for Rust {
    fn load(rules: &[Rule], removed: &[Rule]) -> Result<Self, String> {
        // Its limits are against hostile patterns; the workloads are large and not hostile.
        let mut quamina = QuaminaBuilder::new()
            .with_arena_byte_budget(usize::MAX)
            .with_max_states_per_pattern(usize::MAX)
            .build()
            .map_err(|error| error.to_string())?;
        let numbered = rules.iter().chain(removed).zip(0..);
        for (rule, number) in numbered {
            quamina
                .add_pattern(number, &translated(rule.pattern.get()))
                .map_err(|error| format!("{}: {error}", rule.name))?;
        }
        let first = u32::try_from(rules.len()).expect("fewer rules than 2^32");
        for number in (first..).take(removed.len()) {
            quamina.delete_patterns(&number).map_err(|error| error.to_string())?;
        }
        // The first match after an addition builds the automaton: over a second at 100,000 rules.
        quamina.matches_for_event(b"{}").map_err(|error| error.to_string())?;
        Ok(Self(quamina))
    }

    fn counter(&self) -> impl Counter {
        |events: &[&[u8]], counts: &mut Vec<usize>| {
            for event in events {
                counts.push(self.0.matches_for_event(event).expect("a good event").len());
            }
        }
    }
}

/// Returns the pattern with its regular expressions in the spelling of quamina.
fn translated(pattern: &str) -> String {
    if pattern.contains(r#"{"regex":"#) {
        pattern.replace(r#"{"regex":"#, r#"{"regexp":"#).replace(r"\\", "~")
    } else {
        pattern.into()
    }
}

fn main() {
    serve::<Rust>();
}
