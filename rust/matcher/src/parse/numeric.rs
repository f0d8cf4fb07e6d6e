//! The operand of `numeric`: one comparison, or a lower and an upper bound.

use std::ops::Bound;

use super::fault::Fault;
use super::operands::{nonempty, operand_fault};
use super::reader::{Member, Node, Value};
use crate::error::PatternErrorKind;
use crate::number::{Number, Range};

/// Read the operand of `numeric`.
pub(super) fn range(member: &Member<'_>) -> Result<Range, Fault> {
    let Value::Array(elements) = &member.value.value else {
        return Err(operand_fault(member, "a list of a comparison and a number"));
    };
    let comparisons = nonempty(elements, &member.value)?.chunks(2).map(comparison);
    let (lower, upper) = match &comparisons.collect::<Result<Vec<_>, _>>()?[..] {
        [("=", number)] => (Bound::Included(number.clone()), Bound::Included(number.clone())),
        [(sign @ (">" | ">="), number)] => (bound(sign, number), Bound::Unbounded),
        [(sign @ ("<" | "<="), number)] => (Bound::Unbounded, bound(sign, number)),
        [(above @ (">" | ">="), bottom), (below @ ("<" | "<="), top)] => {
            if bottom >= top {
                let message =
                    "the lower bound of a range is not below the upper one, expected it below";
                let offset = elements[3].offset;
                return Err(Fault::new(PatternErrorKind::NumericRange, offset, message));
            }
            (bound(above, bottom), bound(below, top))
        }
        [_, _, third @ ..] => {
            let wrong = if third.is_empty() { &elements[2] } else { &elements[4] };
            let message = "\"numeric\" has comparisons that do not go together, expected one, or \
                           \">\" or \">=\" and then \"<\" or \"<=\"";
            return Err(Fault::new(PatternErrorKind::NumericSyntax, wrong.offset, message));
        }
        _ => unreachable!("there is a pair, and its sign is one of five"),
    };
    Ok(Range { lower, upper })
}

/// Read a sign and the number behind it; the sign is one of `=`, `<`, `<=`, `>` and `>=` then.
fn comparison<'n>(pair: &'n [Node<'_>]) -> Result<(&'n str, Number), Fault> {
    let sign = match &pair[0].value {
        Value::String(sign) if matches!(sign.decoded, "=" | "<" | "<=" | ">" | ">=") => {
            sign.decoded
        }
        Value::String(other) => {
            let found = format!("the comparison {:?}", other.decoded);
            return Err(syntax_fault(&pair[0], &found, "\"=\", \"<\", \"<=\", \">\" or \">=\""));
        }
        other => return Err(syntax_fault(&pair[0], other.type_name(), "a comparison")),
    };
    match pair.get(1).map(|node| (node, &node.value)) {
        Some((_, Value::Number(text))) => Ok((sign, Number::parse(text.as_bytes()))),
        Some((node, other)) => Err(syntax_fault(node, other.type_name(), "a number")),
        None => Err(syntax_fault(&pair[0], "a comparison without a number", "a number behind it")),
    }
}

fn bound(sign: &str, number: &Number) -> Bound<Number> {
    if sign.ends_with('=') {
        Bound::Included(number.clone())
    } else {
        Bound::Excluded(number.clone())
    }
}

fn syntax_fault(node: &Node<'_>, found: &str, expected: &str) -> Fault {
    let message = format!("\"numeric\" has {found}, expected {expected}");
    Fault::new(PatternErrorKind::NumericSyntax, node.offset, message)
}
