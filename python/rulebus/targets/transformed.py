"""A target that is given what a transform makes of an event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rulebus.event import Event
from rulebus.exceptions import HandlerSignatureError
from rulebus.rule import BatchTarget

from .function import as_target

if TYPE_CHECKING:
    from rulebus.rule import Target
    from rulebus.transform import Transform
    from rulebus.types import Handler


class TransformedTarget:
    """
    Deliver events with what a transform makes of them as their `input`.

    The event itself stays what it is.

    Args:
        target: A target, or an async function of one event.
        transform: What `input` becomes.
        rule_name: What `<aws.events.rule-name>` stands for.
        rule_arn: What `<aws.events.rule-arn>` stands for.

    Raises:
        HandlerSignatureError: The target is not async, or does not take one argument.
    """

    __slots__ = ("_render", "_target")

    def __init__(
        self,
        target: Target | Handler,
        transform: Transform,
        *,
        rule_name: str = "",
        rule_arn: str = "",
    ) -> None:
        self._target = as_target(target)
        self._render = transform.compile(rule_name=rule_name, rule_arn=rule_arn).render

    async def deliver(self, event: Event, /) -> object:
        """
        Transform an event and deliver it.

        Raises:
            TransformationError: The transform makes nothing of the event.
        """
        return await self._target.deliver(self._transformed(event))

    async def deliver_batch(self, events: list[Event], /) -> object:
        """
        Transform the events of a batch and deliver it.

        Raises:
            TransformationError: The transform makes nothing of an event; none was delivered.
            HandlerSignatureError: The target takes no batches.
        """
        target: object = self._target
        if not isinstance(target, BatchTarget):
            raise HandlerSignatureError(f"{target!r} has no method deliver_batch")
        return await target.deliver_batch([self._transformed(event) for event in events])

    def _transformed(self, event: Event) -> Event:
        return Event(event.raw, self._render(event.raw))

    def __repr__(self) -> str:
        return f"TransformedTarget({self._target!r})"
