"""`asyncio.Queue` with one consumer: what people write who have no bus."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any, Self

from delivery.adapter import Subscriber
from delivery.adapters.consumers import Consumer

CAPACITY = 1_000


class BareQueue:
    """A bounded queue, its consumer, and what says that the consumer has nothing left."""

    def __init__(self, subscribers: Sequence[Subscriber], consume: Consumer) -> None:
        self._queue: asyncio.Queue[Any] = asyncio.Queue(CAPACITY)
        self._drained = asyncio.Event()
        self._consumed: Awaitable[None] = consume(self._queue.get, subscribers, self._drained)

    async def __aenter__(self) -> Self:
        self._task = asyncio.ensure_future(self._consumed)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()

    async def put(self, events: Sequence[Any]) -> None:
        """Put the events one by one."""
        for event in events:
            await self._queue.put(event)

    async def drain(self) -> None:
        """Let the consumer come to the end of the queue."""
        await self._queue.put(None)
        await self._drained.wait()
        self._drained.clear()
