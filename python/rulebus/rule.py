"""Rules and their targets: what users configure, as frozen records."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, runtime_checkable

from .exceptions import ValidationError

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from .event import Event
    from .types import Handler

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


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTarget:
    """
    One target of a rule, and how events are delivered to it.

    Args:
        id: The target's id in its rule: 1 to 64 letters, digits, `.`, `-`, `_`.
        target: A `Target`, or an async function of one event.
        capacity: Events that may wait for the target; a publisher waits while they do.
        concurrency: Events that the target may be given at the same time. With 1 they are
            delivered one after the other, in the order in which they were published.

    Raises:
        ValidationError: An argument is out of range.
    """

    id: str
    target: Target | Handler
    capacity: int = 1_000
    concurrency: int = 1

    def __post_init__(self) -> None:
        check_name("target id", self.id, 64)
        _check_positive("capacity", self.capacity)
        _check_positive("concurrency", self.concurrency)


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


def _check_positive(what: str, value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValidationError(f"{what} {value!r}: expected an integer of at least 1")
