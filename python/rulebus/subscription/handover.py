"""How events of a lease get to the target, and what comes back."""

from __future__ import annotations

import math
from itertools import repeat
from typing import TYPE_CHECKING

from anyio import CancelScope

from rulebus.exceptions import HandlerTimeoutError

from .batch import item_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rulebus.event import Event
    from rulebus.rule import RuleTarget
    from rulebus.types import Handler

    from .input import DetailBatch, Preparation
    from .lease import Lease


class Handover:
    """
    Hand leases to a target: as what it takes, and in the time it is allowed.

    One task keeps the time of all subscriptions, so a delivery with a timeout costs a scope, but
    no timer.

    Args:
        settings: The target and its policies.
        deliver: The function that delivers.
        preparation: What makes of the events what the target is given, if anything has to.
        now: Returns the time.
        arm: Asks for a call of `cancel_overdue` at a time.
    """

    __slots__ = (
        "_arm",
        "_deliver",
        "_has_batches",
        "_now",
        "_preparation",
        "_timeout",
        "under_way",
    )

    def __init__(
        self,
        settings: RuleTarget,
        deliver: Handler,
        preparation: Preparation | None,
        now: Callable[[], float],
        arm: Callable[[float], None],
    ) -> None:
        self._has_batches = settings.batch is not None
        self._timeout = settings.timeout
        self._deliver = deliver
        self._preparation = preparation
        self._now = now
        self._arm = arm
        # When each has to be done, the first one first; empty without a timeout.
        self.under_way: dict[Lease, tuple[float, CancelScope]] = {}

    async def deliver(self, lease: Lease) -> Sequence[BaseException | None]:
        """Deliver a lease; return for each event why it failed, or `None`; nothing if none did."""
        events = lease.events()
        if self._preparation is None:
            return await self._hand_over(lease, events)
        given, errors = self._preparation.prepare(events, lease.times())
        results = await self._hand_over(lease, given) if given else ()
        if len(given) == len(events):
            return results
        following = iter(results or repeat(None))
        return [next(following) if error is None else error for error in errors]

    def next_deadline(self, now: float) -> float:
        """Return when the first delivery has to be done, after `now`; infinity if none has."""
        return next((due for due, _ in self.under_way.values() if due > now), math.inf)

    def cancel_overdue(self, now: float) -> None:
        """Cancel what has taken too long."""
        for due, scope in self.under_way.values():
            if due > now:
                break
            scope.cancel()

    async def _hand_over(
        self, lease: Lease, given: list[Event] | DetailBatch
    ) -> Sequence[BaseException | None]:
        """Deliver what is given of events; return for each why it failed, or nothing."""
        payload = given if self._has_batches else given[0]
        try:
            if self._timeout is None:
                result = await self._deliver(payload)
            else:
                result = await self._deliver_in_time(lease, payload, self._timeout)
            return item_errors(result, given) if self._has_batches else ()
        except BaseException as error:  # noqa: BLE001  cancellation has to be counted, too
            return [error] * len(given)

    async def _deliver_in_time(
        self,
        lease: Lease,
        payload: object,
        timeout: float,  # noqa: ASYNC109
    ) -> object:
        with CancelScope() as scope:
            deadline = self._now() + timeout
            self.under_way[lease] = (deadline, scope)
            self._arm(deadline)
            try:
                return await self._deliver(payload)
            finally:
                del self.under_way[lease]
        raise HandlerTimeoutError(timeout)
