"""Publishing: what put_event, put_events and put_raw_events take, answer and deliver."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import anyio
import orjson
import pytest

from rulebus import (
    Entry,
    Event,
    EventBus,
    InvalidArgumentError,
    InvalidEventError,
    RequestTooLargeError,
    RulebusError,
    SubscriptionFullError,
)
from rulebus.testing import FakeClock

if TYPE_CHECKING:
    from rulebus.policy import Overflow

pytestmark = pytest.mark.anyio

# 2026-01-02T03:04:05.678Z
NOW = 1767323045.678

RAW: dict[str, Any] = {
    "id": "1",
    "detail-type": "OrderPlaced",
    "source": "shop",
    "account": "123456789012",
    "time": "2026-01-02T03:04:05Z",
    "region": "us-east-1",
}


class Recording:
    """A bus with one rule, and the events that it has delivered."""

    def __init__(self, **settings: Any) -> None:
        self.bus = EventBus("test", clock=FakeClock(NOW), **settings)
        self.events: list[Event] = []

        @self.bus.rule({"source": ["shop"]})
        async def record(event: Event) -> None:
            self.events.append(event)

    async def delivered(self) -> list[Event]:
        """Return the events after all of them were delivered."""
        await self.bus.drain()
        return self.events


async def test_what_is_no_entry_is_named() -> None:
    """An entry of another type is refused with its place and type, and nothing is published."""
    shop = Recording()
    entry = Entry(source="shop", detail_type="OrderPlaced", detail={})
    async with shop.bus as bus:
        with pytest.raises(TypeError, match=r"^entry 1: expected a rulebus\.Entry, got dict$"):
            await bus.put_events([entry, {"Source": "shop"}])  # type: ignore[list-item]
        assert [] == await shop.delivered()


async def test_put_event_delivers_the_envelope() -> None:
    """The handler gets the envelope that EventBridge would deliver, byte for byte."""
    shop = Recording(account="123456789012", region="eu-west-1")
    async with shop.bus as bus:
        event_id = await bus.put_event(
            source="shop",
            detail_type="OrderPlaced",
            detail={"k": "é"},
            resources=["arn:aws:s3:::b"],
            time=datetime(2025, 6, 7, 8, 9, 10, 999_999, tzinfo=UTC),
        )
        [event] = await shop.delivered()

    assert (
        f'{{"version":"0","id":"{event_id}","detail-type":"OrderPlaced","source":"shop",'
        '"account":"123456789012","time":"2025-06-07T08:09:10Z","region":"eu-west-1",'
        '"resources":["arn:aws:s3:::b"],"detail":{"k":"é"}}'
    ).encode() == event.raw
    assert event_id == event.id


async def test_time_of_receipt() -> None:
    """An entry without a time gets the clock's, in whole seconds."""
    shop = Recording()
    async with shop.bus as bus:
        await bus.put_event(source="shop", detail_type="t", detail={})
        [event] = await shop.delivered()

    assert datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC) == event.time


@pytest.mark.parametrize("detail", [{"a": 1}, '{"a":1}', b'{"a":1}'], ids=["dict", "text", "bytes"])
async def test_forms_of_detail(detail: dict[str, Any] | str | bytes) -> None:
    """A detail may be a dict, JSON text or bytes."""
    shop = Recording()
    async with shop.bus as bus:
        await bus.put_event(source="shop", detail_type="t", detail=detail)
        [event] = await shop.delivered()

    assert {"a": 1} == event.detail


async def test_detail_text_is_delivered_as_it_is() -> None:
    """White space, spelling of numbers and duplicate members of a text stay."""
    text = ' { "n" : 1.0e2, "n": 1.00 }'
    shop = Recording()
    async with shop.bus as bus:
        await bus.put_event(source="shop", detail_type="t", detail=text)
        [event] = await shop.delivered()

    assert f'"detail":{text}}}'.encode() == event.raw[-len(text) - 10 :]


@pytest.mark.parametrize(
    ("error", "members"),
    [
        (InvalidArgumentError, {"source": ""}),
        (InvalidEventError, {"detail": "[]"}),
        (InvalidEventError, {"detail": '{},"source":"forged"'}),
        (InvalidEventError, {"detail": "{" + '"a":{' * 511 + "}" * 512}),
        (RequestTooLargeError, {"detail": {"a": "x" * 1_048_576}}),
    ],
)
async def test_put_event_refuses(error: type[RulebusError], members: dict[str, Any]) -> None:
    """An event that cannot be published raises, and is not delivered or counted."""
    shop = Recording()
    async with shop.bus as bus:
        with pytest.raises(error):
            await bus.put_event(**{"source": "shop", "detail_type": "t", "detail": {}} | members)
        assert [] == await shop.delivered()
        assert 0 == bus.statistics().published


