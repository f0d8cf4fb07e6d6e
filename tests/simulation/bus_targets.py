"""The targets of simulated buses: what they should be given, and what they were given."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bus_run import BusRun

    from rulebus import Event, RuleTarget


class Target:
    """One target as it was put at one time, and all that its handler has seen."""

    def __init__(self, settings: RuleTarget) -> None:
        self.settings = settings
        self.expected: Counter[int] = Counter()
        # Those whose publisher has given up: they may have come, and each at most once.
        self.doubtful: set[int] = set()
        self.taken: Counter[int] = Counter()
        self.dead: Counter[int] = Counter()
        self.dropped: Counter[int] = Counter()
        self.in_hand: list[list[Event]] = []


class Connection:
    """
    A target that has to be opened, which takes time and may fail.

    Args:
        run: The run that it is a part of.
        handle: What it does with events, or with lists of them.
    """

    def __init__(self, run: BusRun, handle: Callable[[object], Awaitable[object]]) -> None:
        self._run = run
        self._handle = handle
        self.is_open = False

    async def __aenter__(self) -> None:
        """Open, after a while; once the bus is open, this may fail."""
        assert not self.is_open
        await self._run.clock.sleep(self._run.random.choice([0.0, 0.1, 2.0]))
        if self._run.is_open and self._run.random.random() < 0.3:
            raise ConnectionError("refused")
        self.is_open = True

    async def __aexit__(self, *_: object) -> None:
        """Close."""
        assert self.is_open
        self.is_open = False

    async def deliver(self, event: Event, /) -> object:
        """Take an event."""
        assert self.is_open
        return await self._handle(event)

    async def deliver_batch(self, events: list[Event], /) -> object:
        """Take a batch."""
        assert self.is_open
        return await self._handle(events)


def as_plain(settings: RuleTarget) -> RuleTarget:
    """Return settings without the policies that have a say about an event that has not failed."""
    return replace(
        settings,
        concurrency=1,
        capacity_bytes=None,
        order_by=None,
        batch=None if settings.batch is None else replace(settings.batch, max_wait=0.0),
        rate=None,
        timeout=None,
        circuit=None,
        transform=None,
    )
