//! Matching without the interpreter: one event, or many that several threads share.

use std::cell::RefCell;
use std::iter::{empty, once, repeat_with};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use rulebus_matcher::{Care, EventError, Rule, Scratch, Snapshot};

use crate::errors::Refusal;
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

/// An event that is no event, by its index among those that it came with.
#[derive(Clone, Copy)]
pub struct Refused {
    pub index: usize,
    pub error: EventError,
}

/// Events that one thread matches at a time.
pub trait Share: Send + Sync {
    /// Return the text of each event.
    fn texts(&self) -> Vec<&[u8]>;

    /// Say why one of them is refused; so many events came before this share.
    fn refusal(&self, refused: Refused, before: usize) -> Refusal;
}

/// Shares of events, of which every thread takes the next when it is done with one.
///
/// So no thread waits for another that starts late or has the longer events, and the first shares
/// are matched while the last ones are still being read.
pub struct Shares<'s, S> {
    rules: &'s Snapshot<Name>,
    care: Care,
    places: Vec<Place<'s, S>>,
    /// The place whose share is taken next.
    next: AtomicUsize,
}

struct Place<'s, S> {
    /// `None` if there are no more shares.
    share: OnceLock<Option<S>>,
    /// `None` if matching panicked.
    found: OnceLock<Option<Result<Found<'s>, Refused>>>,
}

impl<'s, S: Share> Shares<'s, S> {
    /// Begin with so many empty places.
    pub fn new(rules: &'s Snapshot<Name>, care: Care, places: usize) -> Self {
        let empty = || Place { share: OnceLock::new(), found: OnceLock::new() };
        let places = repeat_with(empty).take(places).collect();
        Self { rules, care, places, next: AtomicUsize::new(0) }
    }

    /// Put shares into the places, for other threads to take.
    pub fn offer(&self, shares: impl Iterator<Item = S>) {
        let mut shares = shares.fuse();
        for place in &self.places {
            place.share.get_or_init(|| shares.next());
        }
    }

    /// Match shares until there are no more.
    pub fn work(&self) {
        while self.take() {}
    }

    /// Return the share at a place with what is found for it, and match others until that is there.
    pub fn found(&self, place: usize) -> Option<(&S, Result<&Found<'s>, Refused>)> {
        let place = self.places.get(place)?;
        let share = place.share.wait().as_ref()?;
        while place.found.get().is_none() && self.take() {}
        let found = place.found.wait().as_ref().expect("matching does not panic");
        Some((share, found.as_ref().map_err(|refused| *refused)))
    }

    /// Let no more shares be waited for or taken.
    pub fn close(&self) {
        self.offer(empty());
        self.next.store(self.places.len(), Relaxed);
    }

    /// Match the next share, if there is one.
    fn take(&self) -> bool {
        let Some(place) = self.places.get(self.next.fetch_add(1, Relaxed)) else { return false };
        let Some(share) = place.share.wait() else { return false };
        let find = || find_each(self.rules, self.care, &share.texts());
        // A place that stayed empty would be waited for.
        let found = catch_unwind(AssertUnwindSafe(find)).ok();
        place.found.get_or_init(|| found);
        true
    }
}

/// Match events up to the first that is none.
pub fn find_each<'s>(
    rules: &'s Snapshot<Name>,
    care: Care,
    events: &[&[u8]],
) -> Result<Found<'s>, Refused> {
    let mut all = Found { names: Vec::new(), ends: Vec::with_capacity(events.len()) };
    SCRATCH.with_borrow_mut(|scratch| {
        scratch.set_care(care);
        rules.match_each(events, scratch, |found| {
            let index = all.ends.len();
            let found = found.map_err(|error| Refused { index, error })?;
            all.names.extend(found.iter().map(|rule| rule.value()));
            all.ends.push(all.names.len());
            Ok(())
        })
    })?;
    Ok(all)
}
