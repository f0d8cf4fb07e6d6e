"""The compiled steps of delivery: queues, and the turns of a worker that takes from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from rulebus import InvalidEventError, Matcher
from rulebus._core import EventQueue, ReadyQueues, Turn

if TYPE_CHECKING:
    from collections.abc import Coroutine


class Bench:
    """Queues by rule, a worker's turn, and what was called; nothing of it runs by itself."""

    def __init__(self, *rules: str, **settings: Any) -> None:
        self.now = 0.0
        self.calls = 0
        self.seen: list[Any] = []
        self.ready = ReadyQueues(self.call)
        self.turn = Turn(self.ready, lambda: self.now)
        self.routes: dict[str, tuple[EventQueue, ...]] = {
            rule: (self.queue(**settings),) for rule in rules
        }

    def call(self) -> None:
        """Count how often a worker is called."""
        self.calls += 1

    def queue(self, **settings: Any) -> EventQueue:
        """Return a queue about which nothing has to be decided."""
        queue = EventQueue()
        queue.is_straight = True
        queue.deliver = self.deliver
        queue.subscription = self  # type: ignore[assignment]
        for name, value in settings.items():
            setattr(queue, name, value)
        return queue

    async def deliver(self, given: Any) -> None:
        """Take note of what a handler is given."""
        self.seen.append(given)

    def end_turn(self) -> None:
        """Stand for the subscription, which would decide what is next."""

    def put(self, **shares: list[bytes]) -> list[bytes]:
        """Put events by rule; return those about which the subscription has to decide."""
        undecided = []
        for rule, events in shares.items():
            for event in events:
                refused = self.ready.put_one(event, [rule], self.routes, self.now)
                undecided += refused.get(self, [])  # type: ignore[call-overload]
        return undecided

    def run(self) -> None:
        """Deliver what there is, as a worker does."""
        delivery: Any = self.turn.next(None)
        while delivery is not None:
            delivery = self.turn.next(finish(delivery))


def finish(delivery: Coroutine[Any, Any, object]) -> object:
    """Run a handler that does not wait to its end."""
    try:
        delivery.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("the handler waits")


def test_deliveries_are_counted() -> None:
    """What came, what was delivered and how long that took is in the queue."""
    bench = Bench("r")
    bench.put(r=[b"1", b"2"])
    bench.now = 0.003
    bench.run()
    [queue] = bench.routes["r"]

    assert [b"1", b"2"] == [event.raw for event in bench.seen]
    assert (2, 2, 0, 0) == (queue.received, queue.delivered, queue.in_flight, len(queue))
    counts, total = queue.latency()
    assert 2 == counts[12]
    assert pytest.approx(0.006) == total


def test_one_turn_goes_through_all_queues() -> None:
    """A worker is called once, and delivers for one queue after the other, as they came."""
    bench = Bench("a", "b")
    bench.put(b=[b"1"], a=[b"2", b"3"])

    assert 1 == bench.calls
    bench.run()
    assert [b"1", b"2", b"3"] == [event.raw for event in bench.seen]
    assert 0 == len(bench.ready)


def test_others_have_their_turn() -> None:
    """After 128 deliveries the worker stops, and the queues that wait are still there."""
    bench = Bench("a", "b", most=128)
    bench.put(a=[b"1"] * 200, b=[b"2"])
    bench.run()

    assert 128 == len(bench.seen)
    assert 2 == len(bench.ready)
    bench.turn.deliveries = 0
    bench.run()
    assert 201 == len(bench.seen)


def test_slow_handlers_take_turns() -> None:
    """A queue whose deliveries are slow is given one event at a time."""
    bench = Bench("a", "b")
    for queue in (*bench.routes["a"], *bench.routes["b"]):
        queue.deliver = slow(bench)
    bench.put(a=[b"1", b"2"], b=[b"3", b"4"])
    bench.run()

    assert [b"1", b"3", b"2", b"4"] == [event.raw for event in bench.seen]


