"""What becomes of events that fail: retries, dead letters, timeouts, circuits."""

from __future__ import annotations

import logging
from typing import Any

import anyio
import pytest

from rulebus import (
    BatchPolicy,
    BusStateError,
    CircuitBreaker,
    DeadLetter,
    DeadLetterNotFoundError,
    DeliveryFailure,
    Entry,
    Event,
    EventBus,
    PermanentError,
    RetryLaterError,
    RetryPolicy,
    RuleTarget,
    SubscriptionFullError,
    TargetNotFoundError,
)
from rulebus.testing import FakeClock, RecordingTarget, run_until_idle

pytestmark = pytest.mark.anyio

PATTERN = {"source": ["shop"]}


class Shop:
    """A bus with one target that fails as it is told, and a clock that stands still."""

    def __init__(self, *failures: Exception | None, **settings: Any) -> None:
        self.clock = FakeClock()
        self.failures: list[DeliveryFailure] = []
        self.letters: list[DeadLetter] = []
        self.bus = EventBus(
            "shop",
            clock=self.clock,
            on_error=self.failures.append,
            on_dead_letter=self.letters.append,
        )
        self.target = RecordingTarget(failures)
        self.bus.put_rule("r", PATTERN)
        self.bus.put_targets("r", RuleTarget(id="t", target=self.target, **settings))

    async def put(self, count: int = 1) -> None:
        """Publish numbered events."""
        await self.bus.put_events(
            Entry(source="shop", detail_type="t", detail={"n": n}) for n in range(count)
        )

    def attempts(self) -> list[int]:
        """Return the numbers of the events that were tried."""
        return [event.detail["n"] for event in self.target.attempts]

    def counts(self) -> tuple[int, int, int, int]:
        """Return the events delivered, given up and waiting, and the retries."""
        one = self.bus.statistics().subscriptions[0]
        return one.delivered, one.dead, one.waiting, one.retried


async def test_retry_until_it_succeeds() -> None:
    """A failed event is tried again after a while, and then has been delivered once."""
    shop = Shop(ValueError(), ValueError(), retry=RetryPolicy(max_attempts=3))

    async with shop.bus:
        await shop.put()
        await anyio.wait_all_tasks_blocked()
        assert (0, 0, 1, 1) == shop.counts()
        await run_until_idle(shop.bus, shop.clock)

    assert (1, 0, 0, 2) == shop.counts()
    assert [1, 2] == [failure.attempts for failure in shop.failures]
    assert {False} == {failure.is_final for failure in shop.failures}
    assert 0 < shop.clock.monotonic() <= 0.1 + 0.2


async def test_retries_hold_no_worker() -> None:
    """While an event waits for its retry, the events behind it are delivered."""
    shop = Shop(ValueError(), retry=RetryPolicy(max_attempts=2))

    async with shop.bus:
        await shop.put(3)
        await anyio.wait_all_tasks_blocked()
        assert [0, 1, 2] == shop.attempts()
        await run_until_idle(shop.bus, shop.clock)

    assert [0, 1, 2, 0] == shop.attempts()


async def test_retries_keep_their_room() -> None:
    """Events that wait for a retry count for the capacity: memory is bounded."""
    shop = Shop(*[ValueError()] * 4, capacity=2, retry=RetryPolicy(max_attempts=5))

    async with shop.bus, anyio.create_task_group() as tasks:
        tasks.start_soon(shop.put, 10)
        await anyio.wait_all_tasks_blocked()
        one = shop.bus.statistics().subscriptions[0]
        assert one.queued + one.waiting <= 2 + 1
        await run_until_idle(shop.bus, shop.clock)

    assert 10 == shop.bus.statistics().delivered


EXHAUSTION = [
    ([ValueError("x")] * 2, {"max_attempts": 2}, "MaximumRetryAttempts", 2, "1"),
    ([RetryLaterError(retry_after=60)], {"max_event_age": 50}, "MaximumEventAgeInSeconds", 1, "0"),
    ([PermanentError("x")], {}, None, 1, "0"),
    ([OSError("x")], {"retryable": (ValueError,)}, None, 1, "0"),
]


@pytest.mark.parametrize(("failures", "policy", "exhausted", "attempts", "retries"), EXHAUSTION)
async def test_dead_letter(
    failures: list[Exception],
    policy: dict[str, Any],
    exhausted: str | None,
    attempts: int,
    retries: str,
) -> None:
    """An event that is given up is kept, with why, how often and which limit ended it."""
    shop = Shop(*failures, retry=RetryPolicy(**policy))

    async with shop.bus:
        await shop.put()
        await run_until_idle(shop.bus, shop.clock)

    [letter] = shop.bus.dead_letters
    assert [letter] == shop.letters
    assert (exhausted, attempts, retries) == (
        letter.exhausted,
        letter.attempts,
        letter.attributes["RETRY_ATTEMPTS"],
    )
    assert (0, 1, 0, attempts - 1) == shop.counts()
    assert shop.failures[-1].is_final


