"""An event whose way to its target is not a straight one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

    from rulebus.dead_letter import Failure


class Delivery:
    """
    One event for one target, and what has become of it so far.

    An event that is taken from the queue and delivered at once never has one: it is made when
    there is something to remember.

    Args:
        raw: The envelope of the event.
        put_at: When the event came, in seconds of the monotonic clock.
    """

    __slots__ = ("attempts", "due", "first_failure", "key", "last_failure", "put_at", "raw")

    def __init__(self, raw: bytes, put_at: float) -> None:
        self.raw: bytes = raw
        self.put_at: float = put_at
        # What the event is ordered by; `None` if by nothing.
        self.key: Hashable = None
        self.attempts: int = 0
        self.due: float = 0.0
        self.first_failure: Failure | None = None
        self.last_failure: Failure | None = None
