"""The parts of a subscription's core, each by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rulebus import (
    CircuitBreaker,
    DeduplicationPolicy,
    Event,
    LatencyHistogram,
    RateLimit,
    RuleTarget,
)
from rulebus._core import EventQueue
from rulebus.log import Delivery, MemoryLog
from rulebus.subscription.circuit import Circuit
from rulebus.subscription.core import SubscriptionCore
from rulebus.subscription.duplicates import DuplicateFilter
from rulebus.subscription.keys import content_hash, key_reader
from rulebus.subscription.order import KeyOrder
from rulebus.subscription.rate import TokenBucket

if TYPE_CHECKING:
    from collections.abc import Callable


async def handler(_: Event) -> None:
    """Take an event."""


def event(n: int, **members: str) -> bytes:
    """Return an event of number `n`."""
    more = "".join(f',"{name}":"{value}"' for name, value in members.items())
    return f'{{"source":"s","detail-type":"t","detail":{{"n":{n},"k":[1]}}{more}}}'.encode()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("source", "s"),
        ("detail.n", 7),
        ("detail.x", None),
        ("source.x", None),
        ("detail.k", b"[1]"),
    ],
)
def test_key_at_a_path(path: str, expected: object) -> None:
    """A key is the value at a path; arrays and objects are their text, and nothing is `None`."""
    assert expected == key_reader(path, fallback="fallback")(event(7))


@pytest.mark.parametrize(
    "source",
    [lambda given: given.detail["missing"], lambda _: {1}, lambda _: (1, [2])],
    ids=["raises", "set", "tuple of a list"],
)
def test_key_that_cannot_be_read(
    caplog: pytest.LogCaptureFixture, source: Callable[[Event], object]
) -> None:
    """A function that raises, or returns what is no key, is logged, and the key is the fallback."""
    read = key_reader(source, fallback="fallback")

    assert "fallback" == read(event(1))
    assert "cannot be read" in caplog.text


def test_keys_of_different_kinds() -> None:
    """JSON's `true` is not the number 1, though Python's is; 1.0 is."""
    read = key_reader("detail", fallback="fallback")
    true, one, decimal = (read(b'{"detail":' + text + b"}") for text in (b"true", b"1", b"1.0"))

    assert true != one == decimal


def test_content_hash() -> None:
    """The content is what the publisher said; id and time are the bus's."""
    one, same = Event(event(1, id="a")), Event(event(1, id="b"))

    assert content_hash(one) == content_hash(same)
    assert content_hash(one) != content_hash(Event(event(2, id="a")))


@pytest.mark.parametrize(
    ("detail", "same", "other"),
    [
        ('{"a":1,"b":2}', '{"b": 2, "a": 1}', '{"a":2,"b":1}'),
        ('{"n":123456789012345678901}', '{"n": 123456789012345678901}', '{"n":1}'),
        ('{"a":' * 400 + "1" + "}" * 400, '{"a": ' * 400 + "1" + "}" * 400, '{"a":1}'),
    ],
    ids=["order", "long number", "depth"],
)
def test_content_hash_of_any_detail(detail: str, same: str, other: str) -> None:
    """All that a publisher may say has a hash, in which order and white space do not count."""

    def read(text: str) -> object:
        return key_reader(content_hash, fallback=None)(
            f'{{"source":"s","detail-type":"t","detail":{text}}}'.encode()
        )

    assert None is not read(detail) == read(same)
    assert read(detail) != read(other)


def test_token_bucket() -> None:
    """The burst passes at once; after that a token comes at the rate, and no more are saved."""
    bucket = TokenBucket(RateLimit(per_second=2, burst=3), now=10.0)

    assert 3 == bucket.available(10.0)
    bucket.spend(3)
    assert 0 == bucket.available(10.4)
    assert 10.5 == pytest.approx(bucket.next_at(10.4))
    assert 1 == bucket.available(10.5)
    assert 3 == bucket.available(100.0)


def test_circuit_opens_after_failures_in_a_row() -> None:
    """A success between failures, seen as a greater number of deliveries, begins a new row."""
    circuit = Circuit(CircuitBreaker(failure_threshold=2, pause=30))

    circuit.note_failure(0.0, delivered=0)
    circuit.note_failure(1.0, delivered=1)
    assert circuit.may_deliver(2.0)
    circuit.note_failure(2.0, delivered=1)
    assert not circuit.may_deliver(31.9)
    assert circuit.may_deliver(32.0)


