//! What a scan takes from an event: the values that some rule asks for.

// An event has less than 4 GiB, so everything that is counted in it fits in 32 bits.
#![allow(clippy::cast_possible_truncation)]

use crate::json;
use crate::number::Number;
use crate::paths::PathId;
use crate::test::Scalar;

/// An element of an array that values were found in; the root stands for "in no array".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ContextId(pub u32);

impl ContextId {
    pub const ROOT: Self = Self(0);
}

/// One occurrence of an array in the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ArrayId(pub u32);

/// Which element of which array a context is, and the context the array stands in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context {
    pub parent: ContextId,
    pub array: ArrayId,
    pub index: u32,
}

/// The kind of a value, and where its text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A string as it stands in the event.
    String,
    /// A string with escapes; its text is in the buffer of decoded text.
    Decoded,
    /// A number; what is parsed of it is at this place.
    Number(u32),
    True,
    False,
    Null,
    /// A member of that name came again: this value never was.
    Withdrawn,
}

/// One value of the event.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Value {
    pub path: PathId,
    pub context: ContextId,
    pub kind: Kind,
    start: u32,
    end: u32,
    /// The next value of the same path.
    next: Option<u32>,
    place: Place,
}

/// Whether a value is alone at its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    First,
    Later,
}

impl Value {
    /// Say whether there are other values at the same path.
    #[inline]
    pub fn is_one_of_several(&self) -> bool {
        self.next.is_some() || self.place == Place::Later
    }

