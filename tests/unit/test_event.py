"""The event as handlers see it."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from rulebus import Event, InvalidEventError
from rulebus.event import check_envelope

if TYPE_CHECKING:
    from collections.abc import Callable

ENVELOPE: dict[str, Any] = {
    "version": "0",
    "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
    "detail-type": "OrderPlaced",
    "source": "shop.orders",
    "account": "123456789012",
    "time": "2026-01-02T03:04:05Z",
    "region": "us-east-1",
    "resources": ["arn:aws:sns:us-east-1:123456789012:orders"],
    "detail": {"id": 7, "total": 19.9},
}


def event(**changes: object) -> Event:
    """Return the event above with some members changed."""
    return Event(orjson.dumps(ENVELOPE | {n.replace("_", "-"): v for n, v in changes.items()}))


def pickled(it: Event) -> Event:
    """Return an event that went through pickle."""
    copied: Event = pickle.loads(pickle.dumps(it))  # noqa: S301  it was made here
    return copied


def test_members() -> None:
    """Every member of the envelope is an attribute of its Python type."""
    it = event()

    assert "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa" == it.id
    assert "shop.orders" == it.source
    assert "OrderPlaced" == it.detail_type
    assert "123456789012" == it.account
    assert "us-east-1" == it.region
    assert datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC) == it.time
    assert ("arn:aws:sns:us-east-1:123456789012:orders",) == it.resources
    assert {"id": 7, "total": 19.9} == it.detail


def test_raw_is_kept() -> None:
    """The bytes are the ones that were given."""
    raw = b' {"id": "1"}\n'

    assert raw is Event(raw).raw


def test_detail_and_resources_may_be_missing() -> None:
    """An event without resources and detail has none, as an empty tuple and an empty dict."""
    it = Event(b'{"id":"1"}')

    assert () == it.resources
    assert {} == it.detail


def test_to_dict_is_a_copy() -> None:
    """A change to the dict does not show in the event."""
    it = event()
    it.to_dict()["detail"]["id"] = 8

    assert ENVELOPE == it.to_dict()
    assert 7 == it.detail["id"]


def test_detail_belongs_to_the_view() -> None:
    """Two views over the same bytes do not share their detail."""
    first, second = event(), event()
    first.detail["id"] = 8

    assert 7 == second.detail["id"]
    assert 8 == first.detail["id"]


@pytest.mark.parametrize("name", ["id", "raw", "detail", "anything"])
def test_immutable(name: str) -> None:
    """No attribute can be set."""
    with pytest.raises(AttributeError):
        setattr(event(), name, None)


def test_equality() -> None:
    """Events are equal, and hash the same, when their bytes are equal."""
    assert event() == event()
    assert hash(event()) == hash(event())
    assert event() != event(source="other")
    assert event() != event().raw


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickled])
def test_copies(copied: Callable[[Event], Event]) -> None:
    """A copy has the same bytes and the same input."""
    it = Event(b'{"id":"1"}', b"7")

    assert it == copied(it)
    assert b"7" == copied(it).input


def test_an_event_in_its_own_detail_is_no_leak() -> None:
    """What refers to itself is found by the garbage collector."""
    it, marker = event(), set[int]()
    it.detail.update(event=it, marker=marker)
    kept = weakref.ref(marker)
    del it, marker
    gc.collect()

    assert kept() is None


def test_repr_shows_the_bytes_and_not_too_many() -> None:
    """The repr tells events apart and stays short."""
    assert 'Event(b\'{"id":"1"}\')' == repr(Event(b'{"id":"1"}'))
    assert len(repr(event(detail={"text": "x" * 10_000}))) < 400


def test_exact_integers() -> None:
    """An integer of any size is exact."""
    assert 2**64 == Event(b'{"detail":{"n":18446744073709551616}}').detail["n"]


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("id", {"id": 1}),
        ("detail-type", {"detail_type": None}),
        ("source", {"source": ["a"]}),
        ("time", {"time": "yesterday"}),
        ("time", {"time": "2026-01-02T03:04:05"}),
        ("resources", {"resources": "arn"}),
        ("detail", {"detail": "text"}),
    ],
)
def test_member_of_the_wrong_type(name: str, changes: dict[str, object]) -> None:
    """A member of the wrong type is an error when it is read, and names the member."""
    with pytest.raises(InvalidEventError) as caught:
        getattr(event(**changes), name.replace("-", "_"))

    assert ("envelope", name) == (caught.value.kind, caught.value.path)


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"1", b"\xff"])
def test_not_an_object(raw: bytes) -> None:
    """Bytes that are no JSON object are an error when a member is read."""
    with pytest.raises(InvalidEventError):
        _ = Event(raw).id


def test_check_envelope_takes_what_has_the_six_members() -> None:
    """Neither resources nor detail nor version have to be there."""
    required = ("id", "detail-type", "source", "account", "time", "region")

    check_envelope(orjson.dumps({name: ENVELOPE[name] for name in required}))


@pytest.mark.parametrize("name", ["id", "detail-type", "source", "account", "time", "region"])
def test_check_envelope_names_what_is_missing(name: str) -> None:
    """A member that is not there, or holds no value, is named."""
    for members in ({n: v for n, v in ENVELOPE.items() if n != name}, ENVELOPE | {name: {}}):
        with pytest.raises(InvalidEventError) as caught:
            check_envelope(orjson.dumps(members))
        assert ("envelope", name) == (caught.value.kind, caught.value.path)


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'{"id":"1"} x', b"\xff", b'{"id":NaN}'])
def test_check_envelope_reads_json_strictly(raw: bytes) -> None:
    """What is not one JSON object is refused."""
    with pytest.raises(InvalidEventError):
        check_envelope(raw)
