"""How events of a lease get to the target, and what comes back."""

from __future__ import annotations

import math
from itertools import repeat
from typing import TYPE_CHECKING

from anyio import CancelScope

from rulebus.event import Event
from rulebus.exceptions import HandlerTimeoutError

from .batch import item_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rulebus.exceptions import TransformationError
    from rulebus.rule import RuleTarget
    from rulebus.types import Handler

    from .input import InputRenderer
    from .lease import Lease


class Handover:
    """
    Hand leases to a target: with their input if it has a transform, and in the time it is allowed.

    One task keeps the time of all subscriptions, so a delivery with a timeout costs a scope, but
    no timer.

    Args:
        settings: The target and its policies.
        deliver: The function that delivers.
        renderer: What makes the input of an event, if there is a transform.
        now: Returns the time.
        arm: Asks for a call of `cancel_overdue` at a time.
    """

    __slots__ = ("_arm", "_deliver", "_has_batches", "_now", "_renderer", "_timeout", "under_way")

    def __init__(
        self,
        settings: RuleTarget,
        deliver: Handler,
        renderer: InputRenderer | None,
        now: Callable[[], float],
        arm: Callable[[float], None],
    ) -> None:
        self._has_batches = settings.batch is not None
        self._timeout = settings.timeout
        self._deliver = deliver
        self._renderer = renderer
        self._now = now
        self._arm = arm
        # When each has to be done, the first one first; empty without a timeout.
        self.under_way: dict[Lease, tuple[float, CancelScope]] = {}

    async def deliver(self, lease: Lease) -> Sequence[BaseException | None]:
        """Deliver a lease; return for each event why it failed, or `None`; nothing if none did."""
        if self._renderer is None:
            return await self._deliver_events(lease, lease.events())
        rendered = self._renderer.render(lease.events(), lease.times())
        errors = await self._deliver_rendered(lease, rendered)
        return errors if any(error is not None for error in errors) else ()

    def next_deadline(self, now: float) -> float:
        """Return when the first delivery has to be done, after `now`; infinity if none has."""
        return next((due for due, _ in self.under_way.values() if due > now), math.inf)

    def cancel_overdue(self, now: float) -> None:
        """Cancel what has taken too long."""
        for due, scope in self.under_way.values():
            if due > now:
                break
            scope.cancel()

    async def _deliver_rendered(
        self, lease: Lease, rendered: list[Event | TransformationError]
    ) -> Sequence[BaseException | None]:
        """Deliver the events that have an input; return why each failed, or `None`."""
        events = [one for one in rendered if isinstance(one, Event)]
        errors = await self._deliver_events(lease, events) if events else ()
        following = iter(errors or repeat(None))
        return [next(following) if isinstance(one, Event) else one for one in rendered]

    async def _deliver_events(
        self, lease: Lease, events: list[Event]
    ) -> Sequence[BaseException | None]:
        """Deliver events; return why each failed, or `None`; nothing if none did."""
        payload = events if self._has_batches else events[0]
        try:
            if self._timeout is None:
                result = await self._deliver(payload)
            else:
                result = await self._deliver_in_time(lease, payload, self._timeout)
            return item_errors(result, events) if self._has_batches else ()
        except BaseException as error:  # noqa: BLE001  cancellation has to be counted, too
            return [error] * len(events)

    async def _deliver_in_time(
        self,
        lease: Lease,
        payload: Event | list[Event],
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
