"""The figures of a bus for Prometheus and OpenTelemetry."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import anyio
import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from prometheus_client import CollectorRegistry, generate_latest

from rulebus import CircuitBreaker, Entry, Event, EventBus, RetryPolicy
from rulebus.telemetry.opentelemetry import observe
from rulebus.telemetry.prometheus import PrometheusCollector
from rulebus.testing import FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.anyio

# Their values are times.
LATENCIES = {"rulebus.latency.bucket", "rulebus.latency.sum"}


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


async def test_opentelemetry() -> None:
    """Every figure of a bus and of its targets is collected, under the same names."""
    bus, reader = EventBus("shop"), InMemoryMetricReader()
    provider = MeterProvider([reader])
    observe(bus, meter_provider=provider)

    @bus.rule({"source": ["shop"]}, name="r")
    async def handler(event: Event) -> None:
        if event.detail["n"] == 2:
            raise ValueError

    async with bus:
        for n in range(3):
            await bus.put_event(source="shop", detail_type="t", detail={"n": n})

    values = collected(reader)
    provider.shutdown()
    of_bus, of_target = (
        (("rulebus.bus", "shop"),),
        (
            ("rulebus.bus", "shop"),
            ("rulebus.rule", "r"),
            ("rulebus.target", "r"),
        ),
    )
    assert {
        ("rulebus.published", of_bus): 3,
        ("rulebus.matched", of_bus): 3,
        ("rulebus.received", of_target): 3,
        ("rulebus.delivered", of_target): 2,
        ("rulebus.failed", of_target): 1,
        ("rulebus.retried", of_target): 0,
        ("rulebus.dead", of_target): 1,
        ("rulebus.dropped", of_target): 0,
        ("rulebus.duplicates", of_target): 0,
        ("rulebus.queued", of_target): 0,
        ("rulebus.in_flight", of_target): 0,
        ("rulebus.waiting", of_target): 0,
        ("rulebus.oldest_age", of_target): 0,
        ("rulebus.circuit_open", of_target): 0,
        ("rulebus.latency.count", of_target): 2,
    } == {key: value for key, value in values.items() if key[0] not in LATENCIES}


async def test_latency_of_opentelemetry() -> None:
    """The latencies are buckets that are cumulative, and a sum that is that of the statistics."""
    clock, reader = FakeClock(), InMemoryMetricReader()
    bus = EventBus("shop", clock=clock)
    provider = MeterProvider([reader])
    observe(bus, meter_provider=provider)

    @bus.rule({"source": ["shop"]}, name="r")
    async def handler(_: Event) -> None:
        await clock.advance(0.003)

    async with bus:
        for _ in range(2):
            await bus.put_event(source="shop", detail_type="t", detail={})
            await bus.drain()

    values = collected(reader)
    provider.shutdown()
    buckets = {
        dict(attributes)["le"]: value
        for (name, attributes), value in values.items()
        if name == "rulebus.latency.bucket"
    }
    assert 32 == len(buckets)
    assert (0, 2, 2) == (buckets["0.002048"], buckets["0.004096"], buckets["+Inf"])
    assert [pytest.approx(0.006)] == [
        value for (name, _), value in values.items() if name == "rulebus.latency.sum"
    ]


def collected(reader: InMemoryMetricReader) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Return all values by name and attributes."""
    data = reader.get_metrics_data()
    assert data is not None
    return {
        (metric["name"], tuple(sorted(point["attributes"].items()))): point["value"]
        for resource in json.loads(data.to_json())["resource_metrics"]
        for scope in resource["scope_metrics"]
        for metric in scope["metrics"]
        for point in metric["data"]["data_points"]
    }


@pytest.fixture
def eager_threads() -> Iterator[None]:
    """Let threads take turns as often as they can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("eager_threads")
async def test_statistics_in_another_thread(caplog: pytest.LogCaptureFixture) -> None:
    """What watches a bus may ask for its figures in a thread of its own, whatever happens there."""
    caplog.set_level("CRITICAL", "rulebus")
    bus, done = EventBus(), False

    @bus.rule(
        {"source": ["shop"]},
        order_by="detail.n",
        concurrency=4,
        retry=RetryPolicy(max_attempts=3, base_delay=1e-6),
        circuit=CircuitBreaker(failure_threshold=1_000),
    )
    async def handler(event: Event) -> None:
        if event.detail["n"] % 3 == 0:
            raise ValueError

    def watch() -> None:
        while not done:
            bus.statistics()

    async with bus, anyio.create_task_group() as tasks:
        tasks.start_soon(anyio.to_thread.run_sync, watch)
        for turn in range(20):
            bus.put_rule(f"r{turn}", {"source": ["other"]})
            await bus.put_events(
                Entry(source="shop", detail_type="t", detail={"n": n}) for n in range(50)
            )
        await bus.drain()
        done = True

    assert 1_000 == bus.statistics().delivered + bus.statistics().dead
