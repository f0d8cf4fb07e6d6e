"""blinker: one signal, whose receivers look for themselves whether an event is theirs."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Self

from blinker import Signal

from delivery.adapter import Subscriber
from delivery.workload import predicate


class BlinkerSignal:
    """A signal that is sent with `send_async`, which awaits one receiver after the other."""

    def __init__(self, subscribers: Sequence[Subscriber]) -> None:
        self._signal = Signal()
        for subscriber in subscribers:
            # A signal holds its receivers weakly by default, and would lose these.
            self._signal.connect(_receiver(subscriber), weak=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def put(self, events: Sequence[Any]) -> None:
        """Send the signal for each event."""
        for event in events:
            await self._signal.send_async("orders", event=event)

    async def drain(self) -> None:
        """Do nothing: all receivers have run when `send_async` returns."""


def _receiver(subscriber: Subscriber) -> Callable[..., Coroutine[Any, Any, None]]:
    holds, receiver = predicate(subscriber.customer), subscriber.receiver

    async def on_order(_: object, event: dict[str, Any]) -> None:
        if holds(event):
            await receiver.take(event)

    return on_order
