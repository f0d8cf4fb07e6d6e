"""The delivery of one rule target: a bounded queue, and the workers that empty it."""

from __future__ import annotations

import logging
import math
from collections import deque
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from anyio import Event as Signal
from anyio import current_effective_deadline, get_cancelled_exc_class, get_current_task
from anyio.lowlevel import checkpoint

from .event import Event
from .exceptions import BusStateError, SubscriptionFullError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Sequence

    from .rule import RuleTarget, Target

# A handler that never waits would keep the event loop to itself.
_DELIVERIES_PER_TURN = 64

_logger = logging.getLogger("rulebus")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFailure:
    """
    A delivery that its target did not take.

    Args:
        rule: The name of the rule that matched.
        target: The id of the target.
        event: The event.
        error: What the target raised.
    """

    rule: str
    target: str
    event: Event
    error: BaseException


class SubscriptionStatistics(NamedTuple):
    """
    The state and the counts of one rule target since the bus was opened.

    At any moment `received == queued + in_flight + delivered + failed`.
    """

    rule: str
    target: str
    received: int
    queued: int
    in_flight: int
    delivered: int
    failed: int


class Owner(Protocol):
    """What a subscription needs of the bus that it belongs to."""

    def start_worker(self, work: Callable[[], Coroutine[Any, Any, None]], /) -> None:
        """Run a worker until it returns or the bus is cancelled."""

    def report(self, failure: DeliveryFailure, /) -> None:
        """Take note of a failure; must not raise."""

    def ended(self, subscription: Subscription, /) -> None:
        """Take note that a retired subscription has no more to deliver."""


class Worker:
    """One of the tasks of a subscription: it delivers one event at a time."""

    __slots__ = ("subscription", "task_id", "waits_for")

    def __init__(self, subscription: Subscription) -> None:
        self.subscription: Subscription = subscription
        self.task_id: int | None = None
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

    __slots__ = ("admitted", "events", "subscription")

    def __init__(self, subscription: Subscription, events: Iterable[bytes]) -> None:
        self.subscription: Subscription = subscription
        self.events: deque[bytes] = deque(events)
        self.admitted: Signal = Signal()


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
            if worker and put.subscription.is_stuck():
                raise put.subscription.full_error(
                    "To wait would never end: the publishing handler itself has to make the room."
                )
        for put in puts:
            await put.admitted.wait()
            if put.events:
                raise BusStateError("the bus was cancelled before there was room for the event")
    finally:
        if worker:
            worker.waits_for = ()
        for put in puts:
            put.subscription.give_up(put)


