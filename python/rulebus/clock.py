"""The clock that a bus lives by: what the time is, and how to wait for a later one."""

from __future__ import annotations

import time as clocks
from typing import Protocol, runtime_checkable

import anyio

# Two looks at the clock of the system, one after the other, are never so many seconds apart.
_CLOCK_WAS_SET = 1.0


@runtime_checkable
class Clock(Protocol):
    """What a bus asks for the time."""

    def time(self) -> float:
        """Return seconds since the epoch: what events are stamped with."""
        ...

    def monotonic(self) -> float:
        """Return seconds since any fixed moment: what waits are measured with."""
        ...

    async def sleep_until(self, deadline: float, /) -> None:
        """Return when `monotonic()` has reached the deadline."""
        ...


class SystemClock:
    """The clock of the operating system."""

    # Each event asks for both, and a method around a function would double what they cost.
    time: staticmethod[[], float] = staticmethod(clocks.time)
    monotonic: staticmethod[[], float] = staticmethod(clocks.monotonic)

    async def sleep_until(self, deadline: float, /) -> None:
        """Return when `monotonic()` has reached the deadline."""
        await anyio.sleep(max(0.0, deadline - self.monotonic()))


class Calendar:
    """
    Say at what time of the calendar moments of the monotonic clock were.

    A moment is at the same time, to the last digit, whenever it is asked for; unless the clock
    was set meanwhile, which counts for the moments before as well.

    Args:
        clock: Both times.
    """

    __slots__ = ("_clock", "_start")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._start = clock.time() - clock.monotonic()

    def time(self, moment: float) -> float:
        """Return seconds since the epoch for seconds of `monotonic()`."""
        start = self._clock.time() - self._clock.monotonic()
        if abs(start - self._start) > _CLOCK_WAS_SET:
            self._start = start
        return self._start + moment
