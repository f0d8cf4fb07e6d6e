//! A pattern's text as JSON values that know where they stand.
//!
//! The values live in an arena, which takes one allocation for nearly every pattern.

use bumpalo::Bump;
use bumpalo::collections::Vec;
use foldhash::HashSet;
use smallvec::SmallVec;

use super::fault::{Fault, MAX_DEPTH};
use crate::error::{EventError, EventErrorKind, PatternError, PatternErrorKind};
use crate::json;

/// From so many members on, names are looked up by their hashes.
const MANY: usize = 16;

/// A JSON value and the place of its first byte.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node<'t> {
    pub offset: usize,
    pub value: Value<'t>,
}

/// A JSON value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'t> {
    Null,
    Bool(bool),
    /// The number as it is written.
    Number(&'t str),
    String(JsonString<'t>),
    Array(&'t [Node<'t>]),
    Object(Object<'t>),
}

/// What a string stands for, and how and where it is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct JsonString<'t> {
    pub offset: usize,
    pub decoded: &'t str,
    raw: &'t str,
}

/// Members whose names differ, and the place of the opening brace.
#[derive(Clone, Copy, Debug)]
pub(super) struct Object<'t> {
    pub offset: usize,
    pub members: &'t [Member<'t>],
}

/// A member of an object and the place of its name's opening quote.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member<'t> {
    pub offset: usize,
    pub name: &'t str,
    pub value: Node<'t>,
}

impl Value<'_> {
    /// Return the name of the JSON type with its article.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "a list",
            Self::Object(_) => "an object",
        }
    }
}

impl JsonString<'_> {
    /// Return where the byte `place` of the decoded text is written.
    pub fn offset_of(&self, place: usize) -> usize {
        self.offset + 1 + json::escaped_place(self.raw, place)
    }
}

impl Object<'_> {
    /// Return the names of the members that lead to what stands at `offset`, joined with dots.
    pub fn path_to(&self, offset: usize) -> String {
        let mut names = vec![];
        let mut next = self.member_at(offset);
        while let Some(member) = next {
            names.push(member.name);
            next = match member.value.innermost_at(offset) {
                Value::Object(object) => object.member_at(offset),
                _ => None,
            };
        }
        names.join(".")
    }

    /// Return the number of fields in the object and the objects in it.
    pub fn fields(&self) -> usize {
        let fields = |member: &Member<'_>| match &member.value.value {
            Value::Object(object) => object.fields(),
            _ => 1,
        };
        self.members.iter().map(fields).sum()
    }

    fn member_at(&self, offset: usize) -> Option<&Member<'_>> {
        self.members.iter().rfind(|member| member.offset <= offset)
    }
}

impl<'t> Node<'t> {
    /// Go through arrays to the element that stands at `offset`.
    fn innermost_at(&self, offset: usize) -> &Value<'t> {
        let mut value = &self.value;
        while let Value::Array(elements) = value
            && let Some(element) = elements.iter().rfind(|element| element.offset <= offset)
        {
            value = &element.value;
        }
        value
    }
}

/// Read a whole text that must be one object, into an arena.
pub(super) fn read<'t>(bytes: &'t [u8], arena: &'t Bump) -> Result<Object<'t>, PatternError> {
    let text = simdutf8::compat::from_utf8(bytes).map_err(|error| {
        let kind = EventErrorKind::InvalidUtf8;
        Fault::from(EventError { kind, offset: error.valid_up_to() }).at(String::new())
    })?;
    let mut reader = Reader { arena, text, bytes, at: 0, depth: 0, names: SmallVec::new() };
    reader.root().map_err(|fault| fault.at(reader.names.join(".")))
}

struct Reader<'t> {
    arena: &'t Bump,
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    depth: usize,
    /// The names of the members that are being read; a fault leaves them here.
    names: SmallVec<[&'t str; 8]>,
}

/// The members of an object so far.
struct Members<'t> {
    all: Vec<'t, Member<'t>>,
    /// Their names, once they are too many to be compared one by one.
    names: HashSet<&'t str>,
}

impl<'t> Members<'t> {
    /// Note a name; say whether it is new.
    fn is_new(&mut self, name: &'t str) -> bool {
        if self.all.len() < MANY {
            return !self.all.iter().any(|member| member.name == name);
        }
        if self.names.is_empty() {
            self.names.extend(self.all.iter().map(|member| member.name));
        }
        self.names.insert(name)
    }
}

