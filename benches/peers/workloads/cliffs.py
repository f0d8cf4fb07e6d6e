"""Cases in which some matcher of this family becomes much slower than on others."""

from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import Any

from peers.workloads.ruler import PATTERNS
from peers.workloads.workload import Pattern, Workload, compact

EVENTS = 64


def case(
    name: str,
    patterns: Iterable[Pattern] | Callable[[], Iterable[Pattern]],
    events: Iterable[Any] | Callable[[], Iterable[Any]],
) -> Workload:
    """Return a workload of patterns and of events that are still to be written as JSON."""
    make = patterns if callable(patterns) else lambda: patterns
    read = events if callable(events) else lambda: events
    return Workload(name=name, group="cliffs", patterns=make, events=lambda: map(compact, read()))


def text(kind: str, number: int, length: int) -> str:
    """Return lower-case text that depends on its kind and number alone."""
    random = Random(f"{kind} {number}")  # noqa: S311 - nothing here is secret
    return "".join(random.choices("abcdefghijklmnopqrstuvwxyz", k=length))


def spread(rules: int) -> range:
    """Return numbers of rules, at most one for each event, from the first to the last."""
    return range(0, rules, max(1, rules // EVENTS))


def many_wildcards(rules: int) -> Workload:
    """Set two-piece wildcards on one field, against values of 44 bytes that match one or none."""

    def pieces(rule: int) -> tuple[str, str]:
        return text("head", rule, 6), text("tail", rule, 6)

    def events() -> Iterator[Any]:
        for rule in spread(rules):
            head, tail = pieces(rule)
            yield {"x": head + text("middle", rule, 32) + tail}
            yield {"x": head + text("middle", rule, 38)}

    return case(
        f"many-wildcards-{rules}",
        lambda: ({"x": [{"wildcard": "*".join(pieces(rule))}]} for rule in range(rules)),
        events,
    )


def star_shapes(rules: int) -> Workload:
    """Set wildcards that begin and end with a star: their pieces may stand anywhere."""

    def events() -> Iterator[Any]:
        for rule in spread(rules):
            near = text("near", rule, 16)
            yield {"x": near + text("abc", rule, 4) + near + text("de", rule, 3) + near}
            yield {"x": near + text("abc", rule, 4) + near}

    def patterns() -> Iterator[Pattern]:
        for rule in range(rules):
            yield {"x": [{"wildcard": f"*{text('abc', rule, 4)}*{text('de', rule, 3)}*"}]}

    return case(f"star-shapes-{rules}", patterns, events)


def independent_arrays(length: int, suffix: str = "", **unmet: list[str]) -> Workload:
    """Put three arrays of strings in one event, under one rule that asks for the last of each."""
    last = f"v{length - 1}"
    arrays = {name: [f"v{n}" for n in range(length)] for name in "abc"}
    pattern: Pattern = {**{name: [last] for name in "abc"}, **unmet}
    others = {**arrays, "c": ["other"] * length}
    return case(f"independent-arrays-{length}{suffix}", [pattern], [arrays, others])


def array_of_objects(length: int) -> Workload:
    """Put objects in one array, under a rule of three fields that must meet in one element."""
    objects = [{name: f"{name}{n}" for name in "xyz"} for n in range(length)]
    met = [*objects[:-1], {"x": "x", "y": "y", "z": "z"}]
    apart = [{"x": "x"}, *objects[:-2], {"y": "y", "z": "z"}]
    pattern = {"items": {"x": ["x"], "y": ["y"], "z": ["z"]}}
    return case(f"array-of-objects-{length}", [pattern], [{"items": met}, {"items": apart}])


def value_lists(values: int) -> Workload:
    """Set one rule of five fields, each with a list of values."""
    pattern = {f"f{n}": [f"v{n}-{value}" for value in range(values)] for n in range(5)}
    events = [{f"f{n}": f"v{n}-{event % values}" for n in range(5)} for event in range(EVENTS)]
    return case(f"value-lists-{values}", [pattern], events)


def anything_but_lists(rules: int) -> Workload:
    """Set anything but a list on one field, another list in each rule, which a second tells."""
    return case(
        f"anything-but-lists-{rules}",
        lambda: (
            {
                "x": [{"anything-but": [text("but", 3 * rule + n, 8) for n in range(3)]}],
                "y": [f"v{rule}"],
            }
            for rule in range(rules)
        ),
        [{"x": "other", "y": f"v{rule}"} for rule in spread(rules)],
    )


def exists_false_names(rules: int) -> Workload:
    """Ask for the absence of another field in each rule, and tell rules by a second field."""
    return case(
        f"exists-false-names-{rules}",
        lambda: ({f"f{rule}": [{"exists": False}], "y": [f"v{rule}"]} for rule in range(rules)),
        [{"f0": 1, "g": 2, "y": f"v{rule}"} for rule in spread(rules)],
    )


def distinct_names(rules: int) -> Workload:
    """Ask for another field in each rule."""
    return case(
        f"distinct-names-{rules}",
        lambda: ({f"name-{rule}": ["v"]} for rule in range(rules)),
        [
            {f"name-{rule}": "v", f"name-{(rule + 1) % rules}": "w", "other": "v"}
            for rule in spread(rules)
        ],
    )


def unicode_classes(count: int) -> Workload:
    """Ask for a regular expression over Unicode classes, with a count."""
    pattern = {"x": [{"regex": rf"[\p{{L}}\p{{Nd}}]{{{count}}}"}]}
    events = [{"x": value * count} for value in ("ア", "é", "7", "-", "x7")]
    return case(f"unicode-classes-{count}", [pattern], events)


def distinct_first_paths(rules: int) -> Workload:
    """Ask for another first member in each rule."""
    return case(
        f"distinct-first-paths-{rules}",
        lambda: ({f"p{rule}": {"q": ["v"]}} for rule in range(rules)),
        [{f"p{rule}": {"q": "v"}, "z": 1} for rule in spread(rules)],
    )


def anything_but_one_field(rules: int) -> Workload:
    """Set anything but one value on one field: an event matches all rules, or all but one."""
    return case(
        f"anything-but-one-field-{rules}",
        lambda: ({"x": [{"anything-but": [f"v{rule}"]}]} for rule in range(rules)),
        [{"x": "other"}, {"x": "v0"}],
    )


def exists_false_paths(rules: int) -> Workload:
    """Ask for the absence of another path in each rule: an event matches all rules but one."""
    return case(
        f"exists-false-paths-{rules}",
        lambda: ({f"p{rule}": {"q": [{"exists": False}]}} for rule in range(rules)),
        [{"z": 1}, {"p0": {"q": 1}}],
    )


def exact_one_field(rules: int) -> Workload:
    """Ask for another value of one field in each rule."""
    return case(
        f"exact-one-field-{rules}",
        lambda: ({"x": [f"v{rule}"]} for rule in range(rules)),
        [{"x": f"v{rule}"} for rule in spread(rules)],
    )


def on_x(
    name: str, rules: int, test: Callable[[int], Any], value: Callable[[int], Any]
) -> Workload:
    """Return a case of rules that set one test each on the field `x`."""
    return case(
        f"{name}-{rules}",
        lambda: ({"x": [test(rule)]} for rule in range(rules)),
        lambda: ({"x": value(rule)} for rule in spread(rules)),
    )


def loads() -> Iterator[Workload]:
    """Make the cases that are told by the time to add a rule and the memory it takes."""
    many = 100_000

    def network(rule: int) -> str:
        return f"{10 + (rule >> 16)}.{rule >> 8 & 255}.{rule & 255}"

    yield on_x(
        "load-exact",
        many,
        lambda rule: text("exact", rule, 20),
        lambda rule: text("exact", rule, 20),
    )
    yield case(
        f"load-two-paths-{many}",
        lambda: ({"x": [text("x", rule, 10)], "y": [text("y", rule, 10)]} for rule in range(many)),
        lambda: ({"x": text("x", rule, 10), "y": text("y", rule, 10)} for rule in spread(many)),
    )
    yield case(
        f"load-number-and-prefix-{many}",
        lambda: ({"x": [rule], "y": [{"prefix": text("y", rule, 8)}]} for rule in range(many)),
        lambda: ({"x": rule, "y": text("y", rule, 12)} for rule in spread(many)),
    )
    yield on_x(
        "load-suffix",
        many,
        lambda rule: {"suffix": text("s", rule, 8)},
        lambda rule: "head" + text("s", rule, 8),
    )
    yield on_x(
        "load-ignore-case",
        many,
        lambda rule: {"equals-ignore-case": text("i", rule, 12)},
        lambda rule: text("i", rule, 12).upper(),
    )
    yield on_x(
        "load-cidr",
        many,
        lambda rule: {"cidr": f"{network(rule)}.0/24"},
        lambda rule: f"{network(rule)}.77",
    )
    yield case(
        "load-exact-and-wildcard-20000",
        lambda: (
            {"x": [text("x", r, 10)], "y": [{"wildcard": f"{text('h', r, 5)}*{text('t', r, 5)}"}]}
            for r in range(20_000)
        ),
        lambda: (
            {"x": text("x", r, 10), "y": f"{text('h', r, 5)}middle{text('t', r, 5)}"}
            for r in spread(20_000)
        ),
    )


def range_adds(rules: int) -> Workload:
    """Set another two-sided range on one field in each rule; each overlaps its neighbours."""
    return on_x(
        "range-adds",
        rules,
        lambda rule: {"numeric": [">=", rule * 10.5, "<", rule * 10.5 + 25]},
        lambda rule: rule * 10.5 + 3,
    )


def wide_lot(fields: int) -> Workload:
    """Put very many points in one parcel, under the rules on arrays of points."""
    points = [
        {"x": -122.5 + n / 7_919, "y": 37.7 + n / 11_003, "z": 0.0} for n in range(fields // 3)
    ]
    lot = {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [points]}}
    return case(f"wide-lot-{fields}", PATTERNS["complex-arrays"], [lot])


def other_kind(name: str, test: Callable[[int], Any], passing: Any) -> Workload:
    """Put values of another kind in the field than its tests ask for."""
    values = ["not this kind", "x" * 40, passing]
    return case(
        f"{name}-100",
        lambda: ({"x": [test(rule)]} for rule in range(100)),
        [{"x": value} for value in values],
    )


CLIFFS = [
    *(many_wildcards(rules) for rules in (1, 8, 10, 100, 500, 1_000, 5_000)),
    *(star_shapes(rules) for rules in (9, 100, 1_000)),
    *(independent_arrays(length) for length in (10, 50, 100, 200)),
    independent_arrays(80, "-unmet", d=["none"]),
    *(array_of_objects(length) for length in (10, 50, 100, 400)),
    *(value_lists(values) for values in (8, 12)),
    *(anything_but_lists(rules) for rules in (100, 1_000, 5_000)),
    *(exists_false_names(rules) for rules in (100, 1_000, 5_000)),
    *(distinct_names(rules) for rules in (100, 1_000, 5_000)),
    *(unicode_classes(count) for count in (1, 2, 3)),
    *(distinct_first_paths(rules) for rules in (100, 1_000, 10_000, 50_000)),
    *(anything_but_one_field(rules) for rules in (100, 1_000, 10_000)),
    *(exists_false_paths(rules) for rules in (100, 1_000, 10_000)),
    *(exact_one_field(rules) for rules in (100, 1_000, 10_000, 50_000)),
    *(range_adds(rules) for rules in (250, 500, 1_000, 2_000, 4_000)),
    wide_lot(2_462),
    other_kind("number-mismatch", lambda rule: {"numeric": ["=", rule]}, 7),
    other_kind("cidr-mismatch", lambda rule: {"cidr": f"10.0.{rule}.0/24"}, "10.0.7.1"),
    *loads(),
]
