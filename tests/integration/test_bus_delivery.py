"""Delivery: order, concurrency, failures, typed details, and what is counted."""

from __future__ import annotations

import contextvars
import logging
from dataclasses import dataclass
from typing import Any

import anyio
import orjson
import pytest
from anyio.lowlevel import checkpoint

from rulebus import (
    BusStateError,
    BusStatistics,
    DeliveryFailure,
    DetailTypeError,
    Entry,
    Event,
    EventBus,
    RuleTarget,
)

pytestmark = pytest.mark.anyio

PATTERN = {"source": ["shop"]}


async def put(bus: EventBus, n: int = 0) -> None:
    """Publish event number `n`."""
    await bus.put_event(source="shop", detail_type="t", detail={"n": n})


def entries(count: int) -> list[Entry]:
    """Return entries numbered from 0."""
    return [Entry(source="shop", detail_type="t", detail={"n": n}) for n in range(count)]


async def test_order_of_one_publisher() -> None:
    """With a concurrency of 1, events are handled one after the other, in their order."""
    steps = []
    bus = EventBus()

    @bus.rule(PATTERN)
    async def handler(event: Event) -> None:
        steps.append(("begin", event.detail["n"]))
        await checkpoint()
        steps.append(("end", event.detail["n"]))

    async with bus:
        await bus.put_events(entries(50))
        for n in range(50, 100):
            await put(bus, n)

    assert [(step, n) for n in range(100) for step in ("begin", "end")] == steps


@pytest.mark.parametrize("concurrency", [1, 2, 5])
async def test_concurrency(concurrency: int) -> None:
    """As many handlers run at the same time as the target allows, and no more."""
    running = 0
    most = 0
    bus = EventBus()

    @bus.rule(PATTERN, concurrency=concurrency)
    async def handler(_: Event) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        for _step in range(3):
            await checkpoint()
        running -= 1

    async with bus:
        for n in range(7):
            await put(bus, n)
        await bus.put_events(entries(13))

    assert (concurrency, 0) == (most, running)


async def test_slow_target_does_not_hold_up_others() -> None:
    """A handler that hangs keeps its own events only."""
    numbers = []
    gate = anyio.Event()
    bus = EventBus()

    @bus.rule(PATTERN)
    async def slow(_: Event) -> None:
        await gate.wait()

    @bus.rule(PATTERN)
    async def quick(event: Event) -> None:
        numbers.append(event.detail["n"])

    async with bus:
        await bus.put_events(entries(5))
        await anyio.wait_all_tasks_blocked()
        assert [0, 1, 2, 3, 4] == numbers
        gate.set()


async def test_handlers_do_not_share_a_detail() -> None:
    """What one handler does to the detail does not show to another."""
    seen = []
    bus = EventBus()

    async def change(event: Event) -> None:
        event.detail["n"] += 1
        seen.append(event.detail)

    bus.put_rule("r", PATTERN)
    bus.put_targets("r", RuleTarget(id="a", target=change), RuleTarget(id="b", target=change))
    async with bus:
        await put(bus, 1)

    assert [{"n": 2}, {"n": 2}] == seen


async def test_failure_is_reported_and_disturbs_no_one(caplog: pytest.LogCaptureFixture) -> None:
    """A handler that raises loses that event alone: it is logged, counted and given to the hook."""
    failures: list[DeliveryFailure] = []
    numbers = []
    bus = EventBus(on_error=failures.append)

    @bus.rule(PATTERN)
    async def fails_once(event: Event) -> None:
        if event.detail["n"] == 1:
            raise ValueError("number one")

    @bus.rule(PATTERN)
    async def works(event: Event) -> None:
        numbers.append(event.detail["n"])

    async with bus:
        await bus.put_events(entries(3))

    assert [0, 1, 2] == numbers
    [failure] = failures
    assert ("fails_once", "fails_once", 1) == (
        failure.rule,
        failure.target,
        failure.event.detail["n"],
    )
    assert "number one" == str(failure.error)
    [record] = caplog.records
    assert ("rulebus", logging.ERROR) == (record.name, record.levelno)
    assert "target 'fails_once' of rule 'fails_once' failed on Event(" in record.getMessage()
    assert record.exc_info is not None
    assert failure.error is record.exc_info[1]
    assert (3, 6, 5, 1) == bus.statistics()[:4]


