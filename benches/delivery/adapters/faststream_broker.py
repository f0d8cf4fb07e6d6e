"""FastStream's in-memory broker: one subject, and a `filter` for each handler."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Self

from faststream.message import StreamMessage
from faststream.nats import NatsBroker, TestNatsBroker

from delivery.adapter import Subscriber


class FastStreamBroker:
    """A broker for NATS, of which a test broker needs no server; the first match takes an event."""

    def __init__(self, subscribers: Sequence[Subscriber]) -> None:
        self._broker = NatsBroker()
        orders = self._broker.subscriber("orders")
        for subscriber in subscribers:
            orders(_handler(subscriber), filter=_filter(subscriber.customer))

    async def __aenter__(self) -> Self:
        self._test_broker = TestNatsBroker(self._broker)
        await self._test_broker.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._test_broker.__aexit__(None, None, None)

    async def put(self, events: Sequence[Any]) -> None:
        """Publish the events one by one."""
        for event in events:
            await self._broker.publish(event, "orders")

    async def drain(self) -> None:
        """Do nothing: the handler has run when `publish` returns."""


def _filter(wanted: str) -> Callable[[StreamMessage[Any]], Coroutine[Any, Any, bool]]:
    async def is_wanted(message: StreamMessage[Any]) -> bool:
        event: Any = await message.decode()
        return bool(event["detail"]["customer"] == wanted)

    return is_wanted


def _handler(subscriber: Subscriber) -> Callable[[dict[str, Any]], Coroutine[Any, Any, None]]:
    receiver = subscriber.receiver

    async def on_order(event: dict[str, Any]) -> None:
        await receiver.take(event)

    return on_order
