"""Policies of delivery: what they accept, and what they say of the rest."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest

from rulebus import (
    BatchPolicy,
    CircuitBreaker,
    DeduplicationPolicy,
    Event,
    PermanentError,
    RateLimit,
    RetryPolicy,
    RuleTarget,
    ValidationError,
)
from rulebus.backoff import is_retryable, retry_after, retry_delay


async def handler(event: Event) -> None:
    """Take an event."""


COUNTS = [
    (RetryPolicy, {}, "max_attempts"),
    (BatchPolicy, {}, "max_size"),
    (BatchPolicy, {}, "max_bytes"),
    (RateLimit, {"per_second": 1}, "burst"),
    (CircuitBreaker, {}, "failure_threshold"),
    (DeduplicationPolicy, {}, "max_keys"),
    (RuleTarget, {"id": "a", "target": handler}, "capacity_bytes"),
]

SECONDS = [
    (RetryPolicy, {}, "max_event_age"),
    (RetryPolicy, {}, "base_delay"),
    (RetryPolicy, {}, "max_delay"),
    (CircuitBreaker, {}, "pause"),
    (DeduplicationPolicy, {}, "window"),
    (RuleTarget, {"id": "a", "target": handler}, "timeout"),
]


@pytest.mark.parametrize(("policy", "others", "name"), COUNTS)
@pytest.mark.parametrize("value", [0, -1, 1.5, "1", True])
def test_bad_count(policy: Any, others: dict[str, Any], name: str, value: Any) -> None:
    """A number of things is an integer of at least 1."""
    with pytest.raises(ValidationError) as caught:
        policy(**others, **{name: value})

    assert f"{name} {value!r}: expected an integer of at least 1" == str(caught.value)


@pytest.mark.parametrize(("policy", "others", "name"), SECONDS)
@pytest.mark.parametrize("value", [0, -1.0, math.inf, math.nan, "1", True])
def test_bad_seconds(policy: Any, others: dict[str, Any], name: str, value: Any) -> None:
    """A length of time is a finite number of seconds greater than 0."""
    with pytest.raises(ValidationError) as caught:
        policy(**others, **{name: value})

    assert f"{name} {value!r}: expected a number of seconds greater than 0" == str(caught.value)


@pytest.mark.parametrize("value", [-1, math.inf, None, "0"])
def test_bad_wait(value: Any) -> None:
    """A batch may wait for no time, but not for less."""
    assert 0 == BatchPolicy(max_wait=0).max_wait
    with pytest.raises(ValidationError, match="expected a number of seconds of at least 0"):
        BatchPolicy(max_wait=value)


@pytest.mark.parametrize("value", [0, -1, math.inf, math.nan, "1", True])
def test_bad_rate(value: Any) -> None:
    """A rate is a finite number greater than 0; less than one a second is one."""
    assert 0.1 == RateLimit(per_second=0.1).per_second
    with pytest.raises(ValidationError, match=r"per_second .*: expected a number greater than 0"):
        RateLimit(per_second=value)


@pytest.mark.parametrize("name", ["retryable", "permanent"])
@pytest.mark.parametrize("value", [ValueError, [ValueError], ("ValueError",), (BaseException,)])
def test_bad_exceptions(name: str, value: Any) -> None:
    """Kinds of errors are a tuple of exception classes."""
    with pytest.raises(ValidationError, match=f"{name} .*: expected a tuple of exception classes"):
        RetryPolicy(**{name: value})


class AsyncCall:
    """An object that is called like an async function."""

    async def __call__(self, event: Event) -> None:
        """Take an event."""


@pytest.mark.parametrize("value", ["", ".", "a..b", 1, handler, AsyncCall()])
def test_bad_key(value: Any) -> None:
    """A key is made of a path whose names are not empty, or by a function that does not wait."""
    with pytest.raises(ValidationError, match="expected a path such as"):
        DeduplicationPolicy(by=value)
    with pytest.raises(ValidationError, match="expected a path such as"):
        RuleTarget(id="a", target=handler, order_by=value)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("batch", "BatchPolicy"),
        ("rate", "RateLimit"),
        ("retry", "RetryPolicy"),
        ("circuit", "CircuitBreaker"),
        ("deduplicate", "DeduplicationPolicy"),
        ("transform", "InputConstant, InputPath, InputTransformer"),
    ],
)
def test_bad_policy(name: str, expected: str) -> None:
    """A policy is a record of its class, and not what it could be made of."""
    with pytest.raises(ValidationError, match=f"{name} 5: expected {expected} or None"):
        RuleTarget(id="a", target=handler, **{name: 5})  # type: ignore[arg-type]


def test_bad_overflow() -> None:
    """The message lists the four policies of overflow."""
    with pytest.raises(ValidationError) as caught:
        RuleTarget(id="a", target=handler, overflow="block")  # type: ignore[arg-type]

    assert (
        "overflow 'block': expected one of 'wait', 'reject', 'drop_oldest', 'drop_newest'"
    ) == str(caught.value)


@pytest.mark.parametrize(
    "record",
    [
        RetryPolicy(),
        BatchPolicy(),
        RateLimit(per_second=1),
        CircuitBreaker(),
        DeduplicationPolicy(),
    ],
)
def test_policies_are_frozen(record: Any) -> None:
    """A policy cannot be changed."""
    name = dataclasses.fields(record)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(record, name, 2)


@pytest.mark.parametrize(
    ("attempts", "longest"), [(1, 1.0), (2, 2.0), (3, 4.0), (5, 10.0), (5_000, 10.0)]
)
def test_retry_delay(attempts: int, longest: float) -> None:
    """The longest delay doubles with each attempt up to the maximum, and all of it is jitter."""
    policy = RetryPolicy(base_delay=1, max_delay=10)
    error = ValueError()

    assert 0.0 == retry_delay(policy, attempts, error, lambda: 0.0)
    assert longest / 2 == retry_delay(policy, attempts, error, lambda: 0.5)


class BusyError(Exception):
    """Any error that says when to come back."""

    def __init__(self, retry_after: object) -> None:
        super().__init__()
        self.retry_after = retry_after


@pytest.mark.parametrize(
    ("given", "expected"),
    [(7, 7.0), (0.5, 0.5), (0, 0.0), (-1, 0.0), (math.inf, 0.0), (math.nan, 0.0), ("7", 0.0)],
)
def test_retry_after(given: object, expected: float) -> None:
    """An error says by `retry_after` how many seconds to wait; nonsense counts as none."""
    assert expected == retry_after(BusyError(given))


def test_retry_after_of_a_group() -> None:
    """Of several errors, the one that asks for the longest wait is heard."""
    group = ExceptionGroup("", [BusyError(7), ExceptionGroup("", [BusyError(9)]), ValueError()])

    assert 9.0 == retry_after(group)


def test_retry_after_is_the_least() -> None:
    """The delay is never shorter than the error asks for, the maximum notwithstanding."""
    policy = RetryPolicy(base_delay=1, max_delay=10)

    assert 60.0 == retry_delay(policy, 1, BusyError(60), lambda: 1.0)


@pytest.mark.parametrize(
    ("policy", "error", "expected"),
    [
        (RetryPolicy(), ValueError(), True),
        (RetryPolicy(), PermanentError(), False),
        (RetryPolicy(retryable=(OSError,)), ConnectionError(), True),
        (RetryPolicy(retryable=(OSError,)), ValueError(), False),
        (RetryPolicy(permanent=(ValueError,)), UnicodeError(), False),
        (RetryPolicy(permanent=()), PermanentError(), True),
        (RetryPolicy(), ExceptionGroup("", [ValueError(), OSError()]), True),
        (RetryPolicy(), ExceptionGroup("", [ValueError(), PermanentError()]), False),
        (RetryPolicy(), ExceptionGroup("", [ExceptionGroup("", [PermanentError()])]), False),
        (RetryPolicy(retryable=(OSError,)), ExceptionGroup("", [ConnectionError()]), True),
        (RetryPolicy(retryable=(OSError,)), ExceptionGroup("", [OSError(), ValueError()]), False),
        (RetryPolicy(retryable=(ExceptionGroup,)), ExceptionGroup("", [ValueError()]), True),
    ],
)
def test_which_errors_are_retried(policy: RetryPolicy, error: Exception, *, expected: bool) -> None:
    """What is retryable is tried again, unless it is permanent; so is a group of such errors."""
    assert expected == is_retryable(policy, error)
