"""What is done about events that have failed: the bus is told, and some become dead letters."""

from __future__ import annotations

import logging
import math
import uuid
from collections import deque
from typing import TYPE_CHECKING

from anyio import current_effective_deadline, get_cancelled_exc_class

from rulebus.dead_letter import DeadLetter, describe_failure
from rulebus.event import Event

from .owner import DeliveryFailure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rulebus.clock import Clock
    from rulebus.dead_letter import Exhausted
    from rulebus.log import Delivery
    from rulebus.types import Handler

    from .core import SubscriptionCore
    from .lease import Lease
    from .owner import Owner
    from .timeouts import Timeouts

# A target of dead letters that hangs would hold up the events behind the one that has failed.
_DEAD_LETTER_SECONDS = 30.0

_logger = logging.getLogger("rulebus")


class Failures:
    """
    Settle the leases of a subscription that have failed.

    Args:
        core: The core of the subscription.
        owner: The bus.
        clock: The clock of the bus.
        dead_letters: The function that delivers dead letters; the bus keeps them if `None`.
        timeouts: What limits the time of that.
    """

    __slots__ = ("_clock", "_core", "_dead_letters", "_owner", "_timeouts")

    def __init__(
        self,
        core: SubscriptionCore,
        owner: Owner,
        clock: Clock,
        dead_letters: Handler | None,
        timeouts: Timeouts,
    ) -> None:
        self._timeouts = timeouts
        self._core = core
        self._owner = owner
        self._clock = clock
        self._dead_letters = dead_letters

    async def settle(self, lease: Lease, errors: Sequence[BaseException | None]) -> None:
        """
        Count and report failed deliveries, and deliver the dead letters that come of them.

        Args:
            lease: What was delivered.
            errors: For each event why it failed, or `None`.

        Raises:
            BaseException: One of the errors, if it is meant for the worker and not for the event.
        """
        for error in errors:
            if error is not None and _ends_worker(error):
                for delivery in lease.deliveries():
                    self._core.lose(delivery)
                raise error
        time = self._clock.time()
        failures = [
            describe_failure(error, time) if error is not None else None for error in errors
        ]
        given_up = deque(self._core.fail(lease, errors, failures, self._clock.monotonic()))
        self._report(lease, errors, {id(delivery) for delivery, _ in given_up})
        try:
            while given_up:
                await self._bury(*given_up[0])
                given_up.popleft()
        except BaseException:
            for delivery, _ in given_up:
                self._core.lose(delivery)
            raise

    def _report(
        self, lease: Lease, errors: Sequence[BaseException | None], final: set[int]
    ) -> None:
        self._owner.report(
            [
                DeliveryFailure(
                    rule=self._core.rule,
                    target=self._core.settings.id,
                    event=Event(delivery.raw),
                    error=error,
                    attempts=delivery.attempts,
                    is_final=id(delivery) in final or self._core.is_closed,
                )
                for delivery, error in zip(lease.deliveries(), errors, strict=True)
                if error is not None
            ]
        )

    async def _bury(self, delivery: Delivery, exhausted: Exhausted | None) -> None:
        letter = self._letter(delivery, exhausted)
        is_taken = await self._deliver(letter)
        self._owner.report_dead(letter, keep=not is_taken)
        self._core.bury(delivery, self._clock.monotonic())

    async def _deliver(self, letter: DeadLetter) -> bool:
        """Return whether the target of dead letters has taken a letter."""
        if self._dead_letters is None:
            return False
        try:
            await self._timeouts.deliver(self._dead_letters, letter, _DEAD_LETTER_SECONDS)
        except Exception as error:
            letter.dead_letter_failure = describe_failure(error, self._clock.time())
            _logger.exception("the dead-letter target of %r failed on %r", letter.rule, letter)
            return False
        return True

    def _letter(self, delivery: Delivery, exhausted: Exhausted | None) -> DeadLetter:
        assert delivery.first_failure and delivery.last_failure  # noqa: S101, PT018  it failed
        return DeadLetter(
            delivery.raw,
            letter_id=str(uuid.uuid4()),
            rule=self._core.rule,
            rule_arn=self._owner.rule_arn(self._core.rule),
            target=self._core.settings.id,
            attempts=delivery.attempts,
            first_failure=delivery.first_failure,
            last_failure=delivery.last_failure,
            exhausted=exhausted,
        )


def _ends_worker(error: BaseException) -> bool:
    """Tell what is meant for the worker from an error, or a cancellation, of the handler."""
    if isinstance(error, Exception):
        return False
    is_cancellation = isinstance(error, get_cancelled_exc_class())
    return not is_cancellation or current_effective_deadline() == -math.inf
