"""What a worker is given: one event, or a batch of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rulebus._core import views
from rulebus.log import Delivery

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rulebus.event import Event


class Lease:
    """
    Events that were taken out to be delivered together, and are not settled yet.

    Those straight from the queue are bytes and a time each, until one of them fails.

    Args:
        is_probe: Whether the delivery shows if the circuit can be closed.
    """

    __slots__ = ("_deliveries", "_raws", "_times", "is_probe", "size")

    def __init__(self, *, is_probe: bool = False) -> None:
        self.is_probe: bool = is_probe
        # Bytes of all events together, as far as their bytes are counted.
        self.size: int = 0
        self._deliveries: list[Delivery] = []
        self._raws: list[bytes] = []
        self._times: list[float] = []

    def __len__(self) -> int:
        return len(self._deliveries) + len(self._raws)

    def add(self, delivery: Delivery) -> None:
        """Add an event that something is known about; before those straight from the queue."""
        self._deliveries.append(delivery)
        self.size += len(delivery.raw)

    def add_straight(self, raws: list[bytes], times: list[float], size: int = 0) -> None:
        """Add events straight from the queue, and their bytes if these are counted."""
        self.size += size
        self._raws += raws
        self._times += times

    def raws(self) -> list[bytes]:
        """Return the bytes of the events, in the order in which they are delivered."""
        return [*(delivery.raw for delivery in self._deliveries), *self._raws]

    def events(self) -> list[Event]:
        """Return new views of the events, in the order in which they are delivered."""
        return views(self.raws())

    def times(self) -> Sequence[float]:
        """Return when the events came."""
        return [*(delivery.put_at for delivery in self._deliveries), *self._times]

    def deliveries(self) -> Sequence[Delivery]:
        """Return what is known about each event."""
        self._deliveries += map(Delivery, self._raws, self._times)
        self._raws, self._times = [], []
        return self._deliveries
