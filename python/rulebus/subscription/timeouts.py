"""What may not take longer than a time, and is cancelled if it does."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from anyio import CancelScope

from rulebus.exceptions import HandlerTimeoutError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rulebus.types import Handler


class Timeouts:
    """
    Limit the time of deliveries.

    One task keeps the time of all subscriptions, so each costs a scope, but no timer.

    Args:
        now: Returns the time.
        arm: Asks for a call of `cancel_overdue` at a time.
    """

    __slots__ = ("_arm", "_now", "_under_way")

    def __init__(self, now: Callable[[], float], arm: Callable[[float], None]) -> None:
        self._now = now
        self._arm = arm
        # When each has to be done.
        self._under_way: dict[CancelScope, float] = {}

    def __len__(self) -> int:
        return len(self._under_way)

    async def deliver(self, handler: Handler, given: object, seconds: float) -> object:
        """
        Deliver something in a time, and return what the handler returns.

        Raises:
            HandlerTimeoutError: It took longer, and was cancelled.
        """
        with CancelScope() as scope:
            deadline = self._now() + seconds
            self._under_way[scope] = deadline
            self._arm(deadline)
            try:
                return await handler(given)
            finally:
                del self._under_way[scope]
        raise HandlerTimeoutError(seconds)

    def next_deadline(self, now: float) -> float:
        """Return when the first delivery has to be done, after `now`; infinity if none has."""
        return min((due for due in self._under_way.values() if due > now), default=math.inf)

    def cancel_overdue(self, now: float) -> None:
        """Cancel what has taken too long."""
        for scope, due in self._under_way.items():
            if due <= now:
                scope.cancel()
