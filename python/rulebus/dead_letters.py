"""The dead letters of a bus: looked through, delivered once more, thrown away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .exceptions import DeadLetterNotFoundError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from .dead_letter import DeadLetter
    from .log import DeadLetterStore


class DeadLetters:
    """
    The events that a bus has given up, oldest first; it can be iterated and has a length.

    Each method takes the ids of letters, a rule and a target, and is about the letters that fit
    all of what is given: about all letters if nothing is.

    Args:
        bus: The name of the bus.
        store: Where the letters are.
        redrive: Queues the event of a letter for its target.
    """

    def __init__(
        self,
        bus: str,
        store: DeadLetterStore,
        redrive: Callable[[DeadLetter], Awaitable[None]],
    ) -> None:
        self._bus = bus
        self._store = store
        self._redrive = redrive
        # Of these the events wait for room already.
        self._under_way: set[str] = set()

    def __len__(self) -> int:
        return len(self._store)

    def __iter__(self) -> Iterator[DeadLetter]:
        return iter(self._store)

    def find(
        self, *letter_ids: str, rule: str | None = None, target: str | None = None
    ) -> tuple[DeadLetter, ...]:
        """
        Return the letters that fit.

        Raises:
            DeadLetterNotFoundError: There is no letter of one of the ids.
        """
        letters = map(self._get, dict.fromkeys(letter_ids)) if letter_ids else iter(self._store)
        return tuple(
            letter
            for letter in letters
            if rule in {None, letter.rule} and target in {None, letter.target}
        )

    async def redrive(
        self, *letter_ids: str, rule: str | None = None, target: str | None = None
    ) -> int:
        """
        Deliver the events of letters once more, to the targets that have not taken them.

        An event leaves the dead letters when it is queued, and has all its attempts again. While
        the queue is full, this waits; another call leaves out the letters that this one has
        begun with. If it ends by an error, the letters that were not queued are still there.

        Returns:
            The number of events that were queued.

        Raises:
            DeadLetterNotFoundError: There is no letter of one of the ids; nothing was queued.
            TargetNotFoundError: A target is not there any more.
            SubscriptionFullError: A target has no room, and its policy is not to wait.
            BusStateError: The bus is not open.
        """
        queued = 0
        for letter in self.find(*letter_ids, rule=rule, target=target):
            queued += await self._redrive_one(letter)
        return queued

    async def _redrive_one(self, letter: DeadLetter) -> bool:
        """Return whether the event was queued: not if somebody else was faster."""
        letter_id = letter.letter_id
        if letter_id in self._under_way or self._store.get(letter_id) is None:
            return False
        self._under_way.add(letter_id)
        try:
            # The event is queued before the letter is gone: at no moment it is nowhere.
            await self._redrive(letter)
        finally:
            self._under_way.remove(letter_id)
        if self._store.get(letter_id) is not None:
            self._store.remove(letter)
        return True

    def purge(self, *letter_ids: str, rule: str | None = None, target: str | None = None) -> int:
        """
        Throw letters away, and return how many.

        Raises:
            DeadLetterNotFoundError: There is no letter of one of the ids; nothing was done.
        """
        letters = self.find(*letter_ids, rule=rule, target=target)
        for letter in letters:
            self._store.remove(letter)
        return len(letters)

    def _get(self, letter_id: str) -> DeadLetter:
        letter = self._store.get(letter_id)
        if letter is None:
            raise DeadLetterNotFoundError(letter_id, self._bus)
        return letter
