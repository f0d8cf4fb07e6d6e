"""
What tests of code around a bus need: a clock that is told the time, and a target that remembers.

With pytest, the fixtures `fake_clock` and `recording_target` are there without an import.
"""

from __future__ import annotations

import asyncio
import heapq
import math
from itertools import count
from typing import TYPE_CHECKING

import anyio
from anyio.lowlevel import checkpoint

from . import _json
from ._core import EventPattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .bus import EventBus
    from .event import Event
    from .types import PatternInput


# A cancellation reaches a task one or two turns of the event loop after the task has waited.
_QUIET_TURNS = 3


class FakeClock:
    """
    A clock that stands still until it is told to go on.

    Give it to a bus as `EventBus(clock=...)`, and let handlers wait by its `sleep`. Then retries,
    batches, rate limits and timeouts of hours take no time.

    Args:
        start: Where `time()` begins, in seconds since the epoch; `monotonic()` begins at 0.
    """

    def __init__(self, start: float = 1_700_000_000.0) -> None:
        self._start = start
        self._now = 0.0
        self._order = count()
        self._sleepers: list[tuple[float, int, anyio.Event]] = []

    def time(self) -> float:
        """Return seconds since the epoch."""
        return self._start + self._now

    def monotonic(self) -> float:
        """Return seconds since the clock was made."""
        return self._now

    async def sleep_until(self, deadline: float, /) -> None:
        """Return when the clock was told to go on to a time of `monotonic()`, or beyond it."""
        if deadline <= self._now:
            await checkpoint()
            return
        sleeper = (deadline, next(self._order), anyio.Event())
        heapq.heappush(self._sleepers, sleeper)
        try:
            await sleeper[2].wait()
        finally:
            if not sleeper[2].is_set():
                self._sleepers.remove(sleeper)
                heapq.heapify(self._sleepers)

    async def sleep(self, seconds: float) -> None:
        """Return when the clock was told to go on by so many seconds."""
        await self.sleep_until(self._now + seconds)

    def next_wakeup(self) -> float:
        """Return the time until which somebody sleeps, the earliest; infinity if nobody does."""
        return self._sleepers[0][0] if self._sleepers else math.inf

    async def advance(self, seconds: float) -> None:
        """
        Let time pass, and everything happen that happens meanwhile, in its order.

        Only one task may drive a clock at a time.
        """
        end = self._now + seconds
        await until_all_blocked()
        while self.next_wakeup() <= end:
            await self.wake_next()
        self._now = end
        await until_all_blocked()

    async def wake_next(self) -> None:
        """Go on to the next time until which somebody sleeps, and let everything happen then."""
        deadline = self.next_wakeup()
        self._now = max(self._now, deadline)
        while self._sleepers and self._sleepers[0][0] <= deadline:
            heapq.heappop(self._sleepers)[2].set()
        await until_all_blocked()


class RecordingTarget:
    """
    A target, of events or of batches, that keeps what it is given.

    Args:
        failures: What the first deliveries raise, one after the other; `None` for one that is
            taken. All later ones are taken.
    """

    def __init__(self, failures: Iterable[Exception | None] = ()) -> None:
        self.events: list[Event] = []
        self.batches: list[list[Event]] = []
        self.attempts: list[Event] = []
        self._failures = iter(failures)
        self._changed = anyio.Event()

    async def deliver(self, event: Event, /) -> None:
        """Take an event, or raise the next failure."""
        self._take([event])

    async def deliver_batch(self, events: list[Event], /) -> None:
        """Take a batch, or raise the next failure."""
        self._take(events)
        self.batches.append(events)

    async def wait_for(self, events: int) -> Sequence[Event]:
        """Return all events when there are so many."""
        while len(self.events) < events:
            await self._changed.wait()
        return self.events

    def _take(self, events: list[Event]) -> None:
        self.attempts += events
        failure = next(self._failures, None)
        if failure is not None:
            raise failure
        self.events += events
        self._changed.set()
        self._changed = anyio.Event()


def assert_delivered(
    target: RecordingTarget, *patterns: PatternInput, times: int | None = None
) -> None:
    """
    Assert that a target was given events that match patterns.

    Args:
        target: Where the events should have gone.
        patterns: Event patterns; for each of them there must be an event.
        times: How many events must match each pattern; at least one if `None`.

    Raises:
        AssertionError: It was not; the message shows the events and why they do not match.
    """
    for pattern in patterns:
        compiled = EventPattern(pattern)
        matched = sum(compiled.matches(event.raw) for event in target.events)
        if matched == times or (times is None and matched):
            continue
        wanted = "an event" if times is None else f"{times} events"
        shown = "\n".join(_explained(compiled, event) for event in target.events) or "  no event"
        raise AssertionError(
            f"expected {wanted} that match {_shown(pattern)}, got {matched} of these:\n{shown}"
        )


async def run_until_idle(bus: EventBus, clock: FakeClock) -> None:
    """
    Let everything happen that was published, and let the clock go on whenever nothing else does.

    Raises:
        AssertionError: The bus waits for something that is not the clock's.
    """
    while not _is_idle(bus):
        await until_all_blocked()
        if _is_idle(bus):
            return
        if clock.next_wakeup() == math.inf:
            raise AssertionError(f"nothing can happen, but the bus is not idle: {bus.statistics()}")
        await clock.wake_next()


async def until_all_blocked() -> None:
    """
    Let all other tasks run until each of them waits for something.

    anyio's `wait_all_tasks_blocked` sleeps for a tenth of a second at a time on asyncio. Unlike
    it, this may be awaited by one task only.
    """
    try:
        this_task = asyncio.current_task()
    except RuntimeError:
        await anyio.wait_all_tasks_blocked()
        return
    quiet_turns = 0
    while quiet_turns < _QUIET_TURNS:
        await checkpoint()
        others = (task for task in asyncio.all_tasks() if task is not this_task)
        quiet_turns = 0 if any(map(_is_runnable, others)) else quiet_turns + 1


def _is_runnable(task: asyncio.Task[object]) -> bool:
    # There is no public way to ask what a task waits for.
    waiter = getattr(task, "_fut_waiter", None)
    return waiter is None or bool(waiter.done())


def _is_idle(bus: EventBus) -> bool:
    counts = bus.statistics()
    return not (counts.queued or counts.in_flight or counts.waiting)


def _explained(pattern: EventPattern, event: Event) -> str:
    return f"  {event!r}: {pattern.explain(event.raw)}"


def _shown(pattern: PatternInput) -> str:
    return _json.encode(pattern).decode() if isinstance(pattern, dict) else str(pattern)
