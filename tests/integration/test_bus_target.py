"""Another bus as a target."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from rulebus import (
    BusTarget,
    Event,
    EventBus,
    LoopDetectedError,
    PermanentError,
    RuleTarget,
    ValidationError,
)

pytestmark = pytest.mark.anyio

ALL = {"source": [{"prefix": ""}]}


class Seen:
    """A target that keeps what it is given."""

    def __init__(self, bus: EventBus) -> None:
        self.events: list[Event] = []
        bus.put_rule("seen", ALL)
        bus.put_targets("seen", RuleTarget(id="seen", target=self))

    async def deliver(self, event: Event, /) -> None:
        """Keep an event."""
        self.events.append(event)


def forward(bus: EventBus, other: EventBus, **arguments: Any) -> None:
    """Let a bus forward everything to another."""
    bus.put_rule("forward", ALL)
    bus.put_targets("forward", RuleTarget(id=other.name, target=BusTarget(other, **arguments)))


async def put(bus: EventBus) -> str:
    """Publish an event."""
    return await bus.put_event(source="shop", detail_type="Sold", detail={"n": 1})


async def test_event_is_forwarded_as_it_is() -> None:
    """All members stay, and one names the buses that the event was forwarded to."""
    a, b = EventBus("a", account="111111111111"), EventBus("b", account="222222222222")
    before, after = Seen(a), Seen(b)
    forward(a, b)

    async with b, a:
        await put(a)

    [first], [second] = before.events, after.events
    assert first.to_dict() | {"forwarded-to": ["b"]} == second.to_dict()


async def test_chain() -> None:
    """An event may be forwarded again, and names all buses in their order."""
    a, b, c = EventBus("a"), EventBus("b"), EventBus("c")
    seen = Seen(c)
    forward(a, b)
    forward(b, c)

    async with c, b, a:
        await put(a)

    assert [["b", "c"]] == [event.to_dict()["forwarded-to"] for event in seen.events]


async def test_loop(caplog: pytest.LogCaptureFixture) -> None:
    """An event that came to a bus by forwarding does not come there again."""
    caplog.set_level("CRITICAL", "rulebus")
    failures: list[BaseException] = []
    a = EventBus("a", on_error=lambda failure: failures.append(failure.error))
    b = EventBus("b", on_error=lambda failure: failures.append(failure.error))
    forward(a, b)
    forward(b, a)
    seen = Seen(b)

    async with a, b:
        await put(a)
        await anyio.wait_all_tasks_blocked()

    assert 1 == len(seen.events)
    assert [LoopDetectedError] == [type(error) for error in failures]
    assert "the event was forwarded to 'b' and 'a' before: a loop of buses" == str(failures[0])


def test_bus_that_forwards_to_itself() -> None:
    """A rule would match again what it has forwarded, so it is refused when it is put."""
    bus = EventBus("a")

    with pytest.raises(ValidationError, match="target 'a': bus 'a' cannot forward to itself"):
        forward(bus, bus)
    assert () == bus.rules["forward"].targets


async def test_hops() -> None:
    """An event is not forwarded more often than is allowed."""
    target = BusTarget(EventBus("c"), max_hops=1)
    event = Event(b'{"id":"1","forwarded-to":["b"]}')

    with pytest.raises(PermanentError, match="expected at most 1 buses; max_hops allows") as caught:
        await target.deliver(event)

    assert "LOOP_DETECTED" == caught.value.code


async def test_batch() -> None:
    """A batch of events is forwarded in one step, in their order."""
    a, b = EventBus("a"), EventBus("b")
    seen, forwarded = Seen(a), Seen(b)

    async with a:
        ids = [await put(a) for _ in range(3)]
    async with b:
        await BusTarget(b).deliver_batch(seen.events)

    assert ids == [event.id for event in forwarded.events]


@pytest.mark.parametrize("max_hops", [0, -1, True, 1.5, None])
def test_wrong_number_of_hops(max_hops: Any) -> None:
    """The number of hops is an integer of at least 1."""
    with pytest.raises(ValidationError, match="max_hops"):
        BusTarget(EventBus(), max_hops=max_hops)


def test_no_bus() -> None:
    """Events are forwarded to a bus and to nothing else."""
    with pytest.raises(ValidationError, match="bus 'orders': expected an EventBus"):
        BusTarget("orders")  # type: ignore[arg-type]


def test_repr_names_the_bus() -> None:
    """The repr shows where events go."""
    assert "BusTarget('orders')" == repr(BusTarget(EventBus("orders")))
