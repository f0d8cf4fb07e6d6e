"""What the compiled classes take as a pattern or an event, and what they refuse."""

import json
from collections.abc import Callable
from enum import Enum
from typing import Any

import pytest

from rulebus import EventPattern, InvalidEventError, InvalidEventPatternError, Matcher

LISTS_IN_LISTS = json.loads("[" * 512 + "]" * 512)
LONE_SURROGATE = "\ud800"


class Text(str):
    """A string of a subclass."""

    __slots__ = ()


class Colour(Enum):
    """An enumeration, which is written as its value."""

    RED = "red"


@pytest.fixture
def matcher() -> Matcher:
    """Return a matcher of one rule that asks for the number 1 in `a`."""
    return Matcher({"one": {"a": [1]}})


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(b'{"a":1}', id="bytes"),
        pytest.param('{"a":1}', id="str"),
        pytest.param(Text('{"a":1}'), id="a subclass of str"),
        pytest.param(bytearray(b'{"a":1}'), id="bytearray"),
        pytest.param(memoryview(b'{"a":1}'), id="memoryview"),
        pytest.param(memoryview(bytearray(b'--{"a":1}--'))[2:-2], id="a part of a bytearray"),
        pytest.param({"a": 1}, id="dict"),
        pytest.param({"a": 1.0}, id="a float"),
        pytest.param({"a": [0, 1]}, id="a list"),
        pytest.param({"a": (1,)}, id="a tuple"),
        pytest.param({"a": 1, "b": Colour.RED, "c": 2**100, "d": None}, id="other values beside"),
    ],
)
def test_event_kinds(matcher: Matcher, event: Any) -> None:
    """Bytes, text and dicts are events."""
    assert ["one"] == matcher.match(event)
    assert [("one",)] == matcher.match_many([event])
    assert EventPattern({"a": [1]}).matches(event)


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(b'{"a":[1]}', id="bytes"),
        pytest.param('{"a":[1]}', id="str"),
        pytest.param(Text('{"a":[1]}'), id="a subclass of str"),
        pytest.param({"a": [1]}, id="dict"),
        pytest.param({"a": (1,)}, id="a tuple"),
    ],
)
def test_pattern_kinds(pattern: Any) -> None:
    """Bytes, text and dicts are patterns."""
    assert ["one"] == Matcher({"one": pattern}).match(b'{"a":1}')
    assert EventPattern(pattern).matches(b'{"a":1}')


def test_integers_of_any_size() -> None:
    """Integers in dicts are compared exactly, however long they are."""
    pattern = EventPattern({"a": [2**70]})

    assert pattern.matches({"a": 2**70})
    assert not pattern.matches({"a": 2**70 + 1})


@pytest.mark.parametrize("event", [None, 1, 1.5, ["a"], {1}], ids=repr)
def test_other_types_as_event(matcher: Matcher, event: Any) -> None:
    """Another type is a `TypeError` that says what an event may be."""
    message = "an event must be bytes, bytearray, memoryview, str or dict, not "
    for ask in (matcher.match, EventPattern({"a": [1]}).matches, EventPattern({"a": [1]}).explain):
        with pytest.raises(TypeError, match=f"^{message}{type(event).__name__}$"):
            ask(event)


@pytest.mark.parametrize("pattern", [None, 1, 1.5, ["a"], {1}], ids=repr)
def test_other_types_as_pattern(matcher: Matcher, pattern: Any) -> None:
    """Another type is a `TypeError` that says what a pattern may be."""
    message = f"a pattern must be dict, str or bytes, not {type(pattern).__name__}"
    with pytest.raises(TypeError, match=f"^{message}$"):
        EventPattern(pattern)
    with pytest.raises(TypeError, match=f'^rule "two": {message}$'):
        matcher.add_many({"two": pattern})


@pytest.mark.parametrize(
    ("view", "message"),
    [
        (memoryview(b'{"a":1}')[::2], "not contiguous"),
        (memoryview(b'{"a":1} ').cast("I"), "not compatible with u8"),
    ],
    ids=["strided", "integers"],
)
def test_memoryviews_that_are_no_text(matcher: Matcher, view: memoryview, message: str) -> None:
    """A memoryview must be one piece of bytes."""
    with pytest.raises(BufferError, match=message):
        matcher.match(view)


@pytest.mark.parametrize(
    ("event", "kind", "path"),
    [
        ('{"a":"' + LONE_SURROGATE + '"}', "lone-surrogate", None),
        ({"a": LONE_SURROGATE}, "lone-surrogate", "a"),
        ({LONE_SURROGATE: 1}, "lone-surrogate", ""),
        pytest.param({"a": LISTS_IN_LISTS}, "too-deep", "", id="512 lists"),
        ({"a": {"b": float("nan")}}, "syntax", "a.b"),
        ({"a": [1, float("inf")]}, "syntax", "a.1"),
        ({"a": {1: 2}}, "syntax", "a"),
        ({"a": {2, 3}}, "syntax", "a"),
        ({"a": b"bytes"}, "syntax", "a"),
    ],
    ids=repr,
)
def test_values_without_json(event: Any, kind: str, path: str | None) -> None:
    """What JSON cannot hold is refused with its path, in events and in patterns."""
    with pytest.raises(InvalidEventError) as event_refused:
        EventPattern({"a": [1]}).matches(event)
    with pytest.raises(InvalidEventPatternError) as pattern_refused:
        EventPattern(event)

    refused = event_refused.value
    assert (kind, path, None) == (refused.kind, refused.path, refused.offset)
    assert (kind, path or "", None) == (
        pattern_refused.value.kind,
        pattern_refused.value.path,
        pattern_refused.value.offset,
    )


MISUSES: dict[str, Callable[[Any], object]] = {
    "a number as name": lambda matcher: matcher.add(1, {"a": [1]}),
    "a list of rules": lambda matcher: matcher.add_many([("name", {"a": [1]})]),
    "a number among the names": lambda matcher: matcher.add_many({1: {"a": [1]}}),
    "removing a number": lambda matcher: matcher.remove(1),
    "explaining a number": lambda matcher: matcher.explain(1, {}),
    "dialect by position": lambda _: EventPattern({"a": [1]}, "aws"),  # type: ignore[call-arg]
}


@pytest.mark.parametrize("misuse", MISUSES.values(), ids=MISUSES.keys())
def test_arguments_of_other_types(matcher: Matcher, misuse: Callable[[Any], object]) -> None:
    """Names are strings, rules a mapping, options keywords."""
    with pytest.raises(TypeError):
        misuse(matcher)

    assert ["one"] == matcher.names()


def test_unknown_dialect() -> None:
    """A dialect that does not exist is a `ValueError` that names the two that do."""
    unknown: Any = "sql"
    message = "^dialect must be 'aws' or 'extended', not \"sql\"$"
    with pytest.raises(ValueError, match=message):
        EventPattern({"a": [1]}, dialect=unknown)
    with pytest.raises(ValueError, match=message):
        Matcher(dialect=unknown)


def test_dialects() -> None:
    """The extended operators need the extended dialect."""
    pattern = {"a": [{"regex": "x+"}]}

    assert ["rule"] == Matcher({"rule": pattern}, dialect="extended").match({"a": "xx"})
    assert EventPattern(pattern, dialect="extended").matches({"a": "xx"})
    with pytest.raises(InvalidEventPatternError, match="extended"):
        EventPattern(pattern)
