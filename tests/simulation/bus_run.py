"""One run of a whole bus under random rules, publishers, handlers, changes and an end."""

from __future__ import annotations

import asyncio
import math
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

import anyio
from anyio.lowlevel import checkpoint
from bus_targets import Connection, Target, as_plain
from core_run import draw_settings

from rulebus import (
    BusStateError,
    DeduplicationPolicy,
    Entry,
    Event,
    EventBus,
    InputTransformer,
    PermanentError,
    RulebusError,
)
from rulebus.testing import FakeClock, until_all_blocked

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from anyio.abc import TaskGroup

    from rulebus import DeadLetter, DeliveryFailure, EventsDropped, PutEventsResult

RULES = ("r1", "r2", "r3")
SOURCES = ("a", "b")
TARGETS = ("t1", "t2")
STEPS = 12

# It makes nothing of an event whose text has a quote.
TRANSFORM = InputTransformer(input_paths_map={"text": "$.detail.text"}, input_template='["<text>"]')
TEXTS = ("plain", "plain", '"')


class BusRun:
    """
    A bus, and a model that is told of every step.

    Args:
        seed: What the run depends on, together with the event loop.
    """

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311
        self.clock = FakeClock()
        self.bus = EventBus(
            clock=self.clock,
            on_error=self.note_failure,
            on_drop=self.note_dropped,
            on_dead_letter=self.note_dead,
        )
        # What handlers have found wrong: to the bus their assertions are failures like others.
        self.broken: list[BaseException] = []
        self.sources: dict[str, str] = {}
        self.current: dict[tuple[str, str], Target] = {}
        self.targets: list[Target] = []
        # Which target an event was meant for: one that is replaced keeps what it had.
        self.meant_for: dict[tuple[str, str, int], Target] = {}
        self.published = 0
        self.redriven = 0
        self.connections: list[Connection] = []
        self.is_open = False
        self.is_over = False

    async def run(self) -> None:
        """Change the bus and publish at random, then leave it or cut it off; check the outcome."""
        for _ in range(3):
            self.change()
        is_cut_off = self.random.random() < 0.3
        async with anyio.create_task_group() as helpers:
            self.helpers: TaskGroup = helpers
            helpers.start_soon(self.keep_time)
            with anyio.CancelScope() as scope:
                async with self.bus:
                    self.is_open = True
                    for _ in range(self.random.randint(1, STEPS)):
                        step = self.random.choice(
                            ["publish", "publish", "publish", "wait", "wait", "change", "redrive"]
                        )
                        if step in {"publish", "redrive"}:
                            helpers.start_soon(getattr(self, step))
                            await checkpoint()
                        elif step == "wait":
                            await self.clock.sleep(self.random.choice([0.01, 1.0, 5.0]))
                        else:
                            self.change()
                        self.check()
                    if is_cut_off:
                        scope.cancel()
            self.is_over = True
            self.check()
            await self.clock.sleep(1e6)
            self.check_outcome(is_cut_off=is_cut_off)
            helpers.cancel_scope.cancel()

    async def keep_time(self) -> None:
        """Let the clock go on whenever nothing else can."""
        while True:
            await until_all_blocked()
            assert self.clock.next_wakeup() < math.inf, self.bus.statistics()
            await self.clock.wake_next()

    # Steps

    def change(self) -> None:
        """Put, replace or remove a rule or a target."""
        rule = self.random.choice(RULES)
        if self.random.random() < 0.2:
            self.sources.pop(rule, None)
            self.forget_targets(rule)
            if rule in self.bus.rules:
                self.bus.delete_rule(rule)
            return
        self.sources[rule] = self.random.choice(SOURCES)
        self.bus.put_rule(rule, {"source": [self.sources[rule]]})
        target_id = self.random.choice(TARGETS)
        if (rule, target_id) in self.current and self.random.random() < 0.5:
            del self.current[rule, target_id]
            self.bus.remove_targets(rule, target_id)
        else:
            self.put_target(rule, target_id)

    def forget_targets(self, rule: str) -> None:
        """Take note that a rule has no targets any more."""
        for key in [key for key in self.current if key[0] == rule]:
            del self.current[key]

    def put_target(self, rule: str, target_id: str) -> None:
        """Put a target of random policies."""
        drawn = draw_settings(self.random)

        async def handle(given: Any) -> object:
            return await self.handle(target, given if isinstance(given, list) else [given])

        settings = replace(
            drawn,
            id=target_id,
            target=self.draw_target(handle),
            transform=TRANSFORM if self.random.random() < 0.3 else None,
            order_by="detail.key" if drawn.order_by is not None else None,
            capacity_bytes=self.random.choice([None, 1_000]),
            batch=None if drawn.batch is None else replace(drawn.batch, max_bytes=None),
            deduplicate=self.draw_deduplication(),
            timeout=self.random.choice([None, 3.0]),
        )
        if self.random.random() < 0.4:
            settings = as_plain(settings)
        target = self.current[rule, target_id] = Target(settings)
        self.targets.append(target)
        self.bus.put_targets(rule, settings)

    def draw_deduplication(self) -> DeduplicationPolicy | None:
        """Return a policy by which no two events are the same, unless one comes twice."""
        if self.random.random() < 0.8:
            return None
        return DeduplicationPolicy(by=self.random.choice(["id", "detail.n", "content"]))

    def draw_target(
        self, handle: Callable[[object], Awaitable[object]]
    ) -> Connection | Callable[[object], Awaitable[object]]:
        """Return a function as it is, or as a target that has to be opened."""
        if self.random.random() < 0.7:
            return handle
        self.connections.append(Connection(self, handle))
        return self.connections[-1]

    async def publish(self) -> None:
        """Publish some events at once, and take note of who should get them."""
        source = self.random.choice(SOURCES)
        count = self.random.randint(1, 8)
        numbers = range(self.published, self.published + count)
        self.published += count
        entries = [
            Entry(
                source=source,
                detail_type="t",
                detail={
                    "n": n,
                    "key": self.random.choice(["x", "y", None]),
                    "text": self.random.choice(TEXTS),
                },
            )
            for n in numbers
        ]
        meant_for = [
            (key, target) for key, target in self.current.items() if self.sources[key[0]] == source
        ]
        for key, target in meant_for:
            target.expected.update(numbers)
            self.meant_for |= {(*key, n): target for n in numbers}
        try:
            result = await self.put(entries)
        except BusStateError:
            for _, target in meant_for:
                target.expected.subtract(numbers)
            return
        if result is None:
            for _, target in meant_for:
                target.doubtful.update(numbers)
            return
        for n, entry in zip(numbers, result.entries, strict=True):
            if entry.error_code is not None:
                assert "ThrottlingException" == entry.error_code
                for _, target in meant_for:
                    del target.expected[n]

    async def put(self, entries: list[Entry]) -> PutEventsResult | None:
        """Publish entries; return nothing if their publisher has given up meanwhile."""
        with anyio.CancelScope() as scope:
            if self.random.random() < 0.2:
                self.helpers.start_soon(self.give_up, scope)
            return await self.bus.put_events(entries)
        return None

    async def give_up(self, scope: anyio.CancelScope) -> None:
        """Have a publisher give up after a while, if it still waits then."""
        await self.clock.sleep(self.random.choice([0.0, 0.1, 2.0]))
        scope.cancel()

    async def redrive(self) -> None:
        """Have the bus deliver a dead letter once more, to the target that is there now."""
        letters = [one for one in self.bus.dead_letters if (one.rule, one.target) in self.current]
        if not letters or self.is_over:
            return
        letter = self.random.choice(letters)
        key, n = (letter.rule, letter.target), letter.detail["n"]
        target = self.current[key]
        before, self.meant_for[*key, n] = self.meant_for[*key, n], target
        target.expected[n] += 1
        try:
            redriven = await self.bus.dead_letters.redrive(letter.letter_id)
        except RulebusError:
            redriven = 0
        self.redriven += redriven
        if not redriven:
            target.expected[n] -= 1
            self.meant_for[*key, n] = before

    async def handle(self, target: Target, events: list[Event]) -> object:
        """Be slow, fail, hang or succeed."""
        assert not self.is_over
        target.in_hand.append(events)
        try:
            self.check_in_hand(target)
            if target.settings.transform is not None:
                assert {b'["plain"]'} == {event.input for event in events}
            await self.dawdle(target)
            fate = self.random.random()
            if fate < 0.1:
                raise PermanentError("never")
            if fate < 0.25:
                raise ValueError("not now")
            if fate < 0.3:
                await self.cancel_itself()
            failed = events[:1] if target.settings.batch is not None and fate < 0.5 else []
            target.taken.update(event.detail["n"] for event in events[len(failed) :])
            return failed
        finally:
            target.in_hand.remove(events)

    async def dawdle(self, target: Target) -> None:
        """Take no time, or a little, or for ever if a timeout ends it."""
        choice = self.random.random()
        if choice < 0.3:
            await checkpoint()
        elif choice < 0.5:
            await self.clock.sleep(self.random.choice([0.1, 2.0]))
        elif choice < 0.55 and target.settings.timeout is not None:
            await anyio.sleep_forever()

    async def cancel_itself(self) -> None:
        """Let a cancellation leak out, where an event loop knows one without a scope."""
        if anyio.get_cancelled_exc_class() is asyncio.CancelledError:
            raise asyncio.CancelledError
        with anyio.CancelScope() as scope:
            scope.cancel()
            await checkpoint()
        raise ValueError("cancelled")

    def note_failure(self, failure: DeliveryFailure) -> None:
        """Take note of an assertion that does not hold in a handler."""
        if isinstance(failure.error, AssertionError):
            self.broken.append(failure.error)

    def note_dropped(self, dropped: EventsDropped) -> None:
        """Take note of events that were dropped."""
        for event in dropped.events:
            n = event.detail["n"]
            self.meant_for[dropped.rule, dropped.target, n].dropped[n] += 1

    def note_dead(self, letter: DeadLetter) -> None:
        """Take note of a dead letter."""
        n = letter.detail["n"]
        self.meant_for[letter.rule, letter.target, n].dead[n] += 1

    # Checks

    def check_in_hand(self, target: Target) -> None:
        """Check that a target is given no more at a time than it may be, nor twice of a key."""
        settings = target.settings
        assert len(target.in_hand) <= settings.concurrency
        most = settings.batch.max_size if settings.batch is not None else 1
        assert max(map(len, target.in_hand)) <= most
        if settings.order_by is not None:
            keys = [{event.detail["key"] for event in events} - {None} for events in target.in_hand]
            assert len(set().union(*keys)) == sum(map(len, keys))

    def check(self) -> None:
        """Check what holds at any moment."""
        for error in self.broken:
            raise error
        for one in self.bus.statistics().subscriptions:
            settled = one.delivered + one.failed + one.dropped
            assert one.received == one.queued + one.in_flight + one.waiting + settled
            target = self.current.get((one.rule, one.target))
            if target is not None:
                size = target.settings.batch.max_size if target.settings.batch is not None else 1
                most = target.settings.capacity + target.settings.concurrency * size
                assert one.queued + one.in_flight + one.waiting <= most

    def check_outcome(self, *, is_cut_off: bool) -> None:
        """Check that every event came to its end, and that the figures say so."""
        self.check()
        statistics = self.bus.statistics()
        assert not any(connection.is_open for connection in self.connections)
        assert sum(target.taken.total() for target in self.targets) == statistics.delivered
        assert sum(target.dead.total() for target in self.targets) == statistics.dead
        assert sum(target.dropped.total() for target in self.targets) == statistics.dropped
        assert len(self.bus.dead_letters) == statistics.dead - self.redriven
        for target in self.targets:
            ends = target.taken + target.dead + target.dropped
            if is_cut_off:
                assert ends.total() <= len(ends) + self.redriven
                continue
            for n in target.doubtful:
                assert ends[n] <= target.expected[n]
            sure = target.expected.keys() - target.doubtful
            assert all(target.expected[n] == ends[n] for n in sure)
            assert ends.keys() <= target.expected.keys()
        if not is_cut_off:
            assert statistics.failed == statistics.dead
