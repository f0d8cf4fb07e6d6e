"""Matching several events in one call: from an iterable, or one a line."""

import operator
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rulebus import InvalidEventError, Matcher
from rulebus.types import EventInput

MATCHER = Matcher({"one": {"a": [1]}, "small": {"a": [{"numeric": ["<", 3]}]}})

ONE = b'{"a":1}'
TWO = b'{"a":2}'
NONE = b"{}"

# One thread takes 1,024 events at once or 256 KB of lines, two take 128 or 32 KB each.
MANY = 6000
THREADS = [1, 2, 3, 8]

Match: TypeAlias = Callable[[list[bytes], int], list[tuple[str, ...]]]


def match_many(events: list[bytes], threads: int) -> list[tuple[str, ...]]:
    """Match events as a list."""
    return MATCHER.match_many(events, threads=threads)


def match_lines(events: list[bytes], threads: int) -> list[tuple[str, ...]]:
    """Match events as a text."""
    return MATCHER.match_lines(b"\n".join(events), threads=threads)


BOTH = pytest.mark.parametrize("match", [match_many, match_lines], ids=["many", "lines"])


def events_of_each_kind() -> Iterator[EventInput]:
    """Generate events."""
    yield ONE
    yield "{}"
    yield {"a": 1}


def test_iterables() -> None:
    """`match_many` reads any iterable, of mixed kinds, and of more events than one batch holds."""
    many = [("one", "small"), ("small",)] * MANY

    assert [] == MATCHER.match_many(())
    assert [("one", "small"), (), ("one", "small")] == MATCHER.match_many(events_of_each_kind())
    assert many == MATCHER.match_many({"a": i % 2 + 1} for i in range(2 * MANY))


@pytest.mark.parametrize(
    ("lines", "events"),
    [
        pytest.param(b"", [], id="empty"),
        pytest.param(ONE, [ONE], id="no newline"),
        pytest.param(ONE + b"\n", [ONE], id="a final newline"),
        pytest.param(ONE + b"\n" + TWO, [ONE, TWO], id="no final newline"),
        pytest.param(ONE + b"\r\n" + TWO + b"\r\n", [ONE, TWO], id="carriage returns"),
        pytest.param(b"\n\n" + ONE + b"\n\n" + TWO + b"\n\n", [ONE, TWO], id="empty lines"),
        pytest.param(b" \n\t\r\n" + ONE + b"\n ", [ONE], id="white space lines"),
        pytest.param(b" " + ONE + b"\t\n" + TWO + b" ", [ONE, TWO], id="white space around"),
        pytest.param(b'{"b":"\\n","a":1}', [ONE], id="an escaped newline"),
    ],
)
def test_lines(lines: bytes, events: list[bytes]) -> None:
    """Each line that is not blank is an event."""
    assert [tuple(MATCHER.match(event)) for event in events] == MATCHER.match_lines(lines)


TEXT = '{"a":1,"b":"é"}\n{"a":2}'


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(TEXT, id="str"),
        pytest.param(TEXT.encode(), id="bytes"),
        pytest.param(bytearray(TEXT.encode()), id="bytearray"),
        pytest.param(memoryview(TEXT.encode()), id="memoryview"),
    ],
)
def test_kinds_of_lines(lines: Any) -> None:
    """Lines are text or bytes."""
    assert [("one", "small"), ("small",)] == MATCHER.match_lines(lines)


@BOTH
@pytest.mark.parametrize("threads", [*THREADS, 10_000])
def test_answers_in_order(match: Match, threads: int) -> None:
    """Answers come in the order of the events, whatever the number of threads."""
    events = [ONE, TWO, NONE] * MANY

    assert [("one", "small"), ("small",), ()] * MANY == match(events, threads)


def test_a_list_of_another_kind_is_iterated() -> None:
    """A subclass of `list` says itself what its events are."""

    class Doubled(list[bytes]):
        def __iter__(self) -> Iterator[bytes]:
            return (event for event in list.__iter__(self) for _ in range(2))

    assert [("small",), ("small",)] == MATCHER.match_many(Doubled([TWO]))


def test_answers_are_shared() -> None:
    """Events that the same rule alone matches have the same answer, and so have those without."""
    only, none, again, none_again = MATCHER.match_many([TWO, NONE, TWO, NONE])

    assert ("small",) == only
    assert only is again
    assert () == none
    assert none is none_again


