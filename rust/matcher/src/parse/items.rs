//! The items of a values list: literals and match objects.

use std::hash::Hash;

use foldhash::HashSet;
use smallvec::SmallVec;

use super::fault::Fault;
use super::operands::{
    affix, equals_ignore_case, exists, literal, network, nonempty, operand_fault, regex, string,
    wildcard_operand,
};
use super::operator::Operator;
use super::reader::{Member, Node, Object, Value};
use super::{anything_but, numeric};
use crate::error::PatternErrorKind;
use crate::number::Number;
use crate::pattern::{Dialect, Literal, Test};

/// An item of a values list.
#[derive(Debug)]
pub(super) enum Item {
    /// Some value passes.
    Some(Test),
    /// No value passes any of these.
    None(Vec<Test>),
}

/// Read an item of a values list.
pub(super) fn item(node: &Node<'_>, dialect: Dialect) -> Result<Item, Fault> {
    if let Value::Object(object) = &node.value {
        let member = only_member(object)?;
        match (Operator::of(member, dialect)?, &member.value.value) {
            (Operator::Exists, Value::Bool(false)) => return Ok(Item::None(vec![Test::Exists])),
            (Operator::NoneOf, _) => return tests(member, dialect).map(Item::None),
            _ => {}
        }
    }
    test(node, dialect).map(Item::Some)
}

/// Read an item that looks at one value.
fn test(node: &Node<'_>, dialect: Dialect) -> Result<Test, Fault> {
    let literal = match &node.value {
        Value::Null => Literal::Null,
        Value::Bool(value) => Literal::Bool(*value),
        Value::Number(text) => Literal::Number(Number::parse(text.as_bytes())),
        Value::String(string) => Literal::String(string.decoded.into()),
        Value::Array(_) => {
            let message = "a list inside a list of values, expected a scalar or a match object";
            return Err(Fault::new(PatternErrorKind::NestedArray, node.offset, message));
        }
        Value::Object(object) => return match_object(object, dialect),
    };
    Ok(Test::Literal(literal))
}

fn match_object(object: &Object<'_>, dialect: Dialect) -> Result<Test, Fault> {
    let member = only_member(object)?;
    Ok(match Operator::of(member, dialect)? {
        Operator::Exactly => literal(string(member)?.decoded),
        Operator::Prefix => affix(member, Test::Prefix, Test::PrefixIgnoreCase)?,
        Operator::Suffix => affix(member, Test::Suffix, Test::SuffixIgnoreCase)?,
        Operator::EqualsIgnoreCase => equals_ignore_case(string(member)?.decoded),
        Operator::Wildcard => wildcard_operand(member, dialect)?,
        Operator::Numeric => Test::Numeric(numeric::range(member)?.into()),
        Operator::Cidr => Test::Cidr(network(member)?),
        Operator::Exists => exists(member)?,
        Operator::AnythingBut => Test::AnythingBut(anything_but::excluded(member, dialect)?.into()),
        Operator::Regex => Test::Regex(regex(member)?),
        Operator::AllOf => Test::AllOf(tests(member, dialect)?.into()),
        Operator::NoneOf => {
            let message = "\"none-of\" inside another operator, expected it in a values list only";
            return Err(Fault::new(PatternErrorKind::UnknownOperator, member.offset, message));
        }
    })
}

/// Return the operator of a match object with its operand.
pub(super) fn only_member<'n, 't>(object: &'n Object<'t>) -> Result<&'n Member<'t>, Fault> {
    match object.members {
        [member] => Ok(member),
        [] => {
            let message = "an empty match object, expected one operator";
            Err(Fault::new(PatternErrorKind::EmptyMatch, object.offset, message))
        }
        [_, second, ..] => {
            let message = "more than one operator in a match object, expected one";
            Err(Fault::new(PatternErrorKind::SeveralOperators, second.offset, message))
        }
    }
}

/// Read the list of tests of `all-of` and `none-of`.
fn tests(member: &Member<'_>, dialect: Dialect) -> Result<Vec<Test>, Fault> {
    let Value::Array(items) = &member.value.value else {
        return Err(operand_fault(member, "a list of tests"));
    };
    let tests = nonempty(items, &member.value)?.iter().map(|item| test(item, dialect));
    Ok(without_duplicates(tests.collect::<Result<_, _>>()?).into_vec())
}

/// Up to so many items are compared one by one.
const FEW: usize = 8;

/// Keep the first of equal items.
pub(super) fn without_duplicates<T: Eq + Hash>(mut items: SmallVec<[T; 1]>) -> SmallVec<[T; 1]> {
    if items.len() > FEW {
        let mut seen = HashSet::default();
        let is_first: Vec<_> = items.iter().map(|item| seen.insert(item)).collect();
        let mut is_first = is_first.into_iter();
        items.retain(|_| is_first.next() == Some(true));
        return items;
    }
    for place in (1..items.len()).rev() {
        if items[..place].contains(&items[place]) {
            items.remove(place);
        }
    }
    items
}
