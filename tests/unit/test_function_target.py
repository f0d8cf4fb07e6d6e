"""Async functions as targets."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from rulebus import Event, FunctionTarget, HandlerSignatureError, Target
from rulebus.targets import as_target

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.anyio

EVENT = Event(b'{"id":"1","detail":{"n":7}}')


@dataclass(frozen=True)
class Detail:
    """A detail with one member."""

    n: int


async def plain(event: object) -> object:
    """Return the argument."""
    return event


async def with_default(event: object, _again: int = 1) -> object:
    """Return the argument, and need no other."""
    return event


async def with_rest(*arguments: object) -> object:
    """Return the first of any number of arguments."""
    return arguments[0]


class Called:
    """An object that is called like an async function."""

    async def __call__(self, event: object) -> object:
        """Return the argument."""
        return event

    async def method(self, event: object) -> object:
        """Return the argument."""
        return event

    def sync(self, event: object) -> object:
        """Return the argument at once."""
        return event


class Queue:
    """A user's own target."""

    async def deliver(self, event: Event, /) -> object:
        """Return the event."""
        return event


@pytest.mark.parametrize(
    "handler",
    [plain, with_default, with_rest, Called(), Called().method, functools.partial(plain)],
)
async def test_handler(handler: Any) -> None:
    """Anything async that takes one argument is given the event."""
    assert EVENT is await FunctionTarget(handler).deliver(EVENT)


async def test_typed_handler() -> None:
    """With a detail type, the handler is given a value of it."""
    target = FunctionTarget(plain, detail=Detail)

    assert Detail(n=7) == await target.deliver(EVENT)


def not_async(event: object) -> object:
    """Take an event, at once."""
    return event


async def stream(event: object) -> AsyncIterator[object]:
    """Be an async generator."""
    yield event


async def none() -> None:
    """Take nothing."""


async def two(event: object, other: object) -> None:
    """Take two."""


async def keyword(*, event: object) -> None:
    """Take one by name."""


@pytest.mark.parametrize(
    ("message", "handler"),
    [
        ("not_async is not async; define it with 'async def'", not_async),
        ("stream is not async; define it with 'async def'", stream),
        ("Called.sync is not async; define it with 'async def'", Called().sync),
        ("Detail is not async; define it with 'async def'", Detail),
        ("none() -> 'None' must take exactly one argument, the event or its detail", none),
        ("two(event: 'object', other: 'object') -> 'None' must take exactly one argument", two),
        ("keyword(*, event: 'object') -> 'None' must take exactly one argument", keyword),
        ("expected an async function, got 'text'", "text"),
        ("expected an async function, got None", None),
    ],
)
def test_wrong_signature(message: str, handler: Any) -> None:
    """What is not async, or does not take one argument, is refused when the target is made."""
    with pytest.raises(HandlerSignatureError) as caught:
        FunctionTarget(handler)

    assert message == str(caught.value)[: len(message)]


def test_functions_become_targets() -> None:
    """A function becomes a target; what is a target already stays what it is."""
    queue, function = Queue(), FunctionTarget(plain)

    assert queue is as_target(queue)
    assert function is as_target(function)
    assert isinstance(as_target(plain), FunctionTarget)
    assert isinstance(queue, Target)


def test_target_with_a_wrong_method() -> None:
    """A target whose `deliver` is not async is refused."""

    class Wrong:
        def deliver(self, event: Event) -> None:
            """Take an event, at once."""

    with pytest.raises(HandlerSignatureError, match=r"Wrong\.deliver is not async"):
        as_target(Wrong())  # type: ignore[arg-type]


def test_repr_names_the_handler() -> None:
    """The repr shows which function it is."""
    assert "FunctionTarget(plain)" == repr(FunctionTarget(plain))
