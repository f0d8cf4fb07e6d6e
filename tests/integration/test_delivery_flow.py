"""How events flow to one target: overflow, order by key, batches, rates, duplicates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import anyio
import pytest
from anyio.lowlevel import checkpoint

from rulebus import (
    BatchPolicy,
    DeduplicationPolicy,
    Entry,
    Event,
    EventBus,
    EventsDropped,
    HandlerSignatureError,
    RateLimit,
    RetryPolicy,
    RuleTarget,
    SubscriptionFullError,
    ValidationError,
)
from rulebus.testing import FakeClock, RecordingTarget, run_until_idle

pytestmark = pytest.mark.anyio

PATTERN = {"source": ["shop"]}


@dataclass(frozen=True)
class Numbered:
    """The detail of these events."""

    n: int
    key: str


def entries(*numbers: int, key: str = "k") -> list[Entry]:
    """Return numbered entries."""
    return [Entry(source="shop", detail_type="t", detail={"n": n, "key": key}) for n in numbers]


def numbers(events: list[Event]) -> list[int]:
    """Return the numbers of events."""
    return [event.detail["n"] for event in events]


class Gated:
    """A bus with a target of capacity 2 that takes one event and then waits for the gate."""

    def __init__(self, **settings: Any) -> None:
        self.dropped: list[EventsDropped] = []
        self.bus = EventBus(on_drop=self.dropped.append)
        self.gate = anyio.Event()
        self.events: list[Event] = []

        @self.bus.rule(PATTERN, name="r", **{"capacity": 2} | settings)
        async def handler(event: Event) -> None:
            await self.gate.wait()
            self.events.append(event)

    async def begin(self) -> None:
        """Have event 0 handled, and events 1 and 2 fill the queue."""
        await self.bus.put_events(entries(0))
        await anyio.wait_all_tasks_blocked()
        await self.bus.put_events(entries(1, 2))


@pytest.mark.parametrize(
    ("overflow", "delivered", "dropped"),
    [("drop_newest", [0, 1, 2], [3, 4]), ("drop_oldest", [0, 3, 4], [1, 2])],
)
async def test_drop(overflow: str, delivered: list[int], dropped: list[int]) -> None:
    """A target that drops keeps nobody waiting; what it drops is counted, and told to the hook."""
    gated = Gated(overflow=overflow)

    async with gated.bus:
        await gated.begin()
        await gated.bus.put_events(entries(3, 4))
        gated.gate.set()

    assert delivered == numbers(gated.events)
    assert dropped == [n for one in gated.dropped for n in numbers(list(one.events))]
    assert {("r", "r")} == {(one.rule, one.target) for one in gated.dropped}
    assert 2 == gated.bus.statistics().dropped


async def test_drop_more_than_the_capacity() -> None:
    """Of a batch that never fits the newest events stay, or the oldest, as the policy says."""
    oldest, newest = Gated(overflow="drop_oldest"), Gated(overflow="drop_newest")
    for gated in (oldest, newest):
        async with gated.bus:
            await gated.bus.put_events(entries(0, 1, 2, 3, 4))
            gated.gate.set()

    assert [3, 4] == numbers(oldest.events)
    assert [0, 1] == numbers(newest.events)


async def test_reject() -> None:
    """An entry without room fails with EventBridge's code, and no target gets it."""
    gated = Gated(overflow="reject")
    other = RecordingTarget()
    gated.bus.put_targets("r", RuleTarget(id="other", target=other))

    async with gated.bus:
        await gated.bus.put_events(entries(0))
        await anyio.wait_all_tasks_blocked()
        result = await gated.bus.put_events(entries(1, 2, 3))
        assert (1, [None, None, "ThrottlingException"]) == (
            result.failed_entry_count,
            [entry.error_code for entry in result.entries],
        )
        for publish in (gated.bus.put_event, put_raw):
            with pytest.raises(SubscriptionFullError, match="nothing was published"):
                await publish(source="shop", detail_type="t", detail={"n": 4})
        gated.gate.set()

    assert [0, 1, 2] == numbers(gated.events) == numbers(other.events)


async def put_raw(**members: Any) -> None:
    """Publish one raw event to a bus that has no room for it."""
    gated = Gated(overflow="reject")
    raws: list[bytes] = []

    async def note(event: Event) -> None:
        raws.append(event.raw)

    async with EventBus() as scratch:
        scratch.rule(PATTERN, name="note")(note)
        await scratch.put_event(**members)
    async with gated.bus:
        gated.gate.set()
        await gated.bus.put_raw_events(raws * 3)


