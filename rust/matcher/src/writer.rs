//! The side of a rule set that changes it.

use std::sync::Arc;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use smallvec::SmallVec;

use crate::conjunction::{BoundCondition, Conjunction};
use crate::hash::Seed;
use crate::index::{Bucket, Filed, Guide};
use crate::matcher::Statistics;
use crate::paths::{FreePaths, Paths};
use crate::pattern::{Condition, Pattern};
use crate::rule::Rule;
use crate::snapshot::Snapshot;

/// All that is needed to add and remove rules, and to make snapshots.
#[derive(Debug)]
pub(crate) struct Writer<T> {
    seed: Seed,
    paths: Paths,
    free: FreePaths,
    index: Bucket<T>,
    /// By path: the number of different conditions there.
    variety: Vec<u64>,
    rules: HashTable<Added<T>>,
    conditions: HashTable<Shared>,
    next_order: u64,
    next_conjunction: u64,
}

/// A rule and what it was compiled to.
#[derive(Debug)]
struct Added<T> {
    rule: Arc<Rule<T>>,
    conjunctions: Conjunctions<T>,
}

pub(crate) type Conjunctions<T> = SmallVec<[Arc<Conjunction<T>>; 1]>;

/// A condition with the number of conjunctions that have it.
#[derive(Debug)]
struct Shared {
    condition: Arc<BoundCondition>,
    uses: usize,
}

impl<T> Default for Writer<T> {
    fn default() -> Self {
        Self {
            seed: Seed::default(),
            paths: Paths::default(),
            free: FreePaths::default(),
            index: Bucket::default(),
            variety: Vec::new(),
            rules: HashTable::new(),
            conditions: HashTable::new(),
            next_order: 0,
            next_conjunction: 0,
        }
    }
}

impl<T: Clone> Writer<T> {
    /// Add or replace a rule, and return the value it had before.
    pub fn add(&mut self, name: &str, pattern: &Pattern, value: T) -> Option<T> {
        let earlier = self.take(name);
        let order = earlier.as_ref().map_or(self.next_order, |added| added.rule.order);
        self.next_order = self.next_order.max(order + 1);
        let rule = Arc::new(Rule { name: name.into(), order, value });
        let conjunctions =
            pattern.conjunctions.iter().map(|conditions| self.compile(&rule, conditions)).collect();
        let seed = &self.seed;
        let added = Added { rule, conjunctions };
        self.rules.insert_unique(seed.name(name.as_bytes()), added, |added| {
            seed.name(added.rule.name.as_bytes())
        });
        earlier.map(|added| added.rule.value.clone())
    }

    /// Remove a rule, and return its value.
    pub fn remove(&mut self, name: &str) -> Option<T> {
        self.take(name).map(|added| added.rule.value.clone())
    }

