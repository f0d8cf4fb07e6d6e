"""How the compiled classes report a refused pattern or event."""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from rulebus import (
    EventPattern,
    InvalidEventError,
    InvalidEventPatternError,
    Matcher,
    RulebusError,
)


def test_pattern_error() -> None:
    """A refused pattern carries the kind, the path and the byte, and says all of them."""
    with pytest.raises(InvalidEventPatternError) as refused:
        EventPattern('{"detail": {"state": "on"}}')

    error = refused.value
    assert ("bad-field", "detail.state", 21) == (error.kind, error.path, error.offset)
    assert 'at "detail.state" (byte 21)' in str(error)
    assert "InvalidEventPatternException" == error.code
    assert isinstance(error, RulebusError)
    assert isinstance(error, ValueError)


def test_pattern_error_of_a_dict() -> None:
    """For a dict the place is the path alone."""
    with pytest.raises(InvalidEventPatternError) as refused:
        EventPattern({"detail": {"state": "on"}})

    error = refused.value
    assert ("bad-field", "detail.state", None) == (error.kind, error.path, error.offset)
    assert str(error).endswith('at "detail.state"')


def test_event_error() -> None:
    """A refused event carries the kind and the byte, and says both."""
    with pytest.raises(InvalidEventError) as refused:
        EventPattern({"a": [1]}).matches(b'{"a" 1}')

    error = refused.value
    assert ("syntax", None, 5) == (error.kind, error.path, error.offset)
    assert str(error).endswith("(byte 5)")


def test_event_error_counts_bytes() -> None:
    """The place in a string is counted in the bytes of its UTF-8 form."""
    with pytest.raises(InvalidEventError) as refused:
        EventPattern({"a": [1]}).matches('{"é":1,}')

    assert 8 == refused.value.offset


def test_pattern_error_among_many() -> None:
    """A refused rule set says which rule is bad, and its path and byte in that rule's pattern."""
    with pytest.raises(
        InvalidEventPatternError, match=r'^rule "b": .*at "x" \(byte 5\)$'
    ) as refused:
        Matcher({"a": {"x": [1]}, "b": '{"x":1}'})

    assert ("bad-field", "x", 5) == (refused.value.kind, refused.value.path, refused.value.offset)


NESTED = b'{"a":' * 10_000 + b"1" + b"}" * 10_000
HUGE = b'{"a":"' + b"x" * 100_000_000 + b'"}'

# The spelling, the kind for an event (None: a good event), the kind for a pattern.
BAD: dict[str, tuple[bytes, str | None, str]] = {
    "empty": (b"", "syntax", "syntax"),
    "white space": (b" \n", "syntax", "syntax"),
    "truncated": (b'{"a":[1', "syntax", "syntax"),
    "truncated in a string": (b'{"a":["x', "syntax", "syntax"),
    "truncated in an escape": (b'{"a":["\\u00', "syntax", "syntax"),
    "single quotes": (b"{'a':[1]}", "syntax", "syntax"),
    "comment": (b'{"a":[1]/**/}', "syntax", "syntax"),
    "trailing comma": (b'{"a":[1],}', "syntax", "syntax"),
    "NaN": (b'{"a":[NaN]}', "syntax", "syntax"),
    "Infinity": (b'{"a":[-Infinity]}', "syntax", "syntax"),
    "leading zero": (b'{"a":[01]}', "syntax", "syntax"),
    "control character": (b'{"a":["\x01"]}', "syntax", "syntax"),
    "byte order mark": (b'\xef\xbb\xbf{"a":[1]}', "syntax", "syntax"),
    "trailing bytes": (b'{"a":[1]}x', "trailing-content", "trailing-content"),
    "two objects": (b'{"a":[1]}{}', "trailing-content", "trailing-content"),
    "no object": (b"[1]", "not-an-object", "not-an-object"),
    "invalid UTF-8": (b'{"a":["\xff"]}', "invalid-utf-8", "invalid-utf-8"),
    "overlong UTF-8": (b'{"a":["\xc0\xaf"]}', "invalid-utf-8", "invalid-utf-8"),
    "truncated UTF-8": (b'{"a":["\xe2\x82"]}', "invalid-utf-8", "invalid-utf-8"),
    "surrogate in UTF-8": (b'{"a":["\xed\xa0\x80"]}', "invalid-utf-8", "invalid-utf-8"),
    "lone surrogate": (b'{"a":["\\ud800"]}', "lone-surrogate", "lone-surrogate"),
    "nested 10,000 levels": (NESTED, "too-deep", "too-deep"),
    "nested 10,000 levels, never closed": (NESTED[:50_000], "too-deep", "too-deep"),
    "arrays of 10,000 levels": (b'{"a":' + b"[" * 10_000, "too-deep", "too-deep"),
    "duplicate names": (b'{"a":[1],"a":[1]}', None, "duplicate-name"),
    "100 MB": (HUGE, None, "bad-field"),
    "100 MB, truncated": (HUGE[:-2], "syntax", "syntax"),
    "100 MB of white space": (b" " * 100_000_000, "syntax", "syntax"),
}


class Verdict(NamedTuple):
    """The kind of a refusal, or None, and whether its place lies in the text."""

    kind: str | None
    placed: bool = True


def verdict(ask: Callable[[bytes], object], text: bytes) -> Verdict:
    """Return what asking gives."""
    try:
        ask(text)
    except (InvalidEventError, InvalidEventPatternError) as refused:
        return Verdict(refused.kind, placed=refused.offset in range(len(text) + 1))
    return Verdict(None)


@pytest.mark.parametrize(("text", "event", "pattern"), BAD.values(), ids=BAD.keys())
def test_bad_text(text: bytes, event: str | None, pattern: str) -> None:
    """Bad text is refused with its kind and a place, whether a rule asks for the field or not."""
    asks = (
        EventPattern({"a": [1]}).matches,
        EventPattern({"z": [1]}).matches,
        EventPattern({"a": [1]}).explain,
        Matcher({"deep": {"a": {"a": {"a": [1]}}}}).match,
        Matcher().match,
    )

    assert [Verdict(event)] * len(asks) == [verdict(ask, text) for ask in asks]
    assert Verdict(pattern) == verdict(EventPattern, text)


def test_every_truncation() -> None:
    """An event that ends early is refused wherever it ends."""
    event = b'{"a":[1,{"b":"x\\u00e9","c":null}],"d":-1.5e3,"e":true} '
    end = len(event) - 1
    pattern = EventPattern({"a": {"b": ["x"]}})

    verdicts = [verdict(pattern.matches, event[:length]) for length in range(len(event) + 1)]

    assert [Verdict("syntax")] * end + [Verdict(None)] * 2 == verdicts