class Subscription:
    """
    Deliver the events of one rule target, at most `capacity` waiting and `concurrency` running.

    A worker is a task that lives as long as the subscription. It is started by the first event
    that finds all others busy, so that a rule without events costs no task.

    Args:
        rule: The name of the rule.
        settings: The id and the limits of the target.
        target: The target itself.
        owner: The bus.
    """

    __slots__ = (
        "_closed",
        "_cut_off",
        "_deliver",
        "_delivered",
        "_failed",
        "_pending",
        "_queue",
        "_received",
        "_retired",
        "_settled",
        "_sleepers",
        "_workers",
        "owner",
        "rule",
        "settings",
    )

    def __init__(self, rule: str, settings: RuleTarget, target: Target, owner: Owner) -> None:
        self.rule: str = rule
        self.settings: RuleTarget = settings
        self.owner: Owner = owner
        self._deliver = target.deliver
        self._queue: deque[bytes] = deque()
        # Not empty only while the queue is full: room goes to the first one at once.
        self._pending: deque[PendingPut] = deque()
        self._workers: list[Worker] = []
        self._sleepers: list[Signal] = []
        self._settled: Signal | None = None
        self._retired = False
        self._closed = False
        self._cut_off = False
        self._received = 0
        self._delivered = 0
        self._failed = 0

    @property
    def is_idle(self) -> bool:
        """Whether everything that came is delivered or failed."""
        return self._received == self._delivered + self._failed and not self._pending

    @property
    def is_full(self) -> bool:
        """Whether a publisher would have to wait for room."""
        return len(self._queue) >= self.settings.capacity

    def statistics(self) -> SubscriptionStatistics:
        """Return the counts as they are now."""
        queued = len(self._queue)
        return SubscriptionStatistics(
            rule=self.rule,
            target=self.settings.id,
            received=self._received,
            queued=queued,
            in_flight=self._received - self._delivered - self._failed - queued,
            delivered=self._delivered,
            failed=self._failed,
        )

    def put(self, events: Sequence[bytes]) -> PendingPut | None:
        """Queue events in order; return what has to wait for room, to be waited for."""
        room = self.settings.capacity - len(self._queue)
        if len(events) <= room:
            self._take(events)
            return None
        self._take(events[:room])
        pending = PendingPut(self, events[room:])
        self._pending.append(pending)
        return pending

    def give_up(self, put: PendingPut) -> None:
        """Forget events that still wait for room."""
        if put.events and put in self._pending:
            self._pending.remove(put)

    async def settle(self) -> None:
        """
        Wait until the subscription is idle.

        Raises:
            BusStateError: The bus was cancelled before.
        """
        while not self.is_idle and not self._closed:
            if self._settled is None:
                self._settled = Signal()
            await self._settled.wait()
        if self._cut_off:
            raise BusStateError("the bus was cancelled before all events were delivered")

    def retire(self) -> None:
        """Deliver what has come, and then end."""
        self._retired = True
        self._note_changes()
        if not self._workers:
            self.owner.ended(self)

    def close(self) -> None:
        """End at once: what is still queued counts as failed."""
        self._closed = True
        self._cut_off = not self.is_idle
        if self._queue:
            _logger.warning(
                "%d events for target %r of rule %r were not delivered: the bus was cancelled",
                len(self._queue),
                self.settings.id,
                self.rule,
            )
        self._failed += len(self._queue)
        self._queue.clear()
        for put in self._pending:
            put.admitted.set()
        self._pending.clear()
        self._note_changes()

    def full_error(self, reason: str) -> SubscriptionFullError:
        """Return the error for a publisher that cannot wait for room."""
        return SubscriptionFullError(self.rule, self.settings.id, reason)

    def is_stuck(self, assumed: tuple[Subscription, ...] = ()) -> bool:
        """Tell whether all workers wait, in a circle, for room that only they can make."""
        if self in assumed:
            return True
        return len(self._workers) == self.settings.concurrency and all(
            worker.is_stuck((*assumed, self)) for worker in self._workers
        )

    def _take(self, events: Sequence[bytes]) -> None:
        self._queue.extend(events)
        self._received += len(events)
        count = len(events)
        while count and self._sleepers:
            self._sleepers.pop().set()
            count -= 1
        while count and len(self._workers) < self.settings.concurrency:
            worker = Worker(self)
            self._workers.append(worker)
            self.owner.start_worker(partial(self._work, worker))
            count -= 1

    def _admit(self) -> None:
        """Give the room that there is to those that wait for it, first come, first served."""
        while self._pending and not self.is_full:
            first = self._pending[0]
            room = self.settings.capacity - len(self._queue)
            self._take([first.events.popleft() for _ in range(min(room, len(first.events)))])
            if not first.events:
                self._pending.popleft()
                first.admitted.set()

    async def _work(self, worker: Worker) -> None:
        worker.task_id = get_current_task().id
        delivering.set(worker)
        while True:
            await self._empty_queue()
            self._note_changes()
            if self._closed or self._retired:
                break
            signal = Signal()
            self._sleepers.append(signal)
            await signal.wait()
        self._workers.remove(worker)
        if self._retired and not self._workers:
            self.owner.ended(self)

    async def _empty_queue(self) -> None:
        queue, pending, deliver = self._queue, self._pending, self._deliver
        deliveries = 0
        while queue:
            raw = queue.popleft()
            if pending:
                self._admit()
            try:
                await deliver(Event(raw))
            except BaseException as error:  # noqa: BLE001  cancellation has to be counted, too
                self._fail(raw, error)
            else:
                self._delivered += 1
            deliveries += 1
            if deliveries == _DELIVERIES_PER_TURN:
                deliveries = 0
                await checkpoint()

    def _fail(self, raw: bytes, error: BaseException) -> None:
        """Count and report a failed delivery; raise the error again if it ends the worker."""
        self._failed += 1
        if not isinstance(error, Exception) and not _is_stray_cancellation(error):
            raise error
        event = Event(raw)
        self.owner.report(
            DeliveryFailure(rule=self.rule, target=self.settings.id, event=event, error=error)
        )

    def _note_changes(self) -> None:
        """Wake those that wait for the subscription to be idle or to end."""
        if self._settled is not None and (self.is_idle or self._closed):
            self._settled.set()
            self._settled = None
        if self._closed or self._retired:
            for signal in self._sleepers:
                signal.set()
            self._sleepers.clear()


def _is_stray_cancellation(error: BaseException) -> bool:
    """Tell a cancellation that leaked out of a handler from one that is meant for its worker."""
    return (
        isinstance(error, get_cancelled_exc_class()) and current_effective_deadline() != -math.inf
    )
