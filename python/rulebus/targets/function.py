"""An async function as a target."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from rulebus.exceptions import HandlerSignatureError
from rulebus.rule import Target

from .detail import detail_reader

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from rulebus.event import Event
    from rulebus.types import Handler

    from .detail import DetailReader


class FunctionTarget:
    """
    Deliver each event, or each batch of them, to an async function.

    Args:
        handler: An async function, or an object that is called like one, of one argument.
        detail: `None` to give the handler the `Event`; or the type of its argument, which is
            then made from the event's detail: a dataclass, a msgspec `Struct` or a pydantic model.

    Raises:
        HandlerSignatureError: The handler is not async, or does not take one argument.
        TypeError: A detail cannot be made into that type.
    """

    __slots__ = ("call", "handler", "read_detail")

    def __init__(self, handler: Handler, *, detail: type | None = None) -> None:
        check_handler(handler)
        self.handler: Handler = handler
        self.read_detail: DetailReader | None = None
        # For whoever delivers many: the method below is one call more for each event.
        self.call: Handler = handler
        if detail is not None:
            self.read_detail = detail_reader(detail)
            self.call = _typed(handler, self.read_detail)

    def deliver(self, event: Event, /) -> Awaitable[object]:
        """Return the handler's own awaitable; a second coroutine around it would cost time."""
        return self.call(event)

    def deliver_batch(self, events: list[Event], /) -> Awaitable[object]:
        """Return the handler's own awaitable for a list of events, or of their details."""
        read = self.read_detail
        return self.handler(events if read is None else list(map(read, events)))

    def __repr__(self) -> str:
        return f"FunctionTarget({handler_name(self.handler)})"


def handler_name(handler: object) -> str:
    """Return the name of a handler, as messages show it."""
    return getattr(handler, "__qualname__", None) or repr(handler)


def _typed(handler: Handler, read: DetailReader) -> Handler:
    async def deliver(event: Event) -> object:
        return await handler(read(event))

    return deliver


def check_handler(handler: Handler) -> None:
    """
    Check that a handler is async and takes one argument.

    Raises:
        HandlerSignatureError: It is not, or does not.
    """
    if not callable(handler):
        raise HandlerSignatureError(f"expected an async function, got {handler!r}")
    name = handler_name(handler)
    # An object with an async __call__ is as good as a function.
    if not any(map(inspect.iscoroutinefunction, (handler, type(handler).__call__))):
        raise HandlerSignatureError(f"{name} is not async; define it with 'async def'")
    signature = inspect.signature(handler)
    try:
        signature.bind(None)
    except TypeError:
        raise HandlerSignatureError(
            f"{name}{signature} must take exactly one argument, the event or its detail"
        ) from None


def as_target(target: Target | Handler) -> Target:
    """
    Return a target as it is, and an async function as a target.

    Raises:
        HandlerSignatureError: The function, or the target's `deliver`, is not async or does not
            take one argument.
    """
    if isinstance(target, FunctionTarget):
        return target
    if not isinstance(target, Target):
        return FunctionTarget(target)
    check_handler(target.deliver)
    return target
