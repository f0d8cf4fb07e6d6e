//! The members of an object: where their names lead, and that the last one of a name counts.

use hashbrown::HashMap;

use super::element::Within;
use super::layouts::{Behind, Guessed, Layouts, Place};
use super::{MAX_DEPTH, Scanned, Scanner};
use crate::json;
use crate::paths::{PathId, PathNode, Paths, ShortName};
use crate::simd;

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
    /// Forget the last event, and make room for other paths.
    pub(super) fn clear(&mut self, paths: &Paths) {
        self.layouts.renew(paths.edition());
        self.dotted.clear();
        // Numbers of objects go on from event to event, so that members need no clearing.
        if self.object > u32::MAX / 2 {
            self.object = 0;
            self.by_path.fill(Member::default());
        }
        if self.by_path.len() < paths.bound() {
            self.by_path.resize(paths.bound(), Member::default());
        }
    }
}

/// Where a member's name leads.
pub(super) enum Target<'r> {
    /// No rule asks for it.
    Nothing,
    Child(&'r PathNode),
    /// The name has dots in it.
    Descendant(&'r PathNode),
}

/// What follows in an object.
enum Next {
    Member,
    End,
}

/// An object that is open.
#[derive(Clone, Copy)]
struct Object<'r, 'o> {
    number: u32,
    node: &'r PathNode,
    within: Within<'o>,
}

impl<'r> Scanner<'_, 'r> {
    pub(super) fn object(&mut self, node: &'r PathNode, within: Within<'_>) -> Scanned {
        self.open()?;
        self.members.object += 1;
        let object = Object { number: self.members.object, node, within };
        let bytes = self.bytes;
        let mut place = Place::first(node);
        loop {
            let rest = &bytes[self.at..];
            if let Some(Guessed { len, child, behind }) =
                self.members.layouts.guess(node, place, rest)
            {
                self.at += len;
                match (child, behind) {
                    (Some(child), behind) => self.child(child, behind, object)?,
                    (None, Behind::Member) => {}
                    (None, Behind::String) => self.skip_string()?,
                    (None, Behind::Value) => self.skip_unasked()?,
                }
            } else if rest.first() == Some(&b'}') && !place.is_first() {
                break;
            } else if let Next::End = self.other_member(object, place)? {
                break;
            }
            place = place.next();
        }
        self.close();
        Ok(())
    }

    /// Read a member that is not what was guessed, or step up to the end of the object.
    #[inline(never)]
    fn other_member(&mut self, object: Object<'r, '_>, place: Place) -> Scanned<Next> {
        let start = self.at;
        match self.peek() {
            Some(b'}') => return Ok(Next::End),
            Some(b',') if !place.is_first() => self.at += 1,
            _ if !place.is_first() => return Err(self.expected("',' or '}'")),
            _ => {}
        }
        let target = self.name(object.node)?;
        let behind = if self.peek() == Some(b'"') { Behind::String } else { Behind::Value };
        let opening = start..self.at + usize::from(behind == Behind::String);
        match target {
            Target::Nothing => {
                let value = self.at;
                self.skip_unasked()?;
                let is_constant = !matches!(self.bytes[value], b'{' | b'[' | b'-' | b'0'..=b'9');
                let whole = is_constant.then_some(&self.bytes[start..self.at]);
                let opening = &self.bytes[opening];
                self.members.layouts.learn_unasked(place, opening, behind, whole);
            }
            Target::Child(child) => {
                let opening = &self.bytes[opening];
                self.members.layouts.learn_child(object.node, place, opening, behind, child);
                self.child(child, Behind::Value, object)?;
            }
            Target::Descendant(node) => self.descendant(node, object)?,
        }
        Ok(Next::Member)
    }

    /// Read the value of a member that a child of the path stands for.
    #[inline(always)]
    fn child(&mut self, child: &'r PathNode, behind: Behind, object: Object<'r, '_>) -> Scanned {
        let first = self.values.len();
        match behind {
            Behind::String if child.is_wanted() => self.string(child, object.within)?,
            Behind::String => self.skip_string()?,
            _ => self.value(child, object.within)?,
        }
        let member = Member { object: object.number, first, end: self.values.len() };
        let place = &mut self.members.by_path[child.id.0 as usize];
        let earlier = std::mem::replace(place, member);
        if earlier.object == object.number {
            self.values.withdraw(earlier.first..earlier.end);
        }
        Ok(())
    }

    /// Read the value of a member with dots in its name.
    fn descendant(&mut self, node: &'r PathNode, object: Object<'r, '_>) -> Scanned {
        let first = self.values.len();
        self.value(node, object.within)?;
        let member = Member { object: object.number, first, end: self.values.len() };
        if let Some(earlier) = self.members.dotted.insert((object.number, node.id), member) {
            self.values.withdraw(earlier.first..earlier.end);
        }
        Ok(())
    }

    /// Read a name and the colon.
    fn name(&mut self, node: &'r PathNode) -> Scanned<Target<'r>> {
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
        if self.peek() != Some(b':') {
            return Err(self.expected("':'"));
        }
        self.at += 1;
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

    /// Step over a string whose opening quote is behind.
    #[inline(always)]
    fn skip_string(&mut self) -> Scanned {
        self.at = json::string_end(self.bytes, self.at)?.0 + 1;
        Ok(())
    }

    /// Step over the value of a member that no rule asks for.
    #[inline(always)]
    fn skip_unasked(&mut self) -> Scanned {
        if self.skip_small_array() { Ok(()) } else { self.skip() }
    }

    /// Step over an array of one plain string or of nothing, as many members have it; say whether
    /// one was here.
    #[inline]
    fn skip_small_array(&mut self) -> bool {
        let rest = &self.bytes[self.at..];
        let len = match rest {
            [b'[', b']', ..] => 2,
            [b'[', b'"', ..] => match json::string_end(rest, 2) {
                Ok((end, false)) if rest.get(end + 1) == Some(&b']') => end + 2,
                _ => return false,
            },
            _ => return false,
        };
        let fits = self.depth < MAX_DEPTH;
        self.at += if fits { len } else { 0 };
        fits
    }
}