async def test_capacity_in_bytes() -> None:
    """Events wait for room in bytes; one that is larger than all of it passes alone."""
    gated = Gated(capacity=100, capacity_bytes=600)

    async with gated.bus, anyio.create_task_group() as tasks:
        await gated.bus.put_events(entries(0))
        await anyio.wait_all_tasks_blocked()
        tasks.start_soon(gated.bus.put_events, entries(1, 2, 3, 4, 5, 6, key="x" * 50))
        await anyio.wait_all_tasks_blocked()
        tasks.start_soon(gated.bus.put_events, entries(7, key="x" * 1_000))
        await anyio.wait_all_tasks_blocked()
        assert 2 == gated.bus.statistics().subscriptions[0].queued
        gated.gate.set()

    assert list(range(8)) == numbers(gated.events)


async def test_order_by_key() -> None:
    """Events of a key are handled one after the other, those of other keys at the same time."""
    running: list[str] = []
    most = 0
    bus = EventBus()

    @bus.rule(PATTERN, concurrency=8, order_by="detail.key")
    async def handler(event: Event) -> None:
        nonlocal most
        key = event.detail["key"]
        assert key not in running
        running.append(key)
        most = max(most, len(running))
        await checkpoint()
        running.remove(key)

    async with bus:
        for _ in range(5):
            for key in "abc":
                await bus.put_events(entries(0, key=key))

    assert (3, 15) == (most, bus.statistics().delivered)


async def test_failure_holds_back_its_own_key_only() -> None:
    """Behind an event that waits for its retry wait those of its key, and no others."""
    clock = FakeClock()
    target = RecordingTarget([ValueError()])
    bus = EventBus(clock=clock)
    bus.put_rule("r", PATTERN)
    bus.put_targets(
        "r",
        RuleTarget(id="t", target=target, retry=RetryPolicy(), order_by=lambda e: e.detail["key"]),
    )

    async with bus:
        await bus.put_events([*entries(0, 1, key="a"), *entries(2, key="b"), *entries(3, key="a")])
        await anyio.wait_all_tasks_blocked()
        assert [2] == numbers(target.events)
        await run_until_idle(bus, clock)

    assert [2, 0, 1, 3] == numbers(target.events)


class Batching:
    """A bus with a target of batches, and a clock that stands still."""

    def __init__(self, policy: BatchPolicy, **settings: Any) -> None:
        self.clock = FakeClock()
        self.target = RecordingTarget()
        self.bus = EventBus(clock=self.clock)
        self.bus.put_rule("r", PATTERN)
        self.bus.put_targets("r", RuleTarget(id="t", target=self.target, batch=policy, **settings))

    def batches(self) -> list[list[int]]:
        """Return the numbers of the events of each batch."""
        return [numbers(batch) for batch in self.target.batches]


async def test_batch_waits_for_its_size_or_its_time() -> None:
    """A batch is delivered when it is full, or when its oldest event has waited long enough."""
    batching = Batching(BatchPolicy(max_size=3, max_wait=5))

    async with batching.bus as bus:
        await bus.put_events(entries(0, 1, 2, 3))
        await batching.clock.advance(4.9)
        assert [[0, 1, 2]] == batching.batches()
        await bus.put_events(entries(4))
        await batching.clock.advance(0.1)
        assert [[0, 1, 2], [3, 4]] == batching.batches()


async def test_batch_by_bytes() -> None:
    """A batch has no more bytes than it may, unless it is one event."""
    batching = Batching(BatchPolicy(max_bytes=600, max_wait=5))

    async with batching.bus as bus:
        await bus.put_events(entries(0, 1, 2))
        await bus.put_events(entries(3, key="x" * 1_000))
        await bus.put_events(entries(4))
        await anyio.wait_all_tasks_blocked()

    assert [[0, 1], [2], [3], [4]] == batching.batches()


async def test_batch_does_not_wait_when_the_bus_drains() -> None:
    """`drain`, and leaving the bus, deliver batches that are not full."""
    batching = Batching(BatchPolicy(max_size=100, max_wait=1_000))

    async with batching.bus as bus:
        await bus.put_events(entries(0, 1))
        await bus.drain()
        assert [[0, 1]] == batching.batches()
        await bus.put_events(entries(2))
        await anyio.wait_all_tasks_blocked()
        assert [[0, 1]] == batching.batches()

    assert [[0, 1], [2]] == batching.batches()


