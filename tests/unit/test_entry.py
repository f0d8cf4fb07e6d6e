"""Entries and the envelopes that are made of them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from rulebus import (
    Entry,
    InvalidArgumentError,
    InvalidEventError,
    Matcher,
    NotAuthorizedForSourceError,
    PutEventsResultEntry,
    RequestTooLargeError,
    RulebusError,
)
from rulebus.entry import EnvelopeWriter

if TYPE_CHECKING:
    from collections.abc import Callable

# 2026-01-02T03:04:05.678Z
RECEIVED = 1767323045.678


def writer(max_request_bytes: int | None = 1_048_576) -> EnvelopeWriter:
    """Return a writer whose clock stands still."""
    return EnvelopeWriter("123456789012", "us-east-1", max_request_bytes, lambda: RECEIVED)


def write(**members: Any) -> bytes:
    """Return the envelope of an entry without the 36 characters of its id."""
    given = {
        "source": "shop.orders",
        "detail_type": "OrderPlaced",
        "detail": {},
        "resources": (),
        "time": None,
    } | members
    event_id, raw = writer().write(**given)
    assert 36 == len(event_id)
    return raw.replace(event_id.encode(), b"")


def envelope(detail: bytes = b"{}", time: str = "2026-01-02T03:04:05Z") -> bytes:
    """Return the envelope as it must be, without its id."""
    return (
        b'{"version":"0","id":"","detail-type":"OrderPlaced","source":"shop.orders",'
        b'"account":"123456789012","time":"' + time.encode() + b'","region":"us-east-1",'
        b'"resources":[],"detail":' + detail + b"}"
    )


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        (b'{"k":"\xc3\xa9"}', {"k": "é"}),
        (b"{}", {}),
        (b' { "k" : 1e2 }\n', ' { "k" : 1e2 }\n'),
        (b'{"k":1,"k":2}', b'{"k":1,"k":2}'),
        (b'{"k":"\xc3\xa9"}', '{"k":"é"}'),
    ],
)
def test_detail(text: bytes, detail: dict[str, Any] | str | bytes) -> None:
    """A dict is written compactly; text and bytes are embedded as they are."""
    assert envelope(detail=text) == write(detail=detail)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-01-02T03:04:05Z", None),
        ("1999-12-31T23:59:59Z", datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)),
        ("1999-12-31T22:30:00Z", datetime(2000, 1, 1, tzinfo=timezone(timedelta(minutes=90)))),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_time(text: str, time: datetime | None) -> None:
    """The time is in UTC and whole seconds; without one, it is the time of receipt."""
    assert envelope(time=text) == write(time=time)


def test_texts_are_escaped() -> None:
    """Quotes in a member cannot end it."""
    raw = write(source='a","detail":{"x":1},"y":"', detail_type="\\\n", resources=['"', "é"])

    assert b'"source":"a\\",\\"detail\\":{\\"x\\":1},\\"y\\":\\""' in raw
    assert b'"detail-type":"\\\\\\n"' in raw
    assert '"resources":["\\"","é"]'.encode() in raw


@pytest.mark.parametrize(
    "detail",
    [
        "{'bad': 1}",
        '{"cut": ',
        '"text"',
        "[]",
        '"{\\"json\\": \\"in a string\\"}"',
        "1",
        "true",
        "null",
        " ",
        '{"a":1},"source":"forged"',
        '{"a":1}{"b":2}',
        '{"a":NaN}',
        b"\xff",
        b'{"a":"\xff"}',
        '{"a":"\\ud800"}',
        '{"a":"\ud800"}',
        {"a": float("nan")},
        {"a": object()},
        [1],
        7,
    ],
)
def test_malformed_detail(detail: Any) -> None:
    """A detail that is not exactly one JSON object is refused."""
    with pytest.raises(InvalidEventError) as caught:
        write(detail=detail)

    assert "MalformedDetail" == caught.value.code


@pytest.mark.parametrize(
    ("message", "members"),
    [
        ("Parameter Source is not valid. Reason: Source is a required argument.", {"source": ""}),
        ("Parameter Source is not valid. Reason: Source is a required argument.", {"source": None}),
        (
            "Parameter DetailType is not valid. Reason: DetailType is a required argument.",
            {"detail_type": ""},
        ),
        ("Parameter Detail is not valid. Reason: Detail is a required argument.", {"detail": ""}),
        ("Parameter Detail is not valid. Reason: Detail is a required argument.", {"detail": None}),
        ("Parameter Source is not valid. Reason: Source must be a string, not int.", {"source": 1}),
        (
            "Parameter Source is not valid. Reason: Source holds a lone surrogate.",
            {"source": "\udcff"},
        ),
        (
            (
                "Parameter Resources is not valid. "
                "Reason: Resources must be a list of strings, not str."
            ),
            {"resources": "arn"},
        ),
        (
            "Parameter Resources is not valid. Reason: Resources must be a string, not int.",
            {"resources": [1]},
        ),
        (
            "Parameter Time is not valid. Reason: Time must have a time zone.",
            {"time": datetime(2026, 1, 2)},  # noqa: DTZ001  what is refused
        ),
        (
            "Parameter Time is not valid. Reason: Time must be a datetime, not str.",
            {"time": "2026-01-02"},
        ),
        (
            "Parameter Time is not valid. Reason: Time must be in the years 1 to 9999 of UTC.",
            {"time": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1)))},
        ),
        (
            (
                "Parameter Resources is not valid. "
                "Reason: Resources must be a list of strings, not int."
            ),
            {"resources": 7},
        ),
    ],
)
def test_invalid_argument(message: str, members: dict[str, Any]) -> None:
    """A member that is missing or of the wrong type is refused in EventBridge's words."""
    with pytest.raises(InvalidArgumentError) as caught:
        write(**members)

    assert message == str(caught.value)
    assert "InvalidArgument" == caught.value.code


