"""What becomes of the events of one rule target: a state machine without clock and event loop."""

from __future__ import annotations

import math
from collections import deque
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING

from rulebus.log import Delivery

from .circuit import Circuit
from .intake import Intake
from .lease import Lease
from .order import KeyOrder
from .rate import TokenBucket
from .retries import Retries
from .statistics import LatencyHistogram, SubscriptionStatistics

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    from rulebus._core import EventQueue
    from rulebus.dead_letter import Exhausted, Failure
    from rulebus.log import SubscriptionLog
    from rulebus.rule import RuleTarget


class SubscriptionCore:
    """
    The state of one rule target, and every rule by which it changes.

    An event is in one place at a time:

        queue ──▶ in flight ──▶ delivered
          │         ▲    │
          ▼         │    ├──▶ failed: a dead letter, or cut off
        held ──▶ ready   │
                    ▲    ▼
                    └─ deferred

    The core is driven by calls that say what time it is: `intake.put` and `take`, then `succeed`
    or `fail` for what was taken. All times are seconds of one monotonic clock. An event about
    which nothing has to be decided need not be leased: see `allow`.

    Args:
        rule: The name of the rule.
        settings: The policies of the target.
        log: Where the events wait, with those that were not settled in an earlier time.
        now: The time.
        random: Returns numbers that are evenly distributed from 0 to 1.
    """

    def __init__(
        self,
        rule: str,
        settings: RuleTarget,
        log: SubscriptionLog,
        now: float,
        random: Callable[[], float],
    ) -> None:
        self.rule: str = rule
        self.settings: RuleTarget = settings
        self.log: SubscriptionLog = log
        self.queue: EventQueue = log.queue
        self.intake: Intake = Intake(settings, log)
        self.order: KeyOrder | None = (
            KeyOrder(settings.order_by) if settings.order_by is not None else None
        )
        self._batch = settings.batch
        self._bucket = TokenBucket(settings.rate, now) if settings.rate is not None else None
        self._circuit = Circuit(settings.circuit) if settings.circuit is not None else None
        self._retries = Retries(settings.retry, self._circuit, random)
        self._leases_only = log.durable or any(
            one is not None for one in (settings.batch, settings.timeout, settings.transform)
        )
        # Whether no policy has a say unless something has failed.
        self.is_plain: bool = not log.durable and _is_plain(settings)
        # Events that were taken out of the queue before, and may be delivered now.
        self._ready: deque[Delivery] = deque()
        self._deferred = 0
        # The key of the one event in flight, which is read only if another event comes.
        self.alone_key: Hashable = None
        self.is_flushing: bool = False
        self.is_closed: bool = False
        self._failed = 0
        self._retried = 0
        self._dead = 0
        self._take_up()
        self.note_straight()

    @property
    def is_idle(self) -> bool:
        """Whether everything that came is settled, and no publisher waits."""
        queue = self.queue
        return not (queue or self.intake.parked or queue.in_flight or self.intake.pending)

    # Straight deliveries

    def note_straight(self) -> None:
        """
        Say whether the queue is on its own: events need not be put in, nor taken out, by the core.

        Otherwise `intake.put` takes them in, and `allow` or `take` let them out.
        """
        parked = self.intake.parked
        self.queue.is_straight = self.is_plain and not parked and not self.is_closed

    def allow(self, now: float) -> int:
        """
        Say how many events may be taken from the front of the queue without a lease.

        A worker may then take them out, one after the other, as long as the `allowance` of the
        queue, which it counts down, is not 0; it counts what is in flight and what is delivered.
        This is how an event costs next to nothing while no policy has anything to say about it.

        With an order, that ends when another event is in flight. Each event is then made the
        one `alone` of the queue, and `end_alone` called after the last one.
        """
        self._withdraw_allowance()
        if self.queue and not self._needs_lease(now):
            most = self.queue.most
            if self._bucket is not None:
                most = min(most, self._bucket.available(now))
                self._bucket.spend(most)
            self.queue.allowance = most
        return self.queue.allowance

    def end_alone(self) -> None:
        """Take note that the one event in flight may have been delivered: then its key is free."""
        if self.queue.alone is None and self.alone_key is not None:
            key, self.alone_key = self.alone_key, None
            self._release(key)

    def lease_straight(self, raws: list[bytes], times: list[float]) -> Lease:
        """Return the lease of events that were taken without one and have failed."""
        lease = Lease()
        lease.add_straight(raws, times)
        if self.order is not None:
            [delivery] = lease.deliveries()
            self._read_alone_key(self.order)
            delivery.key = self.alone_key
            self.queue.alone = self.alone_key = None
        return lease

    # Leases

    def has_work(self, now: float) -> bool:
        """Tell whether a worker that came now would find something to do."""
        if not (self.queue or self.intake.parked) or self.is_closed or not self._limit(now):
            return False
        if self._ready or self.log.next_due() <= now:
            return True
        return bool(self.queue) and self._is_batch_ready(now)

    def take(self, now: float) -> Lease | None:
        """Take out what one worker should deliver next, if there is anything."""
        if not self.has_work(now):
            return None
        while (due := self.log.take_due(now)) is not None:
            self._deferred -= 1
            self._ready.append(due)
        limit = self._limit(now)
        lease = Lease(is_probe=self._circuit is not None and self._circuit.state != "closed")
        if lease.is_probe:
            # An event that no target can take must not be the only one that is ever tried.
            self._take_from_queue(lease, limit)
        self._take_ready(lease, limit)
        if not lease.is_probe:
            self._take_from_queue(lease, limit)
        if lease:
            self.queue.in_flight += len(lease)
            if self._bucket is not None:
                self._bucket.spend(len(lease))
            if self._circuit is not None and lease.is_probe:
                self._circuit.begin_probe()
        self.intake.admit(now)
        return lease or None

    def succeed(self, lease: Lease, now: float) -> None:
        """Take note that all events of a lease were delivered."""
        self.queue.in_flight -= len(lease)
        self.queue.delivered += len(lease)
        self._note_latency(lease.times(), now)
        if self.log.durable:
            self.log.settle(lease.raws())
        if self._circuit is not None and lease.is_probe:
            self._circuit.end_probe(now, failed=False)
        if self.order is not None:
            for delivery in lease.deliveries():
                self._release(delivery.key)
        self.intake.admit(now)

    def fail(
        self,
        lease: Lease,
        errors: Sequence[BaseException | None],
        failures: Sequence[Failure | None],
        now: float,
    ) -> list[tuple[Delivery, Exhausted | None]]:
        """
        Take note that some or all events of a lease have failed.

        Args:
            lease: What was taken.
            errors: For each event why it failed, or `None` if it was delivered.
            failures: The same as it is stored.
            now: The time.

        Returns:
            The events to give up, each with the limit that ended its retries. They stay in
            flight until `bury` or `lose` is called; no other event of the lease does.
        """
        counts = self._retries.judge(
            errors, now, delivered=self.queue.delivered, is_probe=lease.is_probe
        )
        given_up: list[tuple[Delivery, Exhausted | None]] = []
        # What has failed of a key, from the second event on: behind the first, and in this order.
        behind: dict[Hashable, list[Delivery]] = {}
        for delivery, error, failure in zip(lease.deliveries(), errors, failures, strict=True):
            if error is None or failure is None:
                self.queue.delivered += 1
                self.queue.in_flight -= 1
                self._note_latency((delivery.put_at,), now)
                self.log.settle((delivery.raw,))
                self._release(delivery.key)
                continue
            delivery.attempts += counts
            delivery.first_failure = delivery.first_failure or failure
            delivery.last_failure = failure
            is_final, exhausted = self._retries.schedule(delivery, error, now, counts=counts)
            if self.is_closed:
                self.lose(delivery)
            elif is_final:
                given_up.append((delivery, exhausted))
            else:
                self._put_back(delivery, behind)
        if self.order is not None:
            for deliveries in behind.values():
                self.order.hold_first(deliveries)
        self._withdraw_allowance()
        self.note_straight()
        self.intake.admit(now)
        return given_up

    def bury(self, delivery: Delivery, now: float) -> None:
        """Take note that an event which was given up has become a dead letter."""
        self._dead += 1
        self.intake.forget(delivery.raw, delivery.put_at)
        self.lose(delivery)
        self.log.settle((delivery.raw,))
        self.intake.admit(now)

    def lose(self, delivery: Delivery) -> None:
        """
        Take note that an event in flight will not be delivered any more.

        It is not settled: a durable log has it the next time.
        """
        self._failed += 1
        self.queue.in_flight -= 1
        self._release(delivery.key)

    # Time, and the end of it

    def next_deadline(self, now: float) -> float:
        """Return when there will be work, after `now`; infinity if only an event can bring it."""
        if self.is_closed or not self.intake.waiting:
            return math.inf
        at = now if self._ready else self.log.next_due()
        if self.queue:
            wait = self._batch.max_wait if self._batch is not None else 0.0
            at = min(at, self.queue.first_time() + wait)
        if self._circuit is not None and self._circuit.state == "open":
            at = max(at, self._circuit.opens_until)
        if self._bucket is not None:
            self._withdraw_allowance()
            at = max(at, self._bucket.next_at(now))
        return at if at > now else math.inf

    def close(self) -> int:
        """Give up what waits, and let nothing begin; return how many events waited."""
        self.is_closed = True
        self.note_straight()
        self._withdraw_allowance()
        self._ready.clear()
        if self.order is not None:
            self.order.clear()
        self._deferred = 0
        waited = self.intake.close()
        self._failed += waited
        return waited

    def statistics(self, now: float) -> SubscriptionStatistics:
        """Return the counts as they are."""
        return SubscriptionStatistics(
            rule=self.rule,
            target=self.settings.id,
            received=self.queue.received,
            queued=self.intake.waiting - self._deferred,
            in_flight=self.queue.in_flight,
            delivered=self.queue.delivered,
            failed=self._failed,
            waiting=self._deferred,
            retried=self._retried,
            dead=self._dead,
            dropped=self.intake.dropped,
            duplicates=self.intake.duplicated,
            circuit=self._circuit.state if self._circuit is not None else "closed",
            oldest_age=now - min(self._first_times(now)),
            latency=LatencyHistogram(*self.queue.latency()),
        )

    # The steps that these share

    def _first_times(self, now: float) -> Iterator[float]:
        """Return when events came that wait, the oldest among them; and the time that it is."""
        yield now
        # A thread that watches may ask: nothing is asked that another thread can make untrue.
        with suppress(IndexError):
            yield self.queue.first_time()
        held = self.order.held() if self.order is not None else ()
        for delivery in chain(tuple(self._ready), held, self.log.deferred()):
            yield delivery.put_at

    def _take_up(self) -> None:
        """Go on with what the log has kept: the key of an event that waits for a retry is busy."""
        self.intake.take_up()
        for delivery in self.log.deferred():
            self._deferred += 1
            if self.order is not None:
                delivery.key = self.order.read(delivery.raw)
                self.order.begin(delivery.key)

    def _needs_lease(self, now: float) -> bool:
        return (
            self._leases_only
            or self.is_closed
            or bool(self._ready)
            or (self._circuit is not None and self._circuit.state != "closed")
            or (self.order is not None and bool(self.queue.in_flight or not self.order.is_idle))
            or self.log.next_due() <= now
        )

    def _withdraw_allowance(self) -> None:
        if self._bucket is not None:
            self._bucket.spend(-self.queue.allowance)
        self.queue.allowance = 0

    def _limit(self, now: float) -> int:
        """Return how many events may be taken now at most."""
        limit = self._batch.max_size if self._batch is not None else 1
        if self._circuit is not None:
            if not self._circuit.may_deliver(now):
                return 0
            if self._circuit.state != "closed":
                limit = 1
        if self._bucket is not None:
            self._withdraw_allowance()
            limit = min(limit, self._bucket.available(now))
        return limit

    def _is_batch_ready(self, now: float) -> bool:
        batch = self._batch
        return (
            batch is None
            or self.is_flushing
            or len(self.queue) >= batch.max_size
            or (batch.max_bytes is not None and self.queue.size >= batch.max_bytes)
            or self.queue.first_time() + batch.max_wait <= now
        )

    def _fits(self, lease: Lease, raw: bytes) -> bool:
        """Tell whether the event would leave the lease within the bytes of a batch."""
        most = self._batch.max_bytes if self._batch is not None else None
        return most is None or not lease or lease.size + len(raw) <= most

    def _take_ready(self, lease: Lease, limit: int) -> None:
        while self._ready and len(lease) < limit and self._fits(lease, self._ready[0].raw):
            delivery: Delivery | None = self._ready.popleft()
            while delivery is not None:
                self.intake.unpark(delivery)
                lease.add(delivery)
                # The rest of its key follows it into the batch: no other batch may have it.
                delivery = self._next_behind(delivery, lease, limit)

    def _next_behind(self, delivery: Delivery, lease: Lease, limit: int) -> Delivery | None:
        if self.order is None or len(lease) >= limit:
            return None
        following = self.order.first_behind(delivery.key)
        if following is None or not self._fits(lease, following.raw):
            return None
        return self.order.next_behind(delivery.key)

    def _take_from_queue(self, lease: Lease, limit: int) -> None:
        if self.order is not None:
            self._take_in_order(self.order, lease, limit)
        elif self._batch is None or self._batch.max_bytes is None:
            lease.add_straight(*self.queue.take(limit - len(lease)))
        else:
            while self.queue and len(lease) < limit and self._fits(lease, self.queue.first()):
                raw, put_at = self.queue.popleft()
                lease.add_straight([raw], [put_at], len(raw))

    def _take_in_order(self, order: KeyOrder, lease: Lease, limit: int) -> None:
        self._read_alone_key(order)
        while self.queue and len(lease) < limit and self._fits(lease, self.queue.first()):
            delivery = Delivery(*self.queue.popleft())
            delivery.key = order.read(delivery.raw)
            if order.may_begin(delivery.key, lease.deliveries()):
                order.begin(delivery.key)
                lease.add(delivery)
            else:
                order.hold(delivery)
                self.intake.park(delivery)

    def _read_alone_key(self, order: KeyOrder) -> None:
        if self.queue.alone is not None and self.alone_key is None:
            self.alone_key = order.read(self.queue.alone)
            order.begin(self.alone_key)

    def _put_back(self, delivery: Delivery, behind: dict[Hashable, list[Delivery]]) -> None:
        """Let a failed event wait: until it is due, or behind one of its key that does."""
        self.queue.in_flight -= 1
        self._retried += 1
        self.intake.park(delivery)
        if delivery.key in behind:
            behind[delivery.key].append(delivery)
            return
        if delivery.key is not None:
            behind[delivery.key] = []
        self.log.defer(delivery)
        self._deferred += 1

    def _release(self, key: Hashable) -> None:
        following = self.order.end(key) if self.order is not None and not self.is_closed else None
        if following is not None:
            self._ready.append(following)
            self._withdraw_allowance()

    def _note_latency(self, times: Sequence[float], now: float) -> None:
        if times[0] == times[-1]:
            self.queue.note_latency(now - times[0], len(times))
        else:
            for put_at in times:
                self.queue.note_latency(now - put_at, 1)


def _is_plain(settings: RuleTarget) -> bool:
    """Tell whether each event may be delivered as soon as a worker is free."""
    batch = settings.batch
    others = (
        settings.capacity_bytes,
        settings.order_by,
        settings.rate,
        settings.timeout,
        settings.circuit,
        settings.deduplicate,
        settings.transform,
    )
    return (
        settings.concurrency == 1
        and (batch is None or (batch.max_bytes is None and not batch.max_wait))
        and all(policy is None for policy in others)
    )
