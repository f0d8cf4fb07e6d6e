"""The clock that a bus lives by: what the time is, and how to wait for a later one."""

from __future__ import annotations

import time as clocks
from typing import Protocol

import anyio


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
    time = staticmethod(clocks.time)
    monotonic = staticmethod(clocks.monotonic)

    async def sleep_until(self, deadline: float, /) -> None:
        """Return when `monotonic()` has reached the deadline."""
        await anyio.sleep(max(0.0, deadline - self.monotonic()))
