//! Several paths, read from an event together.
//!
//! The paths form a tree that is walked along with the event. A value is skipped once to find its
//! end, and entered only where paths lead into it.

use std::ops::Range;

use crate::json::{self, Read};
use crate::path::Step;

/// The place of a path among all, in the order in which they were inserted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PathId(usize);

/// What an event has at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Nothing,
    One(Range<usize>),
    /// What every element of an array has, for a path with `[*]`.
    Several(Vec<Range<usize>>),
}

impl Found {
    /// Append the JSON text of what was found.
    pub fn write_json(&self, event: &[u8], into: &mut Vec<u8>) -> Read<()> {
        self.write(into, |value, into| {
            into.extend_from_slice(&event[value]);
            Ok(())
        })
    }

    /// Append what was found as people read it.
    pub fn write_text(&self, event: &[u8], into: &mut Vec<u8>) -> Read<()> {
        self.write(into, |value, into| json::write_text(event, value, into))
    }

    fn write(
        &self,
        into: &mut Vec<u8>,
        each: impl Fn(Range<usize>, &mut Vec<u8>) -> Read<()>,
    ) -> Read<()> {
        match self {
            Self::Nothing => Ok(()),
            Self::One(value) => each(value.clone(), into),
            Self::Several(values) => {
                into.push(b'[');
                for (index, value) in values.iter().enumerate() {
                    if index > 0 {
                        into.push(b',');
                    }
                    each(value.clone(), into)?;
                }
                into.push(b']');
                Ok(())
            }
        }
    }
}

/// A set of paths.
#[derive(Debug, Default)]
pub(crate) struct Paths {
    root: Node,
    len: usize,
}

/// The paths that go on from one place.
#[derive(Debug, Default)]
struct Node {
    /// The path that ends here.
    ends: Option<PathId>,
    members: Vec<(Box<str>, Node)>,
    elements: Vec<(usize, Node)>,
    every_element: Option<Box<Node>>,
}

impl Paths {
    /// Add a path, and return the id of it or of an equal one.
    pub fn insert(&mut self, steps: &[Step]) -> PathId {
        let node = steps.iter().fold(&mut self.root, Node::child);
        *node.ends.get_or_insert_with(|| {
            self.len += 1;
            PathId(self.len - 1)
        })
    }

    /// Return what an event has at each path.
    pub fn find(&self, event: &[u8]) -> Read<Vec<Found>> {
        let mut found = vec![Found::Nothing; self.len];
        if self.len > 0 {
            let start = json::skip_space(event, 0);
            let end = json::value_end(event, start)?;
            self.root.find(event, start..end, &mut found)?;
        }
        Ok(found)
    }

    /// Return what was found for one path.
    pub fn at(found: &[Found], path: PathId) -> &Found {
        &found[path.0]
    }
}

impl Node {
    fn child(&mut self, step: &Step) -> &mut Node {
        fn entry<K: PartialEq>(children: &mut Vec<(K, Node)>, key: K) -> &mut Node {
            let place = children.iter().position(|(own, _)| *own == key).unwrap_or_else(|| {
                children.push((key, Node::default()));
                children.len() - 1
            });
            &mut children[place].1
        }

        match step {
            Step::Member(name) => entry(&mut self.members, name.clone()),
            Step::Element(index) => entry(&mut self.elements, *index),
            Step::EveryElement => self.every_element.get_or_insert_default(),
        }
    }

    fn find(&self, event: &[u8], value: Range<usize>, found: &mut [Found]) -> Read<()> {
        if let Some(PathId(path)) = self.ends {
            match &mut found[path] {
                Found::Several(values) => values.push(value.clone()),
                single => *single = Found::One(value.clone()),
            }
        }
        match event.get(value.start) {
            Some(b'{') if !self.members.is_empty() => self.find_members(event, value.start, found),
            Some(b'[') => self.find_elements(event, value.start, found),
            _ => Ok(()),
        }
    }

    fn find_members(&self, event: &[u8], start: usize, found: &mut [Found]) -> Read<()> {
        // Of two members with one name the last one counts, so the object is read to its end first.
        let mut last = vec![None; self.members.len()];
        json::for_members(event, start, |name, value| {
            if let Some(place) = self.members.iter().position(|(own, _)| is_name(name, own)) {
                last[place] = Some(value);
            }
        })?;
        for ((_, child), value) in self.members.iter().zip(last) {
            if let Some(value) = value {
                child.find(event, value, found)?;
            }
        }
        Ok(())
    }

    fn find_elements(&self, event: &[u8], start: usize, found: &mut [Found]) -> Read<()> {
        let wanted = match &self.every_element {
            Some(every) => {
                every.expect_several(found);
                usize::MAX
            }
            None => {
                self.elements.iter().map(|(index, _)| index.saturating_add(1)).max().unwrap_or(0)
            }
        };
        json::for_elements(event, start, wanted, |index, value| {
            if let Some(every) = &self.every_element {
                every.find(event, value.clone(), found)?;
            }
            match self.elements.iter().find(|(own, _)| *own == index) {
                Some((_, child)) => child.find(event, value, found),
                None => Ok(()),
            }
        })
    }

    /// Let the paths from here on find several values; none is found so far.
    fn expect_several(&self, found: &mut [Found]) {
        if let Some(PathId(path)) = self.ends
            && found[path] == Found::Nothing
        {
            found[path] = Found::Several(Vec::new());
        }
        let members = self.members.iter().map(|(_, child)| child);
        let elements = self.elements.iter().map(|(_, child)| child);
        for child in members.chain(elements).chain(self.every_element.as_deref()) {
            child.expect_several(found);
        }
    }
}

/// Say whether what stands between the quotes of a member name means `name`.
fn is_name(quoted: &[u8], name: &str) -> bool {
    if !quoted.contains(&b'\\') {
        return quoted == name.as_bytes();
    }
    let mut unescaped = Vec::new();
    json::unescape(quoted, 0..quoted.len(), &mut unescaped).is_ok() && unescaped == name.as_bytes()
}
