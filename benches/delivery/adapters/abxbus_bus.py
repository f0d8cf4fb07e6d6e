"""abxbus: one event class, whose handlers look for themselves whether an event is theirs."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Self

from abxbus import BaseEvent, EventBus

from delivery.adapter import Subscriber

# Faster than to await each event, as its first page does; a bounded publisher has to wait anyway.
EMISSIONS = 100


class OrderPlaced(BaseEvent[None]):
    """An event with the detail of the envelope."""

    detail: dict[str, Any]


class AbxbusBus:
    """A bus with its default order: one event, and one handler, after the other."""

    def __init__(self, subscribers: Sequence[Subscriber]) -> None:
        # Without dropping its history it takes a hundred events and no more. The other two only
        # guess at mistakes while handlers are added.
        self._bus = EventBus(
            max_history_drop=True,
            warn_on_duplicate_handler_names=False,
            event_handler_detect_file_paths=False,
        )
        for subscriber in subscribers:
            self._bus.on(OrderPlaced, _handler(subscriber))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._bus.destroy()

    async def put(self, events: Sequence[Any]) -> None:
        """Emit the events, a hundred at a time."""
        for start in range(0, len(events), EMISSIONS):
            for event in events[start : start + EMISSIONS]:
                self._bus.emit(OrderPlaced(detail=event["detail"]))
            await self._bus.wait_until_idle()

    async def drain(self) -> None:
        """Do nothing: the bus was idle when `put` returned."""


def _handler(subscriber: Subscriber) -> Callable[[OrderPlaced], Coroutine[Any, Any, None]]:
    wanted, receiver = subscriber

    async def on_order(event: OrderPlaced) -> None:
        if event.detail["customer"] == wanted:
            await receiver.take(event)

    return on_order
