"""A log that outlives its process: an append-only segment, and what one subscription has read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rulebus.log import Delivery, MemoryLog

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Record(bytes):
    """An event that knows its place in the segment."""

    position: int


@dataclass
class Disk:
    """What is left after a crash; times are those of a clock that goes on."""

    segment: list[tuple[bytes, float]] = field(default_factory=list)
    # All positions below are settled, and some above.
    cursor: int = 0
    settled: set[int] = field(default_factory=set)
    # What is known of events that have failed.
    failed: dict[int, dict[str, Any]] = field(default_factory=dict)


class SegmentLog(MemoryLog):
    """
    The events of one subscription, each on the disk until it is settled.

    Args:
        disk: What was written before.
    """

    def __init__(self, disk: Disk) -> None:
        super().__init__()
        self.durable = True
        self.disk = disk
        for position in range(disk.cursor, len(disk.segment)):
            if position not in disk.settled:
                self._read(position)

    def append(self, events: Sequence[bytes], now: float) -> None:
        """Write events, and queue them."""
        for event in events:
            self.disk.segment.append((bytes(event), now))
            self._read(len(self.disk.segment) - 1)

    def defer(self, delivery: Delivery) -> None:
        """Write what is known of a failed event, and keep it until its `due`."""
        super().defer(delivery)
        known = ("attempts", "due", "first_failure", "last_failure")
        self.disk.failed[position_of(delivery.raw)] = {
            name: getattr(delivery, name) for name in known
        }

    def settle(self, events: Iterable[bytes]) -> None:
        """Write that there is nothing more to be done about events."""
        disk = self.disk
        for event in events:
            disk.settled.add(position_of(event))
            disk.failed.pop(position_of(event), None)
        while disk.cursor in disk.settled:
            disk.settled.remove(disk.cursor)
            disk.cursor += 1

    def _read(self, position: int) -> None:
        raw, put_at = self.disk.segment[position]
        record = Record(raw)
        record.position = position
        if position in self.disk.failed:
            delivery = Delivery(record, put_at)
            for name, value in self.disk.failed[position].items():
                setattr(delivery, name, value)
            super().defer(delivery)
        else:
            self.queue.append(record, put_at)


def position_of(event: bytes) -> int:
    """Return where an event stands: the core gives back what it was given."""
    assert isinstance(event, Record)
    return event.position