def test_source_of_aws() -> None:
    """A source that begins with `aws.` is AWS's."""
    with pytest.raises(NotAuthorizedForSourceError) as caught:
        write(source="aws.s3")

    assert "NotAuthorizedForSourceException" == caught.value.code


def test_entries_fail_alone() -> None:
    """The results are in the order of the entries, and a bad one does not harm its neighbours."""
    good = Entry(source="s", detail_type="t", detail={})
    unsourced = Entry(source="", detail_type="t", detail={})
    malformed = Entry(source="s", detail_type="t", detail="{")

    raws, results = writer().write_all([good, unsourced, malformed, good])

    assert 2 == len(raws)
    assert [True, False, False, True] == [result.event_id is not None for result in results]
    assert (
        PutEventsResultEntry(
            error_code="InvalidArgument",
            error_message="Parameter Source is not valid. Reason: Source is a required argument.",
            reason="Parameter Source is not valid. Reason: Source is a required argument.",
        )
        == results[1]
    )
    assert ("MalformedDetail", "Detail is malformed.") == results[2][1:3]
    assert results[2].reason != results[2].error_message


@pytest.mark.parametrize("make", [json.loads, str, str.encode], ids=["dict", "str", "bytes"])
def test_details_have_one_level_less_than_events(make: Callable[[str], Any]) -> None:
    """An event has 512 levels at most, and the envelope is the first of them."""
    deepest, too_deep = ('{"a":' * levels + "0" + "}" * levels for levels in (511, 512))
    entries = [Entry(source="s", detail_type="t", detail=make(d)) for d in (deepest, too_deep)]
    raws, results = writer().write_all(entries)

    assert [] == Matcher().match(raws[0])
    assert [None, "MalformedDetail"] == [result.error_code for result in results]
    assert "nested deeper than 512 levels" in str(results[1].reason)


