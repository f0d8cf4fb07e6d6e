"""Rules and their targets: what users configure, as frozen records."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, TypedDict, runtime_checkable

from .exceptions import ValidationError
from .policy import (
    OVERFLOWS,
    BatchPolicy,
    CircuitBreaker,
    DeduplicationPolicy,
    Overflow,
    RateLimit,
    RetryPolicy,
    check_count,
    check_key_source,
    check_policy,
    check_seconds,
)
from .transform import InputConstant, InputPath, InputTransformer

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from .event import Event
    from .transform import Transform
    from .types import Handler, KeySource

RuleState: TypeAlias = Literal["ENABLED", "DISABLED"]

_NAME = re.compile(r"[.\-_A-Za-z0-9]+")


@runtime_checkable
class Target(Protocol):
    """
    What events can be delivered to: anything with an async method `deliver`.

    `FunctionTarget` makes one of an async function.
    """

    def deliver(self, event: Event, /) -> Awaitable[object]:
        """Hand one event over; to raise means that it was not taken."""
        ...


@runtime_checkable
class BatchTarget(Protocol):
    """What batches can be delivered to: anything with an async method `deliver_batch`."""

    def deliver_batch(self, events: list[Event], /) -> Awaitable[object]:
        """
        Hand events over; to raise means that none was taken.

        A target that has taken some of them returns the others, or `batchItemFailures` as a
        Lambda function does.
        """
        ...


class TargetSettings(TypedDict, total=False):
    """How events are delivered to a target: the arguments of `RuleTarget` that have defaults."""

    capacity: int
    capacity_bytes: int | None
    overflow: Overflow
    concurrency: int
    order_by: KeySource | None
    batch: BatchPolicy | None
    rate: RateLimit | None
    timeout: float | None
    retry: RetryPolicy | None
    dead_letter: Target | Handler | None
    circuit: CircuitBreaker | None
    deduplicate: DeduplicationPolicy | None
    transform: Transform | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTarget:
    """
    One target of a rule, and how events are delivered to it.

    Args:
        id: The target's id in its rule: 1 to 64 letters, digits, `.`, `-`, `_`.
        target: A `Target`, or an async function of one event; of a list of events if there is
            a batch policy.
        capacity: Events that may wait for the target, those that wait for a retry included.
        capacity_bytes: Bytes of the events that may wait; `None` for no limit. A larger event
            is let in when no other waits.
        overflow: What becomes of an event without room. With `"wait"` its publisher waits. With
            `"reject"` it is not published, to no target, and the publisher gets an error. With
            `"drop_oldest"` the event that has been queued longest makes room, if one is that
            does not wait for a retry, and with `"drop_newest"` it is dropped itself, for this
            target only.
        concurrency: Events, or batches, that the target may be given at the same time. With 1
            they are delivered one after the other, in the order in which they were published.
        order_by: A path such as `"detail.orderId"`, or a function of the event that returns a
            hashable value. Of events for which that is equal one is delivered after the other,
            whatever the concurrency; one that fails holds back those behind it until it is
            delivered or given up. Events for which it is `None` have no order.
        batch: Deliver lists of events.
        rate: How many events the target is given in a time.
        timeout: Seconds after which a delivery is cancelled and has failed.
        retry: How often a failed event is tried again; never if `None`.
        dead_letter: What events that are given up are delivered to, as a `DeadLetter`; they are
            kept in the bus's `dead_letters` if `None`, or if that fails or takes over 30 seconds.
        circuit: When to leave a target alone that keeps failing.
        deduplicate: Which events are the same and delivered once.
        transform: What the target is given as the `input` of an event. An event that it makes
            nothing of is given up at once.

    Raises:
        ValidationError: An argument is out of range.
    """

    id: str
    target: Target | Handler
    capacity: int = 1_000
    capacity_bytes: int | None = None
    overflow: Overflow = "wait"
    concurrency: int = 1
    order_by: KeySource | None = None
    batch: BatchPolicy | None = None
    rate: RateLimit | None = None
    timeout: float | None = None
    retry: RetryPolicy | None = None
    dead_letter: Target | Handler | None = None
    circuit: CircuitBreaker | None = None
    deduplicate: DeduplicationPolicy | None = None
    transform: Transform | None = None

    def __post_init__(self) -> None:
        check_name("target id", self.id, 64)
        check_count("capacity", self.capacity)
        if self.capacity_bytes is not None:
            check_count("capacity_bytes", self.capacity_bytes)
        if self.overflow not in OVERFLOWS:
            expected = ", ".join(map(repr, OVERFLOWS))
            raise ValidationError(f"overflow {self.overflow!r}: expected one of {expected}")
        check_count("concurrency", self.concurrency)
        if self.order_by is not None:
            check_key_source("order_by", self.order_by)
        if self.timeout is not None:
            check_seconds("timeout", self.timeout)
        check_policy("batch", self.batch, BatchPolicy)
        check_policy("rate", self.rate, RateLimit)
        check_policy("retry", self.retry, RetryPolicy)
        check_policy("circuit", self.circuit, CircuitBreaker)
        check_policy("deduplicate", self.deduplicate, DeduplicationPolicy)
        check_policy("transform", self.transform, InputConstant, InputPath, InputTransformer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """
    A rule of a bus as it stands.

    Args:
        name: 1 to 64 letters, digits, `.`, `-`, `_`.
        pattern: The event pattern as JSON text.
        state: A rule that is `"DISABLED"` matches nothing.
        description: What the rule is for.
        targets: All of them get each event that matches, independently.
    """

    name: str
    pattern: str
    state: RuleState = "ENABLED"
    description: str = ""
    targets: tuple[RuleTarget, ...] = ()


def check_name(what: str, name: object, longest: int) -> None:
    """
    Check a name by EventBridge's rules.

    Raises:
        ValidationError: It is not 1 to `longest` letters, digits, `.`, `-`, `_`.
    """
    if not isinstance(name, str) or len(name) > longest or not _NAME.fullmatch(name):
        raise ValidationError(
            f"{what} {name!r}: expected 1 to {longest} letters, digits, '.', '-' or '_'"
        )