async def test_dead_letter_says_what_happened() -> None:
    """A letter has the event, both failures, and EventBridge's attributes."""
    shop = Shop(ValueError("first"), TimeoutError(), retry=RetryPolicy(max_attempts=2))

    async with shop.bus:
        await shop.put()
        await run_until_idle(shop.bus, shop.clock)

    [letter] = shop.bus.dead_letters.find(rule="r", target="t")
    assert {"n": 0} == letter.detail
    assert ("ERROR_FROM_TARGET", "ValueError: first", 1_700_000_000.0) == (
        letter.first_failure.error_code,
        letter.first_failure.error_message,
        letter.first_failure.time,
    )
    assert {
        "RULE_ARN": "arn:aws:events:us-east-1:000000000000:rule/shop/r",
        "TARGET_ARN": "t",
        "ERROR_CODE": "TIMEOUT",
        "ERROR_MESSAGE": "TimeoutError",
        "RETRY_ATTEMPTS": "1",
        "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts",
    } == letter.attributes


async def test_dead_letter_names_the_errors_of_a_group() -> None:
    """The text of an exception group says how many errors it holds; a letter says which."""
    shop = Shop(ExceptionGroup("two tasks", [ValueError("a"), PermanentError()]))

    async with shop.bus:
        await shop.put()

    [letter] = shop.bus.dead_letters
    assert (
        "ExceptionGroup: two tasks (2 sub-exceptions) [ValueError: a; PermanentError]"
        == letter.last_failure.error_message
    )


async def test_without_a_policy_the_first_failure_is_final() -> None:
    """A target without retries still loses nothing silently."""
    shop = Shop(ValueError())

    async with shop.bus:
        await shop.put()

    assert (0, 1, 0, 0) == shop.counts()
    assert 1 == len(shop.bus.dead_letters)


async def test_dead_letter_target() -> None:
    """With a target of its own for dead letters, the store of the bus stays empty."""
    letters: list[DeadLetter] = []

    async def keep(letter: DeadLetter) -> None:
        letters.append(letter)

    shop = Shop(ValueError("x"), dead_letter=keep)
    async with shop.bus:
        await shop.put(2)

    assert ["ValueError: x"] == [letter.last_failure.error_message for letter in letters]
    assert 0 == len(shop.bus.dead_letters)
    assert (1, 1, 0, 0) == shop.counts()


async def test_dead_letter_target_that_fails(caplog: pytest.LogCaptureFixture) -> None:
    """What the target of dead letters does not take is kept in the store."""

    async def refuse(_: DeadLetter) -> None:
        raise OSError("disk full")

    shop = Shop(ValueError("x"), dead_letter=refuse)
    async with shop.bus:
        await shop.put()

    [letter] = shop.bus.dead_letters
    assert letter.dead_letter_failure is not None
    assert "OSError: disk full" == letter.dead_letter_failure.error_message
    assert "ValueError: x" == letter.last_failure.error_message
    assert "the dead-letter target of 'r' failed" in caplog.text


@pytest.mark.parametrize("settings", [{}, {"batch": BatchPolicy()}, {"timeout": 60.0}])
async def test_dead_letter_target_that_hangs(settings: dict[str, Any]) -> None:
    """It is cancelled after 30 seconds: the store has the letter, and other events their turn."""

    async def hang(_: DeadLetter) -> None:
        await anyio.sleep_forever()

    shop = Shop(PermanentError(), dead_letter=hang, **settings)
    async with shop.bus:
        await shop.put()
        await anyio.wait_all_tasks_blocked()
        await shop.put()
        await shop.clock.advance(29.0)
        assert (0, 0, 0, 0) == shop.counts()
        await shop.clock.advance(1.0)

    [letter] = shop.bus.dead_letters
    assert letter.dead_letter_failure is not None
    assert ("TIMEOUT", "HandlerTimeoutError: the delivery took longer than 30 seconds") == (
        letter.dead_letter_failure.error_code,
        letter.dead_letter_failure.error_message,
    )
    assert (1, 1, 0, 0) == shop.counts()


