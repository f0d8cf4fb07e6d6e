"""Handlers: one that keeps what it is given, one that counts it, one that notes the time."""

import asyncio
from collections.abc import Sequence
from time import perf_counter_ns
from typing import Any


class Recorder:
    """Keep every event, to be looked at afterwards."""

    __slots__ = ("seen",)

    def __init__(self) -> None:
        self.seen: list[Any] = []

    async def take(self, event: Any) -> None:
        """Keep an event."""
        self.seen.append(event)

    async def take_batch(self, events: Sequence[Any]) -> None:
        """Keep a batch."""
        self.seen += events


class Counter:
    """Count events, which is the least that a handler can do."""

    __slots__ = ("events",)

    def __init__(self) -> None:
        self.events = 0

    async def take(self, _: Any) -> None:
        """Count an event."""
        self.events += 1

    async def take_batch(self, events: Sequence[Any]) -> None:
        """Count a batch."""
        self.events += len(events)


class Timer:
    """Note when the handler was last started."""

    __slots__ = ("started", "taken")

    def __init__(self) -> None:
        self.started = 0
        self.taken = asyncio.Event()

    async def take(self, _: Any) -> None:
        """Note the time in nanoseconds of `perf_counter_ns`."""
        self.started = perf_counter_ns()
        self.taken.set()

    async def take_batch(self, _: Sequence[Any]) -> None:
        """Note the time of a batch."""
        await self.take(None)