REPORTS: dict[str, Any] = {
    "events": lambda events: events[1:],
    "lambda": lambda events: {
        "batchItemFailures": [{"itemIdentifier": event.id} for event in events[1:]]
    },
}


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
async def test_partial_failure(report: Any) -> None:
    """The events that a handler reports are tried again, the others are delivered."""
    clock = FakeClock()
    bus = EventBus(clock=clock)
    batches: list[list[int]] = []

    @bus.rule(PATTERN, batch=BatchPolicy(), retry=RetryPolicy(max_attempts=2))
    async def handler(events: list[Event]) -> object:
        batches.append(numbers(events))
        return report(events)

    async with bus:
        await bus.put_events(entries(0, 1))
        await run_until_idle(bus, clock)

    assert [[0, 1], [1]] == batches
    assert (2, 0, 1) == (
        bus.statistics().delivered,
        bus.statistics().failed,
        bus.statistics().retried,
    )


@pytest.mark.parametrize(
    "result", [None, [], {}, {"batchItemFailures": None}, {"batchItemFailures": []}]
)
async def test_batch_without_failures(result: Any) -> None:
    """All events are delivered when a handler returns what Lambda takes for a success."""
    bus = EventBus()

    @bus.rule(PATTERN, batch=BatchPolicy())
    async def handler(_: list[Event]) -> object:
        return result

    async with bus:
        await bus.put_events(entries(0, 1))

    assert 2 == bus.statistics().delivered


@pytest.mark.parametrize(
    "result", [True, "x", [1], {"batchItemFailures": [{"id": "x"}]}, {"failures": []}, ["x"]]
)
async def test_partial_failure_that_cannot_be_read(result: Any) -> None:
    """A handler that returns something else has failed on the whole batch."""
    bus = EventBus()

    @bus.rule(PATTERN, batch=BatchPolicy())
    async def handler(_: list[Event]) -> object:
        return result

    async with bus:
        await bus.put_events(entries(0, 1))

    assert 2 == len(bus.dead_letters)
    assert {"ValidationException"} == {
        letter.last_failure.error_code for letter in bus.dead_letters
    }


async def test_batch_target_that_takes_none() -> None:
    """A target without `deliver_batch` is refused when it is put."""

    class Single:
        async def deliver(self, event: Event, /) -> None:
            """Take an event."""

    bus = EventBus()
    bus.put_rule("r", PATTERN)
    with pytest.raises(ValidationError, match="target 't': it has a batch policy, but"):
        bus.put_targets("r", RuleTarget(id="t", target=Single(), batch=BatchPolicy()))
    assert () == bus.rules["r"].targets


async def test_batch_target_with_a_wrong_method() -> None:
    """A target whose `deliver_batch` is not async is refused when it is put."""

    class Wrong(RecordingTarget):
        def deliver_batch(self, events: list[Event], /) -> None:  # type: ignore[override]
            """Take a batch, at once."""

    bus = EventBus()
    bus.put_rule("r", PATTERN)
    with pytest.raises(HandlerSignatureError, match=r"Wrong\.deliver_batch is not async"):
        bus.put_targets("r", RuleTarget(id="t", target=Wrong(), batch=BatchPolicy()))


async def test_detail_that_does_not_fit_in_a_batch() -> None:
    """An event of a batch whose detail does not fit the type fails alone."""
    given: list[object] = []
    bus = EventBus()

    @bus.rule(PATTERN, detail=Numbered, batch=BatchPolicy(), retry=RetryPolicy())
    async def handler(details: list[Numbered]) -> None:
        given.extend(details)

    async with bus:
        await bus.put_events(
            Entry(source="shop", detail_type="t", detail={"n": n, "key": "k"})
            for n in (0, "one", 2)
        )
        await bus.drain()
        letters = bus.dead_letters.find()

    assert [Numbered(0, "k"), Numbered(2, "k")] == given
    assert [("one", "MalformedDetail", 1)] == [
        (letter.detail["n"], letter.last_failure.error_code, letter.attempts) for letter in letters
    ]


async def test_partial_failure_of_typed_details() -> None:
    """A handler of typed details returns those that are not done."""
    clock = FakeClock()
    bus = EventBus(clock=clock)
    batches: list[list[int]] = []

    @bus.rule(PATTERN, detail=Numbered, batch=BatchPolicy(), retry=RetryPolicy(max_attempts=2))
    async def handler(details: list[Numbered]) -> list[Numbered]:
        batches.append([detail.n for detail in details])
        return details[1:2] if len(details) > 1 else []

    async with bus:
        await bus.put_events(entries(0, 1, 1))
        await run_until_idle(bus, clock)

    assert [[0, 1, 1], [1]] == batches
    assert (3, 1) == (bus.statistics().delivered, bus.statistics().retried)


