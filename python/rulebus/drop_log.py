"""Logging what is dropped, without a line for every batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable

    from .subscription import EventsDropped

# A target that drops at all drops with nearly every batch, and a line costs more than an event.
_SECONDS_BETWEEN_LINES = 10.0


class DropLog:
    """
    Log the first drop of each target at once, and what follows in one line every ten seconds.

    Args:
        logger: Where the lines go.
        now: Returns the time in seconds of a monotonic clock.
    """

    __slots__ = ("_counts", "_logger", "_next_line", "_now")

    def __init__(self, logger: logging.Logger, now: Callable[[], float]) -> None:
        self._logger = logger
        self._now = now
        # By rule and target: what no line has told of, and when the next line may come.
        self._counts: dict[tuple[str, str], int] = {}
        self._next_line: dict[tuple[str, str], float] = {}

    def note(self, dropped: EventsDropped) -> None:
        """Count events that were dropped, and write the line of their target if it is time."""
        key, now = (dropped.rule, dropped.target), self._now()
        self._counts[key] = self._counts.get(key, 0) + len(dropped.events)
        if now >= self._next_line.get(key, now):
            self._next_line[key] = now + _SECONDS_BETWEEN_LINES
            self.write(*key)

    def end(self, rule: str, target: str) -> None:
        """Write the last line of a target that has ended, and forget it."""
        self.write(rule, target)
        self._next_line.pop((rule, target), None)

    def write(self, rule: str, target: str) -> None:
        """Write the line of a target if it has dropped anything since the last one."""
        count = self._counts.pop((rule, target), 0)
        if count:
            self._logger.warning(
                "target %r of rule %r has no room: %d %s dropped",
                target,
                rule,
                count,
                "event was" if count == 1 else "events were",
            )

    def write_all(self) -> None:
        """Write what no line has told of."""
        for rule, target in tuple(self._counts):
            self.write(rule, target)
