"""The statistics of buses as Prometheus metrics: `pip install rulebus[prometheus]`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from rulebus.telemetry.figures import BUS_COUNTERS, CIRCUIT_OPEN, COUNTERS, GAUGES, LATENCY, buckets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rulebus.bus import EventBus


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
        for figure, text in BUS_COUNTERS.items():
            counter = CounterMetricFamily(f"rulebus_{figure}", text, labels=["bus"])
            for name, bus in statistics:
                counter.add_metric([name], getattr(bus, figure))
            yield counter
        labels = ["bus", "rule", "target"]
        for figure, text in COUNTERS.items():
            counter = CounterMetricFamily(f"rulebus_{figure}", text, labels=labels)
            for name, one in targets:
                counter.add_metric([name, one.rule, one.target], getattr(one, figure))
            yield counter
        for figure, text in GAUGES.items():
            gauge = GaugeMetricFamily(f"rulebus_{figure}", text, labels=labels)
            for name, one in targets:
                gauge.add_metric([name, one.rule, one.target], getattr(one, figure))
            yield gauge
        circuit = GaugeMetricFamily("rulebus_circuit_open", CIRCUIT_OPEN, labels=labels)
        latency = HistogramMetricFamily("rulebus_latency_seconds", LATENCY, labels=labels)
        for name, one in targets:
            circuit.add_metric([name, one.rule, one.target], one.circuit != "closed")
            reached = [(bound, float(count)) for bound, count in buckets(one.latency)]
            latency.add_metric([name, one.rule, one.target], reached, one.latency.total)
        yield circuit
        yield latency
