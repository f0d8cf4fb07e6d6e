"""The lifetime of a bus: opening, leaving, cancelling, opening again."""

from __future__ import annotations

import contextlib
import gc
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from anyio.lowlevel import checkpoint

from rulebus import BusStateError, Entry, Event, EventBus

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

pytestmark = pytest.mark.anyio

PATTERN = {"source": ["shop"]}


async def put(bus: EventBus, n: int = 0) -> None:
    """Publish event number `n`."""
    await bus.put_event(source="shop", detail_type="t", detail={"n": n})


def recording() -> tuple[EventBus, list[int]]:
    """Return a bus with one rule, and the list that its handler writes to."""
    bus, numbers = EventBus("shop"), []

    @bus.rule(PATTERN)
    async def record(event: Event) -> None:
        await checkpoint()
        numbers.append(event.detail["n"])

    return bus, numbers


async def test_leaving_delivers_everything() -> None:
    """What was published is delivered when the block has been left."""
    bus, numbers = recording()
    async with bus:
        for n in range(10):
            await put(bus, n)
        assert [] == numbers

    assert list(range(10)) == numbers


async def test_leaving_by_an_error_delivers_everything() -> None:
    """An error in the block comes out as it is, after everything has been delivered."""
    bus, numbers = recording()
    error = ValueError("in the block")

    async def leave_by_an_error() -> None:
        async with bus:
            await put(bus, 1)
            raise error

    with pytest.raises(ValueError, match="in the block") as caught:
        await leave_by_an_error()

    assert error is caught.value
    assert [1] == numbers


async def test_cancelling_stops_at_once(caplog: pytest.LogCaptureFixture) -> None:
    """A bus that is cancelled stops its handlers, and says what it has not delivered."""
    bus = EventBus()
    steps = []

    @bus.rule(PATTERN, name="r")
    async def handler(_: Event) -> None:
        steps.append("begin")
        try:
            await anyio.sleep_forever()
        finally:
            steps.append("cancelled")

    with anyio.CancelScope() as scope:
        async with bus:
            for n in range(5):
                await put(bus, n)
            await anyio.wait_all_tasks_blocked()
            scope.cancel()

    assert ["begin", "cancelled"] == steps
    assert ["4 events for target 'r' of rule 'r' were not delivered: the bus was cancelled"] == [
        record.getMessage() for record in caplog.records
    ]
    assert ("r", "r", 5, 0, 0, 0, 5) == bus.statistics().subscriptions[0][:7]
    with pytest.raises(BusStateError):
        await put(bus)


async def test_cancelling_while_leaving() -> None:
    """A handler that hangs can keep the bus from being left, but not from being cancelled."""
    bus = EventBus()

    @bus.rule(PATTERN)
    async def handler(_: Event) -> None:
        await anyio.sleep_forever()

    with anyio.move_on_after(0) as scope:
        async with bus:
            await put(bus)

    assert scope.cancelled_caught
    assert 1 == bus.statistics().failed


async def test_nothing_runs_after_cancelling() -> None:
    """A handler that cannot be cancelled is waited for, and no other is begun."""
    bus = EventBus()
    numbers: list[object] = []

    @bus.rule(PATTERN)
    async def stubborn(event: Event) -> None:
        numbers.append(event.detail["n"])
        with anyio.CancelScope(shield=True), contextlib.suppress(BusStateError):
            while True:
                bus.put_event_nowait(source="other", detail_type="t", detail={})
                await checkpoint()
        numbers.append("closed")

    with anyio.CancelScope() as scope:
        async with bus:
            for n in range(3):
                await put(bus, n)
            await checkpoint()
            scope.cancel()
    await anyio.wait_all_tasks_blocked()

    assert [0, "closed"] == numbers


