"""One run of the core under random policies and random calls, held against what it must keep."""

from __future__ import annotations

import itertools
import math
from collections import Counter, deque
from random import Random
from typing import TYPE_CHECKING, Any

from rulebus import (
    BatchPolicy,
    CircuitBreaker,
    DeduplicationPolicy,
    PermanentError,
    RateLimit,
    RetryLaterError,
    RetryPolicy,
    RuleTarget,
)
from rulebus.dead_letter import describe_failure
from rulebus.log import MemoryLog
from rulebus.subscription.core import SubscriptionCore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rulebus.subscription.lease import Lease

STEPS = 40


async def nowhere(_: object) -> None:
    """Stand for the target: the run itself decides what becomes of a delivery."""


def key_of(raw: bytes) -> str:
    """Return the key of an event, which is its first letter; `-` has no order."""
    return chr(raw[0])


def draw_settings(random: Random) -> RuleTarget:
    """Return policies, each of them present in some of the runs."""

    def maybe(policy: Any, chance: float = 0.4) -> Any:
        return policy if random.random() < chance else None

    batch = BatchPolicy(
        max_size=random.randint(1, 6),
        max_bytes=maybe(random.randint(10, 60)),
        max_wait=random.choice([0.0, 0.5, 3.0]),
    )
    return RuleTarget(
        id="t",
        target=nowhere,
        capacity=random.randint(1, 12),
        capacity_bytes=maybe(random.randint(8, 90)),
        overflow=random.choice(["wait", "wait", "wait", "reject", "drop_oldest", "drop_newest"]),
        concurrency=random.randint(1, 4),
        order_by=maybe(lambda event: None if event.raw[:1] == b"-" else event.raw[:1]),
        batch=maybe(batch),
        rate=maybe(RateLimit(per_second=random.choice([0.5, 4, 100]), burst=random.randint(1, 4))),
        retry=maybe(
            RetryPolicy(
                max_attempts=random.randint(1, 4),
                max_event_age=random.choice([5.0, 60.0, 1e6]),
                base_delay=random.choice([0.1, 2.0]),
                max_delay=10.0,
            ),
            0.7,
        ),
        circuit=maybe(CircuitBreaker(failure_threshold=random.randint(1, 3), pause=4.0), 0.3),
        deduplicate=maybe(
            DeduplicationPolicy(by=lambda event: event.raw, window=5.0, max_keys=1_000), 0.2
        ),
    )


class Publisher:
    """A publisher that waits for room."""

    def __init__(self, events: list[bytes]) -> None:
        self.events = deque(events)
        self.is_awake = False

    def admitted(self) -> None:
        """Take note that the wait is over."""
        self.is_awake = True


