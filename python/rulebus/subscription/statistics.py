"""What is counted: the figures of one subscription, and the times that deliveries took."""

from __future__ import annotations

from itertools import accumulate, zip_longest
from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .circuit import CircuitState


class LatencyHistogram(NamedTuple):
    """
    How long events took from their publication to the end of their delivery, retries included.

    Deliveries that follow each other within 20 microseconds are timed together, at most 128.

    Args:
        counts: Deliveries by time: `counts[n]` took less than `2 ** n` microseconds, and at
            least half of that.
        total: Seconds of all of them together.
    """

    counts: tuple[int, ...]
    total: float

    @property
    def deliveries(self) -> int:
        """Deliveries that were timed."""
        return sum(self.counts)

    @classmethod
    def merged(cls, histograms: Iterable[LatencyHistogram]) -> Self:
        """Return one histogram of the deliveries of several."""
        histograms = tuple(histograms)
        counts = zip_longest(*(one.counts for one in histograms), fillvalue=0)
        return cls(tuple(map(sum, counts)), sum(one.total for one in histograms))

    def quantile(self, fraction: float) -> float:
        """
        Return a time within which this fraction of the deliveries was done.

        Args:
            fraction: From 0 to 1, such as 0.99.

        Returns:
            Seconds, at most twice the exact value and never less than it; 0 if there are none.
        """
        wanted = fraction * self.deliveries
        for bucket, reached in enumerate(accumulate(self.counts)):
            if reached and reached >= wanted:
                return upper_bound(bucket)
        return 0.0


def upper_bound(bucket: int) -> float:
    """Return the seconds that all deliveries of a bucket stayed below."""
    return float(2**bucket) / 1e6


class SubscriptionStatistics(NamedTuple):
    """
    The state and the counts of one rule target since the bus was opened.

    At any moment `received == queued + in_flight + delivered + failed + waiting + dropped`.

    Args:
        rule: The name of the rule.
        target: The id of the target.
        received: Events that were put in the queue, or dropped for want of room.
        queued: Events that wait to be delivered, those held back by the order included.
        in_flight: Events that the target is being given.
        delivered: Events that it has taken.
        failed: Events that were given up, or that the end of the bus cut off.
        waiting: Events that have failed and wait to be tried again.
        retried: Deliveries that failed and were, or will be, tried again.
        dead: Events that became dead letters; they are among the failed.
        dropped: Events that were dropped for want of room.
        duplicates: Events that were not taken in because of the deduplication.
        circuit: The state of the circuit breaker.
        oldest_age: Seconds for which the oldest event has been queued or waiting.
        latency: From publication to the end of the delivery.
    """

    rule: str
    target: str
    received: int
    queued: int
    in_flight: int
    delivered: int
    failed: int
    waiting: int
    retried: int
    dead: int
    dropped: int
    duplicates: int
    circuit: CircuitState
    oldest_age: float
    latency: LatencyHistogram
