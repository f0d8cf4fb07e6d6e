"""Publishers that are ten times as fast as what they publish to."""

from __future__ import annotations

import itertools
import tracemalloc
from typing import TYPE_CHECKING

import anyio
import pytest
from anyio.lowlevel import checkpoint

from rulebus import Event, EventBus

if TYPE_CHECKING:
    from rulebus.policy import Overflow

pytestmark = pytest.mark.anyio

EVENTS = 20_000
PUBLISHERS = 10
CAPACITY = 500
EVENT = (
    b'{"version":"0","id":"%d","detail-type":"t","source":"shop","account":"111122223333",'
    b'"time":"2026-11-25T10:00:00Z","region":"eu-central-1","resources":[],"detail":{"n":%d,'
    b'"text":"' + b"x" * 100 + b'"}}'
)
# What a waiting event costs at most, its bytes included.
BYTES_AN_EVENT = 1_000


async def overload(overflow: Overflow, seen: list[int]) -> EventBus:
    """Publish to a handler that is ten times slower, and return the bus when all is over."""
    bus = EventBus("overload")
    numbers = itertools.count()

    @bus.rule({"source": ["shop"]}, capacity=CAPACITY, overflow=overflow)
    async def handler(event: Event) -> None:
        seen.append(int(event.id))
        for _ in range(PUBLISHERS if len(seen) % 100 == 0 else 0):
            await checkpoint()

    async def publish() -> None:
        while (first := next(numbers) * 10) < EVENTS:
            await bus.put_raw_events([EVENT % (n, n) for n in range(first, first + 10)])
            await checkpoint()

    async with bus, anyio.create_task_group() as tasks:
        for _ in range(PUBLISHERS):
            tasks.start_soon(publish)
    return bus


async def test_nothing_is_lost_under_wait() -> None:
    """With `wait`, every event arrives once, however slow the target is."""
    seen: list[int] = []

    bus = await overload("wait", seen)

    assert list(range(EVENTS)) == sorted(seen)
    assert (EVENTS, 0, 0) == (
        bus.statistics().delivered,
        bus.statistics().failed,
        bus.statistics().dropped,
    )


@pytest.mark.parametrize("overflow", ["drop_oldest", "drop_newest"])
async def test_losses_are_counted_under_drop(overflow: Overflow) -> None:
    """With `drop_*`, each event is delivered once or counted as dropped."""
    seen: list[int] = []

    bus = await overload(overflow, seen)

    assert len(set(seen)) == len(seen) < EVENTS
    assert EVENTS == len(seen) + bus.statistics().dropped


async def test_memory_stays_within_the_capacity() -> None:
    """Whatever is published, no more memory is taken than for the events that may wait."""
    seen: list[int] = []
    tracemalloc.start()
    try:
        await overload("wait", seen)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    numbers = 40 * EVENTS
    assert EVENTS == len(seen)
    assert most < numbers + BYTES_AN_EVENT * (CAPACITY + PUBLISHERS * 10)
