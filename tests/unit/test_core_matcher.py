"""The compiled matcher as a live, ordered set of named rules."""

import itertools

import pytest

from rulebus import InvalidEventError, InvalidEventPatternError, Matcher, MatcherStatistics
from rulebus.types import EventInput, PatternInput

EVENT = {"a": 1}
MATCHING = {"a": [1]}
OTHER = {"a": [2]}


@pytest.mark.parametrize("order", list(itertools.permutations("xyz")), ids="".join)
def test_answers_in_the_order_added(order: tuple[str, ...]) -> None:
    """Names come in the order they were added, whatever they are."""
    names = list(order)
    matcher = Matcher(dict.fromkeys(names, MATCHING))

    assert names == matcher.match(EVENT)
    assert [tuple(names)] == matcher.match_many([EVENT])
    assert names == matcher.names() == list(matcher)


def test_an_answer_is_a_list_of_its_own() -> None:
    """What a caller does to an answer does not reach the next answer."""
    matcher = Matcher({"x": MATCHING})

    matcher.match(EVENT).clear()

    assert ["x"] == matcher.match(EVENT)


def test_replacing_keeps_the_place() -> None:
    """Adding under a known name replaces the pattern and keeps the place in the order."""
    matcher = Matcher({"x": OTHER, "y": MATCHING})

    matcher.add("x", MATCHING)

    assert ["x", "y"] == matcher.match(EVENT)
    assert 2 == len(matcher)


def test_removing_gives_up_the_place() -> None:
    """A name that was removed and added again comes last."""
    matcher = Matcher({"x": MATCHING, "y": MATCHING})

    matcher.remove("x")
    assert ["y"] == matcher.match(EVENT)

    matcher.add("x", MATCHING)
    assert ["y", "x"] == matcher.match(EVENT)


def test_adding_many_mixes_new_and_known_names() -> None:
    """`add_many` replaces known names in place and adds new ones behind them."""
    matcher = Matcher({"x": OTHER, "y": OTHER})

    matcher.add_many({"z": MATCHING, "y": MATCHING})

    assert ["y", "z"] == matcher.match(EVENT)
    assert ["x", "y", "z"] == matcher.names()


def test_a_refused_rule_leaves_no_trace_of_those_before_it() -> None:
    """The first pattern that is refused is named, and thousands before it are taken back."""
    matcher = Matcher({"x": MATCHING, "y": OTHER})
    rules: dict[str, PatternInput] = {f"rule-{number}": MATCHING for number in range(3_000)}
    rules |= {"x": OTHER, "first": {"a": 1}, "second": {}}

    with pytest.raises(InvalidEventPatternError, match=r'^rule "first": '):
        matcher.add_many(rules)

    assert ["x"] == matcher.match(EVENT)
    assert ["x", "y"] == matcher.names()


def test_container_protocol() -> None:
    """A matcher has a length, members and an iterator over names, as a mapping's keys have."""
    matcher = Matcher({"x": MATCHING, "y": OTHER})

    assert 2 == len(matcher)
    assert "x" in matcher
    assert "z" not in matcher
    assert None not in matcher
    assert ["x", "y"] == list(matcher)


def test_empty() -> None:
    """A matcher without rules matches nothing, and is still asked for good events."""
    matcher = Matcher()

    assert [] == matcher.names() == matcher.match(EVENT)
    assert 0 == len(matcher)


def test_iteration_is_over_the_names_of_its_beginning() -> None:
    """Rules may change while their names are iterated over."""
    matcher = Matcher({"x": MATCHING, "y": MATCHING})

    for name in matcher:
        matcher.remove(name)

    assert 0 == len(matcher)


def test_unknown_names() -> None:
    """Removing or explaining a rule that is not there is a `KeyError` with its name."""
    matcher = Matcher({"x": MATCHING})

    with pytest.raises(KeyError, match=r"^'y'$"):
        matcher.remove("y")
    with pytest.raises(KeyError, match=r"^'y'$"):
        matcher.explain("y", EVENT)


@pytest.mark.parametrize("name", ["", " ", "é", "\U0001f600", "a\0b", "x" * 10_000])
def test_any_text_is_a_name(name: str) -> None:
    """A name is any text."""
    matcher = Matcher({name: MATCHING})

    assert [name] == matcher.match(EVENT) == matcher.names()
    assert name in matcher
    matcher.remove(name)
    assert 0 == len(matcher)


def test_a_name_is_the_string_that_was_added() -> None:
    """An answer refers to the string that the rule was added under, without a copy."""
    name = b"a name".decode()

    assert name is Matcher({name: MATCHING}).match(EVENT)[0]


def test_names_are_plain_strings() -> None:
    """A name of a subclass of `str` is kept as a `str`."""

    class Name(str):
        __slots__ = ()

    matcher = Matcher({Name("x"): MATCHING})

    assert [str] == [type(name) for name in matcher.match(EVENT)]


def test_statistics() -> None:
    """Rules, conjunctions, different conditions, and paths with their beginnings are counted."""
    matcher = Matcher(
        {
            "x": {"a": [1], "b": {"c": [2, 3]}},
            "y": {"a": [1], "$or": [{"b.c": [4]}, {"d": [5]}]},
        }
    )

    assert (0, 0, 0, 0) == Matcher().statistics()
    assert MatcherStatistics(rules=2, conjunctions=3, conditions=4, paths=4) == matcher.statistics()


@pytest.mark.parametrize(
    "event",
    [
        {"detail": {"kind": 1}},
        {"id": {}, "detail": {"kind": 1}},
        {"id": [], "detail": {"kind": 1}},
        {"id": "7", "detail": 1},
        '{"id":"7","detail":{"kind":1},"id":{}}',
    ],
)
def test_required_paths(event: EventInput) -> None:
    """An event without a value at a required path is refused, whatever the rules are."""
    matcher = Matcher({"x": {"id": [{"exists": False}]}}, required=("id", "detail.kind"))

    with pytest.raises(InvalidEventError, match="required") as refused:
        matcher.match(event)
    assert "envelope" == refused.value.kind
    with pytest.raises(InvalidEventError, match=r"^event 0: .*required"):
        matcher.match_many([event])


@pytest.mark.parametrize("event", [{"id": None}, {"id": ["", {}]}, {"id": [{}, {"id": 1}, 7]}])
def test_required_paths_that_are_there(event: EventInput) -> None:
    """Any value will do, and rules see it as they see others."""
    matcher = Matcher(required=("id",))
    assert [] == matcher.match(event)

    matcher.add("there", {"id": [{"exists": True}]})
    matcher.remove("there")
    assert [] == matcher.match(event)
    with pytest.raises(InvalidEventError):
        matcher.match({})


def test_trusted_events_need_nothing() -> None:
    """What is required of an event is not looked for in one that is trusted."""
    assert [] == Matcher(required=("id",)).match({}, trusted=True)