async def test_put_events_answers_in_order() -> None:
    """Each entry has its result at its index: an id, or a code and EventBridge's text."""
    shop = Recording()
    async with shop.bus as bus:
        result = await bus.put_events(
            [
                Entry(source="shop", detail_type="t", detail={"n": 0}),
                Entry(source="shop", detail_type="", detail={"n": 1}),
                Entry(source="shop", detail_type="t", detail="{'bad': 1}"),
                Entry(source="aws.s3", detail_type="t", detail={"n": 3}),
                Entry(source="shop", detail_type="t", detail="{" + '"a":{' * 511 + "}" * 512),
                Entry(source="shop", detail_type="t", detail={"n": 5}),
            ]
        )
        events = await shop.delivered()

    assert 4 == result.failed_entry_count
    assert [
        None,
        "InvalidArgument",
        "MalformedDetail",
        "NotAuthorizedForSourceException",
        "MalformedDetail",
        None,
    ] == [entry.error_code for entry in result.entries]
    assert "Detail is malformed." == result.entries[2].error_message
    assert [event.id for event in events] == [
        entry.event_id for entry in result.entries if entry.event_id
    ]
    assert [0, 5] == [event.detail["n"] for event in events]


def spelled(names: list[str], array: list[Any]) -> dict[str, Any]:
    """Return an object that leads to an array by all ways to spell a path."""
    ways = {".".join(names[:at]): spelled(names[at:], array) for at in range(1, len(names))}
    return {".".join(names): array, **ways}


async def test_entries_that_are_too_ambiguous_fail_alone() -> None:
    """What cannot be decided for a rule is not published; the other entries are."""
    members = [f"x{n}" for n in range(17)]
    detail = spelled(list("abcde"), [{name: 1} for name in members])
    shop = Recording()
    shop.bus.put_rule("all", {"detail": {"a.b.c.d.e": {name: [1] for name in members}}})
    async with shop.bus as bus:
        result = await bus.put_events(
            [Entry(source="shop", detail_type="t", detail=one) for one in ({}, detail, {"n": 2})]
        )
        events = await shop.delivered()

    assert [None, "MalformedDetail", None] == [entry.error_code for entry in result.entries]
    assert [{}, {"n": 2}] == [event.detail for event in events]


async def test_put_events_takes_more_entries_than_aws() -> None:
    """The number of entries is not limited to ten."""
    shop = Recording()
    entries = [Entry(source="shop", detail_type="t", detail={"n": n}) for n in range(500)]
    async with shop.bus as bus:
        result = await bus.put_events(iter(entries))
        events = await shop.delivered()

    assert (0, 500) == (result.failed_entry_count, len(result.entries))
    assert list(range(500)) == [event.detail["n"] for event in events]


async def test_put_events_of_nothing() -> None:
    """No entries make an empty result."""
    async with EventBus() as bus:
        assert (0, []) == await bus.put_events([])


async def test_put_events_too_large() -> None:
    """Entries that are too big together fail as a whole."""
    shop = Recording(max_request_bytes=100)
    entries = [Entry(source="shop", detail_type="t", detail={"a": "x" * 40})] * 2
    async with shop.bus as bus:
        assert 0 == (await bus.put_events(entries[:1])).failed_entry_count
        with pytest.raises(RequestTooLargeError):
            await bus.put_events(entries)
        assert 1 == len(await shop.delivered())


async def test_accepted_without_a_match() -> None:
    """An event that no rule matches is accepted all the same."""
    async with EventBus() as bus:
        event_id = await bus.put_event(source="nobody", detail_type="t", detail={})

        assert 36 == len(event_id)
        assert (1, 0) == bus.statistics()[:2]


