"""Order by key: one event of a key after the other, different keys side by side."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from .keys import key_reader

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from rulebus.log import Delivery
    from rulebus.types import KeySource

    from .keys import KeyReader


class _Line:
    """The events of one busy key: how many are under way, and those behind them."""

    __slots__ = ("behind", "under_way")

    def __init__(self) -> None:
        self.under_way = 0
        self.behind: deque[Delivery] = deque()


class KeyOrder:
    """
    Know which keys are busy, and hold back the events behind those that are under way.

    An event is under way from the moment at which it is taken until it is settled, also while it
    waits for a retry. Several of one key are only under way together if they are in one batch.

    Args:
        source: What the events are ordered by. Those whose key is `None` have no order.
    """

    __slots__ = ("_lines", "read")

    def __init__(self, source: KeySource) -> None:
        # Events whose keys cannot be read share one: they are ordered more than need be.
        self.read: KeyReader = key_reader(source, fallback="")
        self._lines: dict[Hashable, _Line] = {}

    @property
    def is_idle(self) -> bool:
        """Whether no key is busy."""
        return not self._lines

    def may_begin(self, key: Hashable, batch: Sequence[Delivery]) -> bool:
        """Tell whether an event of that key may be added to the batch that is being made."""
        line = self._lines.get(key)
        if line is None:
            return True
        return not line.behind and any(key == delivery.key for delivery in batch)

    def begin(self, key: Hashable) -> None:
        """Take note that one more event of that key is under way."""
        if key is not None:
            self._lines.setdefault(key, _Line()).under_way += 1

    def hold(self, delivery: Delivery) -> None:
        """Hold an event back; its key is busy."""
        self._lines[delivery.key].behind.append(delivery)

    def hold_first(self, deliveries: Sequence[Delivery]) -> None:
        """Hold back events that were under way, ahead of those that were not."""
        for delivery in reversed(deliveries):
            line = self._lines[delivery.key]
            line.under_way -= 1
            line.behind.appendleft(delivery)

    def first_behind(self, key: Hashable) -> Delivery | None:
        """Return the event that `next_behind` would return, and leave it where it is."""
        return self._lines[key].behind[0] if key is not None and self._lines[key].behind else None

    def next_behind(self, key: Hashable) -> Delivery | None:
        """Return the next event of a key that is under way in the same batch, if there is one."""
        if key is None or not self._lines[key].behind:
            return None
        self._lines[key].under_way += 1
        return self._lines[key].behind.popleft()

    def end(self, key: Hashable) -> Delivery | None:
        """Take note that an event is settled; return the next one of its key that may begin."""
        if key is None:
            return None
        line = self._lines[key]
        line.under_way -= 1
        if line.under_way:
            return None
        if line.behind:
            return self.next_behind(key)
        del self._lines[key]
        return None

    def held(self) -> Iterator[Delivery]:
        """Return the events that are held back."""
        for line in tuple(self._lines.values()):
            yield from tuple(line.behind)

    def clear(self) -> None:
        """Forget all keys and the events behind them."""
        self._lines.clear()
