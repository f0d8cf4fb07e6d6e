//! A live rule set: one writer at a time, readers without locks.

use std::convert::Infallible;
use std::sync::Arc;

use arc_swap::ArcSwap;
use parking_lot::Mutex;

use crate::error::EventError;
use crate::explain::Explanation;
use crate::pattern::Pattern;
use crate::rule::Rule;
use crate::scratch::Scratch;
use crate::snapshot::Snapshot;
use crate::writer::Writer;

/// A set of named patterns that says which of them an event matches.
///
/// Rules are added, replaced and removed while other threads match. A change is visible whole or
/// not at all: a reader works on the [`Snapshot`] that it loaded.
///
/// Every rule carries a value of the caller's choice.
///
/// ```
/// use rulebus_matcher::{Dialect, Matcher, Pattern};
///
/// let matcher = Matcher::new();
/// let pattern = Pattern::parse(br#"{"detail": {"price": [{"numeric": [">", 100]}]}}"#, Dialect::Aws)?;
/// matcher.add("expensive", &pattern, ());
/// assert_eq!(vec!["expensive"], matcher.matching(br#"{"detail": {"price": 100.01}}"#)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Matcher<T = ()> {
    writer: Mutex<Writer<T>>,
    published: ArcSwap<Snapshot<T>>,
}

/// What a [`Matcher`] holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statistics {
    /// Number of rules.
    pub rules: usize,
    /// Number of conjunctions; more than rules where patterns use `$or`.
    pub conjunctions: usize,
    /// Number of different conditions; equal ones are shared.
    pub conditions: usize,
    /// Number of paths that rules name, and of their beginnings.
    pub paths: usize,
}

impl<T: 'static> Default for Matcher<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: 'static> Matcher<T> {
    /// Make a rule set without rules.
    pub fn new() -> Self {
        Self::requiring([""; 0])
    }

    /// Make a rule set without rules, for events that must have a value at each of these paths.
    ///
    /// An event that has none is refused, unless it is trusted; the scan that matches sees it.
    ///
    /// ```
    /// use rulebus_matcher::{EventErrorKind, Matcher};
    ///
    /// let matcher: Matcher = Matcher::requiring(["id", "detail.kind"]);
    /// assert!(matcher.matching(br#"{"id": 1, "detail": {"kind": "sale"}}"#).is_ok());
    /// let error = matcher.matching(br#"{"id": 1, "detail": {}}"#).unwrap_err();
    /// assert_eq!(EventErrorKind::MissingMember, error.kind());
    /// ```
    pub fn requiring(paths: impl IntoIterator<Item: AsRef<str>>) -> Self {
        let writer = Writer::requiring(paths);
        Self { published: ArcSwap::from_pointee(writer.snapshot()), writer: Mutex::new(writer) }
    }

    /// Add a rule, or replace the pattern and the value of the rule of that name.
    ///
    /// A replaced rule keeps its place in the order. Returns the rule as it was before.
    pub fn add(&self, name: &str, pattern: &Pattern, value: T) -> Option<Arc<Rule<T>>> {
        let mut writer = self.writer.lock();
        let earlier = writer.add(name, pattern, value);
        self.publish(&writer);
        earlier
    }

    /// Add or replace several rules; readers see either none of them or all.
    pub fn add_many(&self, rules: impl IntoIterator<Item = (String, Pattern, T)>)
    where
        T: Send + Sync,
    {
        let Ok(()) = self.try_add_many(rules.into_iter().map(Ok::<_, Infallible>));
    }

    /// Add or replace several rules, or none of them if one cannot be had.
    ///
    /// Where there are many, a second thread takes them in, while the iterator goes on in this
    /// one. So patterns are best parsed as they are asked for.
    ///
    /// ```
    /// use rulebus_matcher::{Dialect, Matcher, Pattern};
    ///
    /// let matcher = Matcher::new();
    /// let rules = [("red", r#"{"colour": ["red"]}"#), ("blue", r#"{"colour": "blue"}"#)];
    /// let parsed = rules.iter().map(|(name, text)| {
    ///     Pattern::parse(text.as_bytes(), Dialect::Aws).map(|pattern| (name.to_string(), pattern, ()))
    /// });
    /// assert_eq!("colour", matcher.try_add_many(parsed).unwrap_err().path());
    /// assert!(matcher.is_empty());
    /// ```
    ///
    /// # Errors
    ///
    /// The first error of the iterator.
    pub fn try_add_many<E>(
        &self,
        rules: impl IntoIterator<Item = Result<(String, Pattern, T), E>>,
    ) -> Result<(), E>
    where
        T: Send + Sync,
    {
        let mut writer = self.writer.lock();
        writer.try_add_many(rules)?;
        self.publish(&writer);
        Ok(())
    }

    /// Remove a rule, and return it if there was one of that name.
    pub fn remove(&self, name: &str) -> Option<Arc<Rule<T>>> {
        let mut writer = self.writer.lock();
        let removed = writer.remove(name)?;
        self.publish(&writer);
        Some(removed)
    }

    /// Say whether there is a rule of that name.
    pub fn contains(&self, name: &str) -> bool {
        self.writer.lock().contains(name)
    }

    /// Return the number of rules.
    pub fn len(&self) -> usize {
        self.published.load().len()
    }

    /// Say whether there is no rule.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Return the names of the rules in the order in which they were added.
    pub fn names(&self) -> Vec<String> {
        self.writer.lock().names()
    }

    /// Return the names of the rules that match `event`, in the order in which they were added.
    ///
    /// [`Snapshot::matches`] does the same without allocating.
    ///
    /// # Errors
    ///
    /// The event is not one JSON object in UTF-8.
    pub fn matching(&self, event: &[u8]) -> Result<Vec<String>, EventError> {
        let (mut scratch, mut found) = (Scratch::default(), Vec::new());
        let snapshot = self.snapshot();
        snapshot.matches(event, &mut scratch, &mut found)?;
        Ok(found.into_iter().map(|rule| rule.name().to_owned()).collect())
    }

    /// Return the rules as they are now; takes no lock.
    pub fn snapshot(&self) -> Arc<Snapshot<T>> {
        self.published.load_full()
    }

    /// Say for every condition of a rule whether the event meets it, and by which values.
    ///
    /// Returns `None` if there is no rule of that name.
    ///
    /// # Errors
    ///
    /// The event is not one JSON object in UTF-8.
    ///
    /// ```
    /// use rulebus_matcher::{Dialect, Matcher, Pattern};
    ///
    /// let matcher = Matcher::new();
    /// let pattern = Pattern::parse(br#"{"a": {"b": [1], "c": [2]}}"#, Dialect::Aws)?;
    /// matcher.add("both", &pattern, ());
    /// let explanation = matcher.explain("both", br#"{"a": [{"b": 1}, {"c": 2}]}"#)?.unwrap();
    /// assert!(!explanation.matched);
    /// assert!(explanation.conjunctions[0].conditions.iter().all(|condition| condition.held));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn explain(&self, name: &str, event: &[u8]) -> Result<Option<Explanation>, EventError> {
        let (found, snapshot) = {
            let writer = self.writer.lock();
            let rule = writer.rule(name).map(|rule| (Arc::clone(rule), writer.path_texts(rule)));
            (rule, self.snapshot())
        };
        found.map(|(rule, paths)| Explanation::new(&rule, &paths, &snapshot, event)).transpose()
    }

    /// Return how much the rule set holds.
    pub fn statistics(&self) -> Statistics {
        self.writer.lock().statistics()
    }

    fn publish(&self, writer: &Writer<T>) {
        self.published.store(Arc::new(writer.snapshot()));
    }
}
