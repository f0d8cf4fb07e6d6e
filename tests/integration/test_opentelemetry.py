"""Traces of a bus, as OpenTelemetry's own SDK exports them."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import SpanKind, StatusCode, TraceFlags, get_current_span

from rulebus import (
    BatchPolicy,
    BusTarget,
    Entry,
    Event,
    EventBus,
    InvalidEventError,
    PermanentError,
    RetryPolicy,
    RuleTarget,
)
from rulebus.bus import BusSettings
from rulebus.telemetry.opentelemetry import TracedEventBus
from rulebus.testing import FakeClock, RecordingTarget, run_until_idle

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan

pytestmark = pytest.mark.anyio

PATTERN = {"source": ["shop"]}
EVENT: dict[str, Any] = {"source": "shop", "detail_type": "t", "detail": {}}


@dataclass
class Empty:
    """A detail without members."""


class Traces:
    """A bus, and the spans that it has ended."""

    def __init__(self, **settings: Any) -> None:
        self.exporter = InMemorySpanExporter()
        self.provider = TracerProvider()
        self.provider.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.tracer = self.provider.get_tracer("test")
        self.bus = self.another("shop", **settings)
        self.bus.put_rule("r", PATTERN)

    def another(self, name: str, **settings: Any) -> TracedEventBus:
        """Return a bus whose spans come here as well."""
        return TracedEventBus(name, tracer_provider=self.provider, **settings)

    def add(self, target: Any, **settings: Any) -> None:
        """Put a target to the rule."""
        self.bus.put_targets("r", RuleTarget(id="t", target=target, **settings))

    def spans(self, name: str) -> list[ReadableSpan]:
        """Return the spans of one name, in the order in which they ended."""
        return [span for span in self.exporter.get_finished_spans() if span.name == name]


def id_of(span: ReadableSpan) -> tuple[int, int]:
    """Return what names a span: its trace and itself."""
    assert span.context is not None
    return span.context.trace_id, span.context.span_id


def parent_of(span: ReadableSpan) -> tuple[int, int] | None:
    """Return what names the parent of a span."""
    return None if span.parent is None else (span.parent.trace_id, span.parent.span_id)


async def test_put_and_delivery() -> None:
    """A put is a span, and the delivery of its event is a child of it."""
    traces = Traces()
    traces.add(RecordingTarget())

    async with traces.bus:
        with traces.tracer.start_as_current_span("request"):
            event_id = await traces.bus.put_event(**EVENT)

    [request], [put] = traces.spans("request"), traces.spans("put_event shop")
    [delivery] = traces.spans("deliver shop")
    assert (SpanKind.PRODUCER, SpanKind.CONSUMER) == (put.kind, delivery.kind)
    assert (id_of(request), id_of(put)) == (parent_of(put), parent_of(delivery))
    assert {
        "messaging.system": "rulebus",
        "messaging.destination.name": "shop",
        "messaging.operation.name": "put_event",
        "messaging.operation.type": "send",
        "messaging.message.id": event_id,
    } == put.attributes
    assert {
        "messaging.system": "rulebus",
        "messaging.destination.name": "shop",
        "messaging.destination.subscription.name": "r",
        "messaging.consumer.group.name": "t",
        "messaging.operation.name": "deliver",
        "messaging.operation.type": "process",
        "messaging.message.id": event_id,
    } == delivery.attributes


async def test_context_is_in_the_event() -> None:
    """The envelope has the context as the W3C spells it, behind the members that it always has."""
    traces, target = Traces(), RecordingTarget()
    traces.add(target)

    async with traces.bus:
        await traces.bus.put_event(**EVENT)

    [put], [event] = traces.spans("put_event shop"), target.events
    trace_id, span_id = id_of(put)
    members = event.to_dict()
    assert f"00-{trace_id:032x}-{span_id:016x}" == members["traceparent"][:-3]
    assert ["detail", "traceparent"] == list(members)[-2:]


async def test_put_of_several_events() -> None:
    """The events of one put are in one span, and a delivery of each belongs to it."""
    traces = Traces()
    traces.add(RecordingTarget())
    entries = [Entry(**EVENT), Entry(**EVENT | {"detail": "no object"}), Entry(**EVENT)]

    async with traces.bus:
        await traces.bus.put_events(iter(entries))

    [put], deliveries = traces.spans("put_events shop"), traces.spans("deliver shop")
    assert [id_of(put)] * 2 == [parent_of(delivery) for delivery in deliveries]
    assert put.attributes is not None
    assert (3, 1) == (
        put.attributes["messaging.batch.message_count"],
        put.attributes["rulebus.failed_entry_count"],
    )


async def test_put_without_waiting() -> None:
    """The put of an event without waiting is a span as well."""
    traces = Traces()
    traces.add(RecordingTarget())

    async with traces.bus:
        traces.bus.put_event_nowait(**EVENT)

    [put], [delivery] = traces.spans("put_event_nowait shop"), traces.spans("deliver shop")
    assert id_of(put) == parent_of(delivery)


async def test_batch() -> None:
    """The delivery of a batch belongs to no trace, and is linked to those of its events."""
    traces = Traces()
    traces.add(RecordingTarget(), batch=BatchPolicy(max_size=2, max_wait=60))

    async with traces.bus:
        ids = [await traces.bus.put_event(**EVENT) for _ in range(2)]

    puts, [delivery] = traces.spans("put_event shop"), traces.spans("deliver shop")
    assert parent_of(delivery) is None
    assert [id_of(put) for put in puts] == [
        (link.context.trace_id, link.context.span_id) for link in delivery.links
    ]
    assert [{"messaging.message.id": one} for one in ids] == [
        link.attributes for link in delivery.links
    ]
    assert delivery.attributes is not None
    assert 2 == delivery.attributes["messaging.batch.message_count"]


async def test_batch_of_typed_details() -> None:
    """The delivery of typed details is linked to the puts of their events."""
    traces, given = Traces(), list[Empty]()

    @traces.bus.rule(PATTERN, name="typed", detail=Empty, batch=BatchPolicy(max_size=2, max_wait=9))
    async def handler(details: list[Empty]) -> None:
        given.extend(details)

    async with traces.bus:
        ids = [await traces.bus.put_event(**EVENT) for _ in range(2)]

    [delivery] = traces.spans("deliver shop")
    assert [Empty(), Empty()] == given
    assert [{"messaging.message.id": one} for one in ids] == [
        link.attributes for link in delivery.links
    ]


async def test_handler_works_in_the_span() -> None:
    """What a handler publishes, or does otherwise, belongs to the trace of its event."""
    traces = Traces()
    traces.bus.put_rule("second", {"source": ["handler"]})
    traces.bus.put_targets("second", RuleTarget(id="t", target=RecordingTarget()))

    async def handler(_: Event) -> None:
        await anyio.lowlevel.checkpoint()
        await traces.bus.put_event(**EVENT | {"source": "handler"})

    traces.add(handler)

    async with traces.bus:
        await traces.bus.put_event(**EVENT)

    first, second = traces.spans("deliver shop")
    [inner] = [one for one in traces.spans("put_event shop") if one.parent is not None]
    assert (id_of(first), id_of(inner)) == (parent_of(inner), parent_of(second))


async def test_span_of_the_opening_is_no_parent() -> None:
    """A span that was current when the bus was opened has nothing to do with deliveries."""
    traces, raw = Traces(), b'{"id":"i","detail-type":"t","source":"shop","account":"1"'
    traces.add(RecordingTarget())

    with traces.tracer.start_as_current_span("startup"):
        async with traces.bus:
            await traces.bus.put_raw_events([raw + b',"time":"","region":""}'])

    [delivery] = traces.spans("deliver shop")
    assert parent_of(delivery) is None


async def test_failed_delivery() -> None:
    """Each attempt is a span, with the error that ended it; so is the dead letter."""
    clock, letters = FakeClock(), RecordingTarget()
    traces = Traces(clock=clock)
    failing = RecordingTarget([ValueError("x"), PermanentError("y")])
    traces.add(failing, retry=RetryPolicy(max_attempts=3), dead_letter=letters)

    async with traces.bus:
        await traces.bus.put_event(**EVENT)
        await run_until_idle(traces.bus, clock)

    [put], attempts = traces.spans("put_event shop"), traces.spans("deliver shop")
    [letter] = traces.spans("dead_letter shop")
    assert [id_of(put)] * 3 == [parent_of(one) for one in [*attempts, letter]]
    assert [StatusCode.ERROR, StatusCode.ERROR, StatusCode.UNSET] == [
        one.status.status_code for one in [*attempts, letter]
    ]
    assert ["builtins.ValueError", "rulebus.exceptions.PermanentError"] == [
        (one.attributes or {})["error.type"] for one in attempts
    ]


async def test_failed_put() -> None:
    """A put that is refused is a span with the error."""
    traces = Traces()

    async with traces.bus:
        with pytest.raises(InvalidEventError):
            await traces.bus.put_event(**EVENT | {"detail": "no object"})

    [put] = traces.spans("put_event shop")
    assert StatusCode.ERROR == put.status.status_code
    assert "rulebus.exceptions.InvalidEventError" == (put.attributes or {})["error.type"]


async def test_context_travels_from_bus_to_bus() -> None:
    """A forwarded event keeps its context; the put to the other bus belongs to the delivery."""
    traces, target = Traces(), RecordingTarget()
    other = traces.another("other")
    other.put_rule("r", PATTERN)
    other.put_targets("r", RuleTarget(id="t", target=target))
    traces.add(BusTarget(other))

    async with other, traces.bus:
        await traces.bus.put_event(**EVENT)

    [put], [delivery] = traces.spans("put_event shop"), traces.spans("deliver shop")
    [forward], [last] = traces.spans("put_raw_events other"), traces.spans("deliver other")
    assert id_of(delivery) == parent_of(forward)
    assert id_of(put) == parent_of(last)
    assert [id_of(put)] == [(link.context.trace_id, link.context.span_id) for link in forward.links]


async def test_state_of_the_trace() -> None:
    """What other tracers have added to the context travels with it."""
    traces, target = Traces(), RecordingTarget()
    traces.add(target)
    raw = (
        b'{"id":"i","detail-type":"t","source":"shop","account":"1","time":"","region":"",'
        b'"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",'
        b'"tracestate":"a=b"}'
    )

    async def handler(_: Event) -> None:
        await traces.bus.put_event(**EVENT | {"source": "handler"})

    traces.add(handler)
    traces.bus.put_rule("second", {"source": ["handler"]})
    traces.bus.put_targets("second", RuleTarget(id="t", target=target))

    async with traces.bus:
        await traces.bus.put_raw_events([raw])

    [event] = target.events
    assert "a=b" == event.to_dict()["tracestate"]
    assert event.to_dict()["traceparent"].startswith("00-0af7651916cd43dd8448eb211c80319c-")


@pytest.mark.parametrize("traceparent", [b"1", b'"x"', b"null", b'{"a":[1]}', b'""'])
async def test_context_that_is_none(traceparent: bytes) -> None:
    """An event whose member is no context is delivered as one without."""
    traces, target = Traces(), RecordingTarget()
    traces.add(target)
    head = b'{"id":"i","detail-type":"t","source":"shop","account":"1","time":"","region":"",'

    async with traces.bus:
        await traces.bus.put_raw_events([head + b'"traceparent":' + traceparent + b"}"])

    assert 1 == len(target.events)
    assert parent_of(traces.spans("deliver shop")[0]) is None


async def test_trace_that_is_not_sampled() -> None:
    """A trace that is not sampled travels as such: nobody down the way samples it either."""
    provider, target = TracerProvider(sampler=ALWAYS_OFF), RecordingTarget()
    bus = TracedEventBus(tracer_provider=provider)
    bus.put_rule("r", PATTERN)
    bus.put_targets("r", RuleTarget(id="t", target=target))

    async with bus:
        await bus.put_event(**EVENT)

    flags = int(target.events[0].to_dict()["traceparent"][-2:], 16)
    assert not flags & TraceFlags.SAMPLED


async def test_without_a_tracer() -> None:
    """Without an SDK nothing is added to events, and they are delivered all the same."""
    bus, target = TracedEventBus(), RecordingTarget()
    bus.put_rule("r", PATTERN)
    bus.put_targets("r", RuleTarget(id="t", target=target))

    async with bus:
        await bus.put_event(**EVENT)
        await bus.put_events([Entry(**EVENT)])

    assert ["traceparent" in event.to_dict() for event in target.events] == [False, False]
    assert not get_current_span().get_span_context().is_valid


def test_settings() -> None:
    """A traced bus takes every argument of a bus."""
    parameters = list(inspect.signature(EventBus).parameters)

    assert parameters == ["name", *BusSettings.__annotations__]