class CoreRun:
    """
    A core, the workers that it would have, and all that was seen of it.

    Args:
        seed: What the run depends on, and nothing else.
    """

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311
        self.settings = draw_settings(self.random)
        self.now = 1_000.0
        self.core = SubscriptionCore("r", self.settings, MemoryLog(), self.now, self.random.random)
        self.numbers = itertools.count()
        self.publishers: list[Publisher] = []
        # What workers have in hand; a straight delivery is an event, its time and no lease.
        self.leases: list[Lease] = []
        self.straight: list[tuple[bytes, float]] = []
        self.accepted: list[bytes] = []
        self.dropped: list[bytes] = []
        self.withdrawn: list[bytes] = []
        self.done: list[bytes] = []
        self.given_up: list[bytes] = []
        self.attempts: Counter[bytes] = Counter()
        self.began: list[float] = []
        # What was done before the core began to count.
        self.done_before = self.dropped_before = 0
        self.steps = [
            *[self.put, self.begin, self.end] * 2,
            self.pass_time,
        ]

    def run(self) -> None:
        """Make random calls, then deliver what is left, or cut it off; check all the time."""
        for _ in range(self.random.randint(1, STEPS)):
            self.random.choice(self.steps)()
            self.check()
        if self.random.random() < 0.1:
            self.cut_off()
        else:
            self.finish()
        self.check()
        self.check_outcome()

    # Steps

    def put(self) -> None:
        """Publish some events, or have a publisher give up."""
        if self.publishers and self.random.random() < 0.2:
            publisher = self.publishers.pop(self.random.randrange(len(self.publishers)))
            self.withdrawn += publisher.events
            self.core.intake.give_up(publisher, self.now)
            return
        events = [self.draw_event() for _ in range(self.random.randint(1, 6))]
        if self.settings.overflow == "reject":
            events = events[:1]
            if not self.core.intake.has_room(1, len(events[0])):
                return
        before = self.core.intake.duplicated
        self.accepted += events
        rest = self.core.intake.put(events, self.now)
        assert self.settings.overflow == "wait" or self.core.intake.duplicated - before <= len(
            events
        )
        if self.settings.overflow == "wait":
            if rest:
                publisher = Publisher(list(rest))
                self.publishers.append(publisher)
                self.core.intake.wait(publisher, self.now)
        else:
            self.dropped += rest

    def draw_event(self) -> bytes:
        """Return a new event, or now and then one that was published before."""
        if self.settings.deduplicate is not None and self.accepted and self.random.random() < 0.2:
            return self.random.choice(self.accepted)
        padding = "." * self.random.choice([0, 0, 3, 40])
        return f"{self.random.choice('abc-')}{next(self.numbers)}{padding}".encode()

    def begin(self) -> None:
        """Have a worker take something, if one is free."""
        if self.busy_workers() == self.settings.concurrency:
            return
        core = self.core
        had_work = core.has_work(self.now)
        ordered = core.order is not None
        core.queue.most = self.random.randint(1, 8)
        if core.allow(self.now):
            assert had_work
            core.queue.allowance -= 1
            raw, put_at = core.queue.popleft()
            core.queue.in_flight += 1
            if ordered:
                core.queue.alone = raw
            core.intake.admit(self.now)
            self.straight.append((raw, put_at))
            self.note_attempts([raw])
            return
        lease = core.take(self.now)
        assert lease is None or had_work
        if lease is not None:
            self.check_lease(lease)
            self.leases.append(lease)
            self.note_attempts(lease.raws())

    def note_attempts(self, raws: Sequence[bytes]) -> None:
        """Take note that events were given to the target; check that none overtakes another."""
        if self.core.order is not None and self.settings.deduplicate is None:
            gone = {*self.done, *self.given_up, *self.dropped, *self.withdrawn}
            for at, raw in enumerate(raws):
                if key_of(raw) != "-":
                    older = self.accepted[: self.accepted.index(raw)]
                    ahead = {one for one in older if key_of(one) == key_of(raw)} - gone
                    assert ahead <= set(raws[:at])
        self.attempts.update(raws)
        self.began += [self.now] * len(raws)

    def end(self) -> None:
        """Let one delivery end, well or not."""
        choice = self.random.randrange(max(1, self.busy_workers()))
        if choice < len(self.straight):
            raw, put_at = self.straight.pop(choice)
            if self.random.random() < 0.6:
                self.core.queue.in_flight -= 1
                self.core.queue.delivered += 1
                self.done.append(raw)
                self.core.queue.alone = None
                self.core.end_alone()
                self.core.intake.admit(self.now)
                return
            self.fail(self.core.lease_straight([raw], [put_at]))
        elif self.leases:
            lease = self.leases.pop(choice - len(self.straight))
            if self.random.random() < 0.6:
                self.done += lease.raws()
                self.core.succeed(lease, self.now)
                return
            self.fail(lease)

    def fail(self, lease: Lease) -> None:
        """Let a delivery fail, as a whole or in part, for one reason or another."""
        error = self.random.choice(
            [ValueError("x"), ValueError("x"), PermanentError("x"), RetryLaterError(retry_after=7)]
        )
        errors: list[BaseException | None] = [error] * len(lease)
        if self.settings.batch is not None and self.random.random() < 0.5:
            errors = [self.random.choice([error, None]) for _ in errors]
        raws = list(lease.raws())
        self.done += [raw for raw, one in zip(raws, errors, strict=True) if one is None]
        failures = [describe_failure(one, 0.0) if one else None for one in errors]
        for delivery, exhausted in self.core.fail(lease, errors, failures, self.now):
            assert (exhausted is None) == isinstance(error, PermanentError)
            self.given_up.append(delivery.raw)
            self.core.bury(delivery, self.now)

    def pass_time(self) -> None:
        """Let time pass: a while, or just until something is due."""
        deadline = self.core.next_deadline(self.now)
        assert deadline > self.now
        if deadline < math.inf and self.random.random() < 0.6:
            self.now = deadline
        else:
            self.now += self.random.choice([0.01, 0.3, 2.0, 10.0])

    # The end

    def finish(self) -> None:
        """Let every delivery succeed from now on, and time pass whenever nothing else helps."""
        self.core.is_flushing = True
        for _ in range(10_000):
            while self.straight or self.leases:
                self.end()
            self.check()
            if self.core.is_idle:
                return
            if self.core.has_work(self.now):
                self.begin()
            else:
                deadline = self.core.next_deadline(self.now)
                assert self.now < deadline < math.inf
                self.now = deadline
        raise AssertionError("the core never came to rest")

    def cut_off(self) -> None:
        """Close the core; what was in hand ends afterwards."""
        self.core.close()
        assert not self.core.has_work(self.now)
        assert self.core.take(self.now) is None
        assert math.inf == self.core.next_deadline(self.now)
        while self.straight or self.leases:
            self.end()

    # Checks

    def busy_workers(self) -> int:
        """Return how many deliveries are under way."""
        return len(self.straight) + len(self.leases)

    def in_hand(self) -> list[bytes]:
        """Return the events that are being delivered."""
        return [
            *(raw for raw, _ in self.straight),
            *itertools.chain.from_iterable(lease.raws() for lease in self.leases),
        ]

    def check(self) -> None:
        """Check what holds at any moment."""
        counts = self.core.statistics(self.now)
        in_hand = self.in_hand()
        assert len(in_hand) == counts.in_flight
        assert len(self.done) - self.done_before == counts.delivered
        assert len(self.dropped) - self.dropped_before == counts.dropped
        assert (
            counts.queued
            + counts.in_flight
            + counts.delivered
            + counts.failed
            + counts.waiting
            + counts.dropped
        ) == counts.received
        # No more events than the capacity come in while others are in hand; and those that fail
        # keep their place.
        size = self.settings.batch.max_size if self.settings.batch is not None else 1
        outstanding = counts.queued + counts.waiting + counts.in_flight
        assert outstanding <= self.settings.capacity + self.settings.concurrency * size
        assert sum(map(len, self.core.queue.events())) == self.core.queue.size
        if self.core.order is not None:
            keys = Counter(key_of(raw) for raw in in_hand)
            del keys["-"]
            batches = [{key_of(raw) for raw in lease.raws()} - {"-"} for lease in self.leases]
            straight = [{key_of(raw)} - {"-"} for raw, _ in self.straight]
            assert len(set(keys)) == sum(map(len, [*batches, *straight]))
        for publisher in self.publishers:
            assert publisher.is_awake == (not publisher.events or self.core.is_closed)
        if self.core.intake.pending:
            first = self.core.intake.pending[0].events[0]
            assert not self.core.intake.has_room(1, len(first))

    def check_lease(self, lease: Lease) -> None:
        """Check that a lease is no more than the policies allow."""
        batch = self.settings.batch
        raws = lease.raws()
        assert 1 <= len(raws) <= (batch.max_size if batch is not None else 1)
        if batch is not None and batch.max_bytes is not None:
            assert len(raws) == 1 or sum(map(len, raws)) <= batch.max_bytes
        if self.settings.rate is not None:
            assert len(raws) <= self.settings.rate.burst

    def check_outcome(self) -> None:
        """Check what became of each event."""
        self.check_rate()
        if self.core.is_closed:
            return
        counts = self.core.statistics(self.now)
        settled = Counter(self.done) + Counter(self.given_up) + Counter(self.dropped)
        settled += Counter(self.withdrawn)
        accepted = Counter(self.accepted)
        assert settled <= accepted
        assert counts.duplicates == (accepted - settled).total()
        if self.settings.deduplicate is None:
            assert accepted == settled
        if self.settings.retry is not None and self.settings.circuit is None:
            most = self.settings.retry.max_attempts
            for raw, attempts in self.attempts.items():
                assert attempts <= most * accepted[raw]

    def check_rate(self) -> None:
        """Check that no window of time had more deliveries than the rate limit allows."""
        rate = self.settings.rate
        if rate is None:
            return
        for first, last in itertools.combinations(range(len(self.began)), 2):
            most = rate.burst + (self.began[last] - self.began[first]) * rate.per_second
            assert last - first + 1 <= most + 1e-3
