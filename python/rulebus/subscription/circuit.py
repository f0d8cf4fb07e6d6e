"""A circuit breaker: whether a target that keeps failing is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from rulebus.policy import CircuitBreaker

CircuitState: TypeAlias = Literal["closed", "open", "half-open"]
"""Closed: deliveries flow. Open: none do. Half-open: one is under way, to see how it goes."""


class Circuit:
    """
    The state of one target's circuit.

    Args:
        breaker: When the circuit opens, and for how long.
    """

    __slots__ = ("_breaker", "_delivered", "_failures", "opens_until", "state")

    def __init__(self, breaker: CircuitBreaker) -> None:
        self._breaker = breaker
        self._failures = 0
        self._delivered = 0
        self.state: CircuitState = "closed"
        self.opens_until: float = 0.0

    def may_deliver(self, now: float) -> bool:
        """Tell whether a delivery may begin; while the circuit is not closed, it is the probe."""
        return self.state == "closed" or (self.state == "open" and now >= self.opens_until)

    def begin_probe(self) -> None:
        """Take note that the probe is under way."""
        self.state = "half-open"

    def end_probe(self, now: float, *, failed: bool) -> None:
        """Close the circuit after a probe that succeeded; begin the pause anew after a failure."""
        if failed:
            self._open(now)
        else:
            self.state = "closed"
            self._failures = 0

    def note_failure(self, now: float, delivered: int) -> None:
        """
        Count a failure.

        Args:
            now: Seconds of the monotonic clock.
            delivered: Events that the target has taken so far. If there are more than at the
                last failure, this one is the first in a row: so a success costs nothing here.
        """
        self._failures = self._failures + 1 if delivered == self._delivered else 1
        self._delivered = delivered
        if self.state == "closed" and self._failures >= self._breaker.failure_threshold:
            self._open(now)

    def _open(self, now: float) -> None:
        self.state = "open"
        self.opens_until = now + self._breaker.pause
