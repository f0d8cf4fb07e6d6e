"""How events of a lease get to the target, and what comes back."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING

from .batch import item_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rulebus.event import Event
    from rulebus.rule import RuleTarget
    from rulebus.types import Handler

    from .input import DetailBatch, Preparation
    from .lease import Lease
    from .timeouts import Timeouts


class Handover:
    """
    Hand leases to a target: as what it takes, and in the time it is allowed.

    Args:
        settings: The target and its policies.
        deliver: The function that delivers.
        preparation: What makes of the events what the target is given, if anything has to.
        timeouts: What limits their time.
    """

    __slots__ = ("_deliver", "_has_batches", "_preparation", "_timeout", "_timeouts")

    def __init__(
        self,
        settings: RuleTarget,
        deliver: Handler,
        preparation: Preparation | None,
        timeouts: Timeouts,
    ) -> None:
        self._has_batches = settings.batch is not None
        self._timeout = settings.timeout
        self._deliver = deliver
        self._preparation = preparation
        self._timeouts = timeouts

    async def deliver(self, lease: Lease) -> Sequence[BaseException | None]:
        """Deliver a lease; return for each event why it failed, or `None`; nothing if none did."""
        events = lease.events()
        if self._preparation is None:
            return await self._hand_over(events)
        given, errors = self._preparation.prepare(events, lease.times())
        results = await self._hand_over(given) if given else ()
        if len(given) == len(events):
            return results
        following = iter(results or repeat(None))
        return [next(following) if error is None else error for error in errors]

    async def _hand_over(self, given: list[Event] | DetailBatch) -> Sequence[BaseException | None]:
        """Deliver what is given of events; return for each why it failed, or nothing."""
        payload = given if self._has_batches else given[0]
        try:
            if self._timeout is None:
                result = await self._deliver(payload)
            else:
                result = await self._timeouts.deliver(self._deliver, payload, self._timeout)
            return item_errors(result, given) if self._has_batches else ()
        except BaseException as error:  # noqa: BLE001  cancellation has to be counted, too
            return [error] * len(given)