async def test_hook_that_raises(caplog: pytest.LogCaptureFixture) -> None:
    """An error in the hook is logged and stops nothing."""

    def hook(_: DeliveryFailure) -> None:
        raise RuntimeError("hook")

    bus = EventBus(on_error=hook)

    @bus.rule(PATTERN)
    async def fails(_: Event) -> None:
        raise ValueError("handler")

    async with bus:
        await bus.put_events(entries(2))

    assert 2 == bus.statistics().failed
    assert ["handler", "hook"] * 2 == [
        str(record.exc_info[1]) for record in caplog.records if record.exc_info
    ]


async def test_exception_group_is_a_failure() -> None:
    """Errors of tasks that a handler starts count as one failure of the handler."""
    failures: list[DeliveryFailure] = []
    bus = EventBus(on_error=failures.append)

    @bus.rule(PATTERN)
    async def handler(_: Event) -> None:
        async with anyio.create_task_group() as tasks:
            for error in (ValueError("a"), ValueError("b")):
                tasks.start_soon(fail, error)

    async def fail(error: Exception) -> None:
        raise error

    async with bus:
        await bus.put_events(entries(2))

    assert 2 == len(failures)
    assert all(isinstance(failure.error, ExceptionGroup) for failure in failures)


async def test_timeout_inside_a_handler() -> None:
    """A handler may cancel its own work; the worker goes on."""
    failures: list[DeliveryFailure] = []
    bus = EventBus(on_error=failures.append)

    @bus.rule(PATTERN)
    async def handler(event: Event) -> None:
        with anyio.fail_after(0 if event.detail["n"] == 0 else None):
            await checkpoint()

    async with bus:
        await bus.put_events(entries(3))

    assert [TimeoutError] == [type(failure.error) for failure in failures]
    assert 2 == bus.statistics().delivered


async def test_events_that_handlers_publish() -> None:
    """A handler may publish to its own bus; leaving the bus delivers that, too."""
    numbers = []
    bus = EventBus()

    @bus.rule(PATTERN)
    async def countdown(event: Event) -> None:
        n = event.detail["n"]
        numbers.append(n)
        if n:
            await put(bus, n - 1)

    async with bus:
        await put(bus, 5)

    assert [5, 4, 3, 2, 1, 0] == numbers
    with pytest.raises(BusStateError):
        await put(bus, 5)


async def test_drain_waits_for_what_handlers_publish() -> None:
    """Nothing is under way when `drain` returns, and nothing was lost."""
    count = 0
    bus = EventBus()

    @bus.rule({"source": ["shop"]}, concurrency=3)
    async def double(event: Event) -> None:
        await checkpoint()
        if event.detail["n"]:
            await bus.put_events([Entry(source="twice", detail_type="t", detail=event.detail)] * 2)

    @bus.rule({"source": ["twice"]})
    async def again(event: Event) -> None:
        nonlocal count
        count += 1
        await put(bus, event.detail["n"] - 1)

    async with bus:
        await put(bus, 4)
        await bus.drain()
        assert 2 + 4 + 8 + 16 == count
        assert {0} == {one.queued + one.in_flight for one in bus.statistics().subscriptions}


async def test_drain_inside_a_handler() -> None:
    """A handler that drains its own bus would wait for itself; it fails instead."""
    failures: list[DeliveryFailure] = []
    bus = EventBus(on_error=failures.append)

    @bus.rule(PATTERN)
    async def handler(_: Event) -> None:
        await bus.drain()

    async with bus:
        await put(bus)

    assert [BusStateError] == [type(failure.error) for failure in failures]


async def test_handler_may_drain_another_bus() -> None:
    """Only the handler's own bus is a trap."""
    numbers = []
    outer, inner = EventBus("outer"), EventBus("inner")

    @outer.rule(PATTERN)
    async def forward(event: Event) -> None:
        await put(inner, event.detail["n"])
        await inner.drain()
        numbers.append("drained")

    @inner.rule(PATTERN)
    async def record(_: Event) -> None:
        numbers.append("delivered")

    async with inner, outer:
        await put(outer)

    assert ["delivered", "drained"] == numbers


