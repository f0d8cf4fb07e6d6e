//! One pass over the bytes of an event, driven by the path trie.
//!
//! What no rule asks for is checked and skipped; the rest becomes [`Values`].

// An event has less than 4 GiB, so everything that is counted in it fits in 32 bits.
#![allow(clippy::cast_possible_truncation)]
// What is done for every member of an event must not cost a call.
#![allow(clippy::inline_always)]

mod element;
mod layouts;
mod object;
mod scalar;
mod skip;

use hashbrown::HashMap;
pub use object::check_object;

use crate::error::{EventError, EventErrorKind};
use crate::hash::Seed;
use crate::json;
use crate::paths::{PathId, PathNode, Paths, ShortName};
use crate::simd;
use crate::values::Values;
use element::{OpenArray, Within};
use layouts::{Guessed, Layouts};

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

/// What one scan leaves for the next: room, and the paths seen in each object.
#[derive(Debug, Default)]
pub(crate) struct Members {
    /// By path: the last object that had a member there, and the values below that member.
    by_path: Vec<Member>,
    /// The same for members with dotted names, by object and path.
    ///
    /// They need a place of their own: below `a` another object may set the member `a.b` while
    /// the object with the dotted name is still open.
    dotted: HashMap<(u32, PathId), Member>,
    /// Number of the last object that was opened; never 0.
    object: u32,
    layouts: Layouts,
}

/// The values `first..end` came from a member of `object`.
#[derive(Clone, Copy, Debug, Default)]
struct Member {
    object: u32,
    first: usize,
    end: usize,
}

impl Members {
    fn clear(&mut self, bound: usize) {
        self.dotted.clear();
        // Numbers of objects go on from event to event, so that members need no clearing.
        if self.object > u32::MAX / 2 {
            self.object = 0;
            self.by_path.fill(Member::default());
        }
        if self.by_path.len() < bound {
            self.by_path.resize(bound, Member::default());
        }
    }
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
    members.clear(paths.bound());
    members.layouts.renew(paths.edition());
    Scanner { bytes: event, care, at: 0, depth, paths, seed, members, values }.event()
}

fn check_utf8(event: &[u8]) -> Scanned {
    // The basic check is the faster one, the other says where the fault is.
    if simdutf8::basic::from_utf8(event).is_ok() {
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

    fn object(&mut self, node: &'r PathNode, within: Within<'_>) -> Scanned {
        self.open()?;
        self.members.object += 1;
        let object = self.members.object;
        if self.peek() == Some(b'}') {
            self.close();
            return Ok(());
        }
        for place in 0.. {
            let target = self.name(node, place)?;
            match target {
                Target::Nothing => self.skip()?,
                Target::Child(child) => {
                    let first = self.values.len();
                    self.value(child, within)?;
                    let member = Member { object, first, end: self.values.len() };
                    let place = &mut self.members.by_path[child.id.0 as usize];
                    let earlier = std::mem::replace(place, member);
                    if earlier.object == object {
                        self.values.withdraw(earlier.first..earlier.end);
                    }
                }
                Target::Descendant(node) => {
                    let first = self.values.len();
                    self.value(node, within)?;
                    let member = Member { object, first, end: self.values.len() };
                    if let Some(earlier) = self.members.dotted.insert((object, node.id), member) {
                        self.values.withdraw(earlier.first..earlier.end);
                    }
                }
            }
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                _ => return Err(self.expected("',' or '}'")),
            }
        }
        self.close();
        Ok(())
    }

    /// Read the name of a member, its place in the object counted from 0, and the colon.
    #[inline(always)]
    fn name(&mut self, node: &'r PathNode, place: usize) -> Scanned<Target<'r>> {
        self.peek();
        match self.guessed_name(node, place) {
            Some(target) => Ok(target),
            None => self.other_name(node, place),
        }
    }

    /// Read the name if it is here and what was guessed.
    #[inline(always)]
    fn guessed_name(&mut self, node: &'r PathNode, place: usize) -> Option<Target<'r>> {
        let rest = &self.bytes[self.at..];
        let Guessed { len, child } = self.members.layouts.guess(node, place, rest)?;
        self.at += len;
        Some(child.map_or(Target::Nothing, Target::Child))
    }

    /// Read a name that is not what was guessed.
    #[inline(never)]
    fn other_name(&mut self, node: &'r PathNode, place: usize) -> Scanned<Target<'r>> {
        if self.peek() != Some(b'"') {
            return Err(self.expected("a member name in quotes"));
        }
        let start = self.at + 1;
        let target = if let Some(chunk) = self.bytes[start..].first_chunk()
            && let Some(len) = simd::plain_name(chunk)
        {
            self.at = start + len + 1;
            let short = ShortName::at_start(chunk, len);
            let child = node.named_child(self.seed, short, &self.bytes[start..start + len]);
            child.map_or(Target::Nothing, Target::Child)
        } else {
            self.unusual_target(node, start)?
        };
        let end = self.at;
        if self.peek() != Some(b':') {
            return Err(self.expected("':'"));
        }
        self.at += 1;
        if self.at == end + 1 {
            let text = &self.bytes[start - 1..self.at];
            self.members.layouts.learn(node, place, text, &target);
        }
        Ok(target)
    }

    /// Read a name that is long, has escapes or dots, or stands near the end of the event.
    fn unusual_target(&mut self, node: &'r PathNode, start: usize) -> Scanned<Target<'r>> {
        let (end, escaped) = json::string_end(self.bytes, start)?;
        self.at = end + 1;
        let name = &self.bytes[start..end];
        if !escaped {
            return Ok(self.target(node, name));
        }
        let mut unescaped = Vec::new();
        json::unescape(name, &mut unescaped);
        Ok(self.target(node, &unescaped))
    }

    fn target(&self, node: &'r PathNode, name: &[u8]) -> Target<'r> {
        if memchr::memchr(b'.', name).is_some() {
            let found = node.descendant(self.seed, name);
            found.map_or(Target::Nothing, Target::Descendant)
        } else {
            node.child(self.seed, name).map_or(Target::Nothing, Target::Child)
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

/// Where a member's name leads.
enum Target<'r> {
    /// No rule asks for it.
    Nothing,
    Child(&'r PathNode),
    /// The name has dots in it.
    Descendant(&'r PathNode),
}