def test_ids_are_uuids_of_version_4() -> None:
    """Event ids have the form of a random UUID, and differ."""
    entries = [Entry(source="s", detail_type="t", detail={})] * 1_000
    ids = [str(result.event_id) for result in writer().write_all(entries)[1]]
    form = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")

    assert 1_000 == len(set(ids))
    assert [] == [text for text in ids if not form.fullmatch(text)]
    assert set("89ab") == {text[19] for text in ids}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")
def test_forked_processes_have_ids_of_their_own() -> None:
    """Parent and child do not go on with the same random bytes."""
    program = """if True:
        import os, time
        from rulebus.entry import EnvelopeWriter

        writer = EnvelopeWriter("1", "r", None, time.time)
        write = lambda: writer.write("s", "t", {}, (), None)[0]
        write()
        child = os.fork()
        os.write(1, f"{write()}\\n".encode())
        if child:
            os.waitpid(child, 0)
    """

    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )

    assert 2 == len(set(printed.stdout.split()))


@pytest.mark.parametrize(
    ("size", "entry"),
    [
        (4, Entry(source="s", detail_type="t", detail={})),
        (18, Entry(source="s", detail_type="t", detail={}, time=datetime.now(UTC))),
        (9, Entry(source="é", detail_type="t", detail=" {}", resources=["é", "a"])),
        (10, Entry(source="s", detail_type="t", detail=b'{"a":1} ')),
    ],
)
def test_size(size: int, entry: Entry) -> None:
    """An entry counts for the UTF-8 bytes of its members, and 14 if it has a time."""
    assert size == entry.size()


@pytest.mark.parametrize("time", [None, datetime.now(UTC)])
def test_request_size_must_be_below_the_limit(time: datetime | None) -> None:
    """One byte less than the limit is published; the limit is not."""
    entries = [Entry(source='"', detail_type="é" * 400, detail={"a": 1}, time=time)] * 3
    size = sum(entry.size() for entry in entries)

    assert 3 == len(writer(size + 1).write_all(entries)[0])
    with pytest.raises(RequestTooLargeError) as caught:
        writer(size).write_all(entries)
    assert (size, size) == (caught.value.size, caught.value.limit)


def test_size_of_a_single_event() -> None:
    """The limit holds for one event alone, too."""
    with pytest.raises(RequestTooLargeError, match=r"over the limit\. Reason: 1,048,576 bytes"):
        write(detail="{" + " " * 1_048_555 + "}", detail_type="t" * 8)


def test_no_limit() -> None:
    """Without a limit the size does not matter."""
    entry = Entry(source="s", detail_type="t", detail={"a": "x" * 2_000_000})

    assert 1 == len(writer(None).write_all([entry])[0])


def test_failed_entries_do_not_count() -> None:
    """Only what would be published counts towards the limit."""
    small = Entry(source="s", detail_type="t", detail={})
    large = Entry(source="", detail_type="t", detail={"a": "x" * 1_000})

    raws, results = writer(400).write_all([small, large])

    assert (1, 2) == (len(raws), len(results))


@pytest.mark.parametrize("now", [1e12, -1e12, float("inf"), float("nan")])
def test_clock_out_of_range(now: float) -> None:
    """A clock that shows a year beyond 9999, before 1, or none at all is an error."""
    broken = EnvelopeWriter("1", "r", None, lambda: now)

    with pytest.raises(OverflowError, match="expected the years 1 to 9999"):
        broken.write("s", "t", {}, (), None)


def test_faults_of_the_caller_are_raised() -> None:
    """What is no fault of an entry ends the call, and not just the entry."""
    entries: list[Any] = [Entry(source="s", detail_type="t", detail={}), "no entry"]

    with pytest.raises(TypeError, match=r"entry 1: expected a rulebus\.Entry, got str"):
        writer().write_all(entries)


def test_errors_have_one_base() -> None:
    """Whatever is wrong with an entry is a `RulebusError`."""
    kinds = {InvalidArgumentError, InvalidEventError, NotAuthorizedForSourceError}

    assert kinds <= set(RulebusError.__subclasses__())