values = st.integers(0, 4) | st.text(max_size=3) | st.lists(st.integers(0, 4), max_size=2)
documents = st.dictionaries(st.sampled_from("ab\n"), values, max_size=2)


@given(st.lists(documents, max_size=20), st.integers(1, 40), st.integers(1, 4))
@settings(deadline=None)
def test_all_forms_agree(documents: list[dict[str, Any]], copies: int, threads: int) -> None:
    """One call for all events, as a list or as lines, answers as one call for each event does."""
    events = [orjson.dumps(document) for document in documents] * copies
    expected = [tuple(MATCHER.match(event)) for event in events]

    assert expected == match_many(events, 1) == match_many(events, threads)
    assert expected == match_lines(events, 1) == match_lines(events, threads)


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("place", [0, 127, 128, 1023, 1024, MANY, 3 * MANY])
def test_the_first_refused_event_is_reported(place: int, threads: int) -> None:
    """The first event that is none is named by its place, however many follow."""
    events = [ONE] * place + [b'{"a" 1}'] + [ONE, b"[]"] * MANY

    with pytest.raises(InvalidEventError, match=rf"^event {place}: .*\(byte 5\)$") as many:
        match_many(events, threads)
    with pytest.raises(InvalidEventError, match=rf"^line {place + 1}: .*\(byte 5\)$") as lines:
        match_lines(events, threads)

    assert ("syntax", 5) == (many.value.kind, many.value.offset)
    assert ("syntax", 5) == (lines.value.kind, lines.value.offset)


@pytest.mark.parametrize(
    ("lines", "message", "kind", "offset"),
    [
        (b'\n \r\n{"a":1}\n{"a":}', r"line 4: .*\(byte 5\)", "syntax", 5),
        (b'{"a":1}\n  {"a":1} x\n', r"line 2: .*\(byte 10\)", "trailing-content", 10),
        (b'{"a":\n1}', r"line 1: .*\(byte 5\)", "syntax", 5),
        (b'{"a":1}\n[]', r"line 2: .*\(byte 0\)", "not-an-object", 0),
        (b'{}\n{"a":"\xff"}', r"line 2: .*\(byte 6\)", "invalid-utf-8", 6),
        (b"{}\n\x0c\n{}", r"line 2: .*\(byte 0\)", "syntax", 0),
        ('{"é":1}\n{"é":1,}', r"line 2: .*\(byte 8\)", "syntax", 8),
        ('{}\n\n{"a":"\ud800"}\n[]\n', "line 3: .*surrogate.*", "lone-surrogate", None),
        ('\ud800\n{"a":"\ud800"}', "line 1: .*surrogate.*", "lone-surrogate", None),
        ('{}\n[]\n{"a":"\ud800"}', r"line 2: .*\(byte 0\)", "not-an-object", 0),
    ],
    ids=ascii,
)
def test_refused_lines(lines: bytes | str, message: str, kind: str, offset: int | None) -> None:
    """The first bad line is named by its number, the place in it by its byte in the line."""
    with pytest.raises(InvalidEventError, match=f"^{message}$") as refused:
        MATCHER.match_lines(lines)

    assert (kind, offset) == (refused.value.kind, refused.value.offset)


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("blank", [b"\n", b" \n", b"\r\n"], ids=ascii)
def test_blank_lines_count(blank: bytes, threads: int) -> None:
    """A bad line is named by its number among all lines, however many blank ones are before it."""
    lines = blank * 300_000 + ONE + b"\n" + blank * 300_000 + b"{"

    with pytest.raises(InvalidEventError, match=r"^line 600002: .*\(byte 1\)$"):
        MATCHER.match_lines(lines, threads=threads)


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("length", [0, 32_700, 32_800, 262_100, 262_200, 600_000])
def test_lines_of_any_length(length: int, threads: int) -> None:
    """Lines that are longer than what a thread takes at once are events as others are."""
    long = b'{"b":"%s","a":1}' % (b"x" * length)
    events = [TWO, long, long, NONE, long]

    assert [("small",), *[("one", "small")] * 2, (), ("one", "small")] == match_lines(
        events, threads
    )


def raising() -> Iterator[bytes]:
    """Generate an event, and fail."""
    yield NONE
    raise LookupError


