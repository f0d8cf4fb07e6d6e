"""Delivery over a log that outlives the bus."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from segment_log import Disk, SegmentLog

from rulebus import RetryPolicy, RuleTarget
from rulebus.log import MemoryDeadLetters
from rulebus.router import Hooks, Router
from rulebus.testing import FakeClock, RecordingTarget

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

pytestmark = pytest.mark.anyio


class SegmentEventLog:
    """The log of a bus: a segment for each target, and dead letters that stay."""

    def __init__(self) -> None:
        self.dead_letters = MemoryDeadLetters(10)
        self.disks: dict[tuple[str, str], Disk] = {}

    def open(self, rule: str, target: str) -> SegmentLog:
        """Return the log of a target over what it has left."""
        return SegmentLog(self.disks.setdefault((rule, target), Disk()))

    def forget(self, log: Any) -> None:
        """Throw the segment of a target away."""
        self.disks = {name: disk for name, disk in self.disks.items() if disk is not log.disk}


@asynccontextmanager
async def opened(
    log: SegmentEventLog, clock: FakeClock, target: RecordingTarget, **settings: Any
) -> AsyncGenerator[Router]:
    """Run a router with one target, and cut it off."""
    async with anyio.create_task_group() as tasks:
        router = Router(tasks, clock, Hooks(), log, str)
        router.set_targets("r", [RuleTarget(id="t", target=target, **settings)])
        yield router
        router.close()
        tasks.cancel_scope.cancel()


async def test_next_bus_goes_on() -> None:
    """What a bus has not delivered before it was cut off, the next one delivers; nothing else."""
    log, clock = SegmentEventLog(), FakeClock()
    hanging, target = Hanging(after=2), RecordingTarget()

    async with opened(log, clock, hanging) as router:
        for raw in (b"1", b"2", b"3", b"4"):
            router.publish_one(raw, ["r"])
        await anyio.wait_all_tasks_blocked()
    async with opened(log, clock, target) as router:
        await router.drain()

    assert [b"1", b"2"] == [event.raw for event in hanging.events]
    assert [b"3", b"4"] == [event.raw for event in target.events]


async def test_attempts_are_remembered() -> None:
    """An event that has failed before is tried only as often as it may be in all."""
    log, clock = SegmentEventLog(), FakeClock()
    targets = [RecordingTarget([ValueError("x")] * 9) for _ in range(2)]
    retry = RetryPolicy(max_attempts=3)

    async with opened(log, clock, targets[0], retry=retry) as router:
        router.publish_one(b"1", ["r"])
        await anyio.wait_all_tasks_blocked()
    async with opened(log, clock, targets[1], retry=retry) as router:
        await clock.advance(60)
        await router.drain()

    assert [1, 2] == [len(target.attempts) for target in targets]
    assert [3] == [letter.attempts for letter in log.dead_letters]


async def test_target_that_is_gone_is_forgotten() -> None:
    """A rule that is removed leaves nothing behind once its events are delivered."""
    log, clock, target = SegmentEventLog(), FakeClock(), RecordingTarget()

    async with opened(log, clock, target) as router:
        router.publish_one(b"1", ["r"])
        router.remove_rule("r")
        await target.wait_for(1)
        await anyio.wait_all_tasks_blocked()

    assert {} == log.disks


class Hanging(RecordingTarget):
    """
    A target that takes some events and then no more.

    Args:
        after: How many it takes.
    """

    def __init__(self, after: int) -> None:
        super().__init__()
        self._after = after

    async def deliver(self, event: Any, /) -> None:
        """Take an event, or wait for ever."""
        if len(self.events) == self._after:
            await anyio.sleep_forever()
        await super().deliver(event)
