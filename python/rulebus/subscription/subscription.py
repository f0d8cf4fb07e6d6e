"""The delivery of one rule target: the core, driven by workers, publishers and the time."""

from __future__ import annotations

import logging
import math
import random
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from anyio import CancelScope, current_effective_deadline, get_cancelled_exc_class
from anyio import Event as Signal

from rulebus._core import view
from rulebus.dead_letter import DeadLetter, Exhausted, describe_failure
from rulebus.event import Event
from rulebus.exceptions import BusStateError, HandlerTimeoutError, SubscriptionFullError
from rulebus.log import MemoryLog
from rulebus.targets import as_target

from .batch import deliver_function, item_errors
from .core import SubscriptionCore
from .dispatcher import DELIVERIES_PER_TURN
from .worker import PendingPut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rulebus.log import Delivery
    from rulebus.rule import RuleTarget

    from .dispatcher import Dispatcher
    from .lease import Lease
    from .statistics import SubscriptionStatistics
    from .worker import Worker

# Deliveries that take longer than this many seconds are timed one by one.
_WORTH_TIMING = 20e-6

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
        attempts: Deliveries of the event that were tried so far.
        is_final: Whether the event is given up.
    """

    rule: str
    target: str
    event: Event
    error: BaseException
    attempts: int = 1
    is_final: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsDropped:
    """
    Events that a target had no room for, and that were dropped as its policy says.

    Args:
        rule: The name of the rule that matched.
        target: The id of the target.
        events: The events, in the order in which they came.
    """

    rule: str
    target: str
    events: tuple[Event, ...]


class Owner(Protocol):
    """What a subscription needs of the bus that it belongs to."""

    def report(self, failures: Sequence[DeliveryFailure], /) -> None:
        """Take note of failures that have one cause; must not raise."""

    def report_dropped(self, dropped: EventsDropped, /) -> None:
        """Take note of events that were dropped; must not raise."""

    def report_dead(self, letter: DeadLetter, /, *, keep: bool) -> None:
        """Take note of a dead letter, and keep it if no target has it; must not raise."""

    def ended(self, subscription: Subscription, /) -> None:
        """Take note that a retired subscription has no more to deliver."""


class Subscription:
    """
    Deliver the events of one rule target as its policies say.

    Args:
        rule: The name of the rule.
        settings: The target and its policies.
        owner: The bus.
        dispatcher: The tasks of the bus.
    """

    def __init__(
        self, rule: str, settings: RuleTarget, owner: Owner, dispatcher: Dispatcher
    ) -> None:
        self.rule: str = rule
        self.settings: RuleTarget = settings
        self._owner = owner
        self._dispatcher = dispatcher
        self._clock = dispatcher.clock
        self._now = dispatcher.clock.monotonic
        self._deliver = deliver_function(rule, settings)
        self._dead_letters = (
            as_target(settings.dead_letter).deliver if settings.dead_letter is not None else None
        )
        self.core: SubscriptionCore = SubscriptionCore(
            rule, settings, MemoryLog(), self._now(), random.random
        )
        self._intake = self.core.intake
        self._waits = settings.overflow == "wait"
        self._is_ordered = settings.order_by is not None
        # To let publishers in one by one, as room is made, would cost more than to deliver.
        self._low = settings.capacity - max(1, settings.capacity // 16)
        self._is_timed = any((settings.batch, settings.rate, settings.retry, settings.circuit))
        self._has_colleagues = settings.concurrency > 1
        self._active: list[Worker] = []
        self._is_submitted = False
        self._armed_for = math.inf
        # What is under way and when it has to be done, the first one first.
        self._timeouts: dict[Lease, tuple[float, CancelScope]] = {}
        self._most = 1
        self._settled: Signal | None = None
        self._is_retired = False
        self._is_cut_off = False

    # For publishers

    @property
    def is_idle(self) -> bool:
        """Whether everything that came is settled, and no publisher waits."""
        return self.core.is_idle

    @property
    def is_full(self) -> bool:
        """Whether an event has no room, and may not take another's."""
        turns_away = self.settings.overflow in {"wait", "reject"}
        return turns_away and not self._intake.has_room(1, 0)

    def has_room(self, events: int, size: int) -> bool:
        """Tell whether there is room for some events of so many bytes together."""
        return self._intake.has_room(events, size)

    def put(self, events: Sequence[bytes], now: float) -> PendingPut | None:
        """Queue events in order; return what has to wait for room, to be waited for."""
        rest = self._intake.put(events, now)
        pending = None
        if rest:
            if self._waits:
                pending = PendingPut(self, rest)
                self._intake.wait(pending, now)
            else:
                self._owner.report_dropped(
                    EventsDropped(
                        rule=self.rule, target=self.settings.id, events=tuple(map(Event, rest))
                    )
                )
        if not self._is_submitted or self._has_colleagues:
            self._rouse(now)
        return pending

    def give_up(self, put: PendingPut) -> None:
        """Forget events that still wait for room."""
        if put.events:
            now = self._now()
            self._intake.give_up(put, now)
            self._rouse(now)
            self._note_changes()

    def full_error(self, reason: str) -> SubscriptionFullError:
        """Return the error for a publisher that cannot wait for room."""
        return SubscriptionFullError(self.rule, self.settings.id, reason)

    def is_stuck(self, assumed: tuple[Subscription, ...] = ()) -> bool:
        """Tell whether all workers wait, in a circle, for room that only they can make."""
        if self in assumed:
            return True
        return len(self._active) == self.settings.concurrency and all(
            worker.is_stuck((*assumed, self)) for worker in self._active
        )

    # For the bus

    def statistics(self) -> SubscriptionStatistics:
        """Return the counts as they are now."""
        return self.core.statistics(self._now())

    async def settle(self) -> None:
        """
        Wait until the subscription is idle; do not wait for more events to fill a batch.

        Raises:
            BusStateError: The bus was cancelled before.
        """
        while not self.is_idle and not self.core.is_closed:
            self.core.is_flushing = True
            self._rouse(self._now())
            if self._settled is None:
                self._settled = Signal()
            await self._settled.wait()
        if self._is_cut_off:
            raise BusStateError("the bus was cancelled before all events were delivered")

    def retire(self) -> None:
        """Deliver what has come, and then end."""
        self._is_retired = True
        self.core.is_flushing = True
        self._rouse(self._now())
        self._note_changes()

    def close(self) -> None:
        """End at once: what still waits counts as failed."""
        self._is_cut_off = not self.is_idle
        waited = self.core.close()
        if waited:
            _logger.warning(
                "%d events for target %r of rule %r were not delivered: the bus was cancelled",
                waited,
                self.settings.id,
                self.rule,
            )
        self._note_changes()

    # For the dispatcher

    def tick(self, deadline: float, now: float) -> None:
        """Take note that a time is reached."""
        if deadline != self._armed_for:
            return
        self._armed_for = math.inf
        for due, scope in self._timeouts.values():
            if due > now:
                break
            scope.cancel()
        self._rouse(now)

    async def deliver(self, worker: Worker) -> int:
        """Deliver what may be delivered without giving others their turn; return how much."""
        self._is_submitted = False
        self._active.append(worker)
        try:
            return await self._deliver_some(self._now())
        finally:
            self._active.remove(worker)

    def end_turn(self) -> None:
        """Take note that `deliver` has returned: there may be more to do, or nothing at all."""
        self._rouse(self._now())
        if self._settled is not None or self.core.is_flushing:
            self._note_changes()

    async def _deliver_some(self, now: float) -> int:
        core, has_colleagues = self.core, self._has_colleagues
        if has_colleagues and len(core.log.queue) > 1:
            self._rouse(now)
        if core.log.queue and core.allow(now, self._most):
            return await self._deliver_straight(now)
        lease = core.take(now)
        if lease is None:
            return 0
        if has_colleagues:
            self._rouse(now)
        await self._deliver_lease(lease)
        return len(lease)

    async def _deliver_straight(self, began: float) -> int:
        """Deliver from the front of the queue, as long as the core allows."""
        core, intake, deliver, low = self.core, self._intake, self._deliver, self._low
        queue, take, take_time = core.log.queue, core.log.queue.popleft, core.log.times.popleft
        pending, counts_bytes, is_ordered = intake.pending, intake.counts_bytes, self._is_ordered
        first_put_at = core.log.times[0]
        done = 0
        # One event is in flight whenever this waits, so it need not be counted for each of them.
        core.in_flight += 1
        while True:
            core.allowance -= 1
            raw, put_at = take(), take_time()
            if counts_bytes:
                intake.queue_bytes -= len(raw)
            if is_ordered:
                core.alone = raw
            if pending and len(queue) + intake.parked <= low:
                intake.admit(self._now())
            try:
                await deliver(view(raw))
            except BaseException as error:  # noqa: BLE001  cancellation has to be counted, too
                await self._fail(core.lease_straight(raw, put_at), [error])
                break
            core.delivered += 1
            done += 1
            if core.alone_key is not None:
                core.end_alone()
            if not queue or not core.allowance or (is_ordered and core.in_flight > 1):
                core.end_alone()
                core.in_flight -= 1
                break
        now = self._now()
        if done:
            core.latency.note(now - first_put_at, done)
        self._most = DELIVERIES_PER_TURN if now - began <= done * _WORTH_TIMING else 1
        intake.admit(now)
        return done

    async def _deliver_lease(self, lease: Lease) -> None:
        events = lease.events()
        errors: Sequence[BaseException | None] = ()
        try:
            if self.settings.timeout is None:
                result = await self._deliver(self._payload(events))
            else:
                result = await self._deliver_in_time(lease, events)
            if self.settings.batch is not None:
                errors = item_errors(result, events)
        except BaseException as error:  # noqa: BLE001  cancellation has to be counted, too
            errors = [error] * len(lease)
        if errors:
            await self._fail(lease, errors)
        else:
            self.core.succeed(lease, self._now())

    async def _deliver_in_time(self, lease: Lease, events: list[Event]) -> object:
        allowed = self.settings.timeout or 0.0
        # One task keeps the time for all, so that a delivery costs a scope, but no timer.
        with CancelScope() as scope:
            deadline = self._now() + allowed
            self._timeouts[lease] = (deadline, scope)
            self._arm(deadline)
            try:
                return await self._deliver(self._payload(events))
            finally:
                del self._timeouts[lease]
        raise HandlerTimeoutError(allowed)

    def _payload(self, events: list[Event]) -> Event | list[Event]:
        return events if self.settings.batch is not None else events[0]

    # Failures

    async def _fail(self, lease: Lease, errors: Sequence[BaseException | None]) -> None:
        """Count and report failed deliveries; raise an error again if it ends the worker."""
        for error in errors:
            if error is not None and _ends_worker(error):
                for delivery in lease.deliveries():
                    self.core.lose(delivery)
                raise error
        time = self._clock.time()
        failures = [describe_failure(error, time) if error else None for error in errors]
        given_up = self.core.fail(lease, errors, failures, self._now())
        final = {id(delivery) for delivery, _ in given_up}
        self._owner.report(
            [
                DeliveryFailure(
                    rule=self.rule,
                    target=self.settings.id,
                    event=Event(delivery.raw),
                    error=error,
                    attempts=delivery.attempts,
                    is_final=id(delivery) in final or self.core.is_closed,
                )
                for delivery, error in zip(lease.deliveries(), errors, strict=True)
                if error is not None
            ]
        )
        for delivery, exhausted in given_up:
            await self._bury(delivery, exhausted)

    async def _bury(self, delivery: Delivery, exhausted: Exhausted | None) -> None:
        letter = self._letter(delivery, exhausted)
        is_taken = False
        if self._dead_letters is not None:
            try:
                await self._dead_letters(letter)
            except Exception:
                _logger.exception("the dead-letter target of %r failed on %r", self.rule, letter)
            except BaseException:
                self.core.lose(delivery)
                raise
            else:
                is_taken = True
        self._owner.report_dead(letter, keep=not is_taken)
        self.core.bury(delivery, self._now())

    def _letter(self, delivery: Delivery, exhausted: Exhausted | None) -> DeadLetter:
        assert delivery.first_failure and delivery.last_failure  # noqa: S101, PT018  it failed
        return DeadLetter(
            delivery.raw,
            letter_id=str(uuid.uuid4()),
            rule=self.rule,
            target=self.settings.id,
            attempts=delivery.attempts,
            first_failure=delivery.first_failure,
            last_failure=delivery.last_failure,
            exhausted=exhausted,
        )

    # Changes

    def _rouse(self, now: float) -> None:
        """Have a worker come if there is work for one more, or a time be kept if there will be."""
        # A worker that ends its turn looks again, so as long as all are busy there is no need to.
        if len(self._active) < self.settings.concurrency:
            if not self._is_submitted and self.core.has_work(now):
                self._is_submitted = True
                self._dispatcher.submit(self)
            if self._is_timed and (not self._is_submitted or self._has_colleagues):
                self._arm(self.core.next_deadline(now))
        if self._timeouts:
            self._arm(next((due for due, _ in self._timeouts.values() if due > now), math.inf))

    def _arm(self, deadline: float) -> None:
        if deadline < self._armed_for:
            self._armed_for = deadline
            self._dispatcher.wake_at(deadline, self)

    def _note_changes(self) -> None:
        """Wake those that wait for the subscription to be idle or to end."""
        if not self.is_idle and not self.core.is_closed:
            return
        if self._settled is not None:
            self._settled.set()
            self._settled = None
        if self._is_retired:
            self._is_retired = False
            self._owner.ended(self)
        else:
            self.core.is_flushing = False


def _ends_worker(error: BaseException) -> bool:
    """Tell what is meant for the worker from an error, or a cancellation, of the handler."""
    if isinstance(error, Exception):
        return False
    is_cancellation = isinstance(error, get_cancelled_exc_class())
    return not is_cancellation or current_effective_deadline() == -math.inf
