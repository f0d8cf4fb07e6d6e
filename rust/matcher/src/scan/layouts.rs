//! What the members of an object most likely begin with: what those of the last object did.
//!
//! Most events come from few writers, each of which writes its members in the same order and with
//! the same white space. So what was read at the beginning of a path's first, second, ... member,
//! from the comma to the opening quote of the value, is compared with the next event's, all of its
//! bytes at once. Where it is the same, it is known where it ends and where the name leads. A value
//! that no rule asks for is compared with it as long as it stays the same, too.

// Lengths and places that are kept are below 256.
#![allow(clippy::cast_possible_truncation)]
// What is done for every member of an event must not cost a call.
#![allow(clippy::inline_always)]

use crate::paths::{Edition, PathNode};

/// A power of two.
const GUESSES: usize = 256;
/// The guesses for one object are next to each other, those for another begin so far away; few
/// objects have more members.
const MEMBERS: usize = 41;

/// The longest text that is guessed.
const MAX_LEN: usize = 2 * WORD;
const WORD: usize = size_of::<u128>();

#[derive(Debug)]
pub(super) struct Layouts {
    edition: Edition,
    guesses: [Guess; GUESSES],
}

/// How a member of an object most likely begins.
#[derive(Clone, Copy, Debug)]
struct Guess {
    /// The text, behind which there are zeros.
    text: [u8; MAX_LEN],
    /// The bits of the text in its first word.
    mask: u128,
    member: u64,
    len: u8,
    /// Where it leads: the place of a listed child, or [`NOWHERE`].
    child: u8,
    behind: Behind,
}

const NOWHERE: u8 = u8::MAX;

/// What is behind the text of a guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Behind {
    /// The next member or the end of the object: the value is in the text.
    Member,
    /// The rest of a string: its quote is in the text.
    String,
    /// White space or a value.
    Value,
}

/// A member of an object at some path, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The number of the path, and below it that of the member: an event has less than 2³².
    member: u64,
    slot: usize,
}

impl Place {
    /// Return the place of the first member.
    #[inline(always)]
    pub fn first(node: &PathNode) -> Self {
        Self { member: u64::from(node.id.0) << 32, slot: node.id.0 as usize * MEMBERS % GUESSES }
    }

    /// Return the place of the next member.
    #[inline(always)]
    pub fn next(self) -> Self {
        Self { member: self.member + 1, slot: (self.slot + 1) % GUESSES }
    }

    #[inline(always)]
    pub fn is_first(self) -> bool {
        self.member as u32 == 0
    }
}

/// What was guessed: how long the text is, and the child that its name leads to.
pub(super) struct Guessed<'r> {
    pub len: usize,
    pub child: Option<&'r PathNode>,
    pub behind: Behind,
}

impl Default for Layouts {
    fn default() -> Self {
        Self { edition: Edition::default(), guesses: [Guess::NONE; GUESSES] }
    }
}

impl Guess {
    /// It is never right: no word without bits has a text.
    const NONE: Self = Self {
        text: [0xFF; MAX_LEN],
        mask: 0,
        member: 0,
        len: 0,
        child: NOWHERE,
        behind: Behind::Value,
    };

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
    #[inline(always)]
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

    /// Guess how a member begins; `rest` begins with it.
    #[inline(always)]
    pub fn guess<'r>(&self, node: &'r PathNode, place: Place, rest: &[u8]) -> Option<Guessed<'r>> {
        let guess = &self.guesses[place.slot];
        if guess.member != place.member || !guess.begins(rest) {
            return None;
        }
        let child = (guess.child != NOWHERE).then(|| node.listed_child(guess.child.into()));
        Some(Guessed { len: guess.len.into(), child, behind: guess.behind })
    }

    /// Remember how a member began, and the child that it leads to.
    pub fn learn_child(
        &mut self,
        node: &PathNode,
        place: Place,
        opening: &[u8],
        behind: Behind,
        child: &PathNode,
    ) {
        if let Some(listed) = node.place_of(child) {
            self.learn(place, opening, behind, listed as u8);
        }
    }

    /// Remember how a member began that no rule asks for.
    ///
    /// If the `whole` of it may be guessed, it is until another value comes with the same name.
    pub fn learn_unasked(
        &mut self,
        place: Place,
        opening: &[u8],
        behind: Behind,
        whole: Option<&[u8]>,
    ) {
        match whole.filter(|whole| whole.len() <= MAX_LEN && !self.begins_with(place, opening)) {
            Some(whole) => self.learn(place, whole, Behind::Member, NOWHERE),
            None => self.learn(place, opening, behind, NOWHERE),
        }
    }

    /// Say whether what is guessed of a member begins with this text.
    fn begins_with(&self, place: Place, opening: &[u8]) -> bool {
        let guess = &self.guesses[place.slot];
        guess.member == place.member && guess.text[..guess.len.into()].starts_with(opening)
    }

    fn learn(&mut self, place: Place, opening: &[u8], behind: Behind, child: u8) {
        let mut text = [0; MAX_LEN];
        if let Some(start) = text.get_mut(..opening.len()) {
            start.copy_from_slice(opening);
            let mask = u128::MAX >> (128 - 8 * opening.len().min(WORD));
            let len = opening.len() as u8;
            let Place { member, slot } = place;
            self.guesses[slot] = Guess { text, mask, member, len, child, behind };
        }
    }
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
        let place = Place::first(root);
        match root.child(&seed, name.trim_matches(&['"', ':'][..]).as_bytes()) {
            Some(child) => layouts.learn_child(root, place, name.as_bytes(), Behind::Value, child),
            None => layouts.learn_unasked(place, name.as_bytes(), Behind::Value, None),
        }
        let guessed = layouts.guess(root, place, text.as_bytes())?;
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