@pytest.mark.parametrize(("failed", "state"), [(True, "open"), (False, "closed")])
def test_circuit_probe(state: str, *, failed: bool) -> None:
    """One probe is let through; how it ends decides."""
    circuit = Circuit(CircuitBreaker(failure_threshold=1, pause=30))
    circuit.note_failure(0.0, delivered=0)

    circuit.begin_probe()
    assert not circuit.may_deliver(30.0)
    circuit.end_probe(30.0, failed=failed)
    assert state == circuit.state


def test_duplicates_in_a_window() -> None:
    """An event is a duplicate until the window has passed since the first of its kind."""
    duplicates = DuplicateFilter(DeduplicationPolicy(by="detail.n", window=10))

    assert [event(1), event(2)] == duplicates.first_ones([event(1), event(2), event(1)], 0.0)
    assert [] == duplicates.first_ones([event(1)], 9.9)
    assert [event(1)] == duplicates.first_ones([event(1)], 10.0)


def test_duplicates_of_nothing() -> None:
    """An event without a key is a duplicate of none."""
    duplicates = DuplicateFilter(DeduplicationPolicy(by="detail.missing"))

    assert [event(1)] * 2 == duplicates.first_ones([event(1)] * 2, 0.0)


def test_duplicates_are_bounded() -> None:
    """No more keys are remembered than the policy says; the oldest is forgotten first."""
    duplicates = DuplicateFilter(DeduplicationPolicy(by="detail.n", max_keys=2))
    duplicates.first_ones([event(1), event(2), event(3)], 0.0)

    assert 2 == len(duplicates)
    assert [event(1)] == duplicates.first_ones([event(3), event(1)], 0.0)


def test_forgotten_duplicate() -> None:
    """An event that was forgotten may come again."""
    duplicates = DuplicateFilter(DeduplicationPolicy(by="detail.n"))
    duplicates.first_ones([event(1)], 0.0)

    duplicates.forget(event(1), 0.0)
    assert [event(1)] == duplicates.first_ones([event(1)], 0.0)


def test_later_one_of_a_forgotten_duplicate() -> None:
    """An event that is given up after its window has passed leaves one that came since alone."""
    duplicates = DuplicateFilter(DeduplicationPolicy(by="detail.n", window=10))
    duplicates.first_ones([event(1)], 0.0)
    duplicates.first_ones([event(1)], 10.0)

    duplicates.forget(event(1), 0.0)
    assert [] == duplicates.first_ones([event(1)], 11.0)


def test_order_holds_back_and_releases() -> None:
    """Events behind a busy key come out one by one, in their order."""
    order = KeyOrder("detail.n")
    behind = [Delivery(event(n), 0.0) for n in range(2)]
    order.begin("k")
    for delivery in behind:
        delivery.key = "k"
        order.hold(delivery)

    assert behind == [order.end("k"), order.end("k")]
    assert order.end("k") is None
    assert order.is_idle


def test_latency_histogram() -> None:
    """A quantile is at least the exact value, and at most twice that."""
    queue = EventQueue()
    queue.note_latency(0.000_003, 98)
    queue.note_latency(0.002, 2)
    histogram = LatencyHistogram(*queue.latency())

    assert 100 == histogram.deliveries
    assert 0.000_004 == histogram.quantile(0.5)
    assert 0.002_048 == histogram.quantile(0.99)
    assert 0.0 == LatencyHistogram((0,), 0.0).quantile(0.5)


def test_latency_histograms_are_merged() -> None:
    """Deliveries are added up bucket by bucket; what nothing was noted in adds nothing."""
    histograms = [LatencyHistogram((), 0.0), LatencyHistogram((1, 2), 3.0)] * 2

    assert LatencyHistogram((2, 4), 6.0) == LatencyHistogram.merged(histograms)
    assert LatencyHistogram((), 0.0) == LatencyHistogram.merged([])


def test_allowance_that_is_not_used_is_given_back() -> None:
    """What a worker was allowed and did not take is there for the next one."""
    settings = RuleTarget(id="t", target=handler, rate=RateLimit(per_second=0.001, burst=4))
    core = SubscriptionCore("r", settings, MemoryLog(), 0.0, lambda: 0.5)
    core.intake.put([event(1)] * 4, 0.0)

    core.queue.most = 64

    assert 4 == core.allow(0.0)
    core.queue.allowance -= 1
    assert 3 == core.allow(0.0)
