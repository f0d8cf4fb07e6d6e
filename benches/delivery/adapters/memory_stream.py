"""anyio's memory object stream with one consumer."""

import asyncio
from collections.abc import Sequence
from typing import Any, Self

import anyio

from delivery.adapter import Subscriber
from delivery.adapters.bare_queue import CAPACITY
from delivery.adapters.consumers import Consumer


class MemoryStream:
    """A bounded stream, its consumer, and what says that the consumer has nothing left."""

    def __init__(self, subscribers: Sequence[Subscriber], consume: Consumer) -> None:
        self._send, self._receive = anyio.create_memory_object_stream[Any](CAPACITY)
        self._drained = asyncio.Event()
        self._consumed = consume(self._receive.receive, subscribers, self._drained)

    async def __aenter__(self) -> Self:
        self._task = asyncio.ensure_future(self._consumed)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        self._send.close()
        self._receive.close()

    async def put(self, events: Sequence[Any]) -> None:
        """Send the events one by one."""
        for event in events:
            await self._send.send(event)

    async def drain(self) -> None:
        """Let the consumer come to the end of the stream."""
        await self._send.send(None)
        await self._drained.wait()
        self._drained.clear()