impl<'t> Reader<'t> {
    fn root(&mut self) -> Result<Object<'t>, Fault> {
        let root = self.value()?;
        if self.peek().is_some() {
            return Err(self.fault(EventErrorKind::TrailingContent));
        }
        match root.value {
            Value::Object(object) => Ok(object),
            _ => Err(EventError { kind: EventErrorKind::NotAnObject, offset: root.offset }.into()),
        }
    }

    fn value(&mut self) -> Result<Node<'t>, Fault> {
        let first = self.peek();
        let offset = self.at;
        let value = match first {
            Some(b'{') => Value::Object(self.object()?),
            Some(b'[') => Value::Array(self.array()?),
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => {
                self.at = json::number_end(self.bytes, offset)?;
                Value::Number(&self.text[offset..self.at])
            }
            Some(b't') => self.literal("true", Value::Bool(true))?,
            Some(b'f') => self.literal("false", Value::Bool(false))?,
            Some(b'n') => self.literal("null", Value::Null)?,
            _ => return Err(self.expected("a value")),
        };
        Ok(Node { offset, value })
    }

    fn literal(&mut self, literal: &'static str, value: Value<'t>) -> Result<Value<'t>, Fault> {
        self.at = json::literal_end(self.bytes, self.at, literal)?;
        Ok(value)
    }

    fn string(&mut self) -> Result<JsonString<'t>, Fault> {
        let offset = self.at;
        let (end, escaped) = json::string_end(self.bytes, offset + 1)?;
        self.at = end + 1;
        let raw = &self.text[offset + 1..end];
        let decoded = if escaped { self.decode(raw) } else { raw };
        Ok(JsonString { offset, decoded, raw })
    }

    fn decode(&self, raw: &str) -> &'t str {
        let mut decoded = std::vec::Vec::with_capacity(raw.len());
        json::unescape(raw.as_bytes(), &mut decoded);
        self.arena.alloc_str(str::from_utf8(&decoded).expect("text is decoded to text"))
    }

    fn array(&mut self) -> Result<&'t [Node<'t>], Fault> {
        self.open()?;
        if self.peek() == Some(b']') {
            self.close();
            return Ok(&[]);
        }
        // Most lists have one value.
        let mut elements = Vec::with_capacity_in(1, self.arena);
        loop {
            elements.push(self.value()?);
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => break,
                _ => return Err(self.expected("',' or ']'")),
            }
        }
        self.close();
        Ok(elements.into_bump_slice())
    }

    fn object(&mut self) -> Result<Object<'t>, Fault> {
        let offset = self.at;
        self.open()?;
        if self.peek() == Some(b'}') {
            self.close();
            return Ok(Object { offset, members: &[] });
        }
        let mut members =
            Members { all: Vec::with_capacity_in(4, self.arena), names: HashSet::default() };
        loop {
            let member = self.member(&mut members)?;
            members.all.push(member);
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                _ => return Err(self.expected("',' or '}'")),
            }
        }
        self.close();
        Ok(Object { offset, members: members.all.into_bump_slice() })
    }

    /// Read the member that comes after `earlier` ones.
    fn member(&mut self, earlier: &mut Members<'t>) -> Result<Member<'t>, Fault> {
        if self.peek() != Some(b'"') {
            return Err(self.expected("a member name in quotes"));
        }
        let offset = self.at;
        let name = self.string()?.decoded;
        self.names.push(name);
        if !earlier.is_new(name) {
            let message = format!("{name:?} stands twice in one object, expected different names");
            return Err(Fault::new(PatternErrorKind::DuplicateName, offset, message));
        }
        if self.peek() != Some(b':') {
            return Err(self.expected("':'"));
        }
        self.at += 1;
        let value = self.value()?;
        self.names.pop();
        Ok(Member { offset, name, value })
    }

    /// Skip white space, and return the byte behind it.
    fn peek(&mut self) -> Option<u8> {
        self.at = json::skip_space(self.bytes, self.at);
        self.bytes.get(self.at).copied()
    }

    /// Step behind an opening bracket.
    fn open(&mut self) -> Result<(), Fault> {
        if self.depth == MAX_DEPTH {
            return Err(self.fault(EventErrorKind::TooDeep));
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    /// Step behind a closing bracket.
    fn close(&mut self) {
        self.depth -= 1;
        self.at += 1;
    }

    fn fault(&self, kind: EventErrorKind) -> Fault {
        EventError { kind, offset: self.at }.into()
    }

    fn expected(&self, what: &'static str) -> Fault {
        self.fault(EventErrorKind::Syntax(what))
    }
}
