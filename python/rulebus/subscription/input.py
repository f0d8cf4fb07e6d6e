"""What a target with a transform is given of its events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rulebus.clock import Calendar
from rulebus.event import Event
from rulebus.exceptions import TransformationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rulebus.clock import Clock
    from rulebus.transform import Transform


class InputRenderer:
    """
    Give events the input that a transform makes of them.

    Args:
        transform: The transform of the target.
        rule_name: What `<aws.events.rule-name>` stands for.
        rule_arn: What `<aws.events.rule-arn>` stands for.
        clock: The clock by which the events came.
    """

    __slots__ = ("_calendar", "_render")

    def __init__(self, transform: Transform, rule_name: str, rule_arn: str, clock: Clock) -> None:
        self._render = transform.compile(rule_name=rule_name, rule_arn=rule_arn).render
        self._calendar = Calendar(clock)

    def render(
        self, events: Sequence[Event], times: Sequence[float]
    ) -> list[Event | TransformationError]:
        """
        Return each event with its input, or why there is none: one does not concern another.

        Args:
            events: The events of a lease.
            times: When each of them came, in seconds of the monotonic clock.
        """
        return [
            self._render_one(event.raw, time)
            for event, time in zip(events, self._calendar.times(times), strict=True)
        ]

    def _render_one(self, raw: bytes, time: float) -> Event | TransformationError:
        try:
            return Event(raw, self._render(raw, time))
        except TransformationError as error:
            return error
