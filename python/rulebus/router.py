"""From matched rules to subscriptions: what runs while a bus is open."""

from __future__ import annotations

import contextvars
import logging
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from .subscription import DeliveryFailure, PendingPut, Subscription, SubscriptionStatistics
from .targets import as_target

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence

    from anyio.abc import TaskGroup

    from .rule import RuleTarget

_logger = logging.getLogger("rulebus")


class BusStatistics(NamedTuple):
    """
    What has happened since the bus was opened.

    Args:
        published: Events that were accepted.
        matched: Rules that matched, counted once for each event.
        delivered: Deliveries that a target has taken.
        failed: Deliveries that a target has not taken, or that the end of the bus cut off.
        subscriptions: One for each target of each rule, in the order of the rules.
    """

    published: int
    matched: int
    delivered: int
    failed: int
    subscriptions: tuple[SubscriptionStatistics, ...]


class Router:
    """
    Hold the subscriptions of an open bus and give each event to those of the rules it matched.

    Args:
        tasks: The task group that the workers run in.
        on_error: Called with each failure, after it was logged.
    """

    def __init__(
        self, tasks: TaskGroup, on_error: Callable[[DeliveryFailure], object] | None
    ) -> None:
        self._tasks = tasks
        self._on_error = on_error
        self._routes: dict[str, tuple[Subscription, ...]] = {}
        self._ending: set[Subscription] = set()
        self._published = 0
        self._matched = 0
        self._ended_delivered = 0
        self._ended_failed = 0
        # Workers start when an event comes, and must not inherit that publisher's context.
        self._context = contextvars.copy_context()

    def set_targets(self, rule: str, targets: Iterable[RuleTarget]) -> None:
        """Make these the targets of a rule: keep what is unchanged, end what is gone."""
        before = {id(one.settings): one for one in self._routes.get(rule, ())}
        self._routes[rule] = tuple(
            before.pop(id(settings))
            if id(settings) in before
            else Subscription(rule, settings, as_target(settings.target), self)
            for settings in targets
        )
        self._end(before.values())

    def remove_rule(self, rule: str) -> None:
        """Let the targets of a rule deliver what has come, and end."""
        self._end(self._routes.pop(rule))

    def publish_one(self, event: bytes, rules: Sequence[str]) -> list[PendingPut]:
        """Queue an event for the rules that it matched; return what has to wait for room."""
        self._published += 1
        self._matched += len(rules)
        puts = [subscription.put((event,)) for rule in rules for subscription in self._routes[rule]]
        return [put for put in puts if put is not None]

    def publish(self, events: Sequence[bytes], matches: Sequence[list[str]]) -> list[PendingPut]:
        """Queue events for the rules that they matched; return what has to wait for room."""
        self._published += len(events)
        shares: dict[Subscription, list[bytes]] = {}
        for event, rules in zip(events, matches, strict=True):
            self._matched += len(rules)
            for rule in rules:
                for subscription in self._routes[rule]:
                    share = shares.get(subscription)
                    if share is None:
                        shares[subscription] = [event]
                    else:
                        share.append(event)
        puts = [subscription.put(share) for subscription, share in shares.items()]
        return [put for put in puts if put is not None]

    def first_full(self, rules: Iterable[str]) -> Subscription | None:
        """Return a subscription of these rules that has no room."""
        subscriptions = chain.from_iterable(self._routes[rule] for rule in rules)
        return next((subscription for subscription in subscriptions if subscription.is_full), None)

    async def drain(self) -> None:
        """
        Wait until there is nothing left to deliver, also of what handlers publish meanwhile.

        Raises:
            BusStateError: The bus was cancelled before.
        """
        while busy := [subscription for subscription in self._all() if not subscription.is_idle]:
            for subscription in busy:
                await subscription.settle()

    def close(self) -> None:
        """End all subscriptions; what they have not delivered counts as failed."""
        for subscription in self._all():
            subscription.close()

    def statistics(self) -> BusStatistics:
        """Return the counts as they are now."""
        every = [subscription.statistics() for subscription in self._all()]
        routed = sum(map(len, self._routes.values()))
        return BusStatistics(
            published=self._published,
            matched=self._matched,
            delivered=self._ended_delivered + sum(one.delivered for one in every),
            failed=self._ended_failed + sum(one.failed for one in every),
            subscriptions=tuple(every[:routed]),
        )

    def start_worker(self, work: Callable[[], Coroutine[Any, Any, None]], /) -> None:
        """Run a worker until it returns or the bus is cancelled."""
        self._context.run(self._tasks.start_soon, work)

    def report(self, failure: DeliveryFailure, /) -> None:
        """Log a failure and tell the `on_error` hook."""
        _logger.error(
            "target %r of rule %r failed on %r",
            failure.target,
            failure.rule,
            failure.event,
            exc_info=failure.error,
        )
        if self._on_error is not None:
            try:
                self._on_error(failure)
            except Exception:
                _logger.exception("the on_error hook failed")

    def ended(self, subscription: Subscription, /) -> None:
        """Forget a subscription that has nothing more to deliver, but not its counts."""
        self._ending.remove(subscription)
        statistics = subscription.statistics()
        self._ended_delivered += statistics.delivered
        self._ended_failed += statistics.failed

    def _end(self, subscriptions: Iterable[Subscription]) -> None:
        for subscription in subscriptions:
            self._ending.add(subscription)
            subscription.retire()

    def _all(self) -> Iterator[Subscription]:
        return chain(chain.from_iterable(self._routes.values()), self._ending)