    #[inline]
    fn span(&self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The values at one path, if the event has any.
#[derive(Clone, Copy, Debug, Default)]
struct Chain {
    generation: u32,
    first: u32,
    last: u32,
}

/// The values of one event; the buffers are used again for the next one.
#[derive(Debug, Default)]
pub(crate) struct Values {
    all: Vec<Value>,
    decoded: Vec<u8>,
    numbers: Vec<Number>,
    contexts: Vec<Context>,
    /// By array: the number of names that lead to it.
    arrays: Vec<u32>,
    /// By path; of this event where the generation is.
    chains: Vec<Chain>,
    generation: u32,
    present: Vec<PathId>,
    takes_all: bool,
}

/// Filling.
impl Values {
    /// Make room for all values at the paths of conditions, also for those that pass no test.
    pub fn of_all() -> Self {
        Self { takes_all: true, ..Self::default() }
    }

    #[inline]
    pub fn takes_all(&self) -> bool {
        self.takes_all
    }

    /// Forget the last event, and make room for paths below `bound`.
    pub fn clear(&mut self, bound: usize) {
        self.all.clear();
        self.decoded.clear();
        self.numbers.clear();
        self.contexts.clear();
        self.present.clear();
        self.arrays.clear();
        if self.chains.len() < bound {
            self.chains.resize(bound, Chain::default());
        }
        self.generation = self.generation.wrapping_add(1);
        if self.generation == 0 {
            self.chains.fill(Chain::default());
            self.generation = 1;
        }
    }

    /// Return the number of values so far.
    #[inline]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    // It is called for every value that is taken.
    #[allow(clippy::inline_always)]
    #[inline(always)]
    pub fn push(&mut self, path: PathId, context: ContextId, kind: Kind, start: usize, end: usize) {
        let id = self.all.len() as u32;
        let chain = &mut self.chains[path.0 as usize];
        let place = if chain.generation == self.generation {
            self.all[chain.last as usize].next = Some(id);
            chain.last = id;
            Place::Later
        } else {
            *chain = Chain { generation: self.generation, first: id, last: id };
            self.present.push(path);
            Place::First
        };
        let (start, end) = (start as u32, end as u32);
        self.all.push(Value { path, context, kind, start, end, next: None, place });
    }

    /// Return the buffer for the text of strings with escapes.
    pub fn decoded_mut(&mut self) -> &mut Vec<u8> {
        &mut self.decoded
    }

    #[inline]
    pub fn push_number(&mut self, number: Number) -> Kind {
        self.numbers.push(number);
        Kind::Number(self.numbers.len() as u32 - 1)
    }

    /// Number an array that so many names lead to.
    pub fn open_array(&mut self, steps: u32) -> ArrayId {
        self.arrays.push(steps);
        ArrayId(self.arrays.len() as u32 - 1)
    }

    pub fn open_element(&mut self, parent: ContextId, array: ArrayId, index: u32) -> ContextId {
        self.contexts.push(Context { parent, array, index });
        ContextId(self.contexts.len() as u32)
    }

    /// Take back the values of an earlier member of the same name.
    pub fn withdraw(&mut self, range: std::ops::Range<usize>) {
        self.all[range].iter_mut().for_each(|value| value.kind = Kind::Withdrawn);
    }
}

/// Reading.
impl Values {
    /// Return the paths that had values, also if all of them were taken back.
    #[inline]
    pub fn present(&self) -> &[PathId] {
        &self.present
    }

    /// Go through the values at `path` in the order of the event.
    #[inline]
    pub fn at(&self, path: PathId) -> impl Iterator<Item = &Value> {
        let first = self.chain(path).map(|chain| &self.all[chain.first as usize]);
        std::iter::successors(first, |value| value.next.map(|next| &self.all[next as usize]))
            .filter(|value| value.kind != Kind::Withdrawn)
    }

    /// Say whether all values are outside of arrays, or right in them.
    #[inline]
    pub fn is_flat(&self) -> bool {
        self.contexts.is_empty()
    }

    /// Return what a context is, unless it is the root.
    #[inline]
    pub fn context(&self, id: ContextId) -> Option<&Context> {
        self.contexts.get((id.0 as usize).wrapping_sub(1))
    }

    /// Return the number of contexts, the root not counted.
    pub fn contexts(&self) -> usize {
        self.contexts.len()
    }

    /// Return the number of names that lead to an array.
    pub fn steps(&self, array: ArrayId) -> u32 {
        self.arrays[array.0 as usize]
    }

    #[inline]
    fn chain(&self, path: PathId) -> Option<&Chain> {
        self.chains.get(path.0 as usize).filter(|chain| chain.generation == self.generation)
    }
}

/// The values of an event together with its bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'e> {
    pub event: &'e [u8],
    pub values: &'e Values,
}

impl<'e> Facts<'e> {
    /// Return the text of the value at `path` if it is the only one, and a string without escapes.
    #[inline]
    pub fn only_string(&self, path: PathId) -> Option<&'e [u8]> {
        let chain = self.values.chain(path)?;
        let value = &self.values.all[chain.first as usize];
        let is_only = chain.first == chain.last && value.kind == Kind::String;
        is_only.then(|| &self.event[value.span()])
    }

    /// Return what tests look at.
    #[inline]
    pub fn scalar(&self, value: &Value) -> Scalar<'e> {
        match value.kind {
            Kind::String => Scalar::String(&self.event[value.span()]),
            Kind::Decoded => Scalar::String(&self.values.decoded[value.span()]),
            Kind::Number(place) => Scalar::Number(&self.values.numbers[place as usize]),
            Kind::True => Scalar::Bool(true),
            Kind::False => Scalar::Bool(false),
            Kind::Null | Kind::Withdrawn => Scalar::Null,
        }
    }

    /// Return a value as JSON.
    pub fn json(&self, value: &Value) -> String {
        let mut json = String::new();
        match self.scalar(value) {
            Scalar::String(text) => json::quote(&String::from_utf8_lossy(text), &mut json),
            Scalar::Number(_) => {
                json.push_str(&String::from_utf8_lossy(&self.event[value.span()]));
            }
            Scalar::Bool(truth) => json.push_str(if truth { "true" } else { "false" }),
            Scalar::Null => json.push_str("null"),
        }
        json
    }
}
