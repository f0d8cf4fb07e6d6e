"""A bounded stream of events that a consumer iterates over."""

from __future__ import annotations

import enum
import weakref
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Protocol, Self
from uuid import uuid4

from anyio import Event as Signal
from anyio.lowlevel import checkpoint

from rulebus.policy import check_count
from rulebus.rule import RuleTarget

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from rulebus.event import Event
    from rulebus.rule import Rule
    from rulebus.types import PatternInput

# A consumer that never waits would keep the event loop to itself.
_EVENTS_PER_TURN = 64


class _Bus(Protocol):
    @property
    def rules(self) -> Mapping[str, Rule]: ...

    def put_rule(self, name: str, pattern: PatternInput, /) -> object: ...

    def put_targets(self, rule: str, /, *targets: RuleTarget) -> None: ...

    def delete_rule(self, name: str, /) -> None: ...


class _State(enum.IntEnum):
    """What has become of a stream; it never goes back."""

    FLOWING = 0
    FLUSHING = 1
    ENDED = 2
    CLOSED = 3


class StreamTarget:
    """
    Hold events until the consumer of a stream takes them.

    Args:
        capacity: Events that may wait here; those that come then wait in the rule's queue.

    Raises:
        ValidationError: The capacity is not a positive integer.
    """

    __slots__ = ("_capacity", "_changed", "_events", "_state")

    def __init__(self, capacity: int) -> None:
        check_count("capacity", capacity)
        self._capacity = capacity
        self._events: deque[Event] = deque()
        self._state = _State.FLOWING
        self._changed: Signal | None = None

    async def deliver(self, event: Event, /) -> None:
        """Wait for room and hold an event, or let it go if the stream has ended."""
        while len(self._events) >= self._capacity and self._state is _State.FLOWING:
            await self._change()
        if self._state < _State.ENDED:
            self._events.append(event)
            self._tell()

    async def take(self) -> Event:
        """
        Return the next event, and wait for one.

        Raises:
            StopAsyncIteration: The stream has ended and all its events are taken.
        """
        while not self._events:
            if self._state >= _State.ENDED:
                raise StopAsyncIteration
            await self._change()
        event = self._events.popleft()
        self._tell()
        return event

    def flush(self) -> None:
        """Hold what still comes, also beyond the capacity: a bus that is left waits for nobody."""
        self._go_on_to(_State.FLUSHING)

    def end(self) -> None:
        """Let the consumer take what there is, and then end."""
        self._go_on_to(_State.ENDED)

    def close(self) -> None:
        """End at once, and let all events go."""
        self._events.clear()
        self._go_on_to(_State.CLOSED)

    def _go_on_to(self, state: _State) -> None:
        self._state = max(self._state, state)
        self._tell()

    async def _change(self) -> None:
        """Wait for an event to come or go, or for the end."""
        if self._changed is None:
            self._changed = Signal()
        await self._changed.wait()

    def _tell(self) -> None:
        if self._changed is not None:
            self._changed.set()
            self._changed = None


class EventStream:
    """
    Iterate over events as they come: `async for event in stream`.

    While the consumer is slow, events wait in the stream, then in the queue of its rule, and then
    publishers wait. The iteration ends when the bus does, after all events. A stream that is
    closed, or that nobody holds any more, gets no events and holds up nobody.

    Args:
        target: Where the events come from.
        on_close: Called once when the stream is closed.
    """

    __slots__ = ("__weakref__", "_close", "_taken", "_target")

    def __init__(self, target: StreamTarget, on_close: Callable[[], object]) -> None:
        self._target = target
        self._taken = 0
        self._close = weakref.finalize(self, _close, target, on_close)
        self._close.atexit = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        self._taken += 1
        if self._taken % _EVENTS_PER_TURN == 0:
            await checkpoint()
        return await self._target.take()

    def close(self) -> None:
        """Get no more events, and let those go that wait; nothing happens if that was done."""
        self._close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def open_stream(bus: _Bus, pattern: PatternInput, *, capacity: int = 1_000) -> EventStream:
    """
    Return a stream of the events of a bus that match a pattern, from now on.

    The stream has a rule of its own, which is removed when the stream is closed.

    Args:
        bus: The bus.
        pattern: The event pattern.
        capacity: Events that may wait in the stream, beside those in the queue of its rule.

    Raises:
        InvalidEventPatternError: The pattern is not an event pattern.
        ValidationError: The capacity is not a positive integer.
    """
    target, name = StreamTarget(capacity), f"stream-{uuid4().hex}"
    bus.put_rule(name, pattern)
    bus.put_targets(name, RuleTarget(id="stream", target=target))
    return EventStream(target, partial(_remove, bus, name))


def _remove(bus: _Bus, rule: str) -> None:
    if rule in bus.rules:
        bus.delete_rule(rule)


def _close(target: StreamTarget, on_close: Callable[[], object]) -> None:
    target.close()
    on_close()