def slow(bench: Bench) -> Any:
    """Return a handler that takes a second."""

    async def deliver(event: Any) -> None:
        bench.now += 1.0
        bench.seen.append(event)

    return deliver


@pytest.mark.parametrize("settings", [{"is_straight": False}, {"is_waited_for": True}])
def test_what_has_to_be_decided(settings: dict[str, Any]) -> None:
    """With policies or publishers that wait, events are returned and none is queued."""
    bench = Bench("r", **settings)

    assert [b"1", b"2"] == bench.put(r=[b"1", b"2"])
    assert (0, 0, 0) == (len(bench.routes["r"][0]), len(bench.ready), bench.calls)


def test_what_a_batch_matches() -> None:
    """Each event goes to the queues of the rules that match it; what has no room is returned."""
    bench = Bench("one", "small", "other", capacity=2)
    matcher = Matcher({"one": {"a": [1]}, "small": {"a": [{"numeric": ["<", 9]}]}})
    events = [b'{"a":1}', b'{"a":2}', b'{"a":9}', b'{"a":3}', b'{"a":4}']
    matched, undecided = bench.ready.put(matcher, events, bench.routes, 0.0, trusted=False)

    assert 5 == matched
    assert [(bench, [b'{"a":3}', b'{"a":4}'])] == list[Any](undecided.items())
    assert {"one": events[:1], "small": events[:2], "other": []} == {
        rule: queue.events() for rule, (queue,) in bench.routes.items()
    }
    assert (2, 1) == (len(bench.ready), bench.calls)


def test_a_batch_with_a_fault() -> None:
    """If one event is none, no event is queued."""
    bench = Bench("r")
    with pytest.raises(InvalidEventError, match=r"^event 1: "):
        bench.ready.put(Matcher({"r": {"a": [1]}}), [b"{}", b"{"], bench.routes, 0.0, trusted=False)

    assert 0 == len(bench.ready)


def test_policies_decide_about_turns() -> None:
    """The turn of a queue that is not straight is for the subscription to use."""
    bench = Bench("r", is_straight=False)
    [queue] = bench.routes["r"]
    queue.extend([b"1", b"2", b"3"], 0.0)
    queue.most = 64
    bench.ready.submit(queue)
    bench.run()

    assert bench.turn.subscription is not None
    assert [] == bench.seen
    queue.allowance = 2
    bench.turn.go_straight(0.0)
    bench.run()
    assert [b"1", b"2"] == [event.raw for event in bench.seen]


def test_lists() -> None:
    """With a size of batches the handler is given lists of at most so many events."""
    bench = Bench("r", batch_size=2, most=64)
    bench.put(r=[b"1", b"2", b"3"])
    bench.run()

    assert [[b"1", b"2"], [b"3"]] == [[event.raw for event in given] for given in bench.seen]


def test_what_has_failed_is_given_back() -> None:
    """An event whose handler was not done is in flight until somebody settles it."""
    bench = Bench("r")
    bench.put(r=[b"1", b"2"])
    delivery = bench.turn.next(None)
    assert delivery is not None
    delivery.close()  # type: ignore[attr-defined]

    assert ([b"1"], [0.0]) == bench.turn.failed()
    [queue] = bench.routes["r"]
    assert (1, 0, 1) == (queue.in_flight, queue.delivered, len(queue))


def test_empty_queue() -> None:
    """There is no first event, and nothing to take."""
    queue = EventQueue()

    assert ([], []) == queue.take(5)
    for ask in (queue.first, queue.first_time, queue.popleft):
        with pytest.raises(IndexError, match="the queue is empty"):
            ask()


def test_size() -> None:
    """The bytes of a queue are those of the events that are in it."""
    queue = EventQueue()
    queue.extend([b"one", b"three"], 1.0)

    assert 8 == queue.size
    assert (b"one", 1.0) == queue.popleft()
    assert 5 == queue.size
    queue.clear()
    assert 0 == queue.size
