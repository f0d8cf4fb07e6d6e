"""The figures of a bus in the form that Prometheus reads."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from rulebus import Event, EventBus
from rulebus.telemetry.prometheus import PrometheusCollector

pytestmark = pytest.mark.anyio


async def test_prometheus() -> None:
    """Every figure of a bus and of its targets can be scraped."""
    bus = EventBus("shop")
    registry = CollectorRegistry()
    registry.register(PrometheusCollector(bus))

    @bus.rule({"source": ["shop"]}, name="r")
    async def handler(event: Event) -> None:
        if event.detail["n"] == 2:
            raise ValueError

    async with bus:
        for n in range(3):
            await bus.put_event(source="shop", detail_type="t", detail={"n": n})

    def value(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(f"rulebus_{name}", {"bus": "shop"} | labels)

    target = {"rule": "r", "target": "r"}
    assert (3.0, 3.0) == (value("published_total"), value("matched_total"))
    assert (3.0, 2.0, 1.0, 1.0) == (
        value("received_total", **target),
        value("delivered_total", **target),
        value("failed_total", **target),
        value("dead_total", **target),
    )
    assert (0.0, 0.0, 0.0) == (
        value("queued", **target),
        value("waiting", **target),
        value("circuit_open", **target),
    )
    assert (2.0, 2.0) == (
        value("latency_seconds_count", **target),
        value("latency_seconds_bucket", le="+Inf", **target),
    )


async def test_buckets_add_up() -> None:
    """The buckets of the histogram are cumulative, and all of them are there."""
    bus = EventBus("shop")
    registry = CollectorRegistry()
    registry.register(PrometheusCollector(bus))

    @bus.rule({"source": ["shop"]}, name="r")
    async def handler(_: Event) -> None:
        """Take an event."""

    async with bus:
        await bus.put_event(source="shop", detail_type="t", detail={})

    lines = generate_latest(registry).decode().splitlines()
    counts = [float(line.split()[-1]) for line in lines if "latency_seconds_bucket" in line]
    assert 32 == len(counts)
    assert sorted(counts) == counts
    assert 1.0 == counts[-1]
