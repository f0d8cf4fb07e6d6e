"""The pace of requests."""

from __future__ import annotations


class Pace:
    """
    Space requests evenly.

    Args:
        per_second: How many requests a second has room for.
    """

    __slots__ = ("_interval", "_next")

    def __init__(self, per_second: float) -> None:
        self._interval = 1 / per_second
        self._next = 0.0

    def reserve(self, now: float) -> float:
        """Take the next place, and return the seconds until then."""
        start = max(now, self._next)
        self._next = start + self._interval
        return start - now
