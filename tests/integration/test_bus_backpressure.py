"""Backpressure: a full queue makes the publisher wait, and nothing is lost by it."""

from __future__ import annotations

import anyio
import pytest
from anyio.lowlevel import checkpoint

from rulebus import DeliveryFailure, Entry, Event, EventBus, SubscriptionFullError

pytestmark = pytest.mark.anyio

PATTERN = {"source": ["shop"]}


class Gated:
    """A bus with one rule whose handler waits until it is let go on."""

    def __init__(self, capacity: int, concurrency: int = 1) -> None:
        self.bus = EventBus()
        self.gate = anyio.Event()
        self.numbers: list[int] = []

        @self.bus.rule(PATTERN, name="r", capacity=capacity, concurrency=concurrency)
        async def handler(event: Event) -> None:
            await self.gate.wait()
            self.numbers.append(event.detail["n"])

    def queued(self) -> int:
        """Return how many events wait in the queue."""
        return self.bus.statistics().subscriptions[0].queued


async def put(bus: EventBus, n: int, source: str = "shop") -> None:
    """Publish event number `n`."""
    await bus.put_event(source=source, detail_type="t", detail={"n": n})


def entries(numbers: range, source: str = "shop") -> list[Entry]:
    """Return numbered entries."""
    return [Entry(source=source, detail_type="t", detail={"n": n}) for n in numbers]


async def test_full_queue_makes_the_publisher_wait() -> None:
    """The publisher goes on when its event has found room, and not before."""
    gated = Gated(capacity=2)
    published = []

    async def publish() -> None:
        for n in range(5):
            await put(gated.bus, n)
            published.append(n)

    async with gated.bus, anyio.create_task_group() as tasks:
        tasks.start_soon(publish)
        await anyio.wait_all_tasks_blocked()
        # One is being handled, two are queued: there is no room for the fourth.
        assert [0, 1, 2] == published
        assert 2 == gated.queued()
        gated.gate.set()

    assert [0, 1, 2, 3, 4] == published == gated.numbers


@pytest.mark.parametrize(("capacity", "concurrency"), [(1, 1), (3, 1), (3, 4), (7, 2)])
async def test_batch_larger_than_the_capacity(capacity: int, concurrency: int) -> None:
    """A batch that never fits as a whole is delivered as a whole, and in order."""
    numbers = []
    most = 0
    bus = EventBus()

    @bus.rule(PATTERN, capacity=capacity, concurrency=concurrency)
    async def handler(event: Event) -> None:
        nonlocal most
        most = max(most, bus.statistics().subscriptions[0].queued)
        numbers.append(event.detail["n"])

    async with bus:
        result = await bus.put_events(entries(range(100)))

    assert 0 == result.failed_entry_count
    assert list(range(100)) == numbers
    assert most <= capacity


async def test_publishers_are_served_in_turn() -> None:
    """Who waits first for room gets it first; no one overtakes."""
    gated = Gated(capacity=1)

    async with gated.bus, anyio.create_task_group() as tasks:
        for first in range(0, 30, 10):
            tasks.start_soon(gated.bus.put_events, entries(range(first, first + 4)))
            await anyio.wait_all_tasks_blocked()
        gated.gate.set()

    assert [0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23] == gated.numbers


async def test_full_queue_of_one_target_does_not_keep_events_from_others() -> None:
    """A publisher that waits for one target has given the others all of its events."""
    gated = Gated(capacity=1)
    numbers = []

    @gated.bus.rule(PATTERN, capacity=2)
    async def quick(event: Event) -> None:
        numbers.append(event.detail["n"])

    async with gated.bus, anyio.create_task_group() as tasks:
        tasks.start_soon(gated.bus.put_events, entries(range(50)))
        await anyio.wait_all_tasks_blocked()
        assert list(range(50)) == numbers
        assert [] == gated.numbers
        gated.gate.set()

    assert list(range(50)) == gated.numbers


