"""The figures of statistics, and what each of them counts."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from rulebus.subscription import upper_bound

if TYPE_CHECKING:
    from rulebus.subscription import LatencyHistogram

BUS_COUNTERS = {
    "published": "Events that were accepted.",
    "matched": "Rules that matched, counted once for each event.",
}
"""What only grows as long as a bus is open: members of `BusStatistics`."""

COUNTERS = {
    "received": "Events that were put in the queue, or dropped for want of room.",
    "delivered": "Events that the target has taken.",
    "failed": "Events that were given up, or that the end of the bus cut off.",
    "retried": "Deliveries that failed and were, or will be, tried again.",
    "dead": "Events that became dead letters.",
    "dropped": "Events that were dropped for want of room.",
    "duplicates": "Events that were not taken in because of the deduplication.",
}
"""The same of a target: members of `SubscriptionStatistics`."""

GAUGES = {
    "queued": "Events that wait to be delivered.",
    "in_flight": "Events that the target is being given.",
    "waiting": "Events that have failed and wait to be tried again.",
    "oldest_age": "Seconds for which the oldest event has been queued or waiting.",
}
"""What goes up and down."""

LATENCY = "Seconds from the publication of an event to the end of its delivery."

CIRCUIT_OPEN = "1 while the circuit breaker of the target is not closed."


def buckets(histogram: LatencyHistogram) -> list[tuple[str, int]]:
    """Return how many deliveries took no longer than the upper bound of each bucket."""
    reached = list(accumulate(histogram.counts))
    # The last bucket has no upper bound.
    bounds = [f"{upper_bound(bucket):g}" for bucket in range(len(reached) - 1)]
    return list(zip([*bounds, "+Inf"], reached, strict=True))
