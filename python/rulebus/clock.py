"""The clock that a bus lives by: what the time is, and how to wait for a later one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

import anyio

if TYPE_CHECKING:
    from collections.abc import Callable


class Clock(Protocol):
    """
    What a bus asks for the time.

    Both readings are functions without arguments, so that a bus can bind the ones of the system.
    """

    @property
    def time(self) -> Callable[[], float]:
        """Returns seconds since the epoch: what events are stamped with."""

    @property
    def monotonic(self) -> Callable[[], float]:
        """Returns seconds since any fixed moment: what waits are measured with."""

    async def sleep_until(self, deadline: float, /) -> None:
        """Return when `monotonic()` has reached the deadline."""


class SystemClock:
    """The clock of the operating system."""

    __slots__ = ("monotonic", "time")

    def __init__(self) -> None:
        self.time: Callable[[], float] = time.time
        self.monotonic: Callable[[], float] = time.monotonic

    async def sleep_until(self, deadline: float, /) -> None:
        """Return when `monotonic()` has reached the deadline."""
        await anyio.sleep(max(0.0, deadline - time.monotonic()))
