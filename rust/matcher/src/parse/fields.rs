//! Objects of fields and `$or`: from the tree of a pattern to its conjunctions.

use compact_str::CompactString;
use smallvec::{SmallVec, smallvec};

use super::fault::Fault;
use super::items::{Item, item, without_duplicates};
use super::operands::nonempty;
use super::operator::Operator;
use super::reader::{Member, Node, Object, Value};
use crate::error::PatternErrorKind;
use crate::pattern::{Condition, Dialect, ValuesList};

/// How many conjunctions a pattern may have.
const MAX_CONJUNCTIONS: usize = 1_000;

/// Names that no field inside `$or` may have, besides those of the operators.
const RESERVED: [&str; 14] = [
    "=",
    "<",
    "<=",
    ">",
    ">=",
    "not-wildcard",
    "not-equals-ignore-case",
    "date-after",
    "date-on-or-after",
    "date-before",
    "date-on-or-before",
    "in-date-range",
    "ip-address-in-range",
    "ip-address-not-in-range",
];

/// The AND of conditions and of `$or`s, each the OR of its branches.
///
/// Nesting of objects adds nothing: their fields are conditions with longer paths.
#[derive(Debug)]
pub(super) struct Group {
    conditions: Vec<Condition>,
    ors: Vec<Vec<Group>>,
    /// How many conjunctions this is when multiplied out; at most [`MAX_CONJUNCTIONS`].
    conjunctions: usize,
}

/// Check the tree of a pattern.
pub(super) fn group(root: &Object<'_>, dialect: Dialect) -> Result<Group, Fault> {
    Scope { dialect, prefix: "", position: Position::Outside }.group(root)
}

impl Group {
    /// Return the conjunctions, in the order in which the branches are written.
    pub fn expand(self) -> SmallVec<[Box<[Condition]>; 1]> {
        let conjunctions = smallvec![self.conditions.into_boxed_slice()];
        self.ors.into_iter().fold(conjunctions, |conjunctions, branches| {
            let branches: Vec<_> = branches.into_iter().flat_map(Self::expand).collect();
            let with_each_branch = |conjunction: &[Condition]| -> Vec<Box<[Condition]>> {
                branches.iter().map(|branch| [conjunction, branch].concat().into()).collect()
            };
            conjunctions.iter().flat_map(|conjunction| with_each_branch(conjunction)).collect()
        })
    }
}

/// Whether an object is in a branch of `$or`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Position {
    Outside,
    InBranch,
}

/// What the fields of an object have around them.
#[derive(Clone, Copy)]
struct Scope<'p> {
    dialect: Dialect,
    /// The path of the object and a dot; empty at the root.
    prefix: &'p str,
    position: Position,
}

impl Scope<'_> {
    fn group(self, object: &Object<'_>) -> Result<Group, Fault> {
        let conditions = Vec::with_capacity(object.fields());
        let mut group = Group { conditions, ors: Vec::new(), conjunctions: 1 };
        self.object(object, &mut group)?;
        Ok(group)
    }

    fn object(self, object: &Object<'_>, group: &mut Group) -> Result<(), Fault> {
        if object.members.is_empty() {
            let message = "an empty object, expected at least one field";
            return Err(Fault::new(PatternErrorKind::EmptyObject, object.offset, message));
        }
        object.members.iter().try_for_each(|member| match member.name {
            "$or" => self.or(&member.value, group),
            _ => self.field(member, group),
        })
    }

    fn field(self, field: &Member<'_>, group: &mut Group) -> Result<(), Fault> {
        if self.position == Position::InBranch && self.is_reserved(field.name) {
            let message = format!(
                "a field inside \"$or\" is named like the operator {:?}, expected another name or \
                 the operator in a values list",
                field.name
            );
            return Err(Fault::new(PatternErrorKind::OrReservedName, field.offset, message));
        }
        let mut path = CompactString::from(self.prefix);
        path.push_str(field.name);
        match &field.value.value {
            Value::Object(object) => {
                path.push('.');
                Scope { prefix: &path, ..self }.object(object, group)
            }
            Value::Array(items) => {
                let items = nonempty(items, &field.value)?;
                group.conditions.push(self.condition(path, items)?);
                Ok(())
            }
            other => {
                let message = format!(
                    "a field is {}, expected a list of values or an object of fields",
                    other.type_name()
                );
                Err(Fault::new(PatternErrorKind::BadField, field.value.offset, message))
            }
        }
    }

    fn condition(self, path: CompactString, items: &[Node<'_>]) -> Result<Condition, Fault> {
        let (mut some, mut none) = (SmallVec::with_capacity(items.len()), SmallVec::new());
        for node in items {
            match item(node, self.dialect)? {
                Item::Some(test) => some.push(test),
                Item::None(tests) => none.push(tests.into_boxed_slice()),
            }
        }
        let (some, none) = (without_duplicates(some), without_duplicates(none));
        Ok(Condition { path, list: ValuesList { some, none: none.into_boxed_slice() } })
    }

    fn or(self, operand: &Node<'_>, group: &mut Group) -> Result<(), Fault> {
        let scope = Scope { position: Position::InBranch, ..self };
        let branches = branches(operand)?.into_iter().map(|branch| scope.group(branch));
        let branches = branches.collect::<Result<Vec<_>, _>>()?;
        let sum: usize = branches.iter().map(|branch| branch.conjunctions).sum();
        // Every factor is at least 1, so what is too much here is too much for the whole.
        let conjunctions = group.conjunctions.saturating_mul(sum);
        if conjunctions > MAX_CONJUNCTIONS {
            let message = format!(
                "with this \"$or\" the pattern has more than {MAX_CONJUNCTIONS} conjunctions, \
                 expected fewer combinations of branches"
            );
            let kind = PatternErrorKind::TooManyCombinations;
            return Err(Fault::new(kind, operand.offset, message));
        }
        group.conjunctions = conjunctions;
        group.ors.push(branches);
        Ok(())
    }

    fn is_reserved(self, name: &str) -> bool {
        let operator = Operator::named(name);
        operator.is_some_and(|operator| operator.is_reserved(self.dialect))
            || RESERVED.contains(&name)
    }
}

/// Return the branches of a `$or`.
fn branches<'n, 't>(operand: &'n Node<'t>) -> Result<Vec<&'n Object<'t>>, Fault> {
    let fault = |offset, found: &str| {
        let message = format!("\"$or\" has {found}, expected a list of at least two objects");
        Fault::new(PatternErrorKind::OrShape, offset, message)
    };
    let Value::Array(elements) = &operand.value else {
        let found = format!("{} as its value", operand.value.type_name());
        return Err(fault(operand.offset, &found));
    };
    if elements.len() < 2 {
        let found = if elements.is_empty() { "no branch" } else { "only one branch" };
        return Err(fault(operand.offset, found));
    }
    let branches = elements.iter().map(|branch| match &branch.value {
        Value::Object(object) => Ok(object),
        other => Err(fault(branch.offset, &format!("{} as a branch", other.type_name()))),
    });
    branches.collect()
}
