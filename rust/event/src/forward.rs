//! Events that go from bus to bus.

use crate::error::RenderError;
use crate::json::{self, Malformed, Read};

/// The member of an envelope that names the buses it was forwarded to.
const MEMBER: &[u8] = b"forwarded-to";

/// Return an event with the name of one more bus in its member `forwarded-to`, a list.
///
/// # Errors
///
/// The event is not a JSON object, or the member is not a list.
pub fn forwarded(event: &[u8], bus: &str) -> Result<Vec<u8>, RenderError> {
    let (place, inside) = place_of_next(event)?;
    let mut written = Vec::with_capacity(event.len() + bus.len() + 24);
    written.extend_from_slice(&event[..place]);
    written.extend_from_slice(match inside {
        Inside::EmptyList | Inside::EmptyObject => b"".as_slice(),
        Inside::List | Inside::Object => b",",
    });
    let is_list = matches!(inside, Inside::List | Inside::EmptyList);
    if !is_list {
        written.extend_from_slice(br#""forwarded-to":["#);
    }
    json::quote(bus, &mut written);
    if !is_list {
        written.push(b']');
    }
    written.extend_from_slice(&event[place..]);
    Ok(written)
}

/// What a name, or the member that is missing, is to be put in.
enum Inside {
    List,
    EmptyList,
    Object,
    EmptyObject,
}

/// Return where the next name goes: to the end of the list, or of the object without one.
fn place_of_next(event: &[u8]) -> Read<(usize, Inside)> {
    let start = json::skip_space(event, 0);
    if event.get(start) != Some(&b'{') {
        return Err(Malformed { offset: start, expected: "an object" });
    }
    let mut list = None;
    let end = json::for_members(event, start, |name, value| {
        if name == MEMBER {
            list = Some(value);
        }
    })?;
    match list {
        Some(list) if event[list.start] == b'[' => {
            let empty = event[list.start + 1..list.end - 1].trim_ascii().is_empty();
            Ok((list.end - 1, if empty { Inside::EmptyList } else { Inside::List }))
        }
        Some(other) => Err(Malformed { offset: other.start, expected: "a list of bus names" }),
        None => {
            let empty = event[start + 1..end].trim_ascii().is_empty();
            Ok((end, if empty { Inside::EmptyObject } else { Inside::Object }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The name is put at the end of the list, and the list at the end of the event.
    #[test]
    fn adds_the_name() {
        for (expected, event) in [
            (r#"{"forwarded-to":["b\""]}"#, "{}"),
            (r#" {"id":"1","forwarded-to":["b\""]} "#, r#" {"id":"1"} "#),
            (r#"{"forwarded-to":["b\""],"a":1}"#, r#"{"forwarded-to":[],"a":1}"#),
            (r#"{"forwarded-to":["a","b\""],"a":1}"#, r#"{"forwarded-to":["a"],"a":1}"#),
            (r#"{"a":{"forwarded-to":[]},"forwarded-to":["b\""]}"#, r#"{"a":{"forwarded-to":[]}}"#),
        ] {
            assert_eq!(expected.as_bytes(), forwarded(event.as_bytes(), "b\"").unwrap());
        }
    }

    /// What is no object, or has something else in the place of the list, is refused.
    #[test]
    fn refuses_other_events() {
        for (offset, event) in [(0, "[]"), (16, r#"{"forwarded-to":"a"}"#), (1, "{"), (0, "")] {
            assert_eq!(offset, forwarded(event.as_bytes(), "b").unwrap_err().offset());
        }
    }
}
