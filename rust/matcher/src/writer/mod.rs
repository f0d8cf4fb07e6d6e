//! The side of a rule set that changes it.

mod in_batches;
mod load;

use std::sync::Arc;

use compact_str::CompactString;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use smallvec::SmallVec;

use crate::conjunction::{BoundCondition, Conjunction, Conjunctions};
use crate::fields::{Fields, Required};
use crate::hash::Seed;
use crate::index::{Bucket, Filed, Guide};
use crate::matcher::Statistics;
use crate::pattern::{Condition, Pattern};
use crate::rule::Rule;
use crate::snapshot::Snapshot;
use load::BATCH;

/// All that is needed to add and remove rules, and to make snapshots.
#[derive(Debug)]
pub(crate) struct Writer<T> {
    seed: Seed,
    fields: Fields,
    required: Required,
    index: Bucket<T>,
    rules: HashTable<Arc<Rule<T>>>,
    conditions: HashTable<Shared>,
    next_order: u64,
    /// With so many rules at the next time all are filed anew; there is none above [`BATCH`].
    filed_anew_at: usize,
}

/// A condition with the number of conjunctions that have it.
#[derive(Debug)]
struct Shared {
    condition: Arc<BoundCondition>,
    uses: u32,
    /// Stands for the hash of the condition, which is far away.
    hash: u32,
}

/// A rule that was taken out, and how far it had come.
struct Taken<T> {
    rule: Arc<Rule<T>>,
    was: Was,
}

#[derive(Clone, Copy)]
enum Was {
    Compiled,
    Filed,
}

impl<T> Default for Writer<T> {
    fn default() -> Self {
        Self {
            seed: Seed::default(),
            fields: Fields::default(),
            required: Required::default(),
            index: Bucket::default(),
            rules: HashTable::new(),
            conditions: HashTable::new(),
            next_order: 0,
            filed_anew_at: 8,
        }
    }
}

impl<T> Writer<T> {
    /// Start without rules, for events that must have values at these paths.
    pub fn requiring(paths: impl IntoIterator<Item: AsRef<str>>) -> Self {
        let mut writer = Self::default();
        writer.required = writer.fields.require(&writer.seed, paths);
        writer
    }

    /// Add or replace a rule, and return the one that was replaced.
    pub fn add(&mut self, name: &str, pattern: &Pattern, value: T) -> Option<Arc<Rule<T>>> {
        let (rule, earlier) = self.compile(name.into(), pattern, value);
        let earlier = earlier.map(|Taken { rule, .. }| {
            self.release_all(&rule);
            rule
        });
        self.file(rule);
        if self.rules.len() == self.filed_anew_at && self.filed_anew_at < BATCH {
            self.filed_anew_at *= 2;
            self.file_anew();
        }
        earlier
    }

    /// Put a rule in the table that is still to be filed; return it, and the one it replaces.
    fn compile(
        &mut self,
        name: CompactString,
        pattern: &Pattern,
        value: T,
    ) -> (Arc<Rule<T>>, Option<Taken<T>>) {
        let earlier = self.take(&name);
        let order = earlier.as_ref().map_or(self.next_order, |taken| taken.rule.order);
        self.next_order = self.next_order.max(order + 1);
        let conjunctions = self.retain_all(pattern);
        let rule = Arc::new(Rule { name, order, conjunctions, value });
        self.insert(&rule);
        (rule, earlier)
    }

    fn insert(&mut self, rule: &Arc<Rule<T>>) {
        let hash = |rule: &Arc<Rule<T>>| self.seed.name(rule.name.as_bytes());
        self.rules.insert_unique(hash(rule), Arc::clone(rule), hash);
    }

    fn file(&mut self, rule: Arc<Rule<T>>) {
        let guide = Guide { seed: &self.seed, variety: self.fields.variety() };
        let mut filed = Filed { rule, number: 0 };
        for number in 0..filed.rule.conjunctions.len() {
            filed.number = number;
            self.index.add(&filed, None, guide);
        }
    }

    /// File all rules by what is known by now.
    fn file_anew(&mut self) {
        self.index = Bucket::default();
        let rules: Vec<_> = self.rules.iter().cloned().collect();
        for rule in rules {
            self.file(rule);
        }
    }

    pub fn contains(&self, name: &str) -> bool {
        self.rule(name).is_some()
    }

    pub fn names(&self) -> Vec<String> {
        let mut rules: Vec<_> = self.rules.iter().collect();
        rules.sort_unstable_by_key(|rule| rule.order);
        rules.into_iter().map(|rule| rule.name().to_owned()).collect()
    }

    pub fn rule(&self, name: &str) -> Option<&Arc<Rule<T>>> {
        self.rules.find(self.seed.name(name.as_bytes()), |rule| rule.name == name)
    }

    /// Return the text of each condition's path, conjunction by conjunction.
    pub fn path_texts(&self, rule: &Rule<T>) -> Vec<String> {
        let conditions = rule.conjunctions.all().iter();
        conditions.map(|bound| self.fields.text(bound.path).to_owned()).collect()
    }

    pub fn statistics(&self) -> Statistics {
        Statistics {
            rules: self.rules.len(),
            conjunctions: self.index.len(),
            conditions: self.conditions.len(),
            paths: self.fields.trie().len(),
        }
    }

