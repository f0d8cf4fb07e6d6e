"""The statistics of buses as OpenTelemetry metrics."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from opentelemetry import metrics
from opentelemetry.metrics import Observation

from rulebus import __version__
from rulebus.telemetry.figures import (
    BUS_COUNTERS,
    CIRCUIT_OPEN,
    COUNTERS,
    GAUGES,
    LATENCY,
    buckets,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opentelemetry.metrics import CallbackOptions, MeterProvider

    from rulebus.bus import EventBus
    from rulebus.subscription import SubscriptionStatistics


def observe(*buses: EventBus, meter_provider: MeterProvider | None = None) -> None:
    """
    Show the statistics of buses to OpenTelemetry, from now on.

    The figures are read when they are asked for, which may be in another thread: events cost
    nothing. Their names are `rulebus.` and those of `SubscriptionStatistics`, and their attributes
    `rulebus.bus`, `rulebus.rule` and `rulebus.target`.

    OpenTelemetry has no histogram that can be read, only one in which each delivery would have to
    be recorded. So that of the latencies is three counters, as Prometheus has it:
    `rulebus.latency.bucket` with the attribute `le`, seconds as text, counts the deliveries that
    took no longer than this; `rulebus.latency.count` all of them, and `rulebus.latency.sum` the
    seconds that they took together. Of the first there are 32 for each target, while an SDK keeps
    2,000 sets of attributes of an instrument unless it is told to keep more.

    Args:
        buses: The buses, each of another name.
        meter_provider: What the figures are given to; the global one if `None`.
    """
    meter = metrics.get_meter("rulebus", __version__, meter_provider)
    for figure, text in BUS_COUNTERS.items():
        meter.create_observable_counter(
            f"rulebus.{figure}", [partial(_of_buses, buses, figure)], description=text
        )
    for figure, text in COUNTERS.items():
        meter.create_observable_counter(
            f"rulebus.{figure}", [partial(_of_targets, buses, figure)], description=text
        )
    for figure, text in GAUGES.items():
        meter.create_observable_gauge(
            f"rulebus.{figure}", [partial(_of_targets, buses, figure)], description=text
        )
    meter.create_observable_gauge(
        "rulebus.circuit_open", [partial(_circuits, buses)], description=CIRCUIT_OPEN
    )
    for figure, unit, read in (
        ("bucket", "", _buckets),
        ("count", "", _deliveries),
        ("sum", "s", _seconds),
    ):
        meter.create_observable_counter(
            f"rulebus.latency.{figure}", [partial(read, buses)], unit=unit, description=LATENCY
        )


def _of_buses(buses: Sequence[EventBus], figure: str, _: CallbackOptions) -> Iterator[Observation]:
    for bus in buses:
        yield Observation(getattr(bus.statistics(), figure), {"rulebus.bus": bus.name})


def _of_targets(
    buses: Sequence[EventBus], figure: str, _: CallbackOptions
) -> Iterator[Observation]:
    for bus in buses:
        for one in bus.statistics().subscriptions:
            yield Observation(getattr(one, figure), _attributes(bus, one))


def _circuits(buses: Sequence[EventBus], _: CallbackOptions) -> Iterator[Observation]:
    for bus in buses:
        for one in bus.statistics().subscriptions:
            yield Observation(int(one.circuit != "closed"), _attributes(bus, one))


def _buckets(buses: Sequence[EventBus], _: CallbackOptions) -> Iterator[Observation]:
    for bus in buses:
        for one in bus.statistics().subscriptions:
            for bound, count in buckets(one.latency):
                yield Observation(count, {**_attributes(bus, one), "le": bound})


def _deliveries(buses: Sequence[EventBus], _: CallbackOptions) -> Iterator[Observation]:
    for bus in buses:
        for one in bus.statistics().subscriptions:
            yield Observation(one.latency.deliveries, _attributes(bus, one))


def _seconds(buses: Sequence[EventBus], _: CallbackOptions) -> Iterator[Observation]:
    for bus in buses:
        for one in bus.statistics().subscriptions:
            yield Observation(one.latency.total, _attributes(bus, one))


def _attributes(bus: EventBus, one: SubscriptionStatistics) -> dict[str, str]:
    return {"rulebus.bus": bus.name, "rulebus.rule": one.rule, "rulebus.target": one.target}
