"""How long events take from `put` to the handler, on asyncio and on trio."""

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import pytest
from anyio.from_thread import start_blocking_portal
from pytest_benchmark.fixture import BenchmarkFixture

from delivery import workload
from delivery.receivers import Counter
from rulebus import Entry, EventBus

EVENTS = 10_000
RULES = 10_000
ROUNDS = 10
RAW_EVENTS = workload.events(EVENTS, RULES, "last", "bytes")
ENTRIES = [
    Entry(source=event["source"], detail_type=event["detail-type"], detail=event["detail"])
    for event in workload.events(EVENTS, RULES, "last", "dict")
]

Publish: TypeAlias = Callable[[EventBus], Coroutine[Any, Any, None]]


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


@contextmanager
def open_bus(counter: Counter, backend: str) -> Iterator[Callable[[Publish], None]]:
    """
    Keep a bus of 10,000 rules open, the last of which has a target, since to open it takes longer.

    Returns:
        A function that publishes, and returns when everything is delivered.
    """
    bus = EventBus("bench")
    for rule in range(RULES - 1):
        bus.put_rule(f"rule-{rule}", workload.pattern(workload.customer(rule)))
    bus.rule(workload.pattern(workload.customer(RULES - 1)))(counter.take)

    async def deliver(publish: Publish) -> None:
        await publish(bus)
        await bus.drain()

    with start_blocking_portal(backend) as portal, portal.wrap_async_context_manager(bus):
        yield lambda publish: portal.call(deliver, publish)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("publish", [put_event, put_events, put_raw_events])
def bench_put_to_handler(benchmark: BenchmarkFixture, publish: Publish, backend: str) -> None:
    """Bring 10,000 events to a handler, by one of 10,000 rules."""
    counter = Counter()
    with open_bus(counter, backend) as deliver:
        deliver(publish)
        assert EVENTS == counter.events

        benchmark.extra_info["events"] = EVENTS
        benchmark.pedantic(deliver, args=(publish,), rounds=ROUNDS)
