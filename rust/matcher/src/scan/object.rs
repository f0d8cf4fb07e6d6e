//! Checking a text that is to become a member of an event.

use std::cell::RefCell;

use super::{Care, Members, Scanned, scan};
use crate::hash::Seed;
use crate::paths::Paths;
use crate::values::Values;

/// Check that a text is one JSON object in UTF-8, as strictly as events are checked.
///
/// `depth` is how many arrays and objects of the event will be open around it.
///
/// # Errors
///
/// It is not, or the event would be nested deeper than 512 levels.
///
/// ```
/// use rulebus_matcher::check_object;
///
/// assert!(check_object(br#"{"price": 12}"#, 1).is_ok());
/// assert_eq!(12, check_object(br#"{"price": 1}, "#, 1).unwrap_err().offset());
/// ```
pub fn check_object(text: &[u8], depth: usize) -> Scanned {
    thread_local! {
        static NOTHING_WANTED: RefCell<(Paths, Seed, Members, Values)> = RefCell::default();
    }

    NOTHING_WANTED.with_borrow_mut(|(paths, seed, members, values)| {
        scan(text, Care::Whole, depth, paths, seed, members, values)
    })
}
