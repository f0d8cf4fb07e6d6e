"""
Where the state of delivery is kept.

All that a bus has to remember is in one `EventLog`: for each subscription a `SubscriptionLog`,
which has all that is known of its events, and what was given up in a `DeadLetterStore`. A log
that is durable implements the three.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from .delivery import Delivery
from .memory import MemoryDeadLetters, MemoryEventLog, MemoryLog

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rulebus._core import EventQueue
    from rulebus.dead_letter import DeadLetter

__all__ = [
    "DeadLetterStore",
    "Delivery",
    "EventLog",
    "MemoryDeadLetters",
    "MemoryEventLog",
    "MemoryLog",
    "SubscriptionLog",
]


class EventLog(Protocol):
    """All that one bus has to remember."""

    @property
    def dead_letters(self) -> DeadLetterStore:
        """What was given up."""
        ...

    def open(self, rule: str, target: str) -> SubscriptionLog:
        """Return the log of a subscription, with what is not settled of an earlier time."""
        ...

    def forget(self, log: SubscriptionLog) -> None:
        """Forget a subscription that has ended: its target is gone, its events are settled."""
        ...


class SubscriptionLog(Protocol):
    """
    The events of one subscription, each until it is settled: delivered, given up or dropped.

    Times are seconds of the bus's monotonic clock. The core takes events out of `queue` itself,
    and so do workers where no policy has a say, so that such an event costs no call of Python.

    An event that was taken out comes back, in a `Delivery` or to be settled, as the very object
    that it was. So a log that has positions queues objects of a class derived from `bytes` that
    know theirs. What it finds when it is opened is in `queue`, or deferred if it had failed; the
    core goes on from there.
    """

    durable: bool
    """Whether `settle` has to be told of every event; then each delivery is a lease."""

    queue: EventQueue
    """The events at hand that nothing was decided about, in the order in which they came."""

    def append(self, events: Sequence[bytes], now: float) -> None:
        """Add events at the end of the queue."""
        ...

    def defer(self, delivery: Delivery) -> None:
        """Keep a failed event until its `due`."""
        ...

    def take_due(self, now: float) -> Delivery | None:
        """Take out the deferred event that was due first, if one is."""
        ...

    def next_due(self) -> float:
        """Return when the next deferred event is due; infinity if there is none."""
        ...

    def deferred(self) -> Iterable[Delivery]:
        """Return the deferred events in no particular order."""
        ...

    def settle(self, events: Iterable[bytes]) -> None:
        """
        Forget events that were taken out: nothing more has to be done about them.

        What became a dead letter is in the store for those before it is settled here.
        """
        ...

    def clear(self) -> None:
        """Let go of all events that wait here; those that are not settled stay on record."""
        ...


class DeadLetterStore(Protocol):
    """The dead letters of one bus, oldest first."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[DeadLetter]: ...

    def add(self, letter: DeadLetter) -> DeadLetter | None:
        """Keep a letter; return the one that had to make room for it, if one had to."""
        ...

    def get(self, letter_id: str) -> DeadLetter | None:
        """Return the letter of that id."""
        ...

    def remove(self, letter: DeadLetter) -> None:
        """Forget a letter that is in the store."""
        ...
