"""
Patterns as Python functions: what one writes by hand, and a second opinion on every count.

It covers what the workloads use. Fields below one array of objects must meet in one element, since
a nested pattern is tried on each element as a whole.
"""

import re
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from operator import eq, ge, gt, le, lt
from typing import Any, TypeAlias

Predicate: TypeAlias = Callable[[Any], bool]

ABSENT = object()
COMPARISONS = {"=": eq, "<": lt, "<=": le, ">": gt, ">=": ge}


def predicate(pattern: dict[str, Any]) -> Predicate:
    """Return a function that says whether a decoded event matches a pattern."""
    members = [
        (name, predicate(inner) if isinstance(inner, dict) else _values(inner))
        for name, inner in pattern.items()
    ]

    def holds(value: Any) -> bool:
        if isinstance(value, dict):
            return all(test(value.get(name, ABSENT)) for name, test in members)
        if isinstance(value, list) and value:
            return any(map(holds, value))
        return all(test(ABSENT) for _, test in members)

    return holds


def _values(items: list[Any]) -> Predicate:
    absence = {"exists": False} in items
    tests = [_test(item) for item in items if item != {"exists": False}]
    if len(tests) == 1:
        (passes,) = tests
    else:

        def passes(value: Any) -> bool:
            return any(test(value) for test in tests)

    def holds(value: Any) -> bool:
        if isinstance(value, list) and value:
            return any(map(holds, value))
        if value is ABSENT or isinstance(value, (dict, list)):
            return absence
        return passes(value)

    return holds


def _test(item: Any) -> Predicate:
    if not isinstance(item, dict):
        kind = _kind(item)
        return lambda value: value == item and _kind(value) is kind
    ((operator, operand),) = item.items()
    return OPERATORS[operator](operand)


def _kind(value: Any) -> type:
    return float if type(value) is int else type(value)


def _strings(test: Callable[[str], bool]) -> Predicate:
    return lambda value: isinstance(value, str) and test(value)


def _prefix(operand: Any) -> Predicate:
    if isinstance(operand, dict):
        folded = operand["equals-ignore-case"].lower()
        return _strings(lambda value: value.lower().startswith(folded))
    return _strings(lambda value: value.startswith(operand))


def _suffix(operand: Any) -> Predicate:
    if isinstance(operand, dict):
        folded = operand["equals-ignore-case"].lower()
        return _strings(lambda value: value.lower().endswith(folded))
    return _strings(lambda value: value.endswith(operand))


def _ignore_case(operand: str) -> Predicate:
    folded = operand.lower()
    return _strings(lambda value: value.lower() == folded)


def _wildcard(operand: str) -> Predicate:
    # The first place of each piece is as good as any, so none is given up again.
    first, *pieces = map(re.escape, operand.split("*"))
    middle = "".join(f"(?>.*?{piece})" for piece in pieces[:-1])
    last = f".*{pieces[-1]}" if pieces else ""
    matches = re.compile(first + middle + last, re.DOTALL).fullmatch
    return _strings(lambda value: matches(value) is not None)


def _regex(operand: str) -> Predicate:
    # Python has no Unicode classes; the one that the workloads use is spelled with its own.
    expression = operand.replace(r"[\p{L}\p{Nd}]", r"[^\W_]")
    matches = re.compile(expression).fullmatch
    return _strings(lambda value: matches(value) is not None)


def _numeric(operand: list[Any]) -> Predicate:
    bounds = [
        (COMPARISONS[sign], bound) for sign, bound in zip(operand[::2], operand[1::2], strict=True)
    ]

    def holds(value: Any) -> bool:
        return _kind(value) is float and all(compare(value, bound) for compare, bound in bounds)

    return holds


def _cidr(operand: str) -> Predicate:
    network = ip_network(operand, strict=False)

    def holds(value: str) -> bool:
        try:
            return ip_address(value) in network
        except ValueError:
            return False

    return _strings(holds)


def _anything_but(operand: Any) -> Predicate:
    if isinstance(operand, dict):
        ((operator, inner),) = operand.items()
        items = [{operator: one} for one in (inner if isinstance(inner, list) else [inner])]
    else:
        items = operand if isinstance(operand, list) else [operand]
    tests = [_test(item) for item in items]
    return lambda value: not any(test(value) for test in tests)


OPERATORS: dict[str, Callable[[Any], Predicate]] = {
    "prefix": _prefix,
    "suffix": _suffix,
    "equals-ignore-case": _ignore_case,
    "wildcard": _wildcard,
    "regex": _regex,
    "numeric": _numeric,
    "cidr": _cidr,
    "anything-but": _anything_but,
    "exists": lambda _: lambda _: True,
}