async def test_waiting_publishers_learn_that_the_bus_was_cancelled() -> None:
    """A publisher that waits for room when the bus is cancelled gets an error, not silence."""
    bus = EventBus()
    errors = []

    @bus.rule(PATTERN, capacity=1)
    async def handler(_: Event) -> None:
        await anyio.sleep_forever()

    async def publish() -> None:
        try:
            await bus.put_events([Entry(source="shop", detail_type="t", detail={})] * 5)
        except BusStateError as error:
            errors.append(str(error))

    async def drain() -> None:
        try:
            await bus.drain()
        except BusStateError as error:
            errors.append(str(error))

    async with anyio.create_task_group() as tasks:
        with anyio.CancelScope() as scope:
            async with bus:
                tasks.start_soon(publish)
                await anyio.wait_all_tasks_blocked()
                tasks.start_soon(drain)
                await anyio.wait_all_tasks_blocked()
                scope.cancel()

    assert {
        "the bus was cancelled before all events were delivered",
        "the bus was cancelled before there was room for the event",
    } == set(errors)


async def test_waiting_publishers_are_served_when_the_bus_is_left() -> None:
    """Leaving the bus waits for publishers that wait for room."""
    bus, numbers = EventBus(), []
    gate = anyio.Event()

    @bus.rule(PATTERN, capacity=1)
    async def handler(event: Event) -> None:
        await gate.wait()
        numbers.append(event.detail["n"])

    async def publish() -> None:
        await bus.put_events(
            [Entry(source="shop", detail_type="t", detail={"n": n}) for n in range(5)]
        )

    async def open_gate() -> None:
        await anyio.wait_all_tasks_blocked()
        gate.set()

    async with anyio.create_task_group() as tasks, bus:
        tasks.start_soon(publish)
        await anyio.wait_all_tasks_blocked()
        tasks.start_soon(open_gate)

    assert [0, 1, 2, 3, 4] == numbers


async def test_only_handlers_publish_while_the_bus_is_left() -> None:
    """Once the block is left, others are refused, so that leaving comes to an end."""
    bus, numbers = EventBus("shop"), []
    gate = anyio.Event()
    errors = []

    @bus.rule(PATTERN)
    async def handler(event: Event) -> None:
        await gate.wait()
        numbers.append(event.detail["n"])
        if event.detail["n"] == 0:
            await put(bus, 1)
            bus.put_event_nowait(source="shop", detail_type="t", detail={"n": 2})

    async def outsider() -> None:
        await anyio.wait_all_tasks_blocked()
        try:
            await put(bus, 3)
        except BusStateError as error:
            errors.append(str(error))
        gate.set()

    async with anyio.create_task_group() as tasks, bus:
        await put(bus, 0)
        tasks.start_soon(outsider)

    assert [0, 1, 2] == numbers
    assert ["bus 'shop' is closing: only handlers may still publish"] == errors


PUBLISH: dict[str, Callable[[EventBus], Awaitable[object]]] = {
    "put_event": put,
    "put_events": lambda bus: bus.put_events([]),
    "put_raw_events": lambda bus: bus.put_raw_events([]),
}


@pytest.mark.parametrize("publish", PUBLISH.values(), ids=PUBLISH)
async def test_publishing_needs_an_open_bus(publish: Callable[[EventBus], Awaitable[Any]]) -> None:
    """Before the block and after it, publishing is an error that says what to do."""
    bus = EventBus("shop")
    message = "bus 'shop' is not open: publish inside 'async with bus:'"

    with pytest.raises(BusStateError, match=message):
        await publish(bus)
    async with bus:
        await publish(bus)
    with pytest.raises(BusStateError, match=message):
        await publish(bus)
    with pytest.raises(BusStateError, match=message):
        bus.put_event_nowait(source="shop", detail_type="t", detail={})


async def test_draining_a_closed_bus() -> None:
    """There is nothing to wait for before a bus is opened and after it was left."""
    bus, _ = recording()
    await bus.drain()
    async with bus:
        await put(bus)
    await bus.drain()

    assert 1 == bus.statistics().delivered


async def test_opening_again() -> None:
    """A bus that was left can be opened again; rules stay, counts begin anew."""
    bus, numbers = recording()
    for n in range(3):
        async with bus:
            await put(bus, n)
        assert (1, 1, 1, 0) == bus.statistics()[:4]
        bus.put_rule("other", {"source": ["other"]})

    assert [0, 1, 2] == numbers
    assert ["record", "other"] == list(bus.rules)


