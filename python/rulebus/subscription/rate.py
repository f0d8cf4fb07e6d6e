"""A rate limit as a bucket of tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rulebus.policy import RateLimit

# What a token may lack and still count as whole: times are floats.
_ROUNDING = 1e-6


class TokenBucket:
    """
    Let `burst` events pass at once and `per_second` in the long run; each takes a token.

    Args:
        limit: The rate and the size of the bucket, which is full at first.
        now: Seconds of the monotonic clock.
    """

    __slots__ = ("_limit", "_tokens", "_updated")

    def __init__(self, limit: RateLimit, now: float) -> None:
        self._limit = limit
        self._tokens = float(limit.burst)
        self._updated = now

    def available(self, now: float) -> int:
        """Return how many events may pass now."""
        gained = (now - self._updated) * self._limit.per_second
        self._tokens = min(float(self._limit.burst), self._tokens + gained)
        self._updated = now
        return int(self._tokens + _ROUNDING)

    def spend(self, events: int) -> None:
        """Let events pass; a negative number gives tokens back."""
        self._tokens -= events

    def next_at(self, now: float) -> float:
        """Return when an event may pass, if none may pass now."""
        if self.available(now):
            return now
        return now + (1.0 - self._tokens) / self._limit.per_second
