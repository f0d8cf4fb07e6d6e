"""Streams of events, as a bus fills them."""

from __future__ import annotations

import gc
from functools import partial
from typing import Any

import anyio
import pytest

from rulebus import Event, EventBus, EventStream, RuleTarget, ValidationError
from rulebus.targets import StreamTarget, open_stream

pytestmark = pytest.mark.anyio


def stream_of(bus: EventBus, *, capacity: int = 2, queue: int = 1_000) -> EventStream:
    """Return a stream of all events of a bus."""
    target = StreamTarget(capacity)
    bus.put_rule("stream", {"source": [{"prefix": ""}]})
    bus.put_targets("stream", RuleTarget(id="stream", target=target, capacity=queue))
    return EventStream(target, partial(bus.delete_rule, "stream"))


async def put(bus: EventBus, count: int) -> list[str]:
    """Publish events one after the other and return their ids."""
    return [await bus.put_event(source="s", detail_type="t", detail={"n": n}) for n in range(count)]


async def take(stream: EventStream, count: int) -> list[str]:
    """Take events and return their ids."""
    return [(await anext(stream)).id for _ in range(count)]


async def test_events_come_in_order() -> None:
    """Every event that matches comes, in the order of publication."""
    bus = EventBus()
    stream = stream_of(bus)

    async with bus:
        ids = await put(bus, 5)
        assert ids == await take(stream, 5)


async def test_consumer_waits_for_events() -> None:
    """A consumer that is there first is given events as they come."""
    bus = EventBus()
    stream = stream_of(bus)
    taken: list[str] = []

    async def consume() -> None:
        async for event in stream:
            taken.append(event.id)
            if len(taken) == 200:
                break

    async with bus, anyio.create_task_group() as tasks:
        tasks.start_soon(consume)
        await anyio.wait_all_tasks_blocked()
        ids = await put(bus, 200)

    assert ids == taken


async def test_several_consumers_share_a_stream() -> None:
    """Each event goes to one of the consumers."""
    bus = EventBus()
    stream = stream_of(bus)
    taken: list[str] = []

    async def consume() -> None:
        taken.append((await anext(stream)).id)

    async with bus, anyio.create_task_group() as tasks:
        for _ in range(10):
            tasks.start_soon(consume)
        ids = await put(bus, 10)

    assert sorted(ids) == sorted(taken)


async def test_slow_consumer_holds_up_the_publisher() -> None:
    """When stream and queue are full, a publisher waits until an event is taken."""
    bus = EventBus()
    stream = stream_of(bus, capacity=2, queue=1)
    published: list[str] = []

    async def publish() -> None:
        for _ in range(10):
            published.extend(await put(bus, 1))

    async with bus, anyio.create_task_group() as tasks:
        tasks.start_soon(publish)
        await anyio.wait_all_tasks_blocked()
        # Two in the stream, one with the worker, one in the queue.
        assert 4 == len(published)
        first = await take(stream, 1)
        await anyio.wait_all_tasks_blocked()
        assert 5 == len(published)
        assert published == first + await take(stream, 9)


async def test_flush_and_end() -> None:
    """A stream that is flushed takes in everything; the consumer gets it, and then the end."""
    bus = EventBus()
    target = StreamTarget(1)
    bus.put_rule("stream", {"source": [{"prefix": ""}]})
    bus.put_targets("stream", RuleTarget(id="stream", target=target))
    stream = EventStream(target, lambda: None)

    async with bus:
        ids = await put(bus, 5)
        target.flush()
    target.end()

    assert ids == [event.id async for event in stream]
    assert [] == [event.id async for event in stream]


async def test_ended_stream_takes_nothing() -> None:
    """What comes after the end is let go, also when the bus is opened again."""
    target = StreamTarget(1)
    target.end()

    await target.deliver(Event(b"{}"))

    assert [] == [event async for event in EventStream(target, lambda: None)]


async def test_end_wakes_the_consumer() -> None:
    """A consumer that waits at the end is told."""
    target = StreamTarget(1)
    taken: list[Event] = []

    async def consume() -> None:
        taken.extend([event async for event in EventStream(target, lambda: None)])

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(consume)
        await anyio.wait_all_tasks_blocked()
        target.end()

    assert [] == taken


async def test_closed_stream_holds_up_nobody() -> None:
    """Leaving the block removes the rule, and lets go what waits."""
    bus = EventBus()

    async with bus:
        async with stream_of(bus, capacity=1, queue=1) as stream:
            await put(bus, 3)
        await put(bus, 3)

    assert {} == bus.rules
    assert [] == [event async for event in stream]


async def test_stream_that_nobody_holds_is_closed() -> None:
    """To break out of the loop over a stream is enough."""
    bus = EventBus()

    async with bus, anyio.create_task_group() as tasks:
        tasks.start_soon(put, bus, 20)
        async for _ in stream_of(bus, capacity=1, queue=1):
            break
        gc.collect()
        assert {} == bus.rules


async def test_close_twice() -> None:
    """The second time nothing happens."""
    closed: list[int] = []
    stream = EventStream(StreamTarget(1), partial(closed.append, 1))

    stream.close()
    stream.close()

    assert [1] == closed


async def test_consumer_that_is_cancelled_loses_nothing() -> None:
    """An event that comes after a consumer was cancelled goes to the next one."""
    target = StreamTarget(1)
    stream = EventStream(target, lambda: None)

    with anyio.move_on_after(0):
        await anext(stream)
    await target.deliver(Event(b"{}"))

    assert Event(b"{}") == await anext(stream)


async def test_open_stream() -> None:
    """A stream has a rule of its own as long as it is open, whoever removes it."""
    bus = EventBus()
    first, second = (open_stream(bus, {"source": [source]}) for source in ("s", "other"))

    async with bus, first, second:
        assert 2 == len(bus.rules)
        ids = await put(bus, 3)
        assert ids == await take(first, 3)
        bus.delete_rule(next(iter(bus.rules)))

    assert {} == bus.rules


async def test_stream_of_a_bus_ends_with_it() -> None:
    """When the bus is left, a consumer gets everything that was published, and then ends."""
    bus = EventBus()
    taken: list[str] = []

    async def consume(stream: EventStream) -> None:
        taken.extend([event.id async for event in stream])

    async with anyio.create_task_group() as tasks, bus:
        late = bus.stream({"source": ["s"]}, capacity=1)
        tasks.start_soon(consume, bus.stream({"source": ["s"]}, capacity=1))
        ids = await put(bus, 5)

    assert ids == taken
    assert ids == [event.id async for event in late]


async def test_stream_of_a_cancelled_bus_ends() -> None:
    """When the bus is cancelled, its streams end as well."""
    bus = EventBus()

    with anyio.CancelScope() as scope:
        async with bus:
            stream = bus.stream({"source": ["s"]})
            scope.cancel()
            await anyio.sleep_forever()

    assert [] == [event async for event in stream]


@pytest.mark.parametrize("capacity", [0, -1, True, 1.5, None])
def test_wrong_capacity(capacity: Any) -> None:
    """The capacity is an integer of at least 1."""
    with pytest.raises(ValidationError, match="capacity"):
        StreamTarget(capacity)
