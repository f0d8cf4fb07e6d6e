//! Matching without the interpreter: one event, or many that several threads share.

use std::cell::RefCell;
use std::iter::once;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use rulebus_matcher::{Care, EventError, Rule, Scratch, Snapshot};

use crate::name::Name;

thread_local! {
    static SCRATCH: RefCell<Scratch<Name>> = RefCell::default();
}

/// Return the names of the rules that match one event.
pub fn find<'s>(
    rules: &'s Snapshot<Name>,
    event: &[u8],
    care: Care,
) -> Result<Vec<&'s Name>, EventError> {
    let mut found = Vec::new();
    SCRATCH.with_borrow_mut(|scratch| {
        scratch.set_care(care);
        rules.matches(event, scratch, &mut found)
    })?;
    Ok(found.into_iter().map(Rule::value).collect())
}

/// The names of the rules that match each of several events, all in one vector.
pub struct Found<'s> {
    names: Vec<&'s Name>,
    /// Where in `names` those of each event end.
    ends: Vec<usize>,
}

impl<'s> Found<'s> {
    /// Return the names for one event after the other.
    pub fn each(&self) -> impl Iterator<Item = &[&'s Name]> {
        let starts = once(&0).chain(&self.ends);
        starts.zip(&self.ends).map(|(&start, &end)| &self.names[start..end])
    }
}

/// An event that is no event, by its index among all.
#[derive(Clone, Copy)]
pub struct Refused {
    pub index: usize,
    pub error: EventError,
}

/// Events in shares of one size, of which every thread takes the next when it is done with one.
///
/// So no thread waits for another that starts late or has the longer events.
pub struct Shares<'s, 'e> {
    rules: &'s Snapshot<Name>,
    care: Care,
    events: Vec<&'e [&'e [u8]]>,
    size: usize,
    /// The place of the share that is taken next.
    next: AtomicUsize,
    /// What was found for each share; `None` if that panicked.
    found: Vec<OnceLock<Option<Result<Found<'s>, Refused>>>>,
}

impl<'s, 'e> Shares<'s, 'e> {
    /// Divide events into shares of `size`; the last one may be smaller.
    pub fn new(rules: &'s Snapshot<Name>, care: Care, events: &'e [&'e [u8]], size: usize) -> Self {
        let events: Vec<_> = events.chunks(size).collect();
        let found = events.iter().map(|_| OnceLock::new()).collect();
        Self { rules, care, events, size, next: AtomicUsize::new(0), found }
    }

    /// Return the number of shares.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Match shares until all are taken.
    pub fn work(&self) {
        while self.take() {}
    }

    /// Return what is found for the share at `place`, and match others until that is there.
    pub fn found(&self, place: usize) -> Result<&Found<'s>, Refused> {
        while self.found[place].get().is_none() && self.take() {}
        let found = self.found[place].wait().as_ref().expect("matching does not panic");
        found.as_ref().map_err(|refused| *refused)
    }

    /// Let no more shares be taken.
    pub fn withdraw(&self) {
        self.next.store(self.len(), Relaxed);
    }

    /// Match the next share, if there is one.
    fn take(&self) -> bool {
        let place = self.next.fetch_add(1, Relaxed);
        let Some(events) = self.events.get(place) else { return false };
        let find = || find_each(self.rules, self.care, events, place * self.size);
        // A place that stayed empty would be waited for.
        let found = catch_unwind(AssertUnwindSafe(find)).ok();
        self.found[place].get_or_init(|| found);
        true
    }
}

/// Match events up to the first that is none; they are counted from `first`.
pub fn find_each<'s>(
    rules: &'s Snapshot<Name>,
    care: Care,
    events: &[&[u8]],
    first: usize,
) -> Result<Found<'s>, Refused> {
    let mut all = Found { names: Vec::new(), ends: Vec::with_capacity(events.len()) };
    SCRATCH.with_borrow_mut(|scratch| {
        scratch.set_care(care);
        rules.match_each(events, scratch, |found| {
            let index = first + all.ends.len();
            let found = found.map_err(|error| Refused { index, error })?;
            all.names.extend(found.iter().map(|rule| rule.value()));
            all.ends.push(all.names.len());
            Ok(())
        })
    })?;
    Ok(all)
}