async def test_handlers_do_not_inherit_a_publishers_context() -> None:
    """A context variable of whoever published first does not leak into the handlers."""
    variable = contextvars.ContextVar("variable", default="nobody's")
    seen = []
    bus = EventBus()

    @bus.rule(PATTERN)
    async def handler(_: Event) -> None:
        seen.append(variable.get())

    async with bus:
        variable.set("the publisher's")
        await put(bus)

    assert ["nobody's"] == seen


async def test_handler_that_never_waits_lets_others_run() -> None:
    """A full queue of quick handlers does not keep the event loop to itself."""
    handled = 0
    bus = EventBus()

    @bus.rule(PATTERN)
    async def handler(_: Event) -> None:
        nonlocal handled
        handled += 1

    async with bus:
        await bus.put_events(entries(1_000))
        seen = []
        while handled < 1_000:
            await checkpoint()
            seen.append(handled)

    assert 3 < len(set(seen))


async def test_publisher_that_never_waits_lets_others_run() -> None:
    """Handlers run although the publisher meets no full queue."""
    handled = 0
    bus = EventBus()

    @bus.rule(PATTERN, capacity=100_000)
    async def handler(_: Event) -> None:
        nonlocal handled
        handled += 1

    async with bus:
        for n in range(500):
            await put(bus, n)

        assert 0 < handled


async def test_statistics_add_up_at_any_moment() -> None:
    """Queued, in flight, delivered and failed events are all that was received."""
    gate = anyio.Event()
    bus = EventBus()

    @bus.rule(PATTERN, concurrency=2)
    async def handler(event: Event) -> None:
        if event.detail["n"] == 0:
            raise ValueError
        if event.detail["n"] > 1:
            await gate.wait()

    assert BusStatistics() == bus.statistics()
    async with bus:
        await bus.put_events(entries(6))
        await anyio.wait_all_tasks_blocked()
        assert (6, 6, 1, 1) == bus.statistics()[:4]
        assert ("handler", "handler", 6, 2, 2, 1, 1) == bus.statistics().subscriptions[0][:7]
        gate.set()
    assert ("handler", "handler", 6, 0, 0, 5, 1) == bus.statistics().subscriptions[0][:7]


@dataclass(frozen=True)
class Numbered:
    """A detail with a number."""

    n: int


async def test_typed_detail() -> None:
    """A handler of a typed detail gets the detail; one that does not fit is a failure."""
    failures: list[DeliveryFailure] = []
    details = []
    bus = EventBus(on_error=failures.append)

    @bus.rule(PATTERN, detail=Numbered)
    async def handler(detail: Numbered) -> None:
        details.append(detail)

    async with bus:
        for detail in ({"n": 1}, {"n": "two"}, {"n": 3, "more": True}):
            await bus.put_event(source="shop", detail_type="t", detail=detail)

    assert [Numbered(1), Numbered(3)] == details
    [failure] = failures
    assert isinstance(failure.error, DetailTypeError)
    assert "the detail does not fit Numbered: detail.n: expected an integer, got a string" == str(
        failure.error
    )


class Collected:
    """A user's own target."""

    def __init__(self) -> None:
        self.raws: list[bytes] = []

    async def deliver(self, event: Event, /) -> None:
        """Keep the bytes."""
        self.raws.append(event.raw)


async def test_own_target() -> None:
    """Anything with an async `deliver` is a target."""
    collected = Collected()
    bus = EventBus()
    bus.put_rule("r", PATTERN)
    bus.put_targets("r", RuleTarget(id="a", target=collected))

    async with bus:
        await put(bus, 7)

    assert [7] == [orjson.loads(raw)["detail"]["n"] for raw in collected.raws]


async def test_many_rules_share_a_handler() -> None:
    """One function can be the target of several rules, each with its own queue."""
    numbers: list[Any] = []
    bus = EventBus()

    @bus.rule({"detail": {"n": [1, 2]}}, name="low")
    @bus.rule({"detail": {"n": [2, 3]}}, name="high")
    async def handler(event: Event) -> None:
        numbers.append(event.detail["n"])

    async with bus:
        await bus.put_events(entries(5))

    assert [1, 2, 2, 3] == sorted(numbers)
