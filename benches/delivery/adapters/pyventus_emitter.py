"""pyventus: one event name, whose subscribers look for themselves whether an event is theirs."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Self

from pyventus.core.processing.asyncio import (  # type: ignore[attr-defined]
    AsyncIOProcessingService,
)
from pyventus.events import EventEmitter, EventLinker

from delivery.adapter import Subscriber
from delivery.workload import predicate

# The emitter makes a task of each emission and never waits; a publisher has to, now and then.
EMISSIONS = 100


class PyventusEmitter:
    """An emitter on asyncio."""

    def __init__(self, subscribers: Sequence[Subscriber]) -> None:
        # The class is the registry, so each emitter needs one of its own.
        class Orders(EventLinker):
            pass

        for subscriber in subscribers:
            Orders.subscribe("OrderPlaced", event_callback=_callback(subscriber))
        self._tasks = AsyncIOProcessingService()
        self._emitter = EventEmitter(event_processor=self._tasks, event_linker=Orders, debug=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def put(self, events: Sequence[Any]) -> None:
        """Emit the events, a hundred at a time."""
        for start in range(0, len(events), EMISSIONS):
            for event in events[start : start + EMISSIONS]:
                self._emitter.emit("OrderPlaced", event)
            await self._tasks.wait_for_tasks()

    async def drain(self) -> None:
        """Do nothing: the tasks of all emissions were waited for."""


def _callback(subscriber: Subscriber) -> Callable[[dict[str, Any]], Coroutine[Any, Any, None]]:
    holds, receiver = predicate(subscriber.customer), subscriber.receiver

    async def on_order(event: dict[str, Any]) -> None:
        if holds(event):
            await receiver.take(event)

    return on_order
