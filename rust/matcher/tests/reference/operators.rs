//! One test against one value.

use regex_automata::meta::Regex;
use regex_syntax::hir::{Hir, Look};

use super::Json;
use super::address::range_contains;
use super::number::Decimal;
use super::text::{fold, wildcard_covers};

/// Say whether a value passes a test: a literal or an object with one operator.
pub fn passes(test: &Json, value: &Json) -> bool {
    test.only_member()
        .map_or_else(|| equal(test, value), |(name, operand)| operator(name, operand, value))
}

fn operator(name: &str, operand: &Json, value: &Json) -> bool {
    match (name, operand) {
        ("exists", Json::True) => true,
        ("exactly", _) => equal(operand, value),
        ("numeric", Json::Array(comparisons)) => numeric(comparisons, value),
        ("all-of", Json::Array(tests)) => tests.iter().all(|test| passes(test, value)),
        ("anything-but", excluded) => !is_excluded(excluded, value),
        (_, Json::String(operand)) => value.as_str().is_some_and(|v| text(name, operand, v)),
        (_, Json::Object(_)) => {
            value.as_str().is_some_and(|v| text_ignoring_case(name, operand, v))
        }
        _ => panic!("not an operator: {name} with {operand:?}"),
    }
}

fn text(name: &str, operand: &str, value: &str) -> bool {
    match name {
        "prefix" => value.starts_with(operand),
        "suffix" => value.ends_with(operand),
        "wildcard" => wildcard_covers(operand, value),
        "equals-ignore-case" => fold(operand) == fold(value),
        "cidr" => range_contains(operand, value),
        "regex" => expression_covers(operand, value),
        _ => panic!("not an operator on strings: {name}"),
    }
}

fn text_ignoring_case(name: &str, operand: &Json, value: &str) -> bool {
    let operand = operand.get("equals-ignore-case").and_then(Json::as_str);
    text(name, &fold(operand.expect("the nested operator")), &fold(value))
}

fn is_excluded(excluded: &Json, value: &Json) -> bool {
    match excluded.only_member() {
        Some(("numeric", range)) => operator("numeric", range, value),
        Some((name, operands)) => operands.as_list().iter().any(|o| operator(name, o, value)),
        None => excluded.as_list().iter().any(|literal| equal(literal, value)),
    }
}

fn equal(literal: &Json, value: &Json) -> bool {
    match (literal, value) {
        (Json::Number(a), Json::Number(b)) => Decimal::read(a) == Decimal::read(b),
        _ => literal == value,
    }
}

fn numeric(comparisons: &[Json], value: &Json) -> bool {
    let Json::Number(value) = value else { return false };
    let value = Decimal::read(value);
    comparisons.chunks(2).all(|comparison| {
        let [Json::String(sign), Json::Number(bound)] = comparison else {
            panic!("not a comparison: {comparison:?}")
        };
        let bound = Decimal::read(bound);
        match sign.as_str() {
            "=" => value == bound,
            "<" => value < bound,
            "<=" => value <= bound,
            ">" => value > bound,
            ">=" => value >= bound,
            _ => panic!("not a comparison sign: {sign}"),
        }
    })
}

fn expression_covers(expression: &str, value: &str) -> bool {
    let inner = regex_syntax::parse(expression).expect("a valid expression");
    let whole = Hir::concat(vec![Hir::look(Look::Start), inner, Hir::look(Look::End)]);
    Regex::builder().build_from_hir(&whole).expect("a small expression").is_match(value)
}
