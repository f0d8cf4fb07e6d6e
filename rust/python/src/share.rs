//! Matching without the interpreter: one event, or many that several threads share.

use std::cell::RefCell;
use std::iter::once;

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
    /// Return the names for all events.
    pub fn names(&self) -> impl Iterator<Item = &'s Name> {
        self.names.iter().copied()
    }

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
pub trait Share: Send {
    /// Return the text of each event.
    fn texts(&self) -> Vec<&[u8]>;

    /// Say why one of them is refused; so many events came before this share.
    fn refusal(&self, refused: Refused, before: usize) -> Refusal;
}

/// A share, and what is found for it.
pub struct Matched<'s, S> {
    pub share: S,
    pub found: Result<Found<'s>, Refused>,
}

impl<'s, S: Share> Matched<'s, S> {
    /// Match the events of a share.
    pub fn of(share: S, rules: &'s Snapshot<Name>, care: Care) -> Self {
        let found = find_each(rules, care, &share.texts());
        Self { share, found }
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
