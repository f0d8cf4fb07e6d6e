"""The state of delivery in memory: what is not settled when the process ends is lost."""

from __future__ import annotations

import heapq
import math
from itertools import count
from typing import TYPE_CHECKING

from rulebus._core import EventQueue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rulebus.dead_letter import DeadLetter

    from . import SubscriptionLog
    from .delivery import Delivery


class MemoryLog:
    """The events of one subscription. An event that is taken out is forgotten."""

    __slots__ = ("_deferred", "_order", "durable", "queue")

    def __init__(self) -> None:
        self.durable: bool = False
        self.queue: EventQueue = EventQueue()
        # A heap; of two that are due at the same time the first one to fail is first.
        self._deferred: list[tuple[float, int, Delivery]] = []
        self._order = count()

    def append(self, events: Sequence[bytes], now: float) -> None:
        """Add events at the end of the queue."""
        self.queue.extend(events, now)

    def defer(self, delivery: Delivery) -> None:
        """Keep a failed event until its `due`."""
        heapq.heappush(self._deferred, (delivery.due, next(self._order), delivery))

    def take_due(self, now: float) -> Delivery | None:
        """Take out the deferred event that was due first, if one is."""
        if self.next_due() <= now:
            return heapq.heappop(self._deferred)[2]
        return None

    def next_due(self) -> float:
        """Return when the next deferred event is due; infinity if there is none."""
        return self._deferred[0][0] if self._deferred else math.inf

    def deferred(self) -> Iterable[Delivery]:
        """Return the deferred events in no particular order."""
        return (delivery for _, _, delivery in tuple(self._deferred))

    def settle(self, events: Iterable[bytes]) -> None:
        """Do nothing: memory has forgotten the events when they were taken out."""

    def clear(self) -> None:
        """Let go of all events that wait here; there is no other record of them."""
        self.queue.clear()
        self._deferred.clear()


class MemoryDeadLetters:
    """
    The dead letters of one bus.

    Args:
        capacity: Letters that are kept at most; the oldest makes room for a new one.
    """

    __slots__ = ("_capacity", "_letters")

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._letters: dict[str, DeadLetter] = {}

    def __len__(self) -> int:
        return len(self._letters)

    def __iter__(self) -> Iterator[DeadLetter]:
        return iter(tuple(self._letters.values()))

    def add(self, letter: DeadLetter) -> DeadLetter | None:
        """Keep a letter; return the one that had to make room for it, if one had to."""
        full = len(self._letters) >= self._capacity
        displaced = self._letters.pop(next(iter(self._letters))) if full else None
        self._letters[letter.letter_id] = letter
        return displaced

    def get(self, letter_id: str) -> DeadLetter | None:
        """Return the letter of that id."""
        return self._letters.get(letter_id)

    def remove(self, letter: DeadLetter) -> None:
        """Forget a letter that is in the store."""
        del self._letters[letter.letter_id]


class MemoryEventLog:
    """
    What one bus remembers as long as the process lives.

    Args:
        max_dead_letters: Letters that are kept at most.
    """

    __slots__ = ("dead_letters",)

    def __init__(self, max_dead_letters: int) -> None:
        self.dead_letters: MemoryDeadLetters = MemoryDeadLetters(max_dead_letters)

    def open(self, rule: str, target: str) -> MemoryLog:  # noqa: ARG002  nothing is left of it
        """Return the log of a subscription."""
        return MemoryLog()

    def forget(self, log: SubscriptionLog) -> None:
        """Do nothing: the log goes with the subscription."""
