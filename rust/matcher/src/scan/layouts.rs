//! What names the members of an object most likely have: those that the last object had.
//!
//! Most events come from few writers, each of which writes its members in the same order. So the
//! name that was read for a path's first, second, ... member is compared with the next event's, all
//! of its bytes at once, quotes and colon included. Where it is the same, it is known where the
//! name ends and where it leads.

// Lengths and places that are kept are below 256.
#![allow(clippy::cast_possible_truncation)]
// What is done for every member of an event must not cost a call.
#![allow(clippy::inline_always)]

use super::Target;
use crate::paths::{Edition, PathId, PathNode};

/// A power of two.
const GUESSES: usize = 256;
/// The guesses for one object are next to each other, those for another begin so far away; few
/// objects have more members.
const MEMBERS: usize = 41;

/// The longest text of a name that is guessed.
const MAX_LEN: usize = 32;
const WORD: usize = size_of::<u128>();

#[derive(Debug)]
pub(super) struct Layouts {
    edition: Edition,
    guesses: [Guess; GUESSES],
}

/// A member of an object at `path`.
#[derive(Clone, Copy, Debug)]
struct Guess {
    /// `"name":`, behind which there are zeros.
    text: [u8; MAX_LEN],
    /// The bits of the text in its first word.
    mask: u128,
    path: PathId,
    len: u8,
    /// Where it leads: the place of a listed child, or [`NOWHERE`].
    child: u8,
}

const NOWHERE: u8 = u8::MAX;

/// A name that was guessed: how long it is with the colon, and the child it leads to.
pub(super) struct Guessed<'r> {
    pub len: usize,
    pub child: Option<&'r PathNode>,
}

impl Default for Layouts {
    fn default() -> Self {
        Self { edition: Edition::default(), guesses: [Guess::NONE; GUESSES] }
    }
}

impl Guess {
    /// It is never right: no word without bits has a text.
    const NONE: Self =
        Self { text: [0xFF; MAX_LEN], mask: 0, path: PathId(0), len: 0, child: NOWHERE };

    /// Say whether it is the text of this guess that `rest` begins with.
    #[inline(always)]
    fn begins(&self, rest: &[u8]) -> bool {
        let (Some(word), Some(text)) = (rest.first_chunk(), self.text.first_chunk()) else {
            return false;
        };
        u128::from_le_bytes(*word) & self.mask == u128::from_le_bytes(*text)
            && (usize::from(self.len) <= WORD || self.ends(rest))
    }

    /// Compare the last word of a text that is longer than one.
    #[inline]
    fn ends(&self, rest: &[u8]) -> bool {
        let end = usize::from(self.len);
        let word = |text: &[u8]| text.get(..end)?.last_chunk::<WORD>().copied();
        word(rest).is_some_and(|found| word(&self.text) == Some(found))
    }
}

impl Layouts {
    /// Forget what names led to if the paths are others now.
    #[inline]
    pub fn renew(&mut self, edition: Edition) {
        if self.edition != edition {
            self.edition = edition;
            self.guesses.fill(Guess::NONE);
        }
    }

    /// Guess the name of a member, its place in the object counted from 0; `rest` begins with it.
    #[inline(always)]
    pub fn guess<'r>(&self, node: &'r PathNode, place: usize, rest: &[u8]) -> Option<Guessed<'r>> {
        let guess = &self.guesses[slot(node.id, place)];
        if guess.path != node.id || !guess.begins(rest) {
            return None;
        }
        let child = (guess.child != NOWHERE).then(|| node.listed_child(guess.child.into()));
        Some(Guessed { len: guess.len.into(), child })
    }

    /// Remember the name of a member with its quotes and colon, and where it leads.
    pub fn learn(&mut self, node: &PathNode, place: usize, text: &[u8], target: &Target<'_>) {
        let child = match target {
            Target::Nothing => Some(NOWHERE),
            Target::Child(child) => node.place_of(child).map(|place| place as u8),
            Target::Descendant(_) => None,
        };
        let mut bytes = [0; MAX_LEN];
        if let Some(child) = child
            && let Some(start) = bytes.get_mut(..text.len())
        {
            start.copy_from_slice(text);
            let mask = u128::MAX >> (128 - 8 * text.len().min(WORD));
            let len = text.len() as u8;
            self.guesses[slot(node.id, place)] =
                Guess { text: bytes, mask, path: node.id, len, child };
        }
    }
}

#[inline]
fn slot(path: PathId, place: usize) -> usize {
    (path.0 as usize * MEMBERS + place) % GUESSES
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Seed;
    use crate::paths::{FreePaths, Paths};

    /// Have a name learnt as the first of an object, and return what is guessed of a text.
    fn guessed(name: &str, text: &str) -> Option<(usize, bool)> {
        let (seed, mut paths) = (Seed::default(), Paths::default());
        paths.retain(&seed, "wanted", &mut FreePaths::default());
        let (root, mut layouts) = (paths.root(), Layouts::default());
        let child = root.child(&seed, name.trim_matches(&['"', ':'][..]).as_bytes());
        let target = child.map_or(Target::Nothing, Target::Child);
        layouts.learn(root, 0, name.as_bytes(), &target);
        let guessed = layouts.guess(root, 0, text.as_bytes())?;
        Some((guessed.len, guessed.child.is_some()))
    }

    /// A guess is right where every byte of the name is the same, and wrong everywhere else.
    #[test]
    fn names_are_compared_whole() {
        for len in 1..=MAX_LEN - 3 {
            let name = format!("\"{}\":", "n".repeat(len));
            let rest = "1,\"another\":2}";
            assert_eq!(Some((len + 3, false)), guessed(&name, &(name.clone() + rest)));
            for place in 0..name.len() {
                let mut other = name.clone();
                other.replace_range(place..=place, "x");
                assert_eq!(None, guessed(&name, &(other + rest)), "{place} of {name}");
            }
        }
    }

    /// What a name leads to is guessed with it.
    #[test]
    fn a_guess_leads_to_the_child() {
        assert_eq!(Some((9, true)), guessed("\"wanted\":", "\"wanted\":\"a text\"}"));
        assert_eq!(Some((9, false)), guessed("\"spared\":", "\"spared\":\"a text\"}"));
    }

    /// Nothing is guessed of names that are too long, nor where the event ends before a word does.
    #[test]
    fn some_names_are_not_guessed() {
        let long = format!("\"{}\":", "n".repeat(MAX_LEN - 2));
        assert_eq!(None, guessed(&long, &format!("{long}1,\"another\":2}}")));
        assert_eq!(None, guessed("\"wanted\":", "\"wanted\":\"te"));
        assert_eq!(None, guessed("\"wanted\":", ""));
    }
}
