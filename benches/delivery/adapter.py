"""What the harness knows of a bus: handlers are given to it, then events."""

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, NamedTuple, Protocol, Self, TypeAlias


class Receiver(Protocol):
    """The handler of one subscriber."""

    async def take(self, event: Any, /) -> None:
        """Take an event."""

    async def take_batch(self, events: Sequence[Any], /) -> None:
        """Take a batch of events."""


class Subscriber(NamedTuple):
    """Who wants the events of one customer and no others."""

    customer: str
    receiver: Receiver


class Adapter(Protocol):
    """A bus that is open inside `async with`, made of its subscribers."""

    async def __aenter__(self) -> Self:
        """Open the bus."""

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        """Close the bus."""

    async def put(self, events: Sequence[Any], /) -> None:
        """Publish events as the users of the bus do, and wait wherever it makes them wait."""

    async def drain(self) -> None:
        """Return when the handlers have taken everything."""


Open: TypeAlias = Callable[[Sequence[Subscriber]], Adapter]
