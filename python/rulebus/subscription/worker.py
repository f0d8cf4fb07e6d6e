"""Workers: the tasks that deliver, and handlers among them that publish and wait for room."""

from __future__ import annotations

from collections import deque
from contextvars import ContextVar
from typing import TYPE_CHECKING

from anyio import Event as Signal
from anyio import get_current_task

from rulebus.exceptions import BusStateError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rulebus._core import Turn

    from .owner import Owner
    from .subscription import Subscription


class Worker:
    """
    A task of a bus that delivers for one subscription after the other.

    Args:
        owner: The bus.
        task_id: The task.
        turn: What it has in hand.
    """

    __slots__ = ("owner", "task_id", "turn", "waits_for")

    def __init__(self, owner: Owner, task_id: int, turn: Turn) -> None:
        self.owner: Owner = owner
        self.task_id: int = task_id
        self.turn: Turn = turn
        # What the running handler has published and waits for.
        self.waits_for: Sequence[PendingPut] = ()

    def is_stuck(self, assumed: tuple[Subscription, ...]) -> bool:
        """Tell whether the running handler waits for room in a subscription that is stuck."""
        return any(put.events and put.subscription.is_stuck(assumed) for put in self.waits_for)


delivering: ContextVar[Worker | None] = ContextVar("delivering", default=None)
"""The worker whose handler is running; also seen by tasks that the handler has started."""


def current_worker() -> Worker | None:
    """Return the worker whose task this is, if it is one's: then a handler is calling."""
    worker = delivering.get()
    return worker if worker and worker.task_id == get_current_task().id else None


class PendingPut:
    """The events of one publisher that wait for room in one subscription."""

    __slots__ = ("_admitted", "events", "subscription")

    def __init__(self, subscription: Subscription, events: Iterable[bytes]) -> None:
        self.subscription: Subscription = subscription
        self.events: deque[bytes] = deque(events)
        self._admitted: Signal = Signal()

    def admitted(self) -> None:
        """Wake the publisher."""
        self._admitted.set()

    async def wait(self) -> None:
        """
        Wait until all events have found room.

        Raises:
            BusStateError: The bus was cancelled before.
        """
        await self._admitted.wait()
        if self.events:
            raise BusStateError("the bus was cancelled before there was room for the event")


async def wait_for_room(puts: Sequence[PendingPut]) -> None:
    """
    Wait until all events have found room. Those that have not when an error ends it are given up.

    Raises:
        SubscriptionFullError: A handler calls that would wait for itself for ever.
        BusStateError: The bus was cancelled before there was room.
    """
    worker = current_worker()
    if worker:
        worker.waits_for = puts
    try:
        for put in puts:
            if worker and put.events and put.subscription.is_stuck():
                raise put.subscription.full_error(
                    "To wait would never end: the publishing handler itself has to make the room."
                )
        for put in puts:
            await put.wait()
    finally:
        if worker:
            worker.waits_for = ()
        for put in puts:
            put.subscription.give_up(put)
