"""The delivery of one rule target: the core, driven by workers, publishers and the time."""

from __future__ import annotations

import logging
import math
import random
from typing import TYPE_CHECKING

from anyio import Event as Signal

from rulebus.event import Event
from rulebus.exceptions import BusStateError, SubscriptionFullError
from rulebus.targets import as_target

from .batch import ItemsFailedError, deliver_function, item_errors
from .core import SubscriptionCore
from .failures import Failures
from .handover import Handover
from .input import preparation
from .owner import EventsDropped
from .timeouts import Timeouts
from .worker import PendingPut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rulebus._core import Turn
    from rulebus.log import SubscriptionLog
    from rulebus.rule import RuleTarget
    from rulebus.types import Handler

    from .dispatcher import Dispatcher
    from .owner import Owner
    from .statistics import SubscriptionStatistics

_logger = logging.getLogger("rulebus")


class Subscription:
    """
    Deliver the events of one rule target as its policies say.

    Args:
        rule: The name of the rule.
        settings: The target and its policies.
        owner: The bus.
        dispatcher: The tasks of the bus.
        log: Where the events wait.
    """

    def __init__(
        self,
        rule: str,
        settings: RuleTarget,
        owner: Owner,
        dispatcher: Dispatcher,
        log: SubscriptionLog,
    ) -> None:
        self.rule: str = rule
        self.settings: RuleTarget = settings
        self._owner = owner
        self._dispatcher = dispatcher
        self._now = dispatcher.clock.monotonic
        deliver = owner.use(rule, settings.id, settings.target, deliver_function(settings))
        self.core: SubscriptionCore = SubscriptionCore(
            rule, settings, log, self._now(), random.random
        )
        prepare = preparation(rule, settings, owner.rule_arn, dispatcher.clock)
        self._timeouts = Timeouts(self._now, self._arm)
        self._handover = Handover(settings, deliver, prepare, self._timeouts)
        self._failures = Failures(
            self.core, owner, dispatcher.clock, self._dead_letter_function(), self._timeouts
        )
        self._intake = self.core.intake
        self._waits = settings.overflow == "wait"
        self._is_timed = any((settings.batch, settings.rate, settings.retry, settings.circuit))
        self._has_colleagues = settings.concurrency > 1
        self._armed_for = math.inf
        self._settled: Signal | None = None
        self._is_retired = False
        self._is_cut_off = False
        self.core.is_plain = self.core.is_plain and prepare is None
        self.core.note_straight()
        queue = self.core.queue
        queue.subscription, queue.deliver = self, deliver
        queue.is_ordered = settings.order_by is not None
        queue.batch_size = settings.batch.max_size if settings.batch is not None else None
        if not self.is_idle:
            self._rouse(self._now())

    # For publishers

    @property
    def is_idle(self) -> bool:
        """Whether everything that came is settled, and no publisher waits."""
        return self.core.is_idle

    def turns_away(self, size: int) -> bool:
        """Tell whether an event of so many bytes has no room, and may not take another's."""
        drops = self.settings.overflow in {"drop_oldest", "drop_newest"}
        return not drops and (bool(self._intake.pending) or not self._intake.has_room(1, size))

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
        if not self.core.queue.is_submitted or self._has_colleagues:
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
        workers = self._dispatcher.workers_of(self)
        return len(workers) == self.settings.concurrency and all(
            worker.is_stuck((*assumed, self)) for worker in workers
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
            self._flush()
            self._rouse(self._now())
            if self._settled is None:
                self._settled = Signal()
            await self._settled.wait()
        if self._is_cut_off:
            raise BusStateError("the bus was cancelled before all events were delivered")

    def retire(self) -> None:
        """Deliver what has come, and then end."""
        self._is_retired = True
        self._flush()
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
        self._timeouts.cancel_overdue(now)
        self._rouse(now)

    async def deliver(self, turn: Turn) -> None:
        """Deliver a lease, or let the worker take events straight from the queue."""
        core, now = self.core, self._now()
        if self._has_colleagues and len(core.queue) > 1:
            self._rouse(now)
        if core.allow(now):
            turn.go_straight(now)
            return
        lease = core.take(now)
        if lease is not None:
            if self._has_colleagues:
                self._rouse(now)
            errors = await self._handover.deliver(lease)
            if errors:
                await self._failures.settle(lease, errors)
            else:
                core.succeed(lease, self._now())
            turn.deliveries += len(lease)
        turn.end()

    async def fail(self, turn: Turn, error: BaseException) -> None:
        """Settle what was taken straight from the queue and has failed."""
        lease = self.core.lease_straight(*turn.failed())
        errors = error.errors if isinstance(error, ItemsFailedError) else [error] * len(lease)
        self._owner.unsettled(self)
        await self._failures.settle(lease, errors)
        turn.deliveries += len(lease)
        turn.end()

    def check_result(self, result: object, given: list[Event]) -> None:
        """
        Read what the handler of a batch has returned that was taken straight from the queue.

        Raises:
            ItemsFailedError: Some events are not done.
            ValidationError: It cannot be read.
        """
        errors = item_errors(result, given)
        if errors:
            raise ItemsFailedError(errors)

    def admit(self) -> None:
        """Let publishers in, for whom a worker has made room."""
        self._intake.admit(self._now())

    def end_turn(self) -> None:
        """Take note that a turn is over: there may be more to do, or nothing at all."""
        now = self._now()
        self.core.end_alone()
        self._intake.admit(now)
        self.core.note_straight()
        self._rouse(now)
        if self._settled is not None or self.core.is_flushing:
            self._note_changes()

    # How it is put together

    def _dead_letter_function(self) -> Handler | None:
        target = self.settings.dead_letter
        if target is None:
            return None
        return self._owner.use(self.rule, self.settings.id, target, as_target(target).deliver)

    # Changes

    def _rouse(self, now: float) -> None:
        """Have a worker come if there is work for one more, or a time be kept if there will be."""
        # A worker that ends its turn looks again, so as long as all are busy there is no need to.
        queue = self.core.queue
        if queue.workers < self.settings.concurrency:
            if not queue.is_submitted and self.core.has_work(now):
                self._dispatcher.ready.submit(queue)
            if self._is_timed and (not queue.is_submitted or self._has_colleagues):
                self._arm(self.core.next_deadline(now))
        if self._timeouts:
            self._arm(self._timeouts.next_deadline(now))

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
            self.core.is_flushing = self.core.queue.is_watched = False

    def _flush(self) -> None:
        """Let no event wait for others, and be told when there are none left."""
        self.core.is_flushing = self.core.queue.is_watched = True