async def test_dead_letters_that_are_cut_off() -> None:
    """A bus that is cancelled while a dead letter is delivered counts its whole batch as failed."""

    async def hang(_: DeadLetter) -> None:
        await anyio.sleep_forever()

    shop = Shop(PermanentError(), dead_letter=hang, batch=BatchPolicy())
    with anyio.CancelScope() as scope:
        async with shop.bus:
            await shop.put(3)
            await anyio.wait_all_tasks_blocked()
            scope.cancel()

    one = shop.bus.statistics().subscriptions[0]
    assert (0, 3, 0) == (one.in_flight, one.failed, one.dead)


async def test_dead_letters_are_bounded(caplog: pytest.LogCaptureFixture) -> None:
    """The oldest letter makes room for a new one, and that is logged."""
    bus = EventBus(max_dead_letters=2)

    @bus.rule(PATTERN)
    async def fail(_: Event) -> None:
        raise ValueError

    async with bus:
        for n in range(3):
            await bus.put_event(source="shop", detail_type="t", detail={"n": n})

    assert [1, 2] == [letter.detail["n"] for letter in bus.dead_letters]
    assert "the dead letters are full" in caplog.text


async def test_redrive() -> None:
    """A letter that is redriven is delivered like a new event, with all its attempts again."""
    policy = RetryPolicy(max_attempts=2)
    shop = Shop(*[ValueError()] * 3, retry=policy)

    async with shop.bus:
        await shop.put()
        await run_until_idle(shop.bus, shop.clock)
        [letter] = shop.bus.dead_letters
        assert 1 == await shop.bus.dead_letters.redrive(letter.letter_id)
        assert 0 == len(shop.bus.dead_letters)
        await run_until_idle(shop.bus, shop.clock)

    assert [0] == [event.detail["n"] for event in shop.target.events]
    assert [0] * 4 == shop.attempts()


async def test_redrive_and_purge_select() -> None:
    """Letters are selected by id, rule and target; without any of them, all are meant."""
    shop = Shop(*[ValueError()] * 4)
    letters = shop.bus.dead_letters

    async with shop.bus:
        await shop.put(4)
        await shop.bus.drain()
        first = letters.find()[0]
        assert 0 == await letters.redrive(rule="other")
        assert 1 == letters.purge(first.letter_id, rule="r")
        assert 3 == await letters.redrive(target="t")

    assert (3, 4) == shop.counts()[:2]
    assert 0 == letters.purge()


async def test_letters_stay_until_they_are_redriven() -> None:
    """A letter that waits for room keeps its place, and is queued once, whoever asks for it."""
    shop = Shop(*[ValueError()] * 2, capacity=1)
    letters, gate = shop.bus.dead_letters, anyio.Event()
    queued: list[int] = []

    async def wait(_: Event) -> None:
        await gate.wait()

    async def redrive() -> None:
        queued.append(await letters.redrive())

    async with shop.bus, anyio.create_task_group() as tasks:
        await shop.put(2)
        await shop.bus.drain()
        before = letters.find()
        shop.bus.put_targets("r", RuleTarget(id="t", target=wait, capacity=1))
        await shop.put(2)
        await anyio.wait_all_tasks_blocked()
        with anyio.move_on_after(0):
            await letters.redrive()
        tasks.start_soon(redrive)
        await anyio.wait_all_tasks_blocked()
        assert before == letters.find()
        tasks.start_soon(redrive)
        await anyio.wait_all_tasks_blocked()
        gate.set()

    assert 2 == sum(queued)
    assert 4 == shop.bus.statistics().subscriptions[0].delivered
    assert 0 == len(letters)


async def test_letters_may_be_purged_while_they_are_redriven() -> None:
    """A letter that is purged while it waits for room is gone, and its event is delivered."""
    shop = Shop(ValueError(), capacity=1)
    letters, gate = shop.bus.dead_letters, anyio.Event()

    async def wait(_: Event) -> None:
        await gate.wait()

    async with shop.bus, anyio.create_task_group() as tasks:
        await shop.put()
        await shop.bus.drain()
        shop.bus.put_targets("r", RuleTarget(id="t", target=wait, capacity=1))
        await shop.put(2)
        await anyio.wait_all_tasks_blocked()
        tasks.start_soon(letters.redrive)
        await anyio.wait_all_tasks_blocked()
        [letter] = letters
        assert 1 == letters.purge(letter.letter_id, letter.letter_id)
        gate.set()

    assert 3 == shop.bus.statistics().subscriptions[0].delivered