    /// Copy what readers need; everything is shared until it changes.
    pub fn snapshot(&self) -> Snapshot<T> {
        Snapshot {
            seed: self.seed.clone(),
            paths: self.fields.trie().clone(),
            required: Arc::clone(&self.required),
            conjunctions: self.index.clone(),
            rules: self.rules.len(),
        }
    }

    fn retain_all(&mut self, pattern: &Pattern) -> Conjunctions {
        let (mut conditions, mut ends) = (SmallVec::new(), SmallVec::new());
        for conjunction in &pattern.conjunctions {
            conditions.extend(conjunction.iter().map(|condition| self.retain(condition)));
            ends.push(conditions.len());
        }
        Conjunctions::new(conditions, ends)
    }

    /// Take a rule out of everything, and return it.
    pub fn remove(&mut self, name: &str) -> Option<Arc<Rule<T>>> {
        let Taken { rule, .. } = self.take(name)?;
        self.release_all(&rule);
        Some(rule)
    }

    /// Take a rule out, with its conditions still counted.
    fn take(&mut self, name: &str) -> Option<Taken<T>> {
        let seed = &self.seed;
        let entry = self.rules.find_entry(seed.name(name.as_bytes()), |rule| rule.name == name);
        let (rule, _) = entry.ok()?.remove();
        give_back(&mut self.rules, |rule| seed.name(rule.name.as_bytes()));
        let mut was = Was::Compiled;
        for number in 0..rule.conjunctions.len() {
            if self.index.remove(Conjunction { rule: &rule, number }, &self.seed) {
                was = Was::Filed;
            }
        }
        Some(Taken { rule, was })
    }

    /// Count one more conjunction with a condition.
    fn retain(&mut self, condition: &Condition) -> Arc<BoundCondition> {
        let path = self.fields.id(&self.seed, &condition.path);
        let hash = short_hash(self.seed.condition(path, &condition.list));
        let is_it =
            |shared: &Shared| shared.hash == hash && shared.condition.is(path, &condition.list);
        let entry = self.conditions.entry(spread(hash), is_it, |shared| spread(shared.hash));
        let mut shared = match entry {
            Entry::Occupied(shared) => shared,
            Entry::Vacant(free) => {
                self.fields.count(&self.seed, path, &condition.list);
                let condition = Arc::new(BoundCondition { path, list: condition.list.clone() });
                free.insert(Shared { condition, uses: 0, hash })
            }
        };
        shared.get_mut().uses += 1;
        Arc::clone(&shared.get().condition)
    }

    /// Count one rule less with its conditions.
    fn release_all(&mut self, rule: &Rule<T>) {
        rule.conjunctions.all().iter().for_each(|bound| self.release(bound));
    }

    /// Count one conjunction less with a condition.
    fn release(&mut self, bound: &Arc<BoundCondition>) {
        let hash = short_hash(self.seed.condition(bound.path, &bound.list));
        let is_it = |shared: &Shared| Arc::ptr_eq(&shared.condition, bound);
        let entry = self.conditions.entry(spread(hash), is_it, |shared| spread(shared.hash));
        let Entry::Occupied(mut shared) = entry else {
            unreachable!("a condition is released once for every time retained");
        };
        shared.get_mut().uses -= 1;
        if shared.get().uses == 0 {
            shared.remove();
            give_back(&mut self.conditions, |shared| spread(shared.hash));
            self.fields.discount(&self.seed, bound.path, &bound.list);
        }
    }
}

/// Give back the room of a table that is mostly empty; costs a constant for each removal.
fn give_back<E>(table: &mut HashTable<E>, hash: impl Fn(&E) -> u64) {
    if table.len() * 4 < table.capacity() {
        table.shrink_to(table.len() * 2, hash);
    }
}

/// Take half of a hash, which is enough to tell nearly all conditions apart.
#[allow(clippy::cast_possible_truncation)]
fn short_hash(hash: u64) -> u32 {
    hash as u32
}

/// Spread half of a hash over all bits, as the table uses low and high ones.
fn spread(short_hash: u32) -> u64 {
    u64::from(short_hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
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
            let removed = writer.remove(&number.to_string()).expect("it is there");
            assert_eq!(number, removed.value);
        }
        let nothing = Statistics { rules: 0, conjunctions: 0, conditions: 0, paths: 0 };
        assert_eq!(nothing, writer.statistics());
        assert!(writer.index.is_bare());
    }

    /// A replaced rule keeps its place in the order, a new one goes to the end.
    #[test]
    fn replaced_rules_keep_their_place() {
        let (mut writer, patterns) = (Writer::default(), patterns());
        let value = |rule: Option<Arc<Rule<u32>>>| rule.map(|rule| rule.value);
        for name in ["c", "a", "b"] {
            assert_eq!(None, value(writer.add(name, &patterns[0], 1)));
        }
        assert_eq!(Some(1), value(writer.add("a", &patterns[1], 2)));
        assert_eq!(vec!["c", "a", "b"], writer.names());
        assert_eq!(Some(1), value(writer.remove("c")));
        assert_eq!(None, value(writer.add("c", &patterns[0], 3)));
        assert_eq!(vec!["a", "b", "c"], writer.names());
    }
}
