"""
What stands behind a bare queue: one consumer that awaits the handlers, as people write it.

Each runs until it is cancelled. An event of `None` says that all before it are handled.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias

import orjson

from delivery.adapter import Subscriber
from delivery.workload import predicate

Get: TypeAlias = Callable[[], Awaitable[Any]]
Consumer: TypeAlias = Callable[[Get, Sequence[Subscriber], asyncio.Event], Awaitable[None]]


async def hand_on(get: Get, subscribers: Sequence[Subscriber], drained: asyncio.Event) -> None:
    """Give every event to the one handler, unseen."""
    ((_, receiver),) = subscribers
    while True:
        while (event := await get()) is not None:
            await receiver.take(event)
        drained.set()


async def decode_one(get: Get, subscribers: Sequence[Subscriber], drained: asyncio.Event) -> None:
    """Decode each event and do the work of one rule: a comparison."""
    ((wanted, receiver),) = subscribers
    while True:
        while (raw := await get()) is not None:
            event = orjson.loads(raw)
            if event["detail"]["customer"] == wanted:
                await receiver.take(event)
        drained.set()


async def compare_one(get: Get, subscribers: Sequence[Subscriber], drained: asyncio.Event) -> None:
    """Do the work of one rule on events that are decoded."""
    ((wanted, receiver),) = subscribers
    while True:
        while (event := await get()) is not None:
            if event["detail"]["customer"] == wanted:
                await receiver.take(event)
        drained.set()


async def decode_each(get: Get, subscribers: Sequence[Subscriber], drained: asyncio.Event) -> None:
    """Decode each event and ask the predicate of each handler."""
    rules = [(predicate(wanted), receiver) for wanted, receiver in subscribers]
    while True:
        while (raw := await get()) is not None:
            event = orjson.loads(raw)
            for holds, receiver in rules:
                if holds(event):
                    await receiver.take(event)
        drained.set()


async def compare_each(get: Get, subscribers: Sequence[Subscriber], drained: asyncio.Event) -> None:
    """Ask the predicate of each handler about events that are decoded."""
    rules = [(predicate(wanted), receiver) for wanted, receiver in subscribers]
    while True:
        while (event := await get()) is not None:
            for holds, receiver in rules:
                if holds(event):
                    await receiver.take(event)
        drained.set()
