"""Policies of delivery: what users choose for one target, as frozen records."""

from __future__ import annotations

import inspect
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeGuard

from .exceptions import DetailTypeError, PermanentError, TransformationError, ValidationError

if TYPE_CHECKING:
    from .types import KeySource

Overflow: TypeAlias = Literal["wait", "reject", "drop_oldest", "drop_newest"]
"""What becomes of an event for which a target has no room."""

OVERFLOWS: tuple[Overflow, ...] = ("wait", "reject", "drop_oldest", "drop_newest")


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """
    How often and how long an event is tried again.

    Before the n-th retry an event waits between 0 and `min(max_delay, base_delay * 2 ** (n - 1))`
    seconds, evenly distributed ("full jitter"), and at least as long as the error asks for by an
    attribute `retry_after`, in seconds. Whichever of `max_attempts` and `max_event_age` runs out
    first makes the event a dead letter. An exception group is judged by the errors in it.

    Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
    and https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/

    Args:
        max_attempts: Deliveries of one event in all, the first one included.
        max_event_age: Seconds from the publication of an event to the last moment at which a
            retry may begin.
        base_delay: Seconds that the first retry waits at most.
        max_delay: Seconds that any retry waits at most, unless the error asks for more.
        retryable: Exceptions that are tried again; others are not.
        permanent: Exceptions that are not tried again, though they are in `retryable`.

    Raises:
        ValidationError: An argument is out of range.
    """

    max_attempts: int = 5
    max_event_age: float = 86_400.0
    base_delay: float = 0.1
    max_delay: float = 60.0
    retryable: tuple[type[Exception], ...] = (Exception,)
    permanent: tuple[type[Exception], ...] = (
        PermanentError,
        DetailTypeError,
        TransformationError,
    )

    def __post_init__(self) -> None:
        check_count("max_attempts", self.max_attempts)
        check_seconds("max_event_age", self.max_event_age)
        check_seconds("base_delay", self.base_delay)
        check_seconds("max_delay", self.max_delay)
        for name in ("retryable", "permanent"):
            _check_exceptions(name, getattr(self, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPolicy:
    """
    How many events a handler is given at once, as a list.

    A batch is delivered when it has `max_size` events or `max_bytes` bytes, or when its oldest
    event has waited `max_wait`; and at once while the bus drains.

    Args:
        max_size: Events in a batch at most.
        max_bytes: Bytes of the events of a batch at most; a larger event is a batch of its own.
        max_wait: Seconds that an event waits for more events; with 0 a batch is what is there.

    Raises:
        ValidationError: An argument is out of range.
    """

    max_size: int = 100
    max_bytes: int | None = None
    max_wait: float = 0.0

    def __post_init__(self) -> None:
        check_count("max_size", self.max_size)
        if self.max_bytes is not None:
            check_count("max_bytes", self.max_bytes)
        check_seconds("max_wait", self.max_wait, zero=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """
    How many events a target is given in a time, retries included.

    Args:
        per_second: Events a second in the long run.
        burst: Events at once after a pause.

    Raises:
        ValidationError: An argument is out of range.
    """

    per_second: float
    burst: int = 1

    def __post_init__(self) -> None:
        if not _is_number(self.per_second) or not 0 < self.per_second < math.inf:
            raise ValidationError(
                f"per_second {self.per_second!r}: expected a number greater than 0"
            )
        check_count("burst", self.burst)


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitBreaker:
    """
    When to leave a target alone that keeps failing.

    After `failure_threshold` failures in a row the circuit is open: nothing is delivered, events
    wait. After `pause` one delivery is the probe. If it succeeds the circuit is closed again; if
    it fails, the pause begins anew, and the failure does not count as an attempt of the event.
    A permanent error says nothing about the target and is not counted.

    Args:
        failure_threshold: Failures in a row that open the circuit.
        pause: Seconds until a probe.

    Raises:
        ValidationError: An argument is out of range.
    """

    failure_threshold: int = 5
    pause: float = 30.0

    def __post_init__(self) -> None:
        check_count("failure_threshold", self.failure_threshold)
        check_seconds("pause", self.pause)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeduplicationPolicy:
    """
    Which events are the same, so that a target is given only the first of them.

    Args:
        by: `"id"` for the event's id; `"content"` for a hash of source, detail type, resources
            and detail; a path such as `"detail.orderId"`; or a function of the event that
            returns a hashable value. An event for which that is `None`, or which has nothing at
            the path, is a duplicate of none.
        window: Seconds for which an event is remembered. EventBridge's own is 300.
        max_keys: Events that are remembered at most; the oldest is forgotten first.

    Raises:
        ValidationError: An argument is out of range.
    """

    by: KeySource = "id"
    window: float = 300.0
    max_keys: int = 100_000

    def __post_init__(self) -> None:
        check_key_source("by", self.by)
        check_seconds("window", self.window)
        check_count("max_keys", self.max_keys)


def check_count(what: str, value: object) -> None:
    """
    Check a number of things.

    Raises:
        ValidationError: It is not an integer of at least 1.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValidationError(f"{what} {value!r}: expected an integer of at least 1")


def check_seconds(what: str, value: object, *, zero: bool = False) -> None:
    """
    Check a length of time.

    Raises:
        ValidationError: It is not a finite number of seconds greater than 0, or with `zero` of
            at least 0.
    """
    if not _is_number(value) or not 0 <= value < math.inf or (value == 0 and not zero):
        least = "of at least 0" if zero else "greater than 0"
        raise ValidationError(f"{what} {value!r}: expected a number of seconds {least}")


def check_key_source(what: str, value: object) -> None:
    """
    Check what a key is made of.

    Raises:
        ValidationError: It is neither a path nor a function that is not async.
    """
    if _is_function(value) or (isinstance(value, str) and all(value.split("."))):
        return
    raise ValidationError(
        f"{what} {value!r}: expected a path such as 'detail.orderId', or a function of the event "
        "that is not async"
    )


def check_hook(what: str, value: object) -> None:
    """
    Check a function that is to be told of something.

    Raises:
        ValidationError: It is neither `None` nor a function that is not async.
    """
    if value is not None and not _is_function(value):
        raise ValidationError(f"{what} {value!r}: expected a function that is not async, or None")


def check_policy(what: str, value: object, *policies: type) -> None:
    """
    Check that an optional policy is one.

    Raises:
        ValidationError: It is neither `None` nor a record of one of the classes.
    """
    if value is not None and not isinstance(value, policies):
        expected = ", ".join(policy.__name__ for policy in policies)
        raise ValidationError(f"{what} {value!r}: expected {expected} or None")


def _check_exceptions(what: str, value: object) -> None:
    if not isinstance(value, tuple) or not all(
        isinstance(one, type) and issubclass(one, Exception) for one in value
    ):
        raise ValidationError(f"{what} {value!r}: expected a tuple of exception classes")


def _is_function(value: object) -> bool:
    """Tell whether a value can be called, and what it returns be used without waiting."""
    return callable(value) and not any(
        map(inspect.iscoroutinefunction, (value, type(value).__call__))
    )


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
