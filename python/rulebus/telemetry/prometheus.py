"""The statistics of buses as Prometheus metrics: `pip install rulebus[prometheus]`."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from rulebus.subscription import upper_bound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rulebus.bus import EventBus
    from rulebus.subscription import LatencyHistogram

_BUS_COUNTERS = {
    "published": "Events that were accepted.",
    "matched": "Rules that matched, counted once for each event.",
}

_COUNTERS = {
    "received": "Events that were put in the queue, or dropped for want of room.",
    "delivered": "Events that the target has taken.",
    "failed": "Events that were given up, or that the end of the bus cut off.",
    "retried": "Deliveries that failed and were, or will be, tried again.",
    "dead": "Events that became dead letters.",
    "dropped": "Events that were dropped for want of room.",
    "duplicates": "Events that were not taken in because of the deduplication.",
}

_GAUGES = {
    "queued": "Events that wait to be delivered.",
    "in_flight": "Events that the target is being given.",
    "waiting": "Events that have failed and wait to be tried again.",
    "oldest_age": "Seconds for which the oldest event has been queued or waiting.",
}

_LATENCY = "Seconds from the publication of an event to the end of its delivery."
_CIRCUIT = "1 while the circuit breaker of the target is not closed."


class PrometheusCollector(Collector):
    """
    Show the statistics of buses to Prometheus.

    The figures are read when they are asked for: events cost nothing. Those of a target have the
    labels `bus`, `rule` and `target`, and the names of `SubscriptionStatistics`.

    Example: `prometheus_client.REGISTRY.register(PrometheusCollector(bus))`

    Args:
        buses: The buses, each of another name.
    """

    def __init__(self, *buses: EventBus) -> None:
        self._buses = buses

    def describe(self) -> list[Metric]:
        """Return nothing: which targets there will be is not known."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Return the figures as they are now."""
        statistics = [(bus.name, bus.statistics()) for bus in self._buses]
        targets = [(name, one) for name, bus in statistics for one in bus.subscriptions]
        for figure, text in _BUS_COUNTERS.items():
            counter = CounterMetricFamily(f"rulebus_{figure}", text, labels=["bus"])
            for name, bus in statistics:
                counter.add_metric([name], getattr(bus, figure))
            yield counter
        labels = ["bus", "rule", "target"]
        for figure, text in _COUNTERS.items():
            counter = CounterMetricFamily(f"rulebus_{figure}", text, labels=labels)
            for name, one in targets:
                counter.add_metric([name, one.rule, one.target], getattr(one, figure))
            yield counter
        for figure, text in _GAUGES.items():
            gauge = GaugeMetricFamily(f"rulebus_{figure}", text, labels=labels)
            for name, one in targets:
                gauge.add_metric([name, one.rule, one.target], getattr(one, figure))
            yield gauge
        circuit = GaugeMetricFamily("rulebus_circuit_open", _CIRCUIT, labels=labels)
        latency = HistogramMetricFamily("rulebus_latency_seconds", _LATENCY, labels=labels)
        for name, one in targets:
            circuit.add_metric([name, one.rule, one.target], one.circuit != "closed")
            latency.add_metric(
                [name, one.rule, one.target], _buckets(one.latency), one.latency.total
            )
        yield circuit
        yield latency


def _buckets(histogram: LatencyHistogram) -> list[tuple[str, float]]:
    """Return how many deliveries took no longer than the upper bound of each bucket."""
    reached = list(accumulate(histogram.counts))
    # The last bucket has no upper bound.
    bounds = [f"{upper_bound(bucket):g}" for bucket in range(len(reached) - 1)]
    return list(zip([*bounds, "+Inf"], map(float, reached), strict=True))
