"""From matched rules to subscriptions: what runs while a bus is open."""

from __future__ import annotations

import logging
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from .bus_statistics import BusStatistics, Totals, bus_statistics
from .drop_log import DropLog
from .exceptions import TargetNotFoundError
from .open_targets import OpenTargets
from .subscription import (
    DeliveryFailure,
    Dispatcher,
    EventsDropped,
    PendingPut,
    Subscription,
    wait_for_room,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from anyio.abc import TaskGroup

    from ._core import EventQueue, Matcher
    from .clock import Clock
    from .dead_letter import DeadLetter
    from .log import EventLog
    from .rule import RuleTarget, Target
    from .types import Handler

_T = TypeVar("_T")

_logger = logging.getLogger("rulebus")


class Hooks(NamedTuple):
    """
    Where a bus lets others in.

    Args:
        on_error: Called with each delivery that failed, after it was logged.
        on_drop: Called with events that were dropped for want of room, after that was logged.
        on_dead_letter: Called with each event that is given up.
        around_delivery: Called once for each subscription, with its rule, the id of its target
            and the function that delivers; returns the function to deliver with.
    """

    on_error: Callable[[DeliveryFailure], object] | None = None
    on_drop: Callable[[EventsDropped], object] | None = None
    on_dead_letter: Callable[[DeadLetter], object] | None = None
    around_delivery: Callable[[str, str, Handler], Handler] | None = None


class Router:
    """
    Hold the subscriptions of an open bus and give each event to those of the rules it matched.

    Args:
        tasks: The task group that the workers run in.
        clock: The clock of the bus.
        hooks: What to call when something goes wrong.
        log: Where to keep the state of the subscriptions, and what no target of dead letters has
            taken.
        rule_arn: Returns the Amazon Resource Name of a rule.
    """

    def __init__(
        self,
        tasks: TaskGroup,
        clock: Clock,
        hooks: Hooks,
        log: EventLog,
        rule_arn: Callable[[str], str],
    ) -> None:
        self.rule_arn: Callable[[str], str] = rule_arn
        self._hooks = hooks
        self._now = clock.monotonic
        self._drops = DropLog(_logger, clock.monotonic)
        self._log = log
        self._dispatcher = Dispatcher(tasks, clock, self)
        self._ready = self._dispatcher.ready
        self._queues: dict[str, tuple[EventQueue, ...]] = {}
        self._open_targets = OpenTargets(tasks)
        self._routes: dict[str, tuple[Subscription, ...]] = {}
        # Those of the routes.
        self._current: dict[Subscription, None] = {}
        self._ending: dict[Subscription, None] = {}
        # All that may have something to deliver; a drain must not look at thousands of others.
        self._unsettled: dict[Subscription, None] = {}
        # Those that reject what they have no room for.
        self.rejecting: set[Subscription] = set()
        self._published = 0
        self._matched = 0
        self._ended = Totals()

    def set_targets(self, rule: str, targets: Iterable[RuleTarget]) -> None:
        """Make these the targets of a rule: keep what is unchanged, end what is gone."""
        before = {id(one.settings): one for one in self._routes.get(rule, ())}
        after = tuple(
            before.pop(id(settings))
            if id(settings) in before
            else Subscription(
                rule, settings, self, self._dispatcher, self._log.open(rule, settings.id)
            )
            for settings in targets
        )
        self._routes[rule] = after
        self._queues[rule] = tuple(one.core.queue for one in after)
        self._current |= dict.fromkeys(after)
        self._unsettled |= dict.fromkeys(after)
        self.rejecting.update(one for one in after if one.settings.overflow == "reject")
        self._end(before.values())

    async def opened(self) -> None:
        """
        Wait until all targets are open.

        Raises:
            Exception: What the opening of one of them has raised.
        """
        await self._open_targets.opened()

    def use(
        self, rule: str, target_id: str, target: Target | Handler, deliver: Handler, /
    ) -> Handler:
        """Return the function to deliver to a target with, which is open from now on."""
        deliver = self._open_targets.use(target, deliver)
        around = self._hooks.around_delivery
        return deliver if around is None else around(rule, target_id, deliver)

    def remove_rule(self, rule: str) -> None:
        """Let the targets of a rule deliver what has come, and end."""
        del self._queues[rule]
        self._end(self._routes.pop(rule))

    def publish_one(self, event: bytes, rules: list[str]) -> Sequence[PendingPut]:
        """Queue an event for the rules that it matched; return what has to wait for room."""
        self._published += 1
        self._matched += len(rules)
        now = self._now()
        undecided = self._ready.put_one(event, rules, self._queues, now)
        return self._put(undecided, now) if undecided else ()

    def publish(
        self, events: list[bytes], matcher: Matcher, *, trusted: bool
    ) -> Sequence[PendingPut]:
        """
        Queue events for the rules that match them; return what has to wait for room.

        Args:
            events: The events.
            matcher: The rules.
            trusted: Whether the events were checked before.

        Raises:
            InvalidEventError: An event is no JSON object; none was queued.
            TypeError: An event is not `bytes`; none was queued.
        """
        now = self._now()
        matched, undecided = self._ready.put(matcher, events, self._queues, now, trusted=trusted)
        self._published += len(events)
        self._matched += matched
        return self._put(undecided, now) if undecided else ()

    @property
    def is_busy(self) -> bool:
        """Whether there is something to deliver that no worker has begun."""
        return self._dispatcher.is_busy

    def rejected(
        self, events: Sequence[bytes], matches: Sequence[Sequence[str]]
    ) -> dict[int, Subscription]:
        """Return which events, by index, a target has no room for and rejects; and which target."""
        rejected: dict[int, Subscription] = {}
        planned: dict[Subscription, tuple[int, int]] = {}
        for index, (event, rules) in enumerate(zip(events, matches, strict=True)):
            after: dict[Subscription, tuple[int, int]] = {}
            for subscription in self.rejecting.intersection(self._targets_of(rules)):
                count, size = planned.get(subscription, (0, 0))
                after[subscription] = (count + 1, size + len(event))
                if not subscription.has_room(count + 1, size + len(event)):
                    rejected[index] = subscription
                    break
            else:
                planned |= after
        return rejected

    def first_full(self, event: bytes, rules: Iterable[str]) -> Subscription | None:
        """Return a subscription of these rules that has no room for an event."""
        size = len(event)
        return next((one for one in self._targets_of(rules) if one.turns_away(size)), None)

    async def redrive(self, letter: DeadLetter) -> None:
        """
        Queue the event of a dead letter once more, for the target that it was meant for.

        Raises:
            TargetNotFoundError: The rule has no such target any more.
            SubscriptionFullError: The target has no room, and does not let events wait for it.
        """
        subscription = self.subscription(letter.rule, letter.target)
        if subscription is None:
            raise TargetNotFoundError(letter.target, letter.rule)
        if subscription.settings.overflow != "wait" and not subscription.has_room(
            1, len(letter.raw)
        ):
            raise subscription.full_error("The dead letter was not redriven.")
        self._unsettled[subscription] = None
        pending = subscription.put((letter.raw,), self._now())
        if pending is not None:
            await wait_for_room((pending,))

    def subscription(self, rule: str, target: str) -> Subscription | None:
        """Return the subscription of a target of a rule, if there is one."""
        return next((one for one in self._routes.get(rule, ()) if one.settings.id == target), None)

    async def drain(self) -> None:
        """
        Wait until there is nothing left to deliver, also of what handlers publish meanwhile.

        Raises:
            BusStateError: The bus was cancelled before.
        """
        while busy := self._busy():
            self._unsettled = dict.fromkeys(busy)
            for subscription in busy:
                await subscription.settle()
        self._unsettled.clear()

    def close(self) -> None:
        """End all subscriptions; what they have not delivered counts as failed."""
        for subscription in tuple(self._all()):
            subscription.close()
        self._drops.write_all()
        self._dispatcher.close()
        self._open_targets.close()

    def statistics(self) -> BusStatistics:
        """Return the counts as they are now."""
        # Copies in one step: what watches a bus may ask in a thread of its own.
        routes, retired = tuple(self._routes.values()), tuple(self._ending)
        return bus_statistics(
            self._published,
            self._matched,
            routed=[one.statistics() for one in chain.from_iterable(routes)],
            ending=[one.statistics() for one in retired],
            ended=self._ended,
        )

    def report(self, failures: Sequence[DeliveryFailure], /) -> None:
        """Log failures that have one cause, and tell the hook of each."""
        first = failures[0]
        _logger.log(
            logging.ERROR if first.is_final else logging.WARNING,
            "target %r of rule %r failed on %r%s, attempt %d%s",
            first.target,
            first.rule,
            first.event,
            f" and {len(failures) - 1} more" if len(failures) > 1 else "",
            first.attempts,
            "" if first.is_final else "; it will be tried again",
            exc_info=first.error,
        )
        for failure in failures:
            self._call("on_error", self._hooks.on_error, failure)

    def report_dropped(self, dropped: EventsDropped, /) -> None:
        """Log that events were dropped, and tell the hook."""
        self._drops.note(dropped)
        self._call("on_drop", self._hooks.on_drop, dropped)

    def report_dead(self, letter: DeadLetter, /, *, keep: bool) -> None:
        """Keep a dead letter if no target has it, and tell the hook."""
        if keep:
            displaced = self._log.dead_letters.add(letter)
            if displaced is not None:
                _logger.error("the dead letters are full: %r is lost", displaced)
        self._call("on_dead_letter", self._hooks.on_dead_letter, letter)

    def unsettled(self, subscription: Subscription, /) -> None:
        """Remember to ask a subscription whether it is idle."""
        self._unsettled[subscription] = None

    def ended(self, subscription: Subscription, /) -> None:
        """Forget a subscription that has nothing more to deliver, but not its counts."""
        del self._ending[subscription]
        self._unsettled.pop(subscription, None)
        self._drops.end(subscription.rule, subscription.settings.id)
        self._log.forget(subscription.core.log)
        self._open_targets.release(subscription.settings.target)
        self._open_targets.release(subscription.settings.dead_letter)
        self._ended = self._ended.plus(subscription.statistics())

    def _put(
        self, undecided: Mapping[Subscription, Sequence[bytes]], now: float
    ) -> list[PendingPut]:
        """Queue events for subscriptions that have to decide about them."""
        pending = []
        for subscription, events in undecided.items():
            self._unsettled[subscription] = None
            put = subscription.put(events, now)
            if put is not None:
                pending.append(put)
        return pending

    def _busy(self) -> list[Subscription]:
        """Return the subscriptions that are not idle."""
        known = self._unsettled | dict.fromkeys(self._dispatcher.at_work())
        return [one for one in known if not one.is_idle]

    def _end(self, subscriptions: Iterable[Subscription]) -> None:
        for subscription in subscriptions:
            del self._current[subscription]
            self._ending[subscription] = None
            self.rejecting.discard(subscription)
            subscription.retire()

    def _targets_of(self, rules: Iterable[str]) -> Iterator[Subscription]:
        return chain.from_iterable(self._routes[rule] for rule in rules)

    def _all(self) -> Iterator[Subscription]:
        return chain(self._current, self._ending)

    def _call(self, name: str, hook: Callable[[_T], object] | None, told: _T) -> None:
        if hook is not None:
            try:
                hook(told)
            except Exception:
                _logger.exception("the %s hook failed", name)
