"""Targets that are async context managers: who opens them, and when."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING, Self

import anyio
import pytest

from rulebus import DeadLetter, Event, EventBus, RetryPolicy, RuleTarget
from rulebus.testing import FakeClock, run_until_idle

if TYPE_CHECKING:
    from collections.abc import Iterable

pytestmark = pytest.mark.anyio

PATTERN = {"source": ["shop"]}


class Connection:
    """
    A target that notes what happens to it.

    Args:
        failures: What it raises when it is entered, one after the other; `None` for nothing.
        failure: What it raises when it is left.
    """

    def __init__(
        self, failures: Iterable[Exception | None] = (), failure: Exception | None = None
    ) -> None:
        self.seen: list[str] = []
        self.may_open = anyio.Event()
        self.may_open.set()
        self._failures = iter(failures)
        self._failure = failure
        self._task = 0

    async def __aenter__(self) -> Self:
        """Open, as soon as it may."""
        await self.may_open.wait()
        self._task = anyio.get_current_task().id
        failure = next(self._failures, None)
        if failure is not None:
            self.seen.append("refuse")
            raise failure
        self.seen.append("open")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close, in the task that has opened."""
        assert self._task == anyio.get_current_task().id
        self.seen.append("close")
        if self._failure is not None:
            raise self._failure

    async def deliver(self, event: Event, /) -> None:
        """Take an event."""
        self.seen.append(event.detail_type)


def bus_with(*targets: RuleTarget, clock: FakeClock | None = None) -> EventBus:
    """Return a bus with a rule that has targets."""
    bus = EventBus("shop", clock=clock)
    bus.put_rule("r", PATTERN)
    bus.put_targets("r", *targets)
    return bus


async def put(bus: EventBus, detail_type: str) -> None:
    """Publish an event."""
    await bus.put_event(source="shop", detail_type=detail_type, detail={})


async def test_bus_opens_its_targets() -> None:
    """A target is open while the bus is: each time that it is."""
    connection = Connection()
    bus = bus_with(RuleTarget(id="t", target=connection))

    async with bus:
        assert ["open"] == connection.seen
        await put(bus, "a")
    async with bus:
        await put(bus, "b")

    assert ["open", "a", "close", "open", "b", "close"] == connection.seen


async def test_target_that_is_added() -> None:
    """Events wait for a target that is being opened, and their publishers do not."""
    connection = Connection()
    connection.may_open = anyio.Event()
    bus = bus_with()

    async with bus:
        bus.put_targets("r", RuleTarget(id="t", target=connection))
        await put(bus, "a")
        await anyio.wait_all_tasks_blocked()
        assert [] == connection.seen
        connection.may_open.set()
        await bus.drain()
        assert ["open", "a"] == connection.seen

    assert ["open", "a", "close"] == connection.seen


async def test_target_that_is_removed() -> None:
    """A target that is removed has what had come for it, and is closed while the bus is open."""
    connection = Connection()
    bus = bus_with(RuleTarget(id="t", target=connection))

    async with bus:
        await put(bus, "a")
        bus.remove_targets("r", "t")
        await anyio.wait_all_tasks_blocked()
        assert ["open", "a", "close"] == connection.seen
        bus.put_targets("r", RuleTarget(id="t", target=connection))
        await put(bus, "b")

    assert ["open", "a", "close", "open", "b", "close"] == connection.seen


async def test_target_that_is_added_while_it_is_closed() -> None:
    """A target that is wanted again before it was closed is opened after that."""
    connection = Connection()
    bus = bus_with(RuleTarget(id="t", target=connection))

    async with bus:
        bus.remove_targets("r", "t")
        bus.put_targets("r", RuleTarget(id="t", target=connection))
        await put(bus, "a")

    assert ["open", "a", "close"] == connection.seen[-3:]
    assert connection.seen.count("open") == connection.seen.count("close")


async def test_target_that_is_gone() -> None:
    """A target that was removed is not kept, whether it could be opened or not."""
    bus = bus_with()
    async with bus:
        for failures in ([], [OSError()]):
            connection = Connection(failures)
            gone = weakref.ref(connection)
            bus.put_targets("r", RuleTarget(id="t", target=connection))
            await anyio.wait_all_tasks_blocked()
            bus.remove_targets("r", "t")
            await anyio.wait_all_tasks_blocked()
            del connection
            failures.clear()
            gc.collect()

            assert gone() is None


async def test_target_of_two_rules() -> None:
    """A target that is used twice is opened once, and closed after its last user."""
    connection = Connection()
    bus = bus_with(RuleTarget(id="t", target=connection))
    bus.put_rule("r2", PATTERN)
    bus.put_targets("r2", RuleTarget(id="t", target=connection))

    async with bus:
        bus.delete_rule("r")
        await anyio.wait_all_tasks_blocked()
        await put(bus, "a")
        await bus.drain()
        assert ["open", "a"] == connection.seen
        bus.delete_rule("r2")
        await anyio.wait_all_tasks_blocked()
        assert ["open", "a", "close"] == connection.seen


