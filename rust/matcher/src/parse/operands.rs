//! What stands behind the name of an operator.

use super::fault::Fault;
use super::items::only_member;
use super::operator::Operator;
use super::reader::{JsonString, Member, Node, Object, Value};
use crate::cidr::Network;
use crate::error::PatternErrorKind;
use crate::fold;
use crate::pattern::{Dialect, Folded, Literal, Test};
use crate::regex::Regex;
use crate::wildcard::{Case, Parsed, Wildcard};

/// Return the test that a value is this string.
pub(super) fn literal(text: &str) -> Test {
    Test::Literal(Literal::String(text.into()))
}

/// Return the test that a value is this string when case is ignored.
pub(super) fn equals_ignore_case(text: &str) -> Test {
    Test::EqualsIgnoreCase(folded(text))
}

fn folded(text: &str) -> Folded {
    let mut folded = String::with_capacity(text.len());
    fold::fold(text, &mut folded);
    Folded(folded.into())
}

/// Read the operand of `prefix` or `suffix`.
pub(super) fn affix(
    member: &Member<'_>,
    exact: fn(Box<str>) -> Test,
    ignore_case: fn(Folded) -> Test,
) -> Result<Test, Fault> {
    match &member.value.value {
        Value::String(string) => Ok(exact(string.decoded.into())),
        Value::Object(object) => Ok(ignore_case(folded(ignoring_case(member, object)?.decoded))),
        _ => Err(operand_fault(member, "a string or {\"equals-ignore-case\": string}")),
    }
}

/// Read the operand of a `wildcard` in a list of tests.
pub(super) fn wildcard_operand(member: &Member<'_>, dialect: Dialect) -> Result<Test, Fault> {
    match (&member.value.value, dialect) {
        (Value::String(string), _) => wildcard(string, Case::Exact),
        (Value::Object(object), Dialect::Extended) => {
            wildcard(ignoring_case(member, object)?, Case::Folded)
        }
        (Value::Object(_), Dialect::Aws) => {
            let expected = "a string; an object needs the extended dialect";
            Err(operand_fault(member, expected))
        }
        (_, Dialect::Extended) => {
            Err(operand_fault(member, "a string or {\"equals-ignore-case\": string}"))
        }
        (_, Dialect::Aws) => Err(operand_fault(member, "a string")),
    }
}

/// Read text with stars; what has no star is a string to equal.
pub(super) fn wildcard(operand: &JsonString<'_>, case: Case) -> Result<Test, Fault> {
    let parsed = Wildcard::parse(operand.decoded, case).map_err(|error| {
        let message = match error.kind {
            PatternErrorKind::WildcardDoubleStar => "two adjacent stars, expected one",
            _ => "a backslash in front of neither * nor \\, expected \\* or \\\\",
        };
        Fault::new(error.kind, operand.offset_of(error.at), message)
    })?;
    Ok(match (parsed, case) {
        (Parsed::Wildcard(wildcard), _) => Test::Wildcard(wildcard),
        (Parsed::Literal(text), Case::Exact) => Test::Literal(Literal::String(text.into())),
        (Parsed::Literal(text), Case::Folded) => Test::EqualsIgnoreCase(Folded(text)),
    })
}

/// Return the string of the `{"equals-ignore-case": string}` that is the operand of `member`.
fn ignoring_case<'n, 't>(
    member: &Member<'_>,
    object: &'n Object<'t>,
) -> Result<&'n JsonString<'t>, Fault> {
    let inner = only_member(object)?;
    if inner.name != Operator::EQUALS_IGNORE_CASE {
        let message = format!(
            "{:?} inside {:?}, expected {:?} or no operator",
            inner.name,
            member.name,
            Operator::EQUALS_IGNORE_CASE
        );
        return Err(Fault::new(PatternErrorKind::UnknownOperator, inner.offset, message));
    }
    string(inner)
}

/// Read the operand of `cidr`.
pub(super) fn network(member: &Member<'_>) -> Result<Network, Fault> {
    let operand = string(member)?;
    Network::parse(operand.decoded)
        .map_err(|error| Fault::new(error.kind, operand.offset, error.message))
}

/// Read the operand of `regex`.
pub(super) fn regex(member: &Member<'_>) -> Result<Regex, Fault> {
    let operand = string(member)?;
    Regex::new(operand.decoded)
        .map_err(|message| Fault::new(PatternErrorKind::Regex, operand.offset, message))
}

/// Read the operand of an `exists` that looks at a value.
pub(super) fn exists(member: &Member<'_>) -> Result<Test, Fault> {
    match member.value.value {
        Value::Bool(true) => Ok(Test::Exists),
        Value::Bool(false) => {
            let message = "\"exists\" is false inside another operator, where only true looks at \
                           a value; expected true, or it in a values list";
            Err(Fault::new(PatternErrorKind::OperandType, member.value.offset, message))
        }
        _ => Err(operand_fault(member, "true or false")),
    }
}

/// Read the operand of an operator that takes a string.
pub(super) fn string<'n, 't>(member: &'n Member<'t>) -> Result<&'n JsonString<'t>, Fault> {
    match &member.value.value {
        Value::String(string) => Ok(string),
        _ => Err(operand_fault(member, "a string")),
    }
}

/// Return the elements of `list`, of which there must be one.
pub(super) fn nonempty<'n, 't>(
    elements: &'n [Node<'t>],
    list: &Node<'t>,
) -> Result<&'n [Node<'t>], Fault> {
    if elements.is_empty() {
        let message = "an empty list, expected at least one element";
        return Err(Fault::new(PatternErrorKind::EmptyArray, list.offset, message));
    }
    Ok(elements)
}

/// Say that the operand of `member` has the wrong JSON type.
pub(super) fn operand_fault(member: &Member<'_>, expected: &str) -> Fault {
    element_fault(member, &member.value, expected)
}

/// Say that `node`, in the operand of `member`, has the wrong JSON type.
pub(super) fn element_fault(member: &Member<'_>, node: &Node<'_>, expected: &str) -> Fault {
    let message = format!("{:?} has {}, expected {expected}", member.name, node.value.type_name());
    Fault::new(PatternErrorKind::OperandType, node.offset, message)
}