async def test_raw_events_are_not_rebuilt() -> None:
    """Envelopes are delivered as the bytes that they are, whatever else they hold."""
    raws = [
        orjson.dumps(RAW | {"replay-name": "r"}),
        b" " + orjson.dumps(RAW | {"detail": {"n": 1}}, option=orjson.OPT_INDENT_2) + b"\n",
        orjson.dumps(RAW | {"source": "aws.s3"}),
    ]
    shop = Recording()
    async with shop.bus as bus:
        await bus.put_raw_events(iter(raws))
        events = await shop.delivered()

    assert raws[:2] == [event.raw for event in events]


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"[]",
        b"{}",
        orjson.dumps(RAW)[:-1],
        orjson.dumps(RAW) + b"x",
        orjson.dumps({name: value for name, value in RAW.items() if name != "time"}),
        orjson.dumps(RAW | {"id": {}}),
        orjson.dumps(RAW).replace(b"shop", b"\xff"),
    ],
)
async def test_raw_events_are_checked(bad: bytes) -> None:
    """One bad envelope makes the call raise, say which it is, and publish none."""
    shop = Recording()
    async with shop.bus as bus:
        with pytest.raises(InvalidEventError, match=r"^event 1: "):
            await bus.put_raw_events([orjson.dumps(RAW), bad])
        assert [] == await shop.delivered()


@pytest.mark.parametrize("wrong", ["text", {"id": "1"}, bytearray(b"{}"), None])
async def test_raw_events_are_bytes(wrong: Any) -> None:
    """Anything but bytes is refused: a bytearray could still change."""
    async with EventBus() as bus:
        with pytest.raises(TypeError, match="event 0: expected bytes"):
            await bus.put_raw_events([wrong])


async def test_put_event_nowait() -> None:
    """Without waiting, an event is queued and delivered later."""
    shop = Recording()
    async with shop.bus as bus:
        event_id = bus.put_event_nowait(source="shop", detail_type="t", detail={})
        assert [] == shop.events
        [event] = await shop.delivered()

    assert event_id == event.id


async def test_put_event_nowait_without_room() -> None:
    """When one target has no room, no target gets the event."""
    bus = EventBus()
    counts = {"small": 0, "large": 0}

    @bus.rule({"source": ["shop"]}, capacity=2)
    async def small(_: Event) -> None:
        counts["small"] += 1

    @bus.rule({"source": ["shop"]})
    async def large(_: Event) -> None:
        counts["large"] += 1

    async with bus:
        for _ in range(2):
            bus.put_event_nowait(source="shop", detail_type="t", detail={})
        with pytest.raises(SubscriptionFullError) as caught:
            bus.put_event_nowait(source="shop", detail_type="t", detail={})

    assert ("small", "small") == (caught.value.rule, caught.value.target)
    assert "ThrottlingException" == caught.value.code
    assert {"small": 2, "large": 2} == counts


@pytest.mark.parametrize("overflow", ["wait", "reject"])
async def test_put_event_nowait_without_room_in_bytes(overflow: Overflow) -> None:
    """An event that does not fit into the bytes is refused, and so is one that would overtake."""
    bus, gate = EventBus(), anyio.Event()

    @bus.rule({"source": ["shop"]}, capacity_bytes=600, overflow=overflow)
    async def handler(_: Event) -> None:
        await gate.wait()

    def put(length: int) -> None:
        bus.put_event_nowait(source="shop", detail_type="t", detail={"text": "x" * length})

    async with bus:
        put(0)
        with pytest.raises(SubscriptionFullError):
            put(600)
        put(0)
        gate.set()

    assert (2, 2, 0) == (
        bus.statistics().published,
        bus.statistics().delivered,
        bus.statistics().dropped,
    )


async def test_put_event_nowait_does_not_overtake() -> None:
    """While a publisher waits for room in bytes, a smaller event has no room either."""
    bus, gate = EventBus(), anyio.Event()
    lengths: list[int] = []

    @bus.rule({"source": ["shop"]}, capacity_bytes=600)
    async def handler(event: Event) -> None:
        await gate.wait()
        lengths.append(len(event.detail["text"]))

    async def put(length: int) -> None:
        await bus.put_event(source="shop", detail_type="t", detail={"text": "x" * length})

    async with bus, anyio.create_task_group() as tasks:
        await put(0)
        await anyio.wait_all_tasks_blocked()
        await put(1)
        tasks.start_soon(put, 600)
        await anyio.wait_all_tasks_blocked()
        with pytest.raises(SubscriptionFullError):
            bus.put_event_nowait(source="shop", detail_type="t", detail={"text": ""})
        gate.set()

    assert [0, 1, 600] == lengths