@pytest.mark.parametrize(
    ("events", "error", "message"),
    [
        pytest.param([*[ONE] * MANY, None], TypeError, f"event {MANY}: an event must", id="type"),
        pytest.param([ONE, "\ud800"], InvalidEventError, "event 1: half of a", id="surrogate"),
        pytest.param([ONE, {"a": {1}}], InvalidEventError, "event 1: ", id="dict"),
        pytest.param([b"", None], InvalidEventError, "event 0: not JSON", id="text before type"),
        pytest.param([None, b""], TypeError, "event 0: an event must", id="type before text"),
        pytest.param(raising(), LookupError, "", id="the iterator fails"),
        pytest.param((b"[]" for _ in raising()), InvalidEventError, "event 0: ", id="before that"),
    ],
)
def test_refused_events(events: Any, error: type[Exception], message: str) -> None:
    """Whatever is wrong first is reported: the text, the type, or the iterator."""
    with pytest.raises(error, match=f"^{message}"):
        MATCHER.match_many(events)


@pytest.mark.parametrize("threads", [0, -1, -(2**40)])
def test_too_few_threads(threads: int) -> None:
    """Fewer threads than one are a `ValueError`, also where there is nothing to match."""
    message = f"^threads must be at least 1, not {threads}$"
    with pytest.raises(ValueError, match=message):
        MATCHER.match_many([], threads=threads)
    with pytest.raises(ValueError, match=message):
        MATCHER.match_lines(b"", threads=threads)


@pytest.mark.parametrize("lines", [None, 1, [ONE], {"a": 1}], ids=repr)
def test_other_types_as_lines(lines: Any) -> None:
    """Another type is a `TypeError` that says what lines may be."""
    message = f"lines must be bytes, bytearray, memoryview or str, not {type(lines).__name__}"
    with pytest.raises(TypeError, match=f"^{message}$"):
        MATCHER.match_lines(lines)


def test_memoryview_that_is_no_text() -> None:
    """A memoryview of lines must be one piece of bytes."""
    with pytest.raises(BufferError, match="not contiguous"):
        MATCHER.match_lines(memoryview(ONE)[::2])


MISUSES: dict[str, Callable[[Any], object]] = {
    "no iterable": lambda matcher: matcher.match_many(None),
    "bytes as an iterable": lambda matcher: matcher.match_many(ONE),
    "threads by position": lambda matcher: matcher.match_many([], 2),
    "threads as text": lambda matcher: matcher.match_lines(b"", threads="2"),
}


@pytest.mark.parametrize("misuse", MISUSES.values(), ids=MISUSES.keys())
def test_arguments_of_other_types(misuse: Callable[[Any], object]) -> None:
    """Events are an iterable of events, the number of threads an integer by keyword."""
    with pytest.raises(TypeError):
        misuse(MATCHER)


def test_events_by_rule() -> None:
    """`match_by_rule` gives each rule that matches its events, in order and as the same objects."""
    events = [TWO, NONE, ONE, bytes(bytearray(TWO))]
    found = MATCHER.match_by_rule(events)

    assert {"small": [TWO, ONE, TWO], "one": [ONE]} == found
    assert all(map(operator.is_, [events[0], events[2], events[3]], found["small"]))
    assert {} == MATCHER.match_by_rule([NONE])
    assert {} == MATCHER.match_by_rule([])


@pytest.mark.parametrize(
    ("events", "error", "message"),
    [
        ([ONE, b"{", b"["], InvalidEventError, "event 1: not JSON"),
        ([ONE, b"{", "{}"], TypeError, "event 2: expected bytes, got str"),
        ((ONE,), TypeError, "list"),
    ],
)
def test_events_by_rule_of_bad_events(events: Any, error: type[Exception], message: str) -> None:
    """The first event that is none is reported; what is not bytes is, before any is read."""
    with pytest.raises(error, match=message):
        MATCHER.match_by_rule(events)


def test_trusted_events_are_checked_on_the_way_alone() -> None:
    """What no rule asks for may be anything in brackets; without trust it is refused."""
    matcher = Matcher({"rule": {"source": ["x"]}})
    event = b'{"detail":[nonsense],"source":"x"}'
    assert ["rule"] == matcher.match(event, trusted=True)
    assert [("rule",)] == matcher.match_many([event], trusted=True)
    assert {"rule": [event]} == matcher.match_by_rule([event], trusted=True)
    assert [("rule",)] * 300 == matcher.match_lines(
        b"\n".join([event] * 300), threads=2, trusted=True
    )
    for refused in (
        lambda: matcher.match(event),
        lambda: matcher.match_many([event]),
        lambda: matcher.match_by_rule([event]),
        lambda: matcher.match_lines(event),
    ):
        with pytest.raises(InvalidEventError):
            refused()
