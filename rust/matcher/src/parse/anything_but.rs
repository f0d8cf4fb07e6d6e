//! The operand of `anything-but`: what a value must not be.

use super::fault::Fault;
use super::items::{only_member, without_duplicates};
use super::numeric;
use super::operands::{
    element_fault, equals_ignore_case, literal, network, nonempty, operand_fault, wildcard,
};
use super::operator::Operator;
use super::reader::{JsonString, Member, Node, Object, Value};
use crate::error::PatternErrorKind;
use crate::number::Number;
use crate::pattern::{Dialect, Literal, Test};
use crate::wildcard::Case;

/// Read the operand of `anything-but` as the tests that a value must fail.
pub(super) fn excluded(member: &Member<'_>, dialect: Dialect) -> Result<Vec<Test>, Fault> {
    let tests = match &member.value.value {
        Value::String(_) | Value::Number(_) => vec![scalar(member, &member.value)?],
        Value::Array(elements) => scalars(member, nonempty(elements, &member.value)?)?,
        Value::Object(object) => inner_operator(object, dialect)?,
        _ => {
            let expected = "a string, a number, a list of strings or of numbers, or an object";
            return Err(operand_fault(member, expected));
        }
    };
    Ok(without_duplicates(tests.into()).into_vec())
}

fn scalars(member: &Member<'_>, elements: &[Node<'_>]) -> Result<Vec<Test>, Fault> {
    let tests = elements.iter().map(|element| scalar(member, element));
    let tests = tests.collect::<Result<_, _>>()?;
    let type_name = elements[0].value.type_name();
    match elements.iter().find(|element| element.value.type_name() != type_name) {
        None => Ok(tests),
        Some(other) => {
            let message = format!(
                "a list of {:?} has {type_name} and {}, expected all strings or all numbers",
                member.name,
                other.value.type_name()
            );
            Err(Fault::new(PatternErrorKind::MixedList, other.offset, message))
        }
    }
}

fn scalar(member: &Member<'_>, node: &Node<'_>) -> Result<Test, Fault> {
    match &node.value {
        Value::String(string) => Ok(literal(string.decoded)),
        Value::Number(text) => Ok(Test::Literal(Literal::Number(Number::parse(text.as_bytes())))),
        _ => Err(element_fault(member, node, "strings or numbers in its list")),
    }
}

fn inner_operator(object: &Object<'_>, dialect: Dialect) -> Result<Vec<Test>, Fault> {
    let member = only_member(object)?;
    match (Operator::named(member.name), dialect) {
        (Some(Operator::Prefix), _) => {
            strings(member, |string| affix(member, string, Test::Prefix))
        }
        (Some(Operator::Suffix), _) => {
            strings(member, |string| affix(member, string, Test::Suffix))
        }
        (Some(Operator::EqualsIgnoreCase), _) => {
            strings(member, |string| Ok(equals_ignore_case(string.decoded)))
        }
        (Some(Operator::Wildcard), _) => strings(member, |string| wildcard(string, Case::Exact)),
        (Some(Operator::Numeric), Dialect::Extended) => {
            Ok(vec![Test::Numeric(numeric::range(member)?.into())])
        }
        (Some(Operator::Cidr), Dialect::Extended) => Ok(vec![Test::Cidr(network(member)?)]),
        (Some(Operator::Numeric | Operator::Cidr), Dialect::Aws) => {
            Err(misplaced(member, "which needs the extended dialect"))
        }
        _ => Err(misplaced(member, "expected prefix, suffix, equals-ignore-case or wildcard")),
    }
}

fn misplaced(member: &Member<'_>, remark: &str) -> Fault {
    let message = format!("{:?} inside \"anything-but\", {remark}", member.name);
    Fault::new(PatternErrorKind::UnknownOperator, member.offset, message)
}

/// Make a test of the string that is the operand of `member`, or of each string in its list.
fn strings(
    member: &Member<'_>,
    test: impl Fn(&JsonString<'_>) -> Result<Test, Fault>,
) -> Result<Vec<Test>, Fault> {
    const EXPECTED: &str = "a string or a list of strings";
    match &member.value.value {
        Value::String(string) => Ok(vec![test(string)?]),
        Value::Array(elements) => nonempty(elements, &member.value)?
            .iter()
            .map(|element| match &element.value {
                Value::String(string) => test(string),
                _ => Err(element_fault(member, element, EXPECTED)),
            })
            .collect(),
        _ => Err(operand_fault(member, EXPECTED)),
    }
}

/// Make the test of an inner `prefix` or `suffix`, which must leave anything to match.
fn affix(
    member: &Member<'_>,
    string: &JsonString<'_>,
    test: fn(Box<str>) -> Test,
) -> Result<Test, Fault> {
    if string.decoded.is_empty() {
        let message = format!(
            "an empty {:?} inside \"anything-but\", expected at least one character, for every \
             string has the empty one",
            member.name
        );
        return Err(Fault::new(PatternErrorKind::EmptyOperand, string.offset, message));
    }
    Ok(test(string.decoded.into()))
}
