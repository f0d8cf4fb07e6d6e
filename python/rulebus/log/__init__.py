"""
Where the state of delivery is kept.

All that a subscription knows of its events is in one `SubscriptionLog`, but for what its workers
are just delivering; all that a bus has given up is in one `DeadLetterStore`. A log that is
durable implements the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from .delivery import Delivery
from .memory import MemoryDeadLetters, MemoryLog

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Iterable, Iterator, Sequence

    from rulebus.dead_letter import DeadLetter

__all__ = ["DeadLetterStore", "Delivery", "MemoryDeadLetters", "MemoryLog", "SubscriptionLog"]


class SubscriptionLog(Protocol):
    """
    The events of one subscription, each until it is settled: delivered, given up or dropped.

    Times are seconds of the bus's monotonic clock. The core reads `queue` and `times` as they
    are and takes events out with `popleft`, so that an event costs no call of a method.
    """

    durable: bool
    """Whether `settle` has to be told of every event; then each delivery is a lease."""

    queue: deque[bytes]
    """The events at hand that nothing was decided about, in the order in which they came."""

    times: deque[float]
    """When each event of the queue came."""

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
        """Forget events that were taken out: nothing more has to be done about them."""
        ...

    def clear(self) -> None:
        """Forget all events that wait here."""
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
