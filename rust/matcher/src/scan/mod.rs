//! One pass over the bytes of an event, driven by the path trie.
//!
//! What no rule asks for is checked and skipped; the rest becomes [`Values`].

// An event has less than 4 GiB, so everything that is counted in it fits in 32 bits.
#![allow(clippy::cast_possible_truncation)]
// What is done for every member of an event must not cost a call.
#![allow(clippy::inline_always)]

mod element;
mod layouts;
mod members;
mod object;
mod scalar;
mod skip;

pub(crate) use members::Members;
pub use object::check_object;

use crate::error::{EventError, EventErrorKind};
use crate::hash::Seed;
use crate::json;
use crate::paths::{PathNode, Paths};
use crate::values::Values;
use element::{OpenArray, Within};

/// How many arrays and objects of an event may be open at once.
const MAX_DEPTH: usize = 512;

/// How much of an event is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Care {
    /// Everything: what is not one JSON object in UTF-8 is refused.
    Whole,
    /// What leads to the values that rules ask for; for events that were checked before.
    ///
    /// It is not checked whether the event is UTF-8, and an array or object that no rule asks for
    /// is passed over up to the bracket that ends it. So an event that is no JSON may match
    /// whatever rules it seems to match, but what is refused is not JSON.
    Structure,
}

/// Read the event into `values`; so many arrays and objects are open around it.
pub(crate) fn scan(
    event: &[u8],
    care: Care,
    depth: usize,
    paths: &Paths,
    seed: &Seed,
    members: &mut Members,
    values: &mut Values,
) -> Scanned {
    if event.len() > u32::MAX as usize {
        return Err(EventError { kind: EventErrorKind::TooLarge, offset: u32::MAX as usize });
    }
    if care == Care::Whole {
        check_utf8(event)?;
    }
    values.clear(paths.bound());
    members.clear(paths);
    Scanner { bytes: event, care, at: 0, depth, paths, seed, members, values }.event()
}

fn check_utf8(event: &[u8]) -> Scanned {
    // Most events are ASCII. The basic check is the faster one, the other says where the fault is.
    if event.is_ascii() || simdutf8::basic::from_utf8(event).is_ok() {
        return Ok(());
    }
    simdutf8::compat::from_utf8(event).map(|_| ()).map_err(|error| EventError {
        kind: EventErrorKind::InvalidUtf8,
        offset: error.valid_up_to(),
    })
}

struct Scanner<'e, 'r> {
    bytes: &'e [u8],
    care: Care,
    at: usize,
    depth: usize,
    paths: &'r Paths,
    seed: &'r Seed,
    members: &'r mut Members,
    values: &'r mut Values,
}

type Scanned<T = ()> = Result<T, EventError>;

impl<'r> Scanner<'_, 'r> {
    fn event(&mut self) -> Scanned {
        match self.peek() {
            Some(b'{') => self.object(self.paths.root(), None)?,
            Some(_) => {
                let start = self.at;
                self.skip()?;
                return Err(EventError { kind: EventErrorKind::NotAnObject, offset: start });
            }
            None => return Err(self.expected("an object")),
        }
        match self.peek() {
            Some(_) => Err(self.error(EventErrorKind::TrailingContent)),
            None => Ok(()),
        }
    }

    fn value(&mut self, node: &'r PathNode, within: Within<'_>) -> Scanned {
        match self.peek() {
            Some(b'{') if node.has_children() => self.object(node, within),
            Some(b'{') => self.skip(),
            Some(b'[') => self.array(node, within),
            Some(first) if node.is_wanted() => self.scalar(first, node, within),
            _ => self.skip_scalar(),
        }
    }

    fn array(&mut self, node: &'r PathNode, within: Within<'_>) -> Scanned {
        self.open()?;
        if self.peek() == Some(b']') {
            self.close();
            return Ok(());
        }
        let array = OpenArray::new(within, node.steps);
        let mut index = 0;
        loop {
            match self.peek() {
                Some(b'{') if !node.has_children() => self.skip()?,
                Some(opening @ (b'{' | b'[')) => {
                    array.enter(index);
                    match opening {
                        b'{' => self.object(node, Some(&array))?,
                        _ => self.array(node, Some(&array))?,
                    }
                }
                Some(b'-' | b'0'..=b'9') if node.is_wanted() => {
                    index += self.numbers(node, within)? - 1;
                }
                Some(first) if node.is_wanted() => self.scalar(first, node, within)?,
                _ => self.skip_scalar()?,
            }
            index += 1;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => break,
                _ => return Err(self.expected("',' or ']'")),
            }
        }
        self.close();
        Ok(())
    }

    /// Skip white space, and return the byte behind it.
    #[inline]
    fn peek(&mut self) -> Option<u8> {
        match self.bytes.get(self.at) {
            Some(b'\0'..=b' ') => {
                self.at = json::skip_space(self.bytes, self.at);
                self.bytes.get(self.at).copied()
            }
            byte => byte.copied(),
        }
    }

    /// Step behind an opening bracket.
    #[inline]
    fn open(&mut self) -> Scanned {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error(EventErrorKind::TooDeep));
        }
        self.at += 1;
        Ok(())
    }

    /// Step behind a closing bracket.
    #[inline]
    fn close(&mut self) {
        self.depth -= 1;
        self.at += 1;
    }

    #[cold]
    fn error(&self, kind: EventErrorKind) -> EventError {
        EventError { kind, offset: self.at }
    }

    #[cold]
    fn expected(&self, what: &'static str) -> EventError {
        self.error(EventErrorKind::Syntax(what))
    }
}