async def test_batch_of_typed_details() -> None:
    """With a typed detail, a handler of batches gets a list of details."""
    given: list[object] = []
    bus = EventBus()

    @bus.rule(PATTERN, detail=Numbered, batch=BatchPolicy())
    async def handler(details: list[Numbered]) -> None:
        given.extend(details)

    async with bus:
        await bus.put_events(entries(1, 2))

    assert [Numbered(1, "k"), Numbered(2, "k")] == given


async def test_rate() -> None:
    """After the burst, events are delivered at the rate; the publisher does not notice."""
    clock = FakeClock()
    times: list[float] = []
    bus = EventBus(clock=clock)

    @bus.rule(PATTERN, rate=RateLimit(per_second=2, burst=2))
    async def handler(_: Event) -> None:
        times.append(clock.monotonic())

    async with bus:
        await bus.put_events(entries(*range(5)))
        await run_until_idle(bus, clock)

    assert [0.0, 0.0, 0.5, 1.0, 1.5] == pytest.approx(times, abs=1e-3)


@pytest.mark.parametrize(
    ("by", "delivered"), [("detail.n", [1, 2]), ("content", [1, 2]), ("id", [1, 1, 2])]
)
async def test_deduplication(by: str, delivered: list[int]) -> None:
    """Of events that are the same in the window of time, the first is delivered."""
    clock = FakeClock()
    target = RecordingTarget()
    bus = EventBus(clock=clock)
    bus.put_rule("r", PATTERN)
    bus.put_targets("r", RuleTarget(id="t", target=target, deduplicate=DeduplicationPolicy(by=by)))

    async with bus:
        await bus.put_events(entries(1, 1, 2))

    assert delivered == numbers(target.events)
    assert 3 - len(delivered) == bus.statistics().subscriptions[0].duplicates


async def test_dead_letter_is_no_duplicate() -> None:
    """An event that was given up may come again, also by a redrive."""
    bus = EventBus()
    target = RecordingTarget([ValueError(), ValueError()])
    bus.put_rule("r", PATTERN)
    bus.put_targets(
        "r", RuleTarget(id="t", target=target, deduplicate=DeduplicationPolicy(by="detail.n"))
    )

    async with bus:
        await bus.put_events(entries(1))
        await bus.drain()
        await bus.put_events(entries(1))
        await bus.drain()
        assert 2 == len(bus.dead_letters)
        assert 2 == await bus.dead_letters.redrive()

    assert [1] == numbers(target.events)


async def test_statistics_of_what_waits() -> None:
    """The figures say how old the oldest waiting event is, and how long deliveries took."""
    clock = FakeClock()
    bus = EventBus(clock=clock)

    @bus.rule(PATTERN)
    async def handler(_: Event) -> None:
        await clock.sleep(1)

    async with bus:
        await bus.put_events(entries(0, 1))
        await clock.advance(0.5)
        assert 0.5 == bus.statistics().subscriptions[0].oldest_age
        await clock.advance(2)
        [one] = bus.statistics().subscriptions

    assert 0.0 == one.oldest_age
    assert 2 == one.latency.deliveries
    assert 1.0 <= one.latency.quantile(0.5) <= 2.0 <= one.latency.quantile(1.0) <= 4.0


async def test_statistics_of_a_bus() -> None:
    """A bus adds up what its targets have, those included that were removed."""
    clock = FakeClock()
    bus = EventBus(clock=clock)
    bus.put_rule("r", PATTERN)
    for target_id in ("stays", "goes"):
        failing = RecordingTarget([ValueError()])
        retry = RetryPolicy(base_delay=1)
        bus.put_targets("r", RuleTarget(id=target_id, target=failing, retry=retry))

    async with bus:
        await bus.put_events(entries(0, 1))
        assert (4, 0, 0, 0) == waits(bus)
        await clock.advance(0)
        bus.remove_targets("r", "goes")
        assert (0, 2, 2, 2) == waits(bus)
        await run_until_idle(bus, clock)
        assert (0, 0, 4, 4) == waits(bus)


def waits(bus: EventBus) -> tuple[int, int, int, int]:
    """Return the events queued, waiting and delivered, and how many of these were timed."""
    counts = bus.statistics()
    assert (counts.oldest_age > 0) <= bool(counts.queued or counts.waiting)
    return counts.queued, counts.waiting, counts.delivered, counts.latency.deliveries
