"""How events come into a subscription: room, overflow, and publishers that wait."""

from __future__ import annotations

from collections import deque
from itertools import islice, repeat
from typing import TYPE_CHECKING, Protocol

from .duplicates import DuplicateFilter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rulebus.log import Delivery, SubscriptionLog
    from rulebus.rule import RuleTarget


class Put(Protocol):
    """A publisher's events that wait for room."""

    events: deque[bytes]

    def admitted(self) -> None:
        """Take note that all events have found room, or that none will any more."""


class Intake:
    """
    Take events in, and see to it that those which wait are never more than the target allows.

    What waits is in the queue of the log, or *parked* by the core: held back, ready or deferred.

    Args:
        settings: The policies of the target.
        log: Where the queue is.
    """

    __slots__ = (
        "_capacity",
        "_capacity_bytes",
        "_duplicates",
        "_log",
        "_overflow",
        "_queue",
        "dropped",
        "duplicated",
        "parked",
        "parked_bytes",
        "pending",
    )

    def __init__(self, settings: RuleTarget, log: SubscriptionLog) -> None:
        self._log = log
        self._queue = log.queue
        self._queue.capacity = settings.capacity
        self._capacity = settings.capacity
        self._capacity_bytes = settings.capacity_bytes
        self._overflow = settings.overflow
        deduplicate = settings.deduplicate
        self._duplicates = DuplicateFilter(deduplicate) if deduplicate is not None else None
        # Not empty only while there is no room for the first of them.
        self.pending: deque[Put] = deque()
        self.parked: int = 0
        self.parked_bytes: int = 0
        self.dropped: int = 0
        self.duplicated: int = 0

    @property
    def waiting(self) -> int:
        """The number of events in the queue and parked."""
        return len(self._queue) + self.parked

    def take_up(self) -> None:
        """Count what the log has kept from an earlier time."""
        for delivery in self._log.deferred():
            self.park(delivery)
        self._queue.received = self.waiting

    def has_room(self, events: int, size: int) -> bool:
        """Tell whether there is room for some events of so many bytes together."""
        waiting = self.waiting + events
        if waiting > self._capacity:
            return False
        limit = self._capacity_bytes
        fits = limit is None or self._queue.size + self.parked_bytes + size <= limit
        # What is larger than the capacity has to pass all the same, alone.
        return fits or waiting == 1

    def put(self, events: Sequence[bytes], now: float) -> Sequence[bytes]:
        """
        Queue events in order, as far as there is room.

        Returns:
            The events without room. If the policy is to wait they should be; else they have been
            dropped, and counted.
        """
        if self._overflow == "wait":
            room = 0 if self.pending else self._room_for(events)
            self._accept(events[:room], now)
            return events[room:]
        events = self._first_ones(events, now)
        if self._overflow == "drop_oldest":
            self._append(events, now)
            return self._drop(*self._take_oldest())
        room = self._room_for(events)
        self._append(events[:room], now)
        self._queue.received += len(events) - room
        return self._drop(events[room:], repeat(now))

    def wait(self, put: Put, now: float) -> None:
        """Let the rest of a publisher's events wait for room, first come, first served."""
        self.pending.append(put)
        self._queue.is_waited_for = True
        self.admit(now)

    def admit(self, now: float) -> None:
        """Give the room that there is to those that wait for it."""
        while self.pending:
            first = self.pending[0]
            room = self._room_for(first.events)
            if not room:
                return
            self._accept([first.events.popleft() for _ in range(room)], now)
            if not first.events:
                self.pending.popleft()
                first.admitted()
        self._queue.is_waited_for = False

    def give_up(self, put: Put, now: float) -> None:
        """Forget events that still wait for room."""
        if put.events and put in self.pending:
            self.pending.remove(put)
            self.admit(now)

    def forget(self, event: bytes, came: float) -> None:
        """Let an event that was given up come again, though it was seen before."""
        if self._duplicates is not None:
            self._duplicates.forget(event, came)

    def park(self, delivery: Delivery) -> None:
        """Count an event that is neither in the queue nor in flight."""
        self.parked += 1
        self.parked_bytes += len(delivery.raw)

    def unpark(self, delivery: Delivery) -> None:
        """Take note that a parked event is in flight."""
        self.parked -= 1
        self.parked_bytes -= len(delivery.raw)

    def close(self) -> int:
        """Forget what waits; return how many events those were, without the pending ones."""
        waiting = self.waiting
        self._log.clear()
        self.parked = self.parked_bytes = 0
        for put in self.pending:
            put.admitted()
        self.pending.clear()
        self._queue.is_waited_for = False
        return waiting

    def _room_for(self, events: Sequence[bytes]) -> int:
        """Return how many of the events have room, from the first one on."""
        room = min(max(self._capacity - self.waiting, 0), len(events))
        if self._capacity_bytes is None:
            return room
        fitting = size = 0
        for event in islice(events, room):
            size += len(event)
            if not self.has_room(fitting + 1, size):
                break
            fitting += 1
        return fitting

    def _accept(self, events: Sequence[bytes], now: float) -> None:
        self._append(self._first_ones(events, now), now)

    def _append(self, events: Sequence[bytes], now: float) -> None:
        self._log.append(events, now)
        self._queue.received += len(events)

    def _first_ones(self, events: Sequence[bytes], now: float) -> Sequence[bytes]:
        if self._duplicates is None:
            return events
        first_ones = self._duplicates.first_ones(events, now)
        self.duplicated += len(events) - len(first_ones)
        return first_ones

    def _take_oldest(self) -> tuple[list[bytes], list[float]]:
        """Take as many events out of the queue as there are too many; say when they came."""
        oldest: list[bytes] = []
        times: list[float] = []
        while self._queue and not self.has_room(0, 0):
            event, came = self._queue.popleft()
            oldest.append(event)
            times.append(came)
        self._log.settle(oldest)
        return oldest, times

    def _drop(self, events: Sequence[bytes], times: Iterable[float]) -> Sequence[bytes]:
        self.dropped += len(events)
        if self._duplicates is not None:
            for event, came in zip(events, times, strict=False):
                self._duplicates.forget(event, came)
        return events
