"""When a failed event is tried again, and when it is given up: pure functions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .policy import RetryPolicy

# 2.0 ** 1023 is the largest power of two that a float holds.
_LARGEST_EXPONENT = 1_000


def is_retryable(policy: RetryPolicy, error: BaseException) -> bool:
    """
    Tell whether an event that failed in this way may be tried again at all.

    A group of errors, as task groups raise them, is retryable if all in it are.
    """
    is_permanent = any(isinstance(one, policy.permanent) for one in _with_inner(error))
    return not is_permanent and _is_expected(policy, error)


def retry_delay(
    policy: RetryPolicy, attempts: int, error: BaseException, random: Callable[[], float]
) -> float:
    """
    Return how long an event waits for its next attempt.

    Args:
        policy: The bounds of the delay.
        attempts: Attempts that were made, at least 1.
        error: Why the last one failed.
        random: Returns numbers that are evenly distributed from 0 to 1.

    Returns:
        Seconds.
    """
    doubled = policy.base_delay * 2.0 ** min(attempts - 1, _LARGEST_EXPONENT)
    return max(random() * min(policy.max_delay, doubled), retry_after(error))


def retry_after(error: BaseException) -> float:
    """Return the seconds for which an error asks to be left alone; 0 if it does not say."""
    return max(map(_seconds, _with_inner(error)))


def _is_expected(policy: RetryPolicy, error: BaseException) -> bool:
    # A cancellation that leaked out of a handler is no Exception, and says nothing permanent.
    if isinstance(error, policy.retryable) or not isinstance(error, Exception):
        return True
    return isinstance(error, ExceptionGroup) and all(
        _is_expected(policy, one) for one in error.exceptions
    )


def _with_inner(error: BaseException) -> Iterator[BaseException]:
    """Return an error, and all that are in it if it is a group."""
    yield error
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from _with_inner(one)


def _seconds(error: BaseException) -> float:
    seconds = getattr(error, "retry_after", None)
    if isinstance(seconds, int | float) and 0 <= seconds < math.inf:
        return float(seconds)
    return 0.0
