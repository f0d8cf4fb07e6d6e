//! Patterns over a small alphabet of names.

use rulebus_matcher::Dialect;

use super::Choices;
use super::test::{Item, item};
use super::text::quote;

/// An object of fields: all names different, at most one `$or`.
pub struct Fields {
    pub members: Vec<(&'static str, Node)>,
    pub branches: Vec<Fields>,
}

/// What a field holds.
pub enum Node {
    Values(Vec<Item>),
    Fields(Fields),
}

/// Dots and nesting spell the same paths, so different rules meet at one path.
const NAMES: [&str; 11] = ["a", "b", "c", "a", "b", "a", "d", "", "a.b", "b.a", "a."];

/// Make a pattern.
pub fn fields(choices: &mut Choices, dialect: Dialect) -> Fields {
    Maker { choices, dialect, branchings: 3 }.fields(0)
}

struct Maker<'c, 'b> {
    choices: &'c mut Choices<'b>,
    dialect: Dialect,
    /// How many `$or` may still be written: bounds the number of conjunctions.
    branchings: usize,
}

impl Maker<'_, '_> {
    fn fields(&mut self, depth: usize) -> Fields {
        let mut members: Vec<(&'static str, Node)> = Vec::new();
        for _ in 0..self.choices.pick(&[1, 2, 1, 3]) {
            let name = self.choices.pick(&NAMES);
            if members.iter().all(|(taken, _)| *taken != name) {
                members.push((name, self.node(depth)));
            }
        }
        let mut branches = Vec::new();
        if self.branchings > 0 && self.choices.chance(12) {
            self.branchings -= 1;
            let count = self.choices.pick(&[2, 3]);
            branches = (0..count).map(|_| self.fields(depth + 1)).collect();
            if self.choices.chance(20) {
                members.clear();
            }
        }
        Fields { members, branches }
    }

    fn node(&mut self, depth: usize) -> Node {
        if depth < 3 && self.choices.chance(35) {
            return Node::Fields(self.fields(depth + 1));
        }
        let count = self.choices.pick(&[1, 1, 1, 2, 3]);
        Node::Values((0..count).map(|_| item(self.choices, self.dialect)).collect())
    }
}

impl Fields {
    /// Write the JSON text.
    pub fn text(&self) -> String {
        let fields =
            self.members.iter().map(|(name, node)| format!("{}:{}", quote(name), node.text()));
        let branches: Vec<String> = self.branches.iter().map(Fields::text).collect();
        let or = (!branches.is_empty()).then(|| format!("\"$or\":[{}]", branches.join(",")));
        format!("{{{}}}", fields.chain(or).collect::<Vec<_>>().join(","))
    }
}

impl Node {
    fn text(&self) -> String {
        match self {
            Self::Values(items) => {
                let items: Vec<&str> = items.iter().map(|item| &item.text[..]).collect();
                format!("[{}]", items.join(","))
            }
            Self::Fields(fields) => fields.text(),
        }
    }
}
