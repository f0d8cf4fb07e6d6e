"""What a subscription needs of its bus, and tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rulebus.dead_letter import DeadLetter
    from rulebus.event import Event
    from rulebus.rule import Target
    from rulebus.types import Handler

    from .subscription import Subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFailure:
    """
    A delivery that its target did not take.

    Args:
        rule: The name of the rule that matched.
        target: The id of the target.
        event: The event.
        error: What the target raised.
        attempts: Deliveries of the event that were tried so far.
        is_final: Whether the event is given up.
    """

    rule: str
    target: str
    event: Event
    error: BaseException
    attempts: int = 1
    is_final: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsDropped:
    """
    Events that a target had no room for, and that were dropped as its policy says.

    Args:
        rule: The name of the rule that matched.
        target: The id of the target.
        events: The events, in the order in which they came.
    """

    rule: str
    target: str
    events: tuple[Event, ...]


class Owner(Protocol):
    """What a subscription needs of the bus that it belongs to."""

    def use(
        self, rule: str, target_id: str, target: Target | Handler, deliver: Handler, /
    ) -> Handler:
        """Return the function to deliver to a target with, which is open from now on."""
        ...

    def rule_arn(self, rule: str, /) -> str:
        """Return the Amazon Resource Name of a rule."""
        ...

    def report(self, failures: Sequence[DeliveryFailure], /) -> None:
        """Take note of failures that have one cause; must not raise."""

    def report_dropped(self, dropped: EventsDropped, /) -> None:
        """Take note of events that were dropped; must not raise."""

    def report_dead(self, letter: DeadLetter, /, *, keep: bool) -> None:
        """Take note of a dead letter, and keep it if no target has it; must not raise."""

    def unsettled(self, subscription: Subscription, /) -> None:
        """Take note that a subscription may have more to do than what is in its queue."""

    def ended(self, subscription: Subscription, /) -> None:
        """Take note that a retired subscription has no more to deliver, and uses no target."""
