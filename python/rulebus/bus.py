"""The bus: events in, rules and targets, and the time in which delivery runs."""

from __future__ import annotations

import enum
from contextlib import asynccontextmanager
from functools import partial
from threading import get_ident
from typing import TYPE_CHECKING, Self, TypedDict

from anyio import AsyncContextManagerMixin, create_task_group
from anyio.lowlevel import checkpoint

from .arn import check_place, rule_arn
from .bus_statistics import BusStatistics
from .clock import Clock, SystemClock
from .dead_letters import DeadLetters
from .entry import Entry, EntryWriter, EnvelopeWriter, PutEventsResult, PutEventsResultEntry
from .event import check_envelopes
from .exceptions import (
    BusStateError,
    InvalidEventError,
    RulebusError,
    ValidationError,
)
from .log import MemoryEventLog
from .policy import check_count, check_hook
from .router import Hooks, Router
from .rulebook import RuleBook
from .subscription import (
    DeliveryFailure,
    EventsDropped,
    PendingPut,
    Subscription,
    current_worker,
    delivering,
    wait_for_room,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from .dead_letter import DeadLetter
    from .rule import Rule
    from .types import DetailInput, Dialect, Handler


# A publisher that never waits would keep the event loop to itself. As many as a worker delivers:
# then the queues stay short, and to wait for room costs more than to yield.
_EVENTS_PER_TURN = 128


class _State(enum.Enum):
    CLOSED = "is not open: publish inside 'async with bus:'"
    OPENING = "is opening: its targets are not ready yet"
    OPEN = "is open"
    CLOSING = "is closing: only handlers may still publish"


# To find a member in its class takes as long as to queue an event.
_OPEN = _State.OPEN


class BusSettings(TypedDict, total=False):
    """The arguments of `EventBus` besides its name."""

    account: str
    region: str
    dialect: Dialect
    max_request_bytes: int | None
    max_dead_letters: int
    on_error: Callable[[DeliveryFailure], object] | None
    on_drop: Callable[[EventsDropped], object] | None
    on_dead_letter: Callable[[DeadLetter], object] | None
    clock: Clock | None


class EventBus(RuleBook, AsyncContextManagerMixin):
    """
    Route events by EventBridge patterns to async consumers.

    Rules and targets can be changed at any time. Events can be published while the bus is open,
    which it is inside `async with bus:`. Leaving that block, also by an exception, delivers
    everything first, including what handlers publish meanwhile; cancelling it stops at once. A
    bus can be opened again after that.

    Targets that are async context managers are entered when the bus is opened or, if it is open,
    when they are added, and left when it is closed or when they are removed and have what had
    come for them. What raises when the bus is opened, the block raises; later it is the failure
    of the events that come for the target, and each attempt tries to enter it again.

    An event is delivered at most once: what is queued in memory when the process ends is lost.
    A bus belongs to the thread and the event loop in which it was opened.

    Args:
        name: 1 to 256 letters, digits, `.`, `-`, `_`.
        account: The account id that events carry, 12 digits.
        region: The region that events carry.
        dialect: The language of the patterns.
        max_request_bytes: What the entries of one `put_events` must stay below together, by the
            formula of `Entry.size`; `None` for no limit.
        max_dead_letters: Events that were given up and are kept; the oldest makes room.
        on_error: Called with each failed delivery, after it was logged to the logger `rulebus`.
        on_drop: Called with events that were dropped because a target had no room.
        on_dead_letter: Called with each event that is given up.
        clock: What events are stamped with, and all waiting is measured with.

    Raises:
        ValidationError: An argument is not what it has to be.
    """

    def __init__(  # noqa: PLR0913
        self,
        name: str = "default",
        *,
        account: str = "000000000000",
        region: str = "us-east-1",
        dialect: Dialect = "aws",
        max_request_bytes: int | None = 1_048_576,
        max_dead_letters: int = 10_000,
        on_error: Callable[[DeliveryFailure], object] | None = None,
        on_drop: Callable[[EventsDropped], object] | None = None,
        on_dead_letter: Callable[[DeadLetter], object] | None = None,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(name, dialect)
        check_place(account, region)
        check_count("max_dead_letters", max_dead_letters)
        if max_request_bytes is not None:
            check_count("max_request_bytes", max_request_bytes)
        check_hook("on_error", on_error)
        check_hook("on_drop", on_drop)
        check_hook("on_dead_letter", on_dead_letter)
        if not isinstance(clock, Clock | None):
            raise ValidationError(f"clock {clock!r}: expected a Clock or None")
        self._clock: Clock = SystemClock() if clock is None else clock
        self._rule_arn = partial(rule_arn, region, account, name)
        self._writer: EntryWriter = EnvelopeWriter(
            account, region, max_request_bytes, self._clock.time
        )
        self._hooks = Hooks(on_error, on_drop, on_dead_letter, self._around_delivery)
        self._log = MemoryEventLog(max_dead_letters)
        self._dead_letters = DeadLetters(name, self._log.dead_letters, self._redrive)
        self._state = _State.CLOSED
        self._router: Router | None = None
        self._events_in_turn = 0
        self._thread = 0

    @asynccontextmanager
    async def __asynccontextmanager__(self) -> AsyncGenerator[Self]:
        self._thread = get_ident()
        failure: Exception | None = None
        async with create_task_group() as tasks:
            router = self._router = Router(
                tasks, self._clock, self._hooks, self._log, self._rule_arn
            )
            self._state = _State.OPENING
            try:
                try:
                    for rule in self._rules.values():
                        router.set_targets(rule.name, rule.targets)
                    await router.opened()
                    self._state = _State.OPEN
                    yield self
                except Exception as error:  # noqa: BLE001  raised again when all is delivered
                    failure = error
                self._state = _State.CLOSING
                for stream in self._streams():
                    stream.flush()
                await router.drain()
            finally:
                self._state = _State.CLOSED
                router.close()
                for stream in self._streams():
                    stream.end()
        if failure is not None:
            raise failure

    @asynccontextmanager
    async def lifespan(self, app: object) -> AsyncGenerator[None]:
        """
        Keep the bus open as long as an application runs: `Starlette(lifespan=bus.lifespan)`.

        Args:
            app: The application; any that takes a function of this kind, such as FastAPI.
        """
        del app
        async with self:
            yield

    # Publishing

    async def put_event(
        self,
        *,
        source: str,
        detail_type: str,
        detail: DetailInput,
        resources: Sequence[str] = (),
        time: datetime | None = None,
    ) -> str:
        """
        Publish one event and return its id.

        The call returns when the event is queued for every target whose rule matches; while one
        of their queues is full, it waits. If it is cancelled meanwhile, the targets that had room
        still get the event.

        Args:
            source: As in `Entry`.
            detail_type: As in `Entry`.
            detail: As in `Entry`.
            resources: As in `Entry`.
            time: As in `Entry`.

        Raises:
            InvalidArgumentError: A member is missing or of the wrong type.
            InvalidEventError: The detail is not one JSON object.
            NotAuthorizedForSourceError: The source begins with `aws.`.
            RequestTooLargeError: The entry is too big.
            SubscriptionFullError: A target has no room and its policy is to reject; no target
                gets the event. Or a handler that publishes would wait for itself.
            BusStateError: The bus is not open, belongs to another thread, or was cancelled while
                the call waited.
        """
        if self._events_in_turn >= _EVENTS_PER_TURN:
            await self._yield_turns()
        if self._state is not _OPEN or self._thread != get_ident():
            self._check_open()
        event_id, raw = self._writer.write(source, detail_type, detail, resources, time)
        rules = self._matcher.match(raw, trusted=True)
        router = self._running()
        if router.rejecting:
            for subscription in router.rejected((raw,), (rules,)).values():
                raise subscription.full_error("Its policy is to reject; nothing was published.")
        self._events_in_turn += 1
        pending = router.publish_one(raw, rules)
        if pending:
            self._events_in_turn = 0
            await wait_for_room(pending)
        return event_id

    def put_event_nowait(
        self,
        *,
        source: str,
        detail_type: str,
        detail: DetailInput,
        resources: Sequence[str] = (),
        time: datetime | None = None,
    ) -> str:
        """
        Publish one event without waiting, and return its id.

        This has to be called in the thread of the bus. From another one that anyio has started:
        `anyio.from_thread.run_sync(partial(bus.put_event_nowait, source=..., ...))`.

        Raises:
            BusStateError: The bus is not open, or belongs to another thread.
            SubscriptionFullError: A target has no room; no target gets the event.
            RulebusError: As for `put_event`.
        """
        self._check_open()
        event_id, raw = self._writer.write(source, detail_type, detail, resources, time)
        router, rules = self._running(), self._matcher.match(raw, trusted=True)
        full = router.first_full(raw, rules)
        if full is not None:
            raise full.full_error("The event was not published; put_event waits for room.")
        router.publish_one(raw, rules)
        return event_id

    async def put_events(self, entries: Iterable[Entry]) -> PutEventsResult:
        """
        Publish several events at once; an entry that cannot be published fails alone.

        This waits for room as `put_event` does, also when there are more entries than a queue
        holds. The number of entries is not limited. An entry that a target has no room for, and
        rejects by its policy, fails with `ThrottlingException`, and no target gets it.

        Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html

        Returns:
            An event id, or an error code and message, for each entry in order.

        Raises:
            RequestTooLargeError: The entries are too big together; nothing was published.
            SubscriptionFullError: A handler that publishes would wait for itself.
            BusStateError: The bus is not open, belongs to another thread, or was cancelled while
                the call waited.
        """
        entries = list(entries)
        if self._events_in_turn >= _EVENTS_PER_TURN:
            await self._yield_turns()
        self._check_open()
        raws, results = self._writer.write_all(entries)
        try:
            accepted = self._accepted(raws, results)
            pending = self._queue(accepted, trusted=True)
        except InvalidEventError:
            # The writer has checked the entries, but one is too ambiguous for the rules.
            raws = _without_failed(self._refused(raws), raws, results)
            accepted = self._accepted(raws, results)
            pending = self._queue(accepted, trusted=True)
        await self._wait_for_room(pending)
        return PutEventsResult(len(results) - len(accepted), results)

    async def put_raw_events(self, events: Iterable[bytes]) -> None:
        """
        Publish complete envelopes, which are checked and delivered as they are, byte for byte.

        This waits for room as `put_event` does. There is no limit on the size, and any source may
        be used.

        Args:
            events: JSON objects with `id`, `detail-type`, `source`, `account`, `time`, `region`.

        Raises:
            InvalidEventError: An event is no such object; the message says which. Nothing was
                published.
            TypeError: An event is not `bytes`.
            SubscriptionFullError: A target has no room for all of its events and its policy is
                to reject; nothing was published. Or a handler would wait for itself.
            BusStateError: The bus is not open, belongs to another thread, or was cancelled while
                the call waited.
        """
        raws = list(events)
        if self._events_in_turn >= _EVENTS_PER_TURN:
            await self._yield_turns()
        self._check_open()
        try:
            for subscription in self._rejected(raws, trusted=False).values():
                raise subscription.full_error("Its policy is to reject; nothing was published.")
            pending = self._queue(raws, trusted=False)
        except InvalidEventError:
            check_envelopes(raws)  # says what exactly is missing
            raise
        await self._wait_for_room(pending)

    async def drain(self) -> None:
        """
        Wait until everything that was published is delivered or failed.

        That includes what handlers publish meanwhile.

        Raises:
            BusStateError: A handler of this bus calls, which would wait for itself; or the bus
                was cancelled meanwhile.
        """
        worker = current_worker()
        if worker and worker.owner is self._router:
            raise BusStateError("a handler cannot drain its own bus: it would wait for itself")
        if self._router is not None:
            await self._router.drain()

    def statistics(self) -> BusStatistics:
        """
        Return what has happened since the bus was last opened, and what waits.

        Any thread may ask. In another one than the bus's, figures that belong together may be from
        two moments.
        """
        if self._router is None:
            return BusStatistics()
        return self._router.statistics()

    @property
    def dead_letters(self) -> DeadLetters:
        """The events that were given up, to be looked through, redriven or purged."""
        return self._dead_letters

    # The steps that these share

    def _around_delivery(
        self,
        rule: str,  # noqa: ARG002  for a bus that watches its deliveries
        target: str,  # noqa: ARG002
        deliver: Handler,
    ) -> Handler:
        """Return the function to deliver with to a target, or to its target of dead letters."""
        return deliver

    async def _yield_turns(self) -> None:
        """Let others run, until they have delivered what was published or had as many turns."""
        turns, self._events_in_turn = divmod(self._events_in_turn, _EVENTS_PER_TURN)
        await checkpoint()
        while turns > 1 and self._running().is_busy:
            turns -= 1
            await checkpoint()

    def _check_open(self) -> None:
        if self._state is not _State.CLOSED and self._thread != get_ident():
            raise BusStateError(
                f"bus {self.name!r} belongs to another thread: publish there, by "
                "anyio.from_thread.run, or run_sync for put_event_nowait"
            )
        if self._state is _OPEN:
            return
        worker = delivering.get()
        handler_calls = worker is not None and worker.owner is self._router
        if self._state is _State.CLOSED or not handler_calls:
            raise BusStateError(f"bus {self.name!r} {self._state.value}")

    def _running(self) -> Router:
        assert self._router is not None  # noqa: S101  the state says so
        return self._router

    def _queue(self, raws: list[bytes], *, trusted: bool) -> Sequence[PendingPut]:
        """Queue events for the rules that match them; return what has to wait for room."""
        pending = self._running().publish(raws, self._matcher, trusted=trusted)
        self._events_in_turn += len(raws)
        return pending

    async def _wait_for_room(self, pending: Sequence[PendingPut]) -> None:
        if pending:
            self._events_in_turn = 0
            await wait_for_room(pending)

    def _targets_changed(self, rule: Rule) -> None:
        if self._state is not _State.CLOSED:
            self._running().set_targets(rule.name, rule.targets)

    def _rule_is_gone(self, name: str) -> None:
        if self._state is not _State.CLOSED:
            self._running().remove_rule(name)

    def _refused(self, raws: Sequence[bytes]) -> dict[int, InvalidEventError]:
        """Return which events, by index, the rules cannot be decided for; and why."""
        refused: dict[int, InvalidEventError] = {}
        for index, raw in enumerate(raws):
            try:
                self._matcher.match(raw, trusted=True)
            except InvalidEventError as error:
                refused[index] = error
        return refused

    def _accepted(self, raws: list[bytes], results: list[PutEventsResultEntry]) -> list[bytes]:
        """Let the entries of events fail that a target rejects; return the other events."""
        rejected = self._rejected(raws, trusted=True)
        if not rejected:
            return raws
        reason = "Its policy is to reject."
        errors = {index: full.full_error(reason) for index, full in rejected.items()}
        return _without_failed(errors, raws, results)

    def _rejected(self, raws: Sequence[bytes], *, trusted: bool) -> dict[int, Subscription]:
        """Return which events, by index, a target rejects for want of room; and which target."""
        router = self._running()
        if not router.rejecting:
            return {}
        return router.rejected(raws, self._matcher.match_many(raws, trusted=trusted))

    async def _redrive(self, letter: DeadLetter) -> None:
        self._check_open()
        await self._running().redrive(letter)


def _without_failed(
    errors: Mapping[int, RulebusError], raws: Sequence[bytes], results: list[PutEventsResultEntry]
) -> list[bytes]:
    """Let the entries of some events, by their index, fail as well; return the other events."""
    accepted = [at for at, result in enumerate(results) if result.event_id is not None]
    for index, error in errors.items():
        is_malformed = isinstance(error, InvalidEventError)
        results[accepted[index]] = PutEventsResultEntry(
            error_code=error.code,
            error_message="Detail is malformed." if is_malformed else str(error),
            reason=str(error),
        )
    return [raw for index, raw in enumerate(raws) if index not in errors]
