"""The matcher takes as JSON what orjson takes, wherever the specification agrees with orjson."""

import json
import re
from typing import Any

import orjson
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rulebus import InvalidEventError, Matcher

# Rules that make the scanner read some members, step into some, and skip the rest.
MATCHER = Matcher(
    {
        "scalars": {"a": [1, "x", None], "b": [{"prefix": "x"}], "c": [{"numeric": [">", 0]}]},
        "nested": {"a": {"a": {"b": [{"exists": True}]}, "c": [True]}},
        "ends": {"b": [{"suffix": "\u00e9"}], "c": [{"wildcard": "*\U0001f600*"}]},
    }
)

# orjson refuses numbers that do not fit a float; the specification has no limit.
BEYOND_FLOAT = re.compile(rb"[0-9]{300}|[eE][+-]?[0-9]{3}")

names = st.sampled_from(["a", "b", "c", "d", "", "a.b", "\u00e9", '"'])
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["x", "\u00e9", "\U0001f600", "\\", "\x7f"])
)
documents = st.dictionaries(
    names,
    st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
        max_leaves=12,
    ),
    max_size=5,
)
fragments = st.sampled_from(
    [
        *(bytes([byte]) for byte in b'"\\{}[]:,.-+eE01 \t\r\n\x00\x1f\x7f/u'),
        *(
            b"true",
            b"nul",
            b"NaN",
            b"-0",
            b"01",
            b"1.",
            b"1e5",
            b"//",
            b'"a":1',
            b",,",
            b"\xef\xbb\xbf",
        ),
        *(rb"\u", rb"\u0061", rb"\ud83d\ude00", rb"\ud800", rb"\udc00", rb"\x", rb"\/"),
        *(
            b"\x80",
            b"\xc3\xa9",
            b"\xc3",
            b"\xc0\xaf",
            b"\xed\xa0\x80",
            b"\xf0\x9f\x98\x80",
            b"\xf5",
        ),
    ]
)


@st.composite
def damaged_documents(draw: st.DrawFn) -> bytes:
    """Draw the text of a document in which a few pieces are cut out and fragments put in."""
    document = draw(documents)
    layout: dict[str, Any] = draw(
        st.sampled_from([{}, {"ensure_ascii": False}, {"indent": 1}, {"separators": (",", ":")}])
    )
    text = json.dumps(document, **layout).encode(errors="surrogatepass")
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 3)))
        text = text[:start] + draw(fragments | st.just(b"")) + text[end:]
    return text


def orjson_takes(text: bytes) -> bool:
    """Tell whether orjson reads the text, and as an object."""
    try:
        return isinstance(orjson.loads(text), dict)
    except orjson.JSONDecodeError:
        return False


def matcher_takes(text: bytes) -> bool:
    """Tell whether the matcher takes the text as an event."""
    try:
        MATCHER.match(text)
    except InvalidEventError:
        return False
    return True


@given(damaged_documents())
@settings(max_examples=1500, deadline=None)
@example(b'{"a":"\\ud83d\\ude00"}')
@example(b'{"d":"\\ud83d"}')
@example(b'{"a":-0}')
@example(b'{"a":-}')
@example(b'{"d":[1,]}')
@example(b'{"a":1}\x00')
def test_matcher_takes_what_orjson_takes(text: bytes) -> None:
    """A text is taken or refused by both, in members that rules ask for and in others."""
    if not BEYOND_FLOAT.search(text):
        assert orjson_takes(text) == matcher_takes(text)


def test_numbers_beyond_float() -> None:
    """A number that no float can hold is a number of an event."""
    assert matcher_takes(b'{"a":1e400,"d":-1e999999999999}')
    assert not orjson_takes(b'{"a":1e400}')
