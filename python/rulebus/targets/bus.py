"""Another bus as a target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from rulebus._core import EventPath, forwarded
from rulebus.exceptions import ValidationError
from rulebus.policy import check_count

from .errors import LoopDetectedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rulebus.event import Event

_FORWARDED_TO = EventPath("$.forwarded-to[*]")


@runtime_checkable
class _Bus(Protocol):
    @property
    def name(self) -> str: ...

    async def put_raw_events(self, events: Iterable[bytes], /) -> object: ...


class BusTarget:
    """
    Forward each event to another bus, as it is: id, time, account and region stay.

    The envelope gets a member `forwarded-to` with the names of the buses that it was forwarded
    to. An event that would come to one of them again is refused, and so is one that was forwarded
    too often, so buses that are tied in a circle need different names.

    Args:
        bus: The other bus, which is to be open while events come.
        max_hops: How often an event may be forwarded; 1 is EventBridge's rule.

    Raises:
        ValidationError: The bus is none, or `max_hops` is not a positive integer.
    """

    __slots__ = ("_bus", "_max_hops")

    def __init__(self, bus: _Bus, *, max_hops: int = 8) -> None:
        check_count("max_hops", max_hops)
        if not isinstance(bus, _Bus):
            raise ValidationError(f"bus {bus!r}: expected an EventBus")
        self._bus = bus
        self._max_hops = max_hops

    def is_to(self, bus: object) -> bool:
        """Tell whether this is the bus that events are forwarded to."""
        return self._bus is bus

    async def deliver(self, event: Event, /) -> None:
        """
        Publish the event to the other bus, and wait for room there.

        Raises:
            LoopDetectedError: The event was there before, or was forwarded too often.
            RulebusError: As for `put_raw_events`.
        """
        await self.deliver_batch([event])

    async def deliver_batch(self, events: list[Event], /) -> None:
        """
        Publish several events to the other bus at once.

        Raises:
            LoopDetectedError: As for one event; none was published.
            RulebusError: As for `put_raw_events`; none was published.
        """
        await self._bus.put_raw_events([self._forward(event) for event in events])

    def _forward(self, event: Event) -> bytes:
        text = _FORWARDED_TO.text(event.raw)
        if text is not None and text != "[]":
            self._check_hops(event)
        return forwarded(event.raw, self._bus.name)

    def _check_hops(self, event: Event) -> None:
        buses = event.to_dict()["forwarded-to"]
        way = " and ".join(map(repr, buses))
        if self._bus.name in buses:
            raise LoopDetectedError(f"the event was forwarded to {way} before: a loop of buses")
        if len(buses) >= self._max_hops:
            raise LoopDetectedError(
                f"the event was forwarded to {way}: expected at most {self._max_hops} buses; "
                "max_hops allows for more"
            )

    def __repr__(self) -> str:
        return f"BusTarget({self._bus.name!r})"
