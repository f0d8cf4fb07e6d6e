//! An event as a collection of (path, value, membership).

use super::{Json, join};

/// The values of an event in the order in which they stand in it.
pub struct Event {
    pub values: Vec<Value>,
}

/// A scalar, its path, and the array elements that it came through.
pub struct Value {
    pub path: String,
    pub scalar: Json,
    pub elements: Vec<Element>,
}

/// One element of one array; `array` tells array occurrences apart, `path` is for people.
#[derive(Clone, Debug)]
pub struct Element {
    pub array: usize,
    pub path: String,
    pub index: usize,
}

impl Event {
    /// Read the text of a well-formed event.
    pub fn read(text: &str) -> Self {
        let mut event = Self { values: Vec::new() };
        event.flatten(&Json::read(text), None, &[], &mut 0);
        event
    }

    /// List the values at a path.
    pub fn at(&self, path: &str) -> impl Iterator<Item = &Value> {
        self.values.iter().filter(move |value| value.path == path)
    }

    fn flatten(
        &mut self,
        met: &Json,
        path: Option<&str>,
        elements: &[Element],
        arrays: &mut usize,
    ) {
        match met {
            Json::Object(members) => {
                for (name, value) in members {
                    self.flatten(value, Some(&join(path, name)), elements, arrays);
                }
            }
            Json::Array(list) => {
                *arrays += 1;
                let array = *arrays;
                for (index, element) in list.iter().enumerate() {
                    let mut through = elements.to_vec();
                    if matches!(element, Json::Object(_) | Json::Array(_)) {
                        let path = path.unwrap_or_default().to_owned();
                        through.push(Element { array, path, index });
                    }
                    self.flatten(element, path, &through, arrays);
                }
            }
            scalar => self.values.push(Value {
                path: path.expect("the root is an object").to_owned(),
                scalar: scalar.clone(),
                elements: elements.to_vec(),
            }),
        }
    }
}

impl Value {
    /// Say whether no array is in both memberships with different elements.
    pub fn is_compatible(&self, other: &Self) -> bool {
        self.elements.iter().all(|mine| {
            other
                .elements
                .iter()
                .all(|theirs| mine.array != theirs.array || mine.index == theirs.index)
        })
    }
}
