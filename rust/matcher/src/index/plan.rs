//! What has to be looked up for the values at one path.

use crate::cidr::{Address, Family};
use crate::hash::Seed;
use crate::index::intervals::Intervals;
use crate::paths::PathId;
use crate::test::Scalar;
use crate::wildcard::Case;

/// A way to make a lookup key from a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Probe {
    /// The value as a whole.
    Literal,
    /// The first bytes of a string.
    Prefix(Case, usize),
    /// The last bytes of a string.
    Suffix(Case, usize),
    /// Every run of so many bytes of a string.
    Gram(Case, usize),
    /// The whole string, folded.
    FoldedString,
    /// The first bits of an address.
    Cidr(Family, u32),
    /// Nothing but that the value is a string.
    AnyString,
    /// Nothing but that there is a value.
    Present,
}

/// The forms of a value that keys are made from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Forms<'v> {
    pub scalar: Scalar<'v>,
    /// The text in simple case folding; made only if a probe needs it.
    pub folded: Option<&'v str>,
    /// The address that the text spells; made only if a probe needs it.
    pub address: Option<Address>,
}

impl Probe {
    /// Call `visit` with every key that the probe makes of a value.
    pub fn for_each_key(
        self,
        seed: &Seed,
        path: PathId,
        forms: &Forms<'_>,
        visit: &mut impl FnMut(u64),
    ) {
        let key = |bytes: &[u8]| seed.probe(path, self, bytes);
        match self {
            Self::Literal => visit(seed.scalar(path, &forms.scalar)),
            Self::Prefix(case, len) => {
                if let Some(prefix) = forms.bytes(case).get(..len) {
                    visit(key(prefix));
                }
            }
            Self::Suffix(case, len) => {
                let bytes = forms.bytes(case);
                if let Some(start) = bytes.len().checked_sub(len) {
                    visit(key(&bytes[start..]));
                }
            }
            Self::Gram(case, len) => {
                forms.bytes(case).windows(len).for_each(|gram| visit(key(gram)));
            }
            Self::FoldedString => {
                if let Some(folded) = forms.folded {
                    visit(key(folded.as_bytes()));
                }
            }
            Self::Cidr(family, len) => {
                if let Some(address) = forms.address.filter(|address| address.family() == family) {
                    visit(key(&address.prefix(len).to_be_bytes()));
                }
            }
            Self::AnyString => {
                if matches!(forms.scalar, Scalar::String(_)) {
                    visit(key(b""));
                }
            }
            Self::Present => visit(key(b"")),
        }
    }

    /// Return a number that no other probe has.
    #[inline]
    pub fn tag(self) -> u64 {
        let (kind, size) = match self {
            Self::Literal => (0, 0),
            Self::Prefix(case, size) => (1 + case as u64, size),
            Self::Suffix(case, size) => (3 + case as u64, size),
            Self::Gram(case, size) => (5 + case as u64, size),
            Self::FoldedString => (7, 0),
            Self::Cidr(family, bits) => (8 + family as u64, bits as usize),
            Self::AnyString => (10, 0),
            Self::Present => (11, 0),
        };
        kind << 56 | size as u64
    }

    /// Say whether the folded text of a value is needed.
    fn needs_folded(self) -> bool {
        matches!(
            self,
            Self::FoldedString
                | Self::Prefix(Case::Folded, _)
                | Self::Suffix(Case::Folded, _)
                | Self::Gram(Case::Folded, _)
        )
    }

    /// Say whether the address that a value spells is needed.
    fn needs_address(self) -> bool {
        matches!(self, Self::Cidr(..))
    }
}

impl<'v> Forms<'v> {
    fn bytes(&self, case: Case) -> &'v [u8] {
        match (case, self.scalar) {
            (Case::Exact, Scalar::String(text)) => text,
            (Case::Exact, _) => b"",
            (Case::Folded, _) => self.folded.unwrap_or_default().as_bytes(),
        }
    }
}

/// The lookups for the values at one path.
#[derive(Debug)]
pub(crate) struct Plan<T> {
    pub path: PathId,
    /// Each with the number of keys that need it.
    probes: Vec<(Probe, u32)>,
    /// Whether a probe needs the folded text of a value.
    pub needs_folded: bool,
    /// Whether a probe needs the address that a value spells.
    pub needs_address: bool,
    pub intervals: Intervals<T>,
}

impl<T> Clone for Plan<T> {
    fn clone(&self) -> Self {
        Self {
            path: self.path,
            probes: self.probes.clone(),
            needs_folded: self.needs_folded,
            needs_address: self.needs_address,
            intervals: self.intervals.clone(),
        }
    }
}

impl<T> Plan<T> {
    pub fn new(path: PathId) -> Self {
        Self {
            path,
            probes: Vec::new(),
            needs_folded: false,
            needs_address: false,
            intervals: Intervals::default(),
        }
    }

    /// Say whether nothing needs this plan.
    pub fn is_empty(&self) -> bool {
        self.probes.is_empty() && self.intervals.is_empty()
    }

    /// Say whether nothing but whole values is looked up, as for most paths.
    #[inline]
    pub fn is_of_literals(&self) -> bool {
        matches!(self.probes[..], [(Probe::Literal, _)]) && self.intervals.is_empty()
    }

    /// Go through the ways to make keys, [`Probe::Literal`] first.
    pub fn probes(&self) -> impl Iterator<Item = Probe> {
        self.probes.iter().map(|(probe, _)| *probe)
    }

    /// Count one more key made by `probe`.
    pub fn retain(&mut self, probe: Probe) {
        match self.probes.binary_search_by_key(&probe, |(other, _)| *other) {
            Ok(place) => self.probes[place].1 += 1,
            Err(place) => {
                self.probes.insert(place, (probe, 1));
                self.update_needs();
            }
        }
    }

    /// Count one key less that was made by `probe`.
    pub fn release(&mut self, probe: Probe) {
        let place = self
            .probes
            .binary_search_by_key(&probe, |(other, _)| *other)
            .expect("a probe is released once for every time retained");
        self.probes[place].1 -= 1;
        if self.probes[place].1 == 0 {
            self.probes.remove(place);
            self.update_needs();
        }
    }

    fn update_needs(&mut self) {
        let Self { probes, needs_folded, needs_address, .. } = self;
        *needs_folded = probes.iter().any(|(probe, _)| probe.needs_folded());
        *needs_address = probes.iter().any(|(probe, _)| probe.needs_address());
    }
}
