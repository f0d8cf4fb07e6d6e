"""What is counted for a whole bus."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .subscription import LatencyHistogram, SubscriptionStatistics

if TYPE_CHECKING:
    from collections.abc import Sequence

_NO_LATENCY = LatencyHistogram((), 0.0)


class BusStatistics(NamedTuple):
    """
    What has happened since the bus was opened, and what waits.

    Targets that were removed count until, and after, what had come for them is delivered.

    Args:
        published: Events that were accepted.
        matched: Rules that matched, counted once for each event.
        delivered: Deliveries that a target has taken.
        failed: Events that were given up for a target, or that the end of the bus cut off.
        retried: Deliveries that failed and were, or will be, tried again.
        dead: Events that became dead letters; they are among the failed.
        dropped: Events that were dropped for want of room.
        queued: Events that wait to be delivered.
        in_flight: Events that targets are being given.
        waiting: Events that have failed and wait to be tried again.
        oldest_age: Seconds for which the oldest event has been queued or waiting.
        latency: From publication to the end of the delivery.
        subscriptions: One for each target of each rule, in the order of the rules.
    """

    published: int = 0
    matched: int = 0
    delivered: int = 0
    failed: int = 0
    retried: int = 0
    dead: int = 0
    dropped: int = 0
    queued: int = 0
    in_flight: int = 0
    waiting: int = 0
    oldest_age: float = 0.0
    latency: LatencyHistogram = _NO_LATENCY
    subscriptions: tuple[SubscriptionStatistics, ...] = ()


class Totals(NamedTuple):
    """The counts of subscriptions that have ended, added up."""

    delivered: int = 0
    failed: int = 0
    retried: int = 0
    dead: int = 0
    dropped: int = 0
    latency: LatencyHistogram = _NO_LATENCY

    def plus(self, counts: SubscriptionStatistics) -> Totals:
        """Return the totals with those of one more subscription."""
        return Totals(
            delivered=self.delivered + counts.delivered,
            failed=self.failed + counts.failed,
            retried=self.retried + counts.retried,
            dead=self.dead + counts.dead,
            dropped=self.dropped + counts.dropped,
            latency=LatencyHistogram.merged((self.latency, counts.latency)),
        )


def bus_statistics(
    published: int,
    matched: int,
    *,
    routed: Sequence[SubscriptionStatistics],
    ending: Sequence[SubscriptionStatistics],
    ended: Totals,
) -> BusStatistics:
    """
    Add up the counts of a bus.

    Args:
        published: As in `BusStatistics`.
        matched: As in `BusStatistics`.
        routed: Those of the targets that the rules have.
        ending: Those of targets that were removed and still have something to deliver.
        ended: Those of targets that have nothing more.
    """
    live = (*routed, *ending)
    counted: tuple[SubscriptionStatistics | Totals, ...] = (*live, ended)
    return BusStatistics(
        published=published,
        matched=matched,
        delivered=sum(one.delivered for one in counted),
        failed=sum(one.failed for one in counted),
        retried=sum(one.retried for one in counted),
        dead=sum(one.dead for one in counted),
        dropped=sum(one.dropped for one in counted),
        queued=sum(one.queued for one in live),
        in_flight=sum(one.in_flight for one in live),
        waiting=sum(one.waiting for one in live),
        oldest_age=max((one.oldest_age for one in live), default=0.0),
        latency=LatencyHistogram.merged(one.latency for one in counted),
        subscriptions=tuple(routed),
    )