async def test_redrive_that_cannot_be() -> None:
    """A letter whose target is gone, or has no room, stays where it is."""
    shop = Shop(ValueError(), capacity=1, overflow="reject", concurrency=1)
    letters = shop.bus.dead_letters
    gate = anyio.Event()

    async def wait(_: Event) -> None:
        await gate.wait()

    async with shop.bus:
        await shop.put()
        await shop.bus.drain()
        shop.bus.put_targets("r", RuleTarget(id="t", target=wait, capacity=1, overflow="reject"))
        await shop.put()
        await anyio.wait_all_tasks_blocked()
        await shop.put()
        with pytest.raises(SubscriptionFullError):
            await letters.redrive()
        shop.bus.remove_targets("r", "t")
        with pytest.raises(TargetNotFoundError):
            await letters.redrive()
        gate.set()
    with pytest.raises(BusStateError):
        await letters.redrive()
    with pytest.raises(DeadLetterNotFoundError, match="Dead letter x does not exist"):
        letters.purge("x")

    assert 1 == len(letters)


async def test_timeout() -> None:
    """A delivery that takes too long is cancelled, and tried again."""
    clock = FakeClock()
    bus = EventBus(clock=clock)
    steps = []

    @bus.rule(PATTERN, timeout=5, retry=RetryPolicy(max_attempts=2), concurrency=2)
    async def handler(event: Event) -> None:
        steps.append(event.detail["n"])
        if len(steps) == 1:
            try:
                await anyio.sleep_forever()
            finally:
                steps.append("cancelled")

    async with bus:
        for n in range(2):
            await bus.put_event(source="shop", detail_type="t", detail={"n": n})
        await clock.advance(4.9)
        assert [0, 1] == steps
        await clock.advance(0.1)
        assert [0, 1, "cancelled"] == steps
        await run_until_idle(bus, clock)

    assert [0, 1, "cancelled", 0] == steps
    assert 2 == bus.statistics().delivered


async def test_timeout_in_a_dead_letter() -> None:
    """Without a retry, the letter says that the time was over."""
    clock = FakeClock()
    bus = EventBus(clock=clock)

    @bus.rule(PATTERN, timeout=1.5)
    async def handler(_: Event) -> None:
        await anyio.sleep_forever()

    async with bus:
        await bus.put_event(source="shop", detail_type="t", detail={})
        await run_until_idle(bus, clock)

    [letter] = bus.dead_letters
    assert ("TIMEOUT", "HandlerTimeoutError: the delivery took longer than 1.5 seconds") == (
        letter.last_failure.error_code,
        letter.last_failure.error_message,
    )


async def test_circuit() -> None:
    """A target that keeps failing is left alone; its events wait, and keep their attempts."""
    shop = Shop(
        *[ValueError()] * 4,
        retry=RetryPolicy(max_attempts=3, base_delay=0.001),
        circuit=CircuitBreaker(failure_threshold=3, pause=30),
    )

    async with shop.bus:
        await shop.put(10)
        await anyio.wait_all_tasks_blocked()
        assert [0, 1, 2] == shop.attempts()
        assert "open" == shop.bus.statistics().subscriptions[0].circuit
        await shop.clock.advance(29.9)
        assert [0, 1, 2] == shop.attempts()
        # The fourth failure is the probe's.
        await shop.clock.advance(0.1)
        assert [0, 1, 2, 3] == shop.attempts()
        await run_until_idle(shop.bus, shop.clock)

    assert (10, 0, 0, 4) == shop.counts()
    assert "closed" == shop.bus.statistics().subscriptions[0].circuit
    assert 60 <= shop.clock.monotonic() < 61


async def test_permanent_errors_do_not_open_the_circuit() -> None:
    """An event that nobody can handle says nothing about the target."""
    shop = Shop(*[PermanentError()] * 3, circuit=CircuitBreaker(failure_threshold=1))

    async with shop.bus:
        await shop.put(4)

    assert (1, 3, 0, 0) == shop.counts()


async def test_retries_are_logged_as_warnings(caplog: pytest.LogCaptureFixture) -> None:
    """A failure that is tried again is a warning; the last one is an error."""
    shop = Shop(*[ValueError()] * 2, retry=RetryPolicy(max_attempts=2))

    async with shop.bus:
        await shop.put()
        await run_until_idle(shop.bus, shop.clock)

    assert [logging.WARNING, logging.ERROR] == [record.levelno for record in caplog.records]
    assert "attempt 1; it will be tried again" in caplog.records[0].getMessage()


async def test_leaving_waits_for_retries() -> None:
    """The bus is left when every event was delivered or given up, retries included."""
    shop = Shop(ValueError(), retry=RetryPolicy(base_delay=100))

    async def keep_time() -> None:
        await anyio.wait_all_tasks_blocked()
        await shop.clock.advance(100)

    async with anyio.create_task_group() as tasks, shop.bus:
        await shop.put()
        tasks.start_soon(keep_time)

    assert (1, 0, 0, 1) == shop.counts()
