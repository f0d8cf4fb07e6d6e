"""Targets that have to be opened, such as those with connections: open while a bus uses them."""

from __future__ import annotations

import contextvars
import logging
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from anyio import Event as Signal

from .exceptions import BusStateError

if TYPE_CHECKING:
    from anyio.abc import TaskGroup

    from .types import Handler

_logger = logging.getLogger("rulebus")


class OpenTargets:
    """
    Enter the targets that are async context managers, each once, and leave them.

    A target is entered when its first user comes, and left when the last one has gone. It has a
    task of its own for that: what one task has entered no other may leave.

    Args:
        tasks: Where these tasks run.
    """

    def __init__(self, tasks: TaskGroup) -> None:
        self._tasks = tasks
        # Targets may be added by anybody, whose context is not that of the bus.
        self._context = contextvars.copy_context()
        self._lifetimes: dict[int, _Lifetime] = {}

    def use(self, target: object, deliver: Handler) -> Handler:
        """
        Open a target for one more user, until `release`.

        Returns:
            The function that delivers to the target once it is open, and raises what its opening
            has raised; each call after that tries to open it again. `deliver` itself for a target
            that need not be opened.
        """
        if not isinstance(target, AbstractAsyncContextManager):
            return deliver
        lifetime = self._lifetimes.setdefault(id(target), _Lifetime(target))
        lifetime.users += 1
        self._begin(lifetime)

        async def deliver_when_open(given: object) -> object:
            # Again if it was closed since, before this task had its turn.
            while not lifetime.is_open:
                self._begin(lifetime)
                await lifetime.opened()
            return await deliver(given)

        return deliver_when_open

    def release(self, target: object) -> None:
        """Take note that a user of a target has gone; nothing happens if it was never opened."""
        lifetime = self._lifetimes.get(id(target))
        if lifetime is not None:
            lifetime.users -= 1
            lifetime.tell()
            self._forget(lifetime)

    async def opened(self) -> None:
        """
        Wait until all targets are open.

        Raises:
            Exception: What the opening of one of them has raised.
        """
        for lifetime in tuple(self._lifetimes.values()):
            if lifetime.users:
                await lifetime.opened()

    def close(self) -> None:
        """Leave all targets."""
        for lifetime in self._lifetimes.values():
            lifetime.users = 0
            lifetime.tell()

    def _begin(self, lifetime: _Lifetime) -> None:
        if not lifetime.is_running:
            lifetime.is_running = True
            self._context.run(self._tasks.start_soon, self._live, lifetime)

    async def _live(self, lifetime: _Lifetime) -> None:
        await lifetime.run()
        self._forget(lifetime)

    def _forget(self, lifetime: _Lifetime) -> None:
        if not lifetime.users and not lifetime.is_running:
            self._lifetimes.pop(id(lifetime.target), None)


class _Lifetime:
    """
    The task of one target, and whether the target is open.

    Args:
        target: The target; kept, so that no other has its `id` meanwhile.
    """

    __slots__ = ("_changed", "_error", "is_open", "is_running", "target", "users")

    def __init__(self, target: AbstractAsyncContextManager[object]) -> None:
        self.target: AbstractAsyncContextManager[object] = target
        self._changed = Signal()
        self._error: Exception | None = None
        self.users: int = 0
        self.is_running: bool = False
        self.is_open: bool = False

    async def run(self) -> None:
        """Keep the target open as long as it has users; end early if it fails."""
        self._error = None
        try:
            # Somebody may come again while the target is being left.
            while self.users:
                await self._stay_open()
        except Exception as error:  # noqa: BLE001  raised where an event is to be delivered
            error.add_note(f"{self.target!r} could not be opened")
            self._error = error
        finally:
            self.is_running = False
            self.tell()

    async def opened(self) -> None:
        """
        Wait until the target was opened.

        Raises:
            BusStateError: It has no users, so it is not going to be opened.
            Exception: What its opening has raised.
        """
        if not self.users:
            raise BusStateError(f"{self.target!r} is closed: no open bus has it")
        while not self.is_open and self.is_running:
            await self._changed.wait()
        if self._error is not None:
            raise self._error

    def tell(self) -> None:
        """Wake all that wait for a change."""
        self._changed.set()
        self._changed = Signal()

    async def _stay_open(self) -> None:
        was_open = False
        try:
            async with self.target:
                was_open = self.is_open = True
                self.tell()
                try:
                    while self.users:
                        await self._changed.wait()
                finally:
                    # Nothing begins while the target is being left, also by a cancellation.
                    self.is_open = False
        except Exception:
            if not was_open:
                raise
            _logger.exception("%r failed while it was open, or when it was closed", self.target)