async def test_cancelled_publisher() -> None:
    """A publisher that gives up takes back what had no room, and lets the next one in."""
    gated = Gated(capacity=1)

    async with gated.bus, anyio.create_task_group() as tasks:
        await put(gated.bus, 0)
        await anyio.wait_all_tasks_blocked()
        with anyio.move_on_after(0):
            await gated.bus.put_events(entries(range(1, 5)))
        tasks.start_soon(put, gated.bus, 5)
        await anyio.wait_all_tasks_blocked()
        gated.gate.set()

    assert [0, 1, 5] == gated.numbers
    assert (3, 0) == gated.bus.statistics()[2:4]


async def test_drain_waits_for_waiting_publishers() -> None:
    """Events that wait for room are part of what `drain` waits for."""
    gated = Gated(capacity=1)

    async with gated.bus, anyio.create_task_group() as tasks:
        tasks.start_soon(gated.bus.put_events, entries(range(10)))
        await anyio.wait_all_tasks_blocked()
        gated.gate.set()
        await gated.bus.drain()
        assert 10 == len(gated.numbers)


async def test_drain_when_a_publisher_gives_up() -> None:
    """`drain` returns although some of what it waited for was taken back."""
    gated = Gated(capacity=1)
    patience = anyio.CancelScope()

    async def publish() -> None:
        with patience:
            await gated.bus.put_events(entries(range(5)))

    async with gated.bus, anyio.create_task_group() as tasks:
        tasks.start_soon(publish)
        await anyio.wait_all_tasks_blocked()
        tasks.start_soon(gated.bus.drain)
        await anyio.wait_all_tasks_blocked()
        patience.cancel()
        await anyio.wait_all_tasks_blocked()
        gated.gate.set()

    assert [0, 1] == gated.numbers


async def test_handler_that_would_wait_for_itself() -> None:
    """A handler that fills its own queue fails instead of hanging."""
    failures: list[DeliveryFailure] = []
    bus = EventBus(on_error=failures.append)

    @bus.rule(PATTERN, capacity=2)
    async def handler(event: Event) -> None:
        if event.detail["n"] == 0:
            await bus.put_events(entries(range(1, 4)))

    async with bus:
        await put(bus, 0)

    [failure] = failures
    assert isinstance(failure.error, SubscriptionFullError)
    assert "To wait would never end" in str(failure.error)
    assert 2 == bus.statistics().delivered


async def test_handlers_that_would_wait_for_each_other() -> None:
    """A circle of handlers, each of which waits for the next one's queue, is broken."""
    failures: list[DeliveryFailure] = []
    bus = EventBus(on_error=failures.append)
    following = {"a": "b", "b": "c", "c": "a"}

    for name in following:

        @bus.rule({"source": [name]}, name=name, capacity=1)
        async def forward(event: Event) -> None:
            if event.detail["n"] == 1:
                await checkpoint()
                await bus.put_events(entries(range(2, 5), following[event.source]))

    async with bus:
        for name in following:
            await put(bus, 1, source=name)

    assert [SubscriptionFullError] == [type(failure.error) for failure in failures]
    assert {0} == {one.queued + one.in_flight for one in bus.statistics().subscriptions}


async def test_handler_may_wait_while_another_worker_is_free() -> None:
    """With a second worker to make room, a handler may fill its own queue."""
    bus = EventBus()

    @bus.rule(PATTERN, capacity=1, concurrency=2)
    async def handler(event: Event) -> None:
        if event.detail["n"] == 0:
            await bus.put_events(entries(range(1, 20)))

    async with bus:
        await put(bus, 0)

    assert (20, 0) == bus.statistics()[2:4]


async def test_task_of_a_handler_may_wait_for_room() -> None:
    """A task that a handler has started and left behind is a publisher like any other."""
    bus, numbers = EventBus(), []

    async with bus, anyio.create_task_group() as tasks:

        @bus.rule(PATTERN, capacity=1)
        async def handler(event: Event) -> None:
            numbers.append(event.detail["n"])
            if event.detail["n"] == 0:
                tasks.start_soon(bus.put_events, entries(range(1, 10)))

        await put(bus, 0)
        await anyio.wait_all_tasks_blocked()

    assert list(range(10)) == numbers