    pub fn contains(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    pub fn names(&self) -> Vec<String> {
        let mut rules: Vec<_> = self.rules.iter().map(|added| &added.rule).collect();
        rules.sort_unstable_by_key(|rule| rule.order);
        rules.into_iter().map(|rule| rule.name().to_owned()).collect()
    }

    pub fn conjunctions(&self, name: &str) -> Option<Conjunctions<T>> {
        self.find(name).map(|added| added.conjunctions.clone())
    }

    pub fn statistics(&self) -> Statistics {
        Statistics {
            rules: self.rules.len(),
            conjunctions: self.index.len(),
            conditions: self.conditions.len(),
            paths: self.paths.len(),
        }
    }

    /// Copy what readers need; everything is shared until it changes.
    pub fn snapshot(&self) -> Snapshot<T> {
        Snapshot {
            seed: self.seed.clone(),
            paths: self.paths.clone(),
            conjunctions: self.index.clone(),
            rules: self.rules.len(),
        }
    }

    fn find(&self, name: &str) -> Option<&Added<T>> {
        self.rules.find(self.seed.name(name.as_bytes()), |added| *added.rule.name == *name)
    }

    fn compile(&mut self, rule: &Arc<Rule<T>>, conditions: &[Condition]) -> Arc<Conjunction<T>> {
        let conditions = conditions.iter().map(|condition| self.retain(condition)).collect();
        self.next_conjunction += 1;
        let id = mix(self.next_conjunction);
        let conjunction = Arc::new(Conjunction { id, rule: Arc::clone(rule), conditions });
        let filed = Filed { conjunction: Arc::clone(&conjunction), used: 0 };
        self.index.add(filed, Guide { seed: &self.seed, variety: &self.variety });
        conjunction
    }

    /// Take a rule out of everything.
    fn take(&mut self, name: &str) -> Option<Added<T>> {
        let hash = self.seed.name(name.as_bytes());
        let entry = self.rules.find_entry(hash, |added| *added.rule.name == *name).ok()?;
        let (added, _) = entry.remove();
        let seed = &self.seed;
        give_back(&mut self.rules, |added| seed.name(added.rule.name.as_bytes()));
        for conjunction in &added.conjunctions {
            let was_in = self.index.remove(conjunction, &self.seed);
            debug_assert!(was_in, "a rule's conjunctions are in the index");
            conjunction.conditions.iter().for_each(|bound| self.release(bound));
        }
        Some(added)
    }

    /// Count one more conjunction with a condition.
    fn retain(&mut self, condition: &Condition) -> Arc<BoundCondition> {
        let Self { seed, paths, free, variety, .. } = self;
        let entry = self.conditions.entry(
            seed.condition(condition),
            |shared| shared.condition.condition == *condition,
            |shared| seed.condition(&shared.condition.condition),
        );
        let mut shared = entry.or_insert_with(|| {
            let path = paths.retain(seed, &condition.path, free);
            variety.resize(paths.bound(), 0);
            variety[path.0 as usize] += 1;
            let condition = condition.clone();
            Shared { condition: Arc::new(BoundCondition { path, condition }), uses: 0 }
        });
        shared.get_mut().uses += 1;
        Arc::clone(&shared.get().condition)
    }

    /// Count one conjunction less with a condition.
    fn release(&mut self, bound: &BoundCondition) {
        let hash = self.seed.condition(&bound.condition);
        let is_it = |shared: &Shared| shared.condition.condition == bound.condition;
        let Entry::Occupied(mut shared) = self
            .conditions
            .entry(hash, is_it, |other| self.seed.condition(&other.condition.condition))
        else {
            unreachable!("a condition is released once for every time retained");
        };
        shared.get_mut().uses -= 1;
        if shared.get().uses == 0 {
            shared.remove();
            self.variety[bound.path.0 as usize] -= 1;
            let seed = &self.seed;
            give_back(&mut self.conditions, |shared| seed.condition(&shared.condition.condition));
            self.paths.release(&self.seed, &bound.condition.path, &mut self.free);
        }
    }
}

/// Give back the room of a table that is mostly empty; costs a constant for each removal.
fn give_back<E>(table: &mut HashTable<E>, hash: impl Fn(&E) -> u64) {
    if table.len() * 4 < table.capacity() {
        table.shrink_to(table.len() * 2, hash);
    }
}

/// Spread a number over all bits; different numbers stay different (the finalizer of `SplitMix64`).
fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::Dialect;

    /// Patterns that are filed in every kind of place, some of them alike.
    fn patterns() -> Vec<Pattern> {
        let texts = (0..400).map(|n| match n % 8 {
            0 => format!(r#"{{"a":["{n}"],"b":["x",{n}]}}"#),
            1 => format!(r#"{{"a":[{{"numeric":[">",{n},"<",900]}},{{"prefix":"p{n}"}}]}}"#),
            2 => format!(r#"{{"a":[{{"wildcard":"*abc{}*d"}}],"c.d":[{{"exists":true}}]}}"#, n % 5),
            3 => r#"{"a":[{"anything-but":["x"]}],"b":[{"exists":false}]}"#.to_owned(),
            4 => format!(r#"{{"$or":[{{"a":["x","y"]}},{{"a":["x"],"b":[{n}]}}]}}"#),
            5 => {
                r#"{"ip":[{"cidr":"10.0.0.0/8"},{"suffix":{"equals-ignore-case":"Ä"}}]}"#.to_owned()
            }
            6 => r#"{"a":["x"],"c":{"d":["x"]},"c.d":["x","y"]}"#.to_owned(),
            _ => r#"{"c":{"d":[{"exists":false}]}}"#.to_owned(),
        });
        texts.map(|text| Pattern::parse(text.as_bytes(), Dialect::Aws).expect(&text)).collect()
    }

    /// Removed rules leave nothing behind, in whichever order they go.
    #[test]
    fn removed_rules_leave_nothing() {
        let mut writer = Writer::default();
        for (number, pattern) in patterns().iter().enumerate() {
            writer.add(&number.to_string(), pattern, number);
        }
        assert_eq!(400, writer.statistics().rules);
        for number in (0..400).map(|n| n * 147 % 400) {
            assert_eq!(Some(number), writer.remove(&number.to_string()));
        }
        let nothing = Statistics { rules: 0, conjunctions: 0, conditions: 0, paths: 0 };
        assert_eq!(nothing, writer.statistics());
        assert!(writer.index.is_bare());
    }

    /// A replaced rule keeps its place in the order, a new one goes to the end.
    #[test]
    fn replaced_rules_keep_their_place() {
        let (mut writer, patterns) = (Writer::default(), patterns());
        for name in ["c", "a", "b"] {
            assert_eq!(None, writer.add(name, &patterns[0], 1));
        }
        assert_eq!(Some(1), writer.add("a", &patterns[1], 2));
        assert_eq!(vec!["c", "a", "b"], writer.names());
        assert_eq!(Some(1), writer.remove("c"));
        assert_eq!(None, writer.add("c", &patterns[0], 3));
        assert_eq!(vec!["a", "b", "c"], writer.names());
    }
}
