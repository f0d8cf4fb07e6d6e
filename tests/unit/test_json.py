"""Python values to JSON text and back."""

from __future__ import annotations

import enum
import json
import math
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulebus import _json


class Colour(enum.Enum):
    """A member whose value is JSON."""

    RED = "red"


class Measure(enum.Enum):
    """A member whose value is not JSON."""

    MISSING = math.nan


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=20,
)


NOW = datetime.now(UTC)


def nested(levels: int) -> list[object]:
    """Return arrays in arrays."""
    value: list[object] = []
    for _ in range(levels - 1):
        value = [value]
    return value


@given(VALUES)
def test_round_trip(value: object) -> None:
    """What is encoded decodes to an equal value, integers of any size included."""
    assert value == _json.decode(_json.encode(value))


@given(VALUES)
def test_text_is_json(value: object) -> None:
    """The standard library reads the same value from the text."""
    assert value == json.loads(_json.encode(value))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param(b'{"a":1,"b":[null,true,"\xc3\xa9"]}', {"a": 1, "b": [None, True, "é"]}),
        pytest.param(b"18446744073709551616", 2**64, id="over 64 bits"),
        pytest.param(b"-123456789012345678901234567890", -123456789012345678901234567890),
        pytest.param(
            b'["00000000-0000-0000-0000-000000000001","red"]',
            [UUID(int=1), Colour.RED],
            id="uuid and enum",
        ),
        pytest.param(
            b'[18446744073709551616,"00000000-0000-0000-0000-000000000001","red"]',
            [2**64, UUID(int=1), Colour.RED],
            id="uuid and enum beside a long integer",
        ),
        pytest.param(b"[1,2]", (1, 2), id="tuple"),
        pytest.param(b"[" * 400 + b"]" * 400, nested(400), id="deeper than orjson goes"),
        pytest.param(b"[" * 512 + b"]" * 512, nested(512), id="as deep as an event"),
    ],
)
def test_encode(text: bytes, value: object) -> None:
    """A value has one compact text."""
    assert text == _json.encode(value)


@pytest.mark.parametrize(
    ("path", "reason", "kind", "value"),
    [
        ("a.1", "nan has no JSON form", "syntax", {"a": [1, math.nan]}),
        ("a", "nan has no JSON form", "syntax", {"a": Measure.MISSING, "b": None}),
        ("", "inf has no JSON form", "syntax", math.inf),
        ("a", "-inf has no JSON form", "syntax", {"a": -math.inf, "b": 2**70}),
        (
            "a",
            "a member name must be a string, not a value of type int: 1",
            "syntax",
            {"a": {1: 2}},
        ),
        ("a.b", "a value of type datetime has no JSON form", "syntax", {"a": {"b": NOW}}),
        ("a", "a value of type set has no JSON form", "syntax", {"a": {1, 2}}),
        ("a", "a value of type bytes has no JSON form", "syntax", {"a": b"text"}),
        ("a.b", "a string holds a lone surrogate", "lone-surrogate", {"a": {"b": "\ud800"}}),
        ("a", "a string holds a lone surrogate", "lone-surrogate", {"a": {"\ud800": 1}}),
        ("a", "an integer with that many digits has no JSON form", "syntax", {"a": 10**5_000}),
        ("", "objects and arrays are nested over 512 levels", "too-deep", nested(513)),
    ],
)
def test_encode_error(path: str, reason: str, kind: str, value: object) -> None:
    """What JSON does not have is an error that says where it is and what is wrong."""
    with pytest.raises(_json.EncodeError) as caught:
        _json.encode(value)

    assert (path, reason, kind) == (caught.value.path, caught.value.reason, caught.value.kind)
    assert (f"{path}: {reason}" if path else reason) == str(caught.value)


def test_encode_circle() -> None:
    """A value that holds itself is an error, not a hang."""
    circle: dict[str, object] = {}
    circle["again"] = circle

    with pytest.raises(_json.EncodeError, match="nested over 512 levels"):
        _json.encode(circle)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (123456789012345678901234567890, b"123456789012345678901234567890"),
        (math.inf, b"1e400"),
        (
            [18446744073709551616, -9223372036854775809],
            b"[18446744073709551616,-9223372036854775809]",
        ),
        ("12345678901234567890123", b'"12345678901234567890123"'),
    ],
)
def test_decode_numbers(value: object, text: bytes) -> None:
    """Numbers that orjson rounds or refuses are read as the standard library reads them."""
    assert value == _json.decode(text)
