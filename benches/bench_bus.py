"""How long events take from `put` to the handler."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias

import anyio
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import workloads
from rulebus import Entry, Event, EventBus

EVENTS = 10_000
ENTRIES = [
    Entry(source="shop.orders", detail_type="Order Placed", detail=workloads.detail(index))
    for index in range(EVENTS)
]
RAW_EVENTS = [workloads.event(index) for index in range(EVENTS)]

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


async def deliver(publish: Publish) -> int:
    """Publish on a bus of 1,000 rules, and return how many events the handler got."""
    bus = EventBus("bench")
    delivered = 0

    @bus.rule({"source": ["shop.orders"]})
    async def count(_: Event) -> None:
        nonlocal delivered
        delivered += 1

    for rule in range(999):
        bus.put_rule(workloads.name(rule), {"source": [f"shop.other-{rule}"]})
    async with bus:
        await publish(bus)
    return delivered


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("publish", [put_event, put_events, put_raw_events])
def bench_put_to_handler(benchmark: BenchmarkFixture, publish: Publish, backend: str) -> None:
    """Open a bus, bring 10,000 events to a handler, close the bus."""
    assert EVENTS == anyio.run(deliver, publish, backend=backend)

    benchmark.extra_info["events"] = EVENTS
    benchmark.pedantic(anyio.run, args=(deliver, publish), kwargs={"backend": backend}, rounds=5)
