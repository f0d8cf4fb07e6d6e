"""What a target is given of its events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rulebus.clock import Calendar
from rulebus.event import Event
from rulebus.targets import FunctionTarget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rulebus.clock import Clock
    from rulebus.rule import RuleTarget
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

    def render(self, event: Event, time: float) -> Event:
        """
        Return an event with its input.

        Args:
            event: The event.
            time: When it came, in seconds of the monotonic clock.

        Raises:
            TransformationError: The transform makes nothing of the event.
        """
        return Event(event.raw, self._render(event.raw, self._calendar.time(time)))


class DetailBatch(list[object]):
    """
    The typed details that a handler is given, for those who have to know of which events.

    Args:
        details: The details.
        events: The event of each.
    """

    __slots__ = ("events",)

    def __init__(self, details: Iterable[object], events: list[Event]) -> None:
        super().__init__(details)
        self.events: list[Event] = events


class Preparation:
    """
    Make of each event what the target is given; one of which nothing can be made fails alone.

    Args:
        renderer: What makes the input, if there is a transform.
        read: What makes the typed detail, if the target takes lists of those.
    """

    __slots__ = ("_read", "_renderer")

    def __init__(
        self, renderer: InputRenderer | None, read: Callable[[Event], object] | None
    ) -> None:
        self._renderer = renderer
        self._read = read

    def prepare(
        self, events: Iterable[Event], times: Iterable[float]
    ) -> tuple[list[Event] | DetailBatch, list[Exception | None]]:
        """
        Return what the target is given, and for each event why there is nothing of it, or `None`.

        Args:
            events: The events of a lease.
            times: When each of them came, in seconds of the monotonic clock.
        """
        good: list[Event] = []
        details: list[object] = []
        errors: list[Exception | None] = []
        for event, time in zip(events, times, strict=True):
            try:
                rendered = event if self._renderer is None else self._renderer.render(event, time)
                if self._read is not None:
                    details.append(self._read(rendered))
                good.append(rendered)
                errors.append(None)
            except Exception as error:  # noqa: BLE001  becomes the failure of the event
                errors.append(error)
        return good if self._read is None else DetailBatch(details, good), errors


def preparation(
    rule: str, settings: RuleTarget, rule_arn: Callable[[str], str], clock: Clock
) -> Preparation | None:
    """Return what has to be done with events before a target is given them, if anything."""
    target, renderer, read = settings.target, None, None
    if settings.transform is not None:
        renderer = InputRenderer(settings.transform, rule, rule_arn(rule), clock)
    if settings.batch is not None and isinstance(target, FunctionTarget):
        read = target.read_detail
    return Preparation(renderer, read) if renderer is not None or read is not None else None
