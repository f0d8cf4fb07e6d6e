"""How long events take from `put` to the handler, beside a bare queue with one consumer."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import pytest
from anyio.from_thread import start_blocking_portal
from anyio.lowlevel import checkpoint
from pytest_benchmark.fixture import BenchmarkFixture

import workloads
from rulebus import BatchPolicy, Entry, Event, EventBus, RateLimit, RetryPolicy, RuleTarget

EVENTS = 10_000
RULES = 10_000
LATENCIES = 1_000
ROUNDS = 10
ENTRIES = [
    Entry(source="shop.orders", detail_type="Order Placed", detail=workloads.detail(index))
    for index in range(EVENTS)
]
RAW_EVENTS = [workloads.small_event(index) for index in range(EVENTS)]

Publish: TypeAlias = Callable[[EventBus], Coroutine[Any, Any, None]]

IDLE_POLICIES = {
    "retry": RetryPolicy(),
    "order_by": "detail.id",
    "rate": RateLimit(per_second=1e9, burst=1_000_000),
}


class Count:
    """A handler that counts what it is given."""

    def __init__(self) -> None:
        self.events = 0

    async def one(self, _: object) -> None:
        """Take an event."""
        self.events += 1

    async def batch(self, events: list[Event]) -> None:
        """Take a batch."""
        self.events += len(events)


async def put_event(bus: EventBus) -> None:
    """Publish the events one by one."""
    for entry in ENTRIES:
        await bus.put_event(source=entry.source, detail_type=entry.detail_type, detail=entry.detail)


async def put_events(bus: EventBus) -> None:
    """Publish the events ten at a time."""
    for start in range(0, EVENTS, 10):
        await bus.put_events(ENTRIES[start : start + 10])


async def put_raw_events(bus: EventBus) -> None:
    """Publish complete events a hundred at a time."""
    for start in range(0, EVENTS, 100):
        await bus.put_raw_events(RAW_EVENTS[start : start + 100])


async def through_queue() -> int:
    """Bring the raw events through a queue to a handler, and return how many came."""
    count = Count()
    queue: asyncio.Queue[bytes | None] = asyncio.Queue(1_000)

    async def publish() -> None:
        for raw in RAW_EVENTS:
            await queue.put(raw)
        await queue.put(None)

    publisher = asyncio.create_task(publish())
    while (raw := await queue.get()) is not None:
        await count.one(raw)
    await publisher
    return count.events


@contextmanager
def open_bus(
    handler: Callable[[Any], Awaitable[None]], backend: str, settings: dict[str, Any]
) -> Iterator[Callable[[Publish], None]]:
    """
    Keep a bus of 10,000 rules open, one of which matches, since to open it takes longer.

    Returns:
        A function that publishes, and returns when everything is delivered.
    """
    bus = EventBus("bench")
    for rule in range(RULES - 1):
        bus.put_rule(workloads.name(rule), {"source": [f"shop.other-{rule}"]})
    bus.put_rule("match", {"source": ["shop.orders"]})
    bus.put_targets("match", RuleTarget(id="t", target=handler, **settings))

    async def deliver(publish: Publish) -> None:
        await publish(bus)
        await bus.drain()

    with start_blocking_portal(backend) as portal, portal.wrap_async_context_manager(bus):
        yield lambda publish: portal.call(deliver, publish)


def bench_bare_queue(benchmark: BenchmarkFixture) -> None:
    """Bring 10,000 events through `asyncio.Queue` to one consumer: what the bus is held against."""
    assert EVENTS == asyncio.run(through_queue())

    benchmark.extra_info["events"] = EVENTS
    benchmark.pedantic(lambda: asyncio.run(through_queue()), rounds=ROUNDS)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("publish", [put_event, put_events, put_raw_events])
def bench_put_to_handler(benchmark: BenchmarkFixture, publish: Publish, backend: str) -> None:
    """Bring 10,000 events to a handler, by one of 10,000 rules."""
    count = Count()
    with open_bus(count.one, backend, {}) as deliver:
        deliver(publish)
        assert EVENTS == count.events

        benchmark.extra_info["events"] = EVENTS
        benchmark.pedantic(deliver, args=(publish,), rounds=ROUNDS)


def bench_put_to_batch_handler(benchmark: BenchmarkFixture) -> None:
    """Bring 10,000 events to a handler of batches."""
    count = Count()
    with open_bus(count.batch, "asyncio", {"batch": BatchPolicy(max_size=100)}) as deliver:
        deliver(put_raw_events)
        assert EVENTS == count.events

        benchmark.extra_info["events"] = EVENTS
        benchmark.pedantic(deliver, args=(put_raw_events,), rounds=ROUNDS)


def bench_idle_policies(benchmark: BenchmarkFixture) -> None:
    """Bring 10,000 events past retries, an order and a rate limit that never have to act."""
    count = Count()
    with open_bus(count.one, "asyncio", IDLE_POLICIES) as deliver:
        deliver(put_raw_events)
        assert EVENTS == count.events

        benchmark.extra_info["events"] = EVENTS
        benchmark.pedantic(deliver, args=(put_raw_events,), rounds=ROUNDS)


def bench_put_latency(benchmark: BenchmarkFixture) -> None:
    """One event at a time on a bus that is idle, until its handler has run."""
    count = Count()

    async def put_one_by_one(bus: EventBus) -> None:
        for raw in RAW_EVENTS[:LATENCIES]:
            expected = count.events + 1
            await bus.put_raw_events([raw])
            while count.events < expected:
                await checkpoint()

    with open_bus(count.one, "asyncio", {}) as deliver:
        deliver(put_one_by_one)
        assert LATENCIES == count.events

        benchmark.extra_info["events"] = LATENCIES
        benchmark.pedantic(deliver, args=(put_one_by_one,), rounds=ROUNDS)
