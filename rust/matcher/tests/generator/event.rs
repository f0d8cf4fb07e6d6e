//! Events grown from patterns: values that pass, near misses, several elements.

use super::Choices;
use super::pattern::{Fields, Node};
use super::test::Item;
use super::text::{quote_with_escapes, respell};

/// A JSON tree in which a name may be written twice.
#[derive(Clone)]
enum Tree {
    Scalar(String),
    Array(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

/// How many of 100 fields of a pattern are written into the event.
const KEPT: u8 = 96;
/// The same inside array elements, so that one element rarely has everything.
const KEPT_IN_ELEMENTS: u8 = 75;

/// Make an event from one to three of the rules.
pub fn event_for(choices: &mut Choices, rules: &[Fields]) -> String {
    let mut members = Vec::new();
    for _ in 0..choices.pick(&[1, 1, 2, 3]) {
        // Two bytes, because there may be 200 rules and few bytes that are large.
        let rule = (choices.below(256) * 256 + choices.below(256)) % rules.len();
        grow(choices, &mut members, &rules[rule], KEPT);
    }
    if choices.chance(10) {
        let name = choices.pick(&["a", "b", "z", "a.b"]);
        let scalar = choices.pick(&["\"a\"", "1", "null", "true", "\"10.1.2.3\""]);
        place(choices, &mut members, name, Tree::Scalar(scalar.to_owned()));
    }
    write(choices, &Tree::Object(members))
}

fn grow(choices: &mut Choices, members: &mut Vec<(String, Tree)>, fields: &Fields, kept: u8) {
    for (name, node) in &fields.members {
        if !choices.chance(kept) {
            continue;
        }
        let tree = match node {
            Node::Values(items) => leaf(choices, items),
            Node::Fields(below) => Some(branch(choices, below, kept)),
        };
        if let Some(tree) = tree {
            place(choices, members, name, tree);
        }
    }
    if !fields.branches.is_empty() {
        let branch = choices.below(fields.branches.len());
        grow(choices, members, &fields.branches[branch], kept);
    }
}

/// Make a value for a values list, or none where absence is wanted.
fn leaf(choices: &mut Choices, items: &[Item]) -> Option<Tree> {
    let item = choices.pick(items);
    let values = if choices.chance(75) { &item.hits } else { &item.misses };
    if values.is_empty() {
        return None;
    }
    let value = choices.pick(values);
    let beside = Tree::Scalar(item.misses.first().unwrap_or(&value).clone());
    let value = Tree::Scalar(value);
    Some(match choices.below(12) {
        8 => Tree::Array(vec![beside, value]),
        9 => Tree::Array(vec![value, Tree::Object(Vec::new()), beside]),
        10 => Tree::Array(vec![Tree::Array(vec![value]), Tree::Array(vec![beside])]),
        11 if choices.chance(30) => Tree::Array(Vec::new()),
        _ => value,
    })
}

/// Make what stands below a field of fields: an object or an array of several.
fn branch(choices: &mut Choices, fields: &Fields, kept: u8) -> Tree {
    if !choices.chance(30) {
        return object(choices, fields, kept);
    }
    let count = 1 + choices.below(3);
    let mut elements: Vec<Tree> =
        (0..count).map(|_| object(choices, fields, KEPT_IN_ELEMENTS)).collect();
    match choices.below(8) {
        6 => elements.push(Tree::Scalar("\"a\"".to_owned())),
        7 => elements = vec![Tree::Array(elements), object(choices, fields, KEPT_IN_ELEMENTS)],
        _ => (),
    }
    Tree::Array(elements)
}

fn object(choices: &mut Choices, fields: &Fields, kept: u8) -> Tree {
    let mut members = Vec::new();
    grow(choices, &mut members, fields, kept);
    Tree::Object(members)
}

/// Put a member into an object, in dotted spelling now and then, beside what is there already.
fn place(choices: &mut Choices, members: &mut Vec<(String, Tree)>, name: &str, tree: Tree) {
    if let Tree::Object(below) = &tree
        && let [(inner, only)] = &below[..]
        && choices.chance(12)
    {
        return place(choices, members, &format!("{name}.{inner}"), only.clone());
    }
    let taken = members.iter_mut().find(|(n, _)| n == name);
    match (taken, tree) {
        (Some((_, Tree::Object(below))), Tree::Object(more)) => {
            for (name, tree) in more {
                place(choices, below, &name, tree);
            }
        }
        (Some((_, there)), tree) if !choices.chance(15) => {
            *there = Tree::Array(vec![there.clone(), tree]);
        }
        (_, tree) => members.push((name.to_owned(), tree)),
    }
}

fn write(choices: &mut Choices, tree: &Tree) -> String {
    match tree {
        Tree::Scalar(text) => respell(choices, text),
        Tree::Array(elements) => {
            let written: Vec<String> = elements.iter().map(|e| write(choices, e)).collect();
            format!("[{}]", written.join(choices.pick(&[",", ", ", "\n,\t"])))
        }
        Tree::Object(members) => {
            let mut written = Vec::new();
            for (name, tree) in members {
                let name = quote_with_escapes(choices, name);
                written.push(format!("{name}:{}", write(choices, tree)));
            }
            format!("{{{}}}", written.join(choices.pick(&[",", " , "])))
        }
    }
}
