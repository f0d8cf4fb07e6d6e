"""A bus on uvloop."""

from __future__ import annotations

import anyio
import pytest
from anyio.lowlevel import checkpoint

from rulebus import Entry, Event, EventBus

pytest.importorskip("uvloop")


def test_batches_through_a_small_queue() -> None:
    """Batches larger than the queue are delivered in order, with what handlers add."""
    bus, numbers = EventBus(), []

    @bus.rule({"source": ["shop"]}, capacity=3)
    async def record(event: Event) -> None:
        await checkpoint()
        numbers.append(event.detail["n"])

    @bus.rule({"source": ["shop"]}, concurrency=4)
    async def copy(event: Event) -> None:
        await bus.put_event(source="copy", detail_type="t", detail=event.detail)

    @bus.rule({"source": ["copy"]}, capacity=1)
    async def add(event: Event) -> None:
        await checkpoint()
        numbers.append(-event.detail["n"])

    async def main() -> None:
        async with bus:
            await bus.put_events(
                [Entry(source="shop", detail_type="t", detail={"n": n}) for n in range(1, 200)]
            )

    anyio.run(main, backend="asyncio", backend_options={"use_uvloop": True})

    assert list(range(1, 200)) == [n for n in numbers if n > 0]
    assert list(range(-199, 0)) == sorted(n for n in numbers if n < 0)


def test_cancelling() -> None:
    """A cancelled bus stops its handlers."""
    bus = EventBus()

    @bus.rule({"source": ["shop"]})
    async def handler(_: Event) -> None:
        await anyio.sleep_forever()

    async def main() -> None:
        with anyio.CancelScope() as scope:
            async with bus:
                await bus.put_event(source="shop", detail_type="t", detail={})
                await anyio.wait_all_tasks_blocked()
                scope.cancel()

    anyio.run(main, backend="asyncio", backend_options={"use_uvloop": True})

    assert (1, 1, 0, 1) == bus.statistics()[:4]