async def test_policies_that_are_replaced() -> None:
    """A target whose policies are replaced stays open."""
    connection = Connection()
    bus = bus_with(RuleTarget(id="t", target=connection))

    async with bus:
        bus.put_targets("r", RuleTarget(id="t", target=connection, capacity=7))
        await anyio.wait_all_tasks_blocked()

        assert ["open"] == connection.seen


async def test_target_of_dead_letters() -> None:
    """A target of dead letters is opened as well."""
    connection = Connection()

    async def fail(event: Event) -> None:
        raise ValueError(event)

    bus = bus_with(RuleTarget(id="t", target=fail, dead_letter=connection))

    async with bus:
        await put(bus, "a")

    assert ["open", "a", "close"] == connection.seen


async def test_handler_that_has_to_be_opened() -> None:
    """An object that is called like an async function is opened as well."""
    seen: list[str] = []

    class Handler:
        async def __aenter__(self) -> None:
            seen.append("open")

        async def __aexit__(self, *_: object) -> None:
            seen.append("close")

        async def __call__(self, event: Event, /) -> None:
            seen.append(event.detail_type)

    async with bus_with(RuleTarget(id="t", target=Handler())) as bus:
        await put(bus, "a")

    assert ["open", "a", "close"] == seen


async def test_bus_that_cannot_open_a_target() -> None:
    """A bus that cannot open a target is not open: it raises the target's own error."""
    good, bad = Connection(), Connection([OSError("refused")])
    bus = bus_with(RuleTarget(id="good", target=good), RuleTarget(id="bad", target=bad))

    with pytest.raises(OSError, match="refused") as caught:
        async with bus:
            raise AssertionError

    assert [f"{bad!r} could not be opened"] == caught.value.__notes__
    assert (["open", "close"], ["refuse"]) == (good.seen, bad.seen)
    async with bus:
        await put(bus, "a")
    assert ["refuse", "open", "a", "close"] == bad.seen


async def test_added_target_that_cannot_be_opened() -> None:
    """Events fail while their target cannot be opened, and each attempt tries it again."""
    connection, clock = Connection([OSError("refused")] * 2), FakeClock()
    bus = bus_with(clock=clock)
    retry, letters = RetryPolicy(max_attempts=2), list[DeadLetter]()

    async def keep(letter: DeadLetter) -> None:
        letters.append(letter)

    async with bus:
        bus.put_targets("r", RuleTarget(id="t", target=connection, retry=retry, dead_letter=keep))
        await anyio.wait_all_tasks_blocked()
        assert ["refuse"] == connection.seen
        await put(bus, "a")
        await run_until_idle(bus, clock)

    assert ["refuse", "refuse", "open", "a", "close"] == connection.seen
    assert [] == letters


async def test_target_that_cannot_be_closed(caplog: pytest.LogCaptureFixture) -> None:
    """What a target raises when it is closed is logged, and the bus is closed all the same."""
    connection = Connection(failure=OSError("lost"))
    bus = bus_with(RuleTarget(id="t", target=connection))

    async with bus:
        await put(bus, "a")

    assert ["open", "a", "close"] == connection.seen
    assert "failed while it was open, or when it was closed" in caplog.text


async def test_cancelled_bus() -> None:
    """A bus that is cancelled closes its targets, also one that is not open yet."""
    connection, slow = Connection(), Connection()
    bus = bus_with(RuleTarget(id="t", target=connection))
    slow.may_open = anyio.Event()

    with anyio.CancelScope() as scope:
        async with bus:
            bus.put_targets("r", RuleTarget(id="slow", target=slow))
            await anyio.wait_all_tasks_blocked()
            scope.cancel()

    assert (["open", "close"], []) == (connection.seen, slow.seen)


async def test_rules_that_change_while_the_bus_opens() -> None:
    """A rule that is put while the bus waits for a target counts, and nothing is published yet."""
    slow, other = Connection(), Connection()
    slow.may_open = anyio.Event()
    bus = bus_with(RuleTarget(id="slow", target=slow))

    async def change() -> None:
        await anyio.wait_all_tasks_blocked()
        bus.put_targets("r", RuleTarget(id="other", target=other))
        with pytest.raises(RuntimeError, match="'shop' is opening"):
            await put(bus, "early")
        slow.may_open.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(change)
        async with bus:
            await put(bus, "a")

    assert ["open", "a", "close"] == slow.seen == other.seen


async def test_target_that_is_removed_while_the_bus_opens() -> None:
    """A bus does not wait for a target that was removed meanwhile."""
    first, second = Connection(), Connection()
    first.may_open, second.may_open = anyio.Event(), anyio.Event()
    bus = bus_with(RuleTarget(id="first", target=first), RuleTarget(id="second", target=second))

    async def remove() -> None:
        await anyio.wait_all_tasks_blocked()
        bus.remove_targets("r", "second")
        first.may_open.set()
        second.may_open.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(remove)
        async with bus:
            await put(bus, "a")

    assert ["open", "a", "close"] == first.seen
    assert second.seen in ([], ["open", "close"])
