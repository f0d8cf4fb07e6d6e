"""What rulebus offers to tests of code around a bus."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import anyio
import pytest

from rulebus import Event, EventBus, RetryPolicy, RuleTarget
from rulebus.testing import RecordingTarget, assert_delivered, run_until_idle, until_all_blocked

if TYPE_CHECKING:
    from rulebus.testing import FakeClock

pytestmark = pytest.mark.anyio

PATTERN = {"source": ["shop"]}


def bus_to(target: RecordingTarget, clock: FakeClock) -> EventBus:
    """Return a bus with one rule to a target, which is tried three times."""
    bus = EventBus(clock=clock)
    bus.put_rule("r", PATTERN)
    bus.put_targets("r", RuleTarget(id="t", target=target, retry=RetryPolicy(max_attempts=3)))
    return bus


async def put(bus: EventBus, n: int) -> None:
    """Publish event number `n`."""
    await bus.put_event(source="shop", detail_type="t", detail={"n": n})


async def test_clock_stands_still(fake_clock: FakeClock) -> None:
    """Time is what the clock was told, for both of its readings."""
    assert (1_700_000_000.0, 0.0) == (fake_clock.time(), fake_clock.monotonic())
    await fake_clock.advance(90)
    assert (1_700_000_090.0, 90.0) == (fake_clock.time(), fake_clock.monotonic())


async def test_clock_wakes_sleepers_in_their_order(fake_clock: FakeClock) -> None:
    """Each sleeper wakes at its own time, also one that goes to sleep again."""
    woken: list[tuple[str, float]] = []

    async def sleep(name: str, *times: float) -> None:
        for seconds in times:
            await fake_clock.sleep(seconds)
            woken.append((name, fake_clock.monotonic()))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(sleep, "a", 2, 2, 0)
        tasks.start_soon(sleep, "b", 3)
        tasks.start_soon(sleep, "c", 100)
        await fake_clock.advance(50)
        assert [("a", 2), ("b", 3), ("a", 4), ("a", 4)] == woken
        await fake_clock.advance(50)

    assert ("c", 100) == woken[-1]


async def test_sleeper_that_is_cancelled_is_forgotten(fake_clock: FakeClock) -> None:
    """A sleep that is cut short leaves nothing behind."""
    with anyio.move_on_after(0):
        await fake_clock.sleep(10)

    assert math.inf == fake_clock.next_wakeup()


async def test_recording_target(fake_clock: FakeClock) -> None:
    """A recording target fails as it is told, and keeps events and attempts."""
    target = RecordingTarget([None, ValueError("x")])
    bus = bus_to(target, fake_clock)

    async with bus:
        for n in range(3):
            await put(bus, n)
        await run_until_idle(bus, fake_clock)

    assert [0, 1, 2, 1] == [event.detail["n"] for event in target.attempts]
    assert [0, 2, 1] == [event.detail["n"] for event in target.events]


async def test_wait_for(recording_target: RecordingTarget, fake_clock: FakeClock) -> None:
    """A test may wait until so many events have come."""
    bus = bus_to(recording_target, fake_clock)

    async with bus, anyio.create_task_group() as tasks:
        for n in range(3):
            tasks.start_soon(put, bus, n)
        assert 3 == len(await recording_target.wait_for(3))


async def test_assert_delivered(recording_target: RecordingTarget, fake_clock: FakeClock) -> None:
    """The assertion passes if there is an event for each pattern, or so many as are asked for."""
    bus = bus_to(recording_target, fake_clock)
    async with bus:
        await put(bus, 1)
        await put(bus, 2)

    assert_delivered(recording_target, PATTERN, {"detail": {"n": [1]}}, {"detail": {"n": [2]}})
    assert_delivered(recording_target, PATTERN, times=2)
    assert_delivered(recording_target, {"source": ["other"]}, times=0)
    with pytest.raises(AssertionError, match=r'expected an event that match .*"n":\[3\]') as caught:
        assert_delivered(recording_target, {"detail": {"n": [3]}})
    assert 2 == str(caught.value).count("Event(")
    with pytest.raises(AssertionError, match=r"expected 1 events that match .* got 2"):
        assert_delivered(recording_target, PATTERN, times=1)


async def test_assert_delivered_without_events(recording_target: RecordingTarget) -> None:
    """The message says that nothing came at all."""
    with pytest.raises(AssertionError, match="no event"):
        assert_delivered(recording_target, PATTERN)


async def test_run_until_idle_says_what_is_stuck(fake_clock: FakeClock) -> None:
    """A handler that waits for something other than the clock is an error, and no hang."""
    bus = EventBus(clock=fake_clock)
    gate = anyio.Event()

    @bus.rule(PATTERN)
    async def handler(_: Event) -> None:
        await gate.wait()

    async with bus:
        await put(bus, 1)
        with pytest.raises(AssertionError, match="nothing can happen, but the bus is not idle"):
            await run_until_idle(bus, fake_clock)
        gate.set()


async def test_run_until_idle_waits_for_what_was_removed(fake_clock: FakeClock) -> None:
    """What a rule had matched before it was deleted is delivered, retries included."""
    target = RecordingTarget([ValueError()])
    bus = bus_to(target, fake_clock)

    async with bus:
        await put(bus, 1)
        await until_all_blocked()
        bus.delete_rule("r")
        await run_until_idle(bus, fake_clock)
        assert 1 == len(target.events)
