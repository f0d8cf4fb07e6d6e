//! Many rules at once.

use std::sync::Arc;

use compact_str::CompactString;

use super::in_batches::in_batches;
use super::{Taken, Was, Writer};
use crate::conjunction::Conjunction;
use crate::index::{Guide, likely_key};
use crate::pattern::Pattern;
use crate::rule::Rule;

/// So many rules are compiled together before they are filed.
pub(super) const BATCH: usize = 1024;

impl<T> Writer<T> {
    /// Add or replace rules in turn; at an error all is as it was before.
    pub fn try_add_many<E>(
        &mut self,
        rules: impl IntoIterator<Item = Result<(String, Pattern, T), E>>,
    ) -> Result<(), E>
    where
        T: Send + Sync,
    {
        let rules = rules.into_iter();
        if self.rules.is_empty() {
            self.rules.reserve(rules.size_hint().0, |_| unreachable!("there is none"));
        }
        let first_order = self.next_order;
        let (mut refused, mut replaced) = (None, Vec::new());
        let accepted = rules.map_while(|rule| {
            let (name, pattern, value) = rule.map_err(|error| refused = Some(error)).ok()?;
            Some((CompactString::from(name), pattern, value))
        });
        in_batches(accepted, BATCH, |batch| self.add_batch(batch, &mut replaced));
        match refused {
            None => {
                for earlier in &replaced {
                    self.release_all(earlier);
                }
                Ok(())
            }
            Some(error) => {
                self.undo(first_order, replaced);
                Err(error)
            }
        }
    }

    /// Compile rules before any of them is filed, so that even the first ones are filed by what
    /// turns out to part them.
    ///
    /// The rules that they replace keep their conditions. Returns what is left of the batch.
    fn add_batch(
        &mut self,
        batch: Vec<(CompactString, Pattern, T)>,
        replaced: &mut Vec<Arc<Rule<T>>>,
    ) -> Vec<Pattern> {
        let compile = |(name, pattern, value)| {
            let (rule, earlier) = self.compile(name, &pattern, value);
            match earlier {
                Some(Taken { rule, was: Was::Filed }) => replaced.push(rule),
                Some(Taken { rule, was: Was::Compiled }) => self.release_all(&rule),
                None => {}
            }
            (rule, pattern)
        };
        let (compiled, patterns): (Vec<_>, Vec<_>) = batch.into_iter().map(compile).unzip();
        let guide = Guide { seed: &self.seed, variety: self.fields.variety() };
        // Keys are made first, so that memory is waited for once for many of them.
        let likely = |rule: &Arc<_>| likely_key(Conjunction { rule, number: 0 }, guide);
        let keys: Vec<_> = compiled.iter().filter_map(likely).collect();
        self.index.prefetch(keys.into_iter());
        for rule in compiled {
            // Nobody else has a rule that was replaced within the batch.
            if Arc::strong_count(&rule) > 1 {
                self.file(rule);
            }
        }
        patterns
    }

    /// Take out all rules from an order on, and put back those that were replaced since.
    fn undo(&mut self, first_order: u64, replaced: Vec<Arc<Rule<T>>>) {
        for earlier in replaced.into_iter().rev() {
            self.remove(&earlier.name);
            self.insert(&earlier);
            self.file(earlier);
        }
        let added = self.rules.iter().filter(|rule| rule.order >= first_order);
        for rule in added.cloned().collect::<Vec<_>>() {
            self.remove(&rule.name);
        }
        self.next_order = first_order;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::Dialect;

    fn rule(name: u64, instance: u64) -> (String, Pattern, u64) {
        let text = format!(r#"{{"source":["shop"],"id":["{instance}","{}"]}}"#, instance / 2);
        let pattern = Pattern::parse(text.as_bytes(), Dialect::Aws).expect(&text);
        (name.to_string(), pattern, instance)
    }

    /// What was refused leaves the rules, their order and their values as they were, and nothing else.
    #[test]
    fn a_refused_load_changes_nothing() {
        const KEPT: u64 = 1_500;
        let kept = || (0..KEPT).map(|name| rule(name, name));
        let replacing = |round: u64| (0..KEPT).step_by(2).map(move |name| rule(name, name + round));
        let new = || (KEPT..KEPT + 2_000).map(|name| rule(name % (KEPT + 1_200), name));

        let mut writer = Writer::default();
        writer.try_add_many(kept().map(Ok::<_, ()>)).expect("nothing is refused");
        let before = writer.statistics();
        let rules = replacing(1).chain(replacing(2)).chain(new()).chain(replacing(3));
        let refused = writer.try_add_many(rules.map(Ok).chain([Err("the last one")]));

        assert_eq!(Err("the last one"), refused);
        assert_eq!(before, writer.statistics());
        assert_eq!((0..KEPT).map(|name| name.to_string()).collect::<Vec<_>>(), writer.names());
        for name in 0..KEPT {
            let removed = writer.remove(&name.to_string()).expect("it is there");
            assert_eq!(name, removed.value);
        }
        assert!(writer.index.is_bare());
        assert_eq!((0, 0), (writer.conditions.len(), writer.statistics().paths));
    }

    /// The first error ends a load: what would come behind it is not asked for.
    #[test]
    fn a_load_ends_at_its_first_error() {
        let mut asked = 0;
        let rules = (0..10_000).map(|name| {
            asked += 1;
            if name < 3_000 { Ok(rule(name, name)) } else { Err(name) }
        });
        assert_eq!(Err(3_000), Writer::default().try_add_many(rules));
        assert_eq!(3_001, asked);
    }
}
