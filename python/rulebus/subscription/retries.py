"""Whether a failed event is tried again, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rulebus.backoff import is_retryable, retry_delay
from rulebus.policy import RetryPolicy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rulebus.dead_letter import Exhausted
    from rulebus.log import Delivery

    from .circuit import Circuit

_ONE_ATTEMPT = RetryPolicy(max_attempts=1)


class Retries:
    """
    Judge failures by the retry policy of a target and the state of its circuit.

    Args:
        policy: One attempt if `None`.
        circuit: The circuit, if there is a breaker.
        random: Returns numbers that are evenly distributed from 0 to 1.
    """

    __slots__ = ("_circuit", "_policy", "_random")

    def __init__(
        self, policy: RetryPolicy | None, circuit: Circuit | None, random: Callable[[], float]
    ) -> None:
        self._policy = policy if policy is not None else _ONE_ATTEMPT
        self._circuit = circuit
        self._random = random

    def judge(
        self,
        errors: Sequence[BaseException | None],
        now: float,
        *,
        delivered: int,
        is_probe: bool,
    ) -> bool:
        """
        Tell the circuit of a delivery that has failed.

        Args:
            errors: For each of its events why it failed, or `None`.
            now: The time.
            delivered: Events that the target has taken so far.
            is_probe: Whether the delivery shows if the circuit can be closed.

        Returns:
            Whether the failure counts as an attempt.
        """
        if self._circuit is None:
            return True
        # An error of the event alone, and a batch that was done in part, show a target that works.
        at_fault = all(error is not None and is_retryable(self._policy, error) for error in errors)
        if is_probe:
            self._circuit.end_probe(now, failed=at_fault)
            return not at_fault
        if at_fault:
            self._circuit.note_failure(now, delivered)
        return True

    def schedule(
        self, delivery: Delivery, error: BaseException, now: float, *, counts: bool
    ) -> tuple[bool, Exhausted | None]:
        """Set when the event is due; return whether it is given up, and what limit ended it."""
        if not is_retryable(self._policy, error):
            return True, None
        if counts and delivery.attempts >= self._policy.max_attempts:
            return True, "MaximumRetryAttempts"
        if not counts and self._circuit is not None:
            delivery.due = self._circuit.opens_until
        else:
            delivery.due = now + retry_delay(self._policy, delivery.attempts, error, self._random)
        if delivery.due > delivery.put_at + self._policy.max_event_age:
            return True, "MaximumEventAgeInSeconds"
        return False, None