async def test_opening_again_after_cancelling() -> None:
    """What a cancelled bus has not delivered does not come back."""
    bus, numbers = recording()
    with anyio.CancelScope() as scope:
        async with bus:
            await put(bus, 1)
            scope.cancel()
    async with bus:
        await put(bus, 2)

    assert [2] == numbers


async def test_publishing_from_another_thread() -> None:
    """A bus belongs to the thread in which it was opened; the error says how to get there."""
    bus, numbers = recording()
    publish = partial(bus.put_event_nowait, source="shop", detail_type="t", detail={"n": 1})

    async with bus:
        with pytest.raises(BusStateError, match=r"another thread: .* anyio\.from_thread\.run"):
            await anyio.to_thread.run_sync(publish)
        assert 0 == bus.statistics().published
        await anyio.to_thread.run_sync(anyio.from_thread.run_sync, publish)

    assert [1] == numbers


@pytest.mark.parametrize("method", ["put_event", "put_events", "put_raw_events"])
async def test_publishing_from_another_event_loop(method: str) -> None:
    """Nor does a coroutine publish that runs on an event loop of another thread."""
    bus, numbers = recording()
    arguments: dict[str, Any] = {
        "put_event": {"source": "shop", "detail_type": "t", "detail": {"n": 1}},
        "put_events": {"entries": []},
        "put_raw_events": {"events": []},
    }
    publish = partial(getattr(bus, method), **arguments[method])

    async with bus:
        with pytest.raises(BusStateError, match="another thread"):
            await anyio.to_thread.run_sync(anyio.run, publish)
        await anyio.to_thread.run_sync(anyio.from_thread.run, publish)

    assert bus.statistics().published == len(numbers)


async def test_opening_twice() -> None:
    """An open bus cannot be opened."""
    bus, _ = recording()
    async with bus:
        with pytest.raises(RuntimeError, match="already"):
            await bus.__aenter__()
        await put(bus)

    assert 1 == bus.statistics().delivered


async def test_rule_without_events_costs_no_task() -> None:
    """Only targets that have had an event have a worker."""
    bus = EventBus()
    for n in range(100):

        @bus.rule({"detail": {"n": [n]}}, name=f"r{n}", concurrency=5)
        async def handler(_: Event) -> None:
            """Take an event."""

    async with bus:
        before = len(anyio.get_running_tasks())
        await put(bus, 1)
        await put(bus, 2)
        await anyio.wait_all_tasks_blocked()

        assert 2 == len(anyio.get_running_tasks()) - before


class Halt(BaseException):
    """Not an `Exception`: it means to end the program, as `SystemExit` does."""


async def test_handler_that_ends_the_program() -> None:
    """What is not an `Exception` ends the bus, and comes out of its block."""
    bus = EventBus()

    @bus.rule(PATTERN)
    async def handler(_: Event) -> None:
        raise Halt

    async def stay() -> None:
        async with bus:
            await put(bus)
            await anyio.sleep_forever()

    with pytest.raises(BaseExceptionGroup) as caught:
        await stay()

    assert caught.group_contains(Halt)


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_stray_cancellation() -> None:
    """A cancellation that leaks out of a handler fails that delivery, not the worker."""
    import asyncio  # noqa: PLC0415  what this test is about

    failures: list[BaseException] = []
    bus = EventBus(on_error=lambda failure: failures.append(failure.error))

    @bus.rule(PATTERN)
    async def handler(event: Event) -> None:
        if event.detail["n"] == 0:
            future = asyncio.get_running_loop().create_future()
            future.cancel()
            await future

    async with bus:
        await put(bus, 0)
        await put(bus, 1)

    assert [asyncio.CancelledError] == [type(error) for error in failures]
    assert 1 == bus.statistics().delivered


async def test_bus_is_not_kept_alive() -> None:
    """A bus that was used and forgotten leaves nothing behind."""
    bus, _ = recording()
    async with bus:
        await put(bus)
    del bus
    gc.collect()

    assert [] == [it for it in gc.get_objects() if isinstance(it, EventBus)]
