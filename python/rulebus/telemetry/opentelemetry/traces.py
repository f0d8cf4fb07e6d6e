"""
A bus that traces its events with OpenTelemetry.

The spans have the names and attributes of OpenTelemetry's conventions for messaging:
https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Unpack

import orjson
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from rulebus import __version__
from rulebus._core import EventPath
from rulebus.bus import BusSettings, EventBus
from rulebus.dead_letter import DeadLetter
from rulebus.subscription import DetailBatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from opentelemetry.trace import Span, SpanContext, TracerProvider
    from opentelemetry.util.types import AttributeValue

    from rulebus.entry import Entry, EntryWriter, PutEventsResult, PutEventsResultEntry
    from rulebus.event import Event
    from rulebus.types import DetailInput, Handler

_ID = EventPath("$.id")
_TRACE_CONTEXT = {name: EventPath(f"$.{name}") for name in ("traceparent", "tracestate")}
_PROPAGATOR = TraceContextTextMapPropagator()


class TracedEventBus(EventBus):
    """
    Trace the events of a bus: one span for each put, and one for each delivery.

    The envelopes that the bus writes get a member `traceparent`, and `tracestate` if there is
    one, with the context of the span of their put. It stays in the event wherever that goes. The
    span of a delivery is a child of that context; that of a batch is linked to those of its
    events. During a delivery its span is the current one, so what a handler does belongs to the
    trace. Raw events are published as they are; they may have such members already.

    Source: https://www.w3.org/TR/trace-context/ and
    https://github.com/cloudevents/spec/blob/main/cloudevents/extensions/distributed-tracing.md

    Args:
        name: As in `EventBus`.
        tracer_provider: What the spans are given to; the global one of OpenTelemetry if `None`.
        settings: The other arguments of `EventBus`.
    """

    def __init__(
        self,
        name: str = "default",
        *,
        tracer_provider: TracerProvider | None = None,
        **settings: Unpack[BusSettings],
    ) -> None:
        super().__init__(name, **settings)
        self._tracer = trace.get_tracer("rulebus", __version__, tracer_provider)
        self._attributes = {"messaging.system": "rulebus", "messaging.destination.name": name}
        self._writer = _ContextWriter(self._writer)

    async def put_event(
        self,
        *,
        source: str,
        detail_type: str,
        detail: DetailInput,
        resources: Sequence[str] = (),
        time: datetime | None = None,
    ) -> str:
        """Publish one event in a span; as in `EventBus`."""
        with self._put("put_event") as span:
            event_id = await super().put_event(
                source=source,
                detail_type=detail_type,
                detail=detail,
                resources=resources,
                time=time,
            )
            span.set_attribute("messaging.message.id", event_id)
        return event_id

    def put_event_nowait(
        self,
        *,
        source: str,
        detail_type: str,
        detail: DetailInput,
        resources: Sequence[str] = (),
        time: datetime | None = None,
    ) -> str:
        """Publish one event in a span, without waiting; as in `EventBus`."""
        with self._put("put_event_nowait") as span:
            event_id = super().put_event_nowait(
                source=source,
                detail_type=detail_type,
                detail=detail,
                resources=resources,
                time=time,
            )
            span.set_attribute("messaging.message.id", event_id)
        return event_id

    async def put_events(self, entries: Iterable[Entry]) -> PutEventsResult:
        """Publish several events in one span; as in `EventBus`."""
        entries = list(entries)
        with self._put("put_events") as span:
            span.set_attribute("messaging.batch.message_count", len(entries))
            result = await super().put_events(entries)
            if result.failed_entry_count:
                span.set_attribute("rulebus.failed_entry_count", result.failed_entry_count)
        return result

    async def put_raw_events(self, events: Iterable[bytes]) -> None:
        """Publish complete envelopes in one span, linked to the contexts that they have."""
        events = list(events)
        with self._put("put_raw_events") as span:
            span.set_attribute("messaging.batch.message_count", len(events))
            await super().put_raw_events(events)
            if span.is_recording():
                for link in _links(events):
                    span.add_link(link.context, link.attributes)

    def _put(self, operation: str) -> AbstractContextManager[Span]:
        attributes = {"messaging.operation.name": operation, "messaging.operation.type": "send"}
        return self._span(operation, SpanKind.PRODUCER, None, attributes)

    def _around_delivery(self, rule: str, target: str, deliver: Handler) -> Handler:
        attributes = {
            "messaging.operation.type": "process",
            "messaging.destination.subscription.name": rule,
            "messaging.consumer.group.name": target,
        }

        async def deliver_in_span(given: Event | list[Event] | DetailBatch) -> object:
            about = given.events if isinstance(given, DetailBatch) else given
            with self._delivery(about, attributes):
                return await deliver(given)

        return deliver_in_span

    def _delivery(
        self, given: Event | list[Event], attributes: Mapping[str, AttributeValue]
    ) -> AbstractContextManager[Span]:
        operation = "dead_letter" if isinstance(given, DeadLetter) else "deliver"
        about: dict[str, AttributeValue] = {"messaging.operation.name": operation, **attributes}
        # Whatever was current when the bus was opened has nothing to do with the event.
        parent, links = Context(), list[Link]()
        if isinstance(given, list):
            about["messaging.batch.message_count"] = len(given)
            links = _links(event.raw for event in given)
        else:
            about["messaging.message.id"] = _ID.text(given.raw) or ""
            parent = _context(given.raw)
        return self._span(operation, SpanKind.CONSUMER, parent, about, links)

    @contextmanager
    def _span(
        self,
        operation: str,
        kind: SpanKind,
        parent: Context | None,
        attributes: Mapping[str, AttributeValue],
        links: Sequence[Link] = (),
    ) -> Iterator[Span]:
        with self._tracer.start_as_current_span(
            f"{operation} {self.name}",
            context=parent,
            kind=kind,
            attributes={**self._attributes, **attributes},
            links=links,
        ) as span:
            try:
                yield span
            except BaseException as error:
                kind_of_error = type(error)
                span.set_attribute(
                    "error.type", f"{kind_of_error.__module__}.{kind_of_error.__qualname__}"
                )
                raise


class _ContextWriter:
    """
    Write envelopes that have the context of the current span.

    Args:
        writer: Writes them without it.
    """

    def __init__(self, writer: EntryWriter) -> None:
        self._writer = writer

    def write(
        self,
        source: str,
        detail_type: str,
        detail: DetailInput,
        resources: Sequence[str],
        time: datetime | None,
    ) -> tuple[str, bytes]:
        """Return a new event id and the envelope of the event."""
        event_id, raw = self._writer.write(source, detail_type, detail, resources, time)
        return event_id, _with_members(raw, _current_members())

    def write_all(self, entries: Iterable[Entry]) -> tuple[list[bytes], list[PutEventsResultEntry]]:
        """Return the envelopes of the entries that have one, and the result of each entry."""
        raws, results = self._writer.write_all(entries)
        members = _current_members()
        return [_with_members(raw, members) for raw in raws], results


def _current_members() -> bytes:
    """Return the context of the current span as members of an object, without its braces."""
    members: dict[str, str] = {}
    _PROPAGATOR.inject(members)
    return orjson.dumps(members)[1:-1]


def _with_members(raw: bytes, members: bytes) -> bytes:
    return b"%b,%b}" % (raw[:-1], members) if members else raw


def _context(raw: bytes) -> Context:
    """Return the context that an event has; an empty one if it has none."""
    texts = {name: path.text(raw) for name, path in _TRACE_CONTEXT.items()}
    return _PROPAGATOR.extract({name: text for name, text in texts.items() if text}, Context())


def _links(raws: Iterable[bytes]) -> list[Link]:
    """Return links to the contexts that events have."""
    return [
        Link(context, {"messaging.message.id": _ID.text(raw) or ""})
        for raw in raws
        if (context := _span_context(raw)).is_valid
    ]


def _span_context(raw: bytes) -> SpanContext:
    return trace.get_current_span(_context(raw)).get_span_context()
