//! The slow, obvious matcher: it reads a pattern text and an event text and searches.
//!
//! It follows the specification of the pattern language sentence by sentence and shares no code
//! with the crate. It takes well-formed texts and valid patterns only.

mod address;
mod event;
mod json;
mod number;
mod operators;
mod text;

pub use event::{Event, Value};
pub use json::Json;
pub use operators::passes;

/// A pattern as the OR of its conjunctions, each the AND of its conditions.
pub struct Pattern {
    pub conjunctions: Vec<Vec<Condition>>,
}

/// A path and its values list.
#[derive(Clone)]
pub struct Condition {
    pub path: String,
    pub items: Vec<Json>,
}

impl Pattern {
    /// Read the text of a valid pattern of either dialect.
    pub fn read(text: &str) -> Self {
        Self { conjunctions: conjunctions_of(&Json::read(text), None) }
    }

    /// Say whether one of the conjunctions matches.
    pub fn matches(&self, event: &Event) -> bool {
        self.conjunctions.iter().any(|conditions| conjunction_matches(conditions, event))
    }
}

/// Say whether a value or an absence can be given to every condition.
pub fn conjunction_matches(conditions: &[Condition], event: &Event) -> bool {
    assign(conditions, event, &mut Vec::new(), &mut Vec::new())
}

fn conjunctions_of(object: &Json, parent: Option<&str>) -> Vec<Vec<Condition>> {
    let Json::Object(members) = object else { panic!("not an object of fields: {object:?}") };
    members.iter().fold(vec![Vec::new()], |left, (name, value)| {
        let right = match value {
            Json::Array(branches) if name == "$or" => {
                branches.iter().flat_map(|branch| conjunctions_of(branch, parent)).collect()
            }
            Json::Array(items) => {
                vec![vec![Condition { path: join(parent, name), items: items.clone() }]]
            }
            below => conjunctions_of(below, Some(&join(parent, name))),
        };
        left.iter().flat_map(|l| right.iter().map(|r| [&l[..], &r[..]].concat())).collect()
    })
}

/// Append a member name to the path of the object around it.
pub fn join(parent: Option<&str>, name: &str) -> String {
    parent.map_or_else(|| name.to_owned(), |parent| format!("{parent}.{name}"))
}

/// Try every value and every absence for the first condition, then do the same for the rest.
fn assign<'a>(
    conditions: &'a [Condition],
    event: &'a Event,
    picked: &mut Vec<&'a Value>,
    absent: &mut Vec<&'a Condition>,
) -> bool {
    let Some((condition, rest)) = conditions.split_first() else {
        return absent.iter().all(|condition| condition.is_absent(event, picked));
    };
    for value in event.at(&condition.path) {
        if condition.accepts(&value.scalar) && picked.iter().all(|other| value.is_compatible(other))
        {
            picked.push(value);
            if assign(rest, event, picked, absent) {
                return true;
            }
            picked.pop();
        }
    }
    if condition.absences().next().is_some() {
        absent.push(condition);
        if assign(rest, event, picked, absent) {
            return true;
        }
        absent.pop();
    }
    false
}

impl Condition {
    /// Say whether a value passes one of the value tests.
    pub fn accepts(&self, scalar: &Json) -> bool {
        self.items.iter().filter(|item| absence(item).is_none()).any(|item| passes(item, scalar))
    }

    /// List, for every item that absence can meet, the tests that all values have to fail.
    pub fn absences(&self) -> impl Iterator<Item = Vec<Json>> + '_ {
        self.items.iter().filter_map(absence)
    }

    /// Say whether the values that are compatible with the picked ones leave the field absent.
    pub fn is_absent(&self, event: &Event, picked: &[&Value]) -> bool {
        self.absences().any(|tests| {
            event
                .at(&self.path)
                .filter(|value| picked.iter().all(|other| value.is_compatible(other)))
                .all(|value| !tests.iter().any(|test| passes(test, &value.scalar)))
        })
    }
}

/// Return the tests that no value may pass when the item is one that absence meets.
pub fn absence(item: &Json) -> Option<Vec<Json>> {
    match item.only_member()? {
        ("exists", Json::False) => {
            Some(vec![Json::Object(vec![("exists".to_owned(), Json::True)])])
        }
        ("none-of", Json::Array(tests)) => Some(tests.clone()),
        _ => None,
    }
}
