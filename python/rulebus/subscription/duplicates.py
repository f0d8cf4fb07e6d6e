"""The memory of a deduplication policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .keys import content_hash, key_reader

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from rulebus.policy import DeduplicationPolicy


class DuplicateFilter:
    """
    Tell the first event of each key in a window of time from those after it.

    Args:
        policy: What the key is, and how long and how many of them are remembered.
    """

    __slots__ = ("_expiries", "_policy", "_read")

    def __init__(self, policy: DeduplicationPolicy) -> None:
        by = content_hash if policy.by == "content" else policy.by
        # An event whose key cannot be read is a duplicate of none: it must not be lost.
        self._read = key_reader(by, fallback=None)
        self._policy = policy
        # In the order of the expiries, since all windows have the same length.
        self._expiries: dict[Hashable, float] = {}

    def first_ones(self, events: Iterable[bytes], now: float) -> Sequence[bytes]:
        """Return the events that are duplicates of none, and remember them."""
        self._forget_expired(now)
        return [event for event in events if self._is_first(event, now)]

    def forget(self, event: bytes, came: float) -> None:
        """
        Forget an event that was not delivered, so that it may come again.

        Args:
            event: The event.
            came: When it came: another one that has come since, in a window of its own, stays.
        """
        key = self._read(event)
        if self._expiries.get(key) == came + self._policy.window:
            del self._expiries[key]

    def __len__(self) -> int:
        return len(self._expiries)

    def _is_first(self, event: bytes, now: float) -> bool:
        key = self._read(event)
        if key is None:
            return True
        if key in self._expiries:
            return False
        if len(self._expiries) >= self._policy.max_keys:
            del self._expiries[next(iter(self._expiries))]
        self._expiries[key] = now + self._policy.window
        return True

    def _forget_expired(self, now: float) -> None:
        while self._expiries:
            oldest = next(iter(self._expiries))
            if self._expiries[oldest] > now:
                return
            del self._expiries[oldest]
