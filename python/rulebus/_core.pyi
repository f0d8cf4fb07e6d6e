"""
The matching automaton, envelopes, transforms and the hot path of delivery, written in Rust.

`rulebus` exports the classes for patterns. The pattern language is that of Amazon EventBridge:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Self, final

from typing_extensions import disjoint_base

from .entry import Entry, PutEventsResultEntry
from .subscription import Subscription
from .types import DetailInput, Dialect, EventInput, Handler, PatternInput

__all__ = [
    "ConditionExplanation",
    "ConjunctionExplanation",
    "EnvelopeWriter",
    "Event",
    "EventPath",
    "EventPattern",
    "EventQueue",
    "Explanation",
    "Matcher",
    "MatcherStatistics",
    "ReadyQueues",
    "Transform",
    "Turn",
    "ValueExplanation",
    "entry_size",
    "forwarded",
    "is_finite",
    "views",
]

@final
class Matcher:
    """
    Match events against many named patterns at once.

    The time that an event takes does not follow the number of rules. A matcher may be used from
    several threads: a match sees the rules as they were when it began, while others change them.
    """

    def __new__(
        cls,
        rules: Mapping[str, PatternInput] | None = None,
        /,
        *,
        dialect: Dialect = "aws",
        required: Sequence[str] = (),
    ) -> Self:
        """
        Compile patterns into a matcher.

        Args:
            rules: Patterns by name, as a dict or as JSON text. The order is kept.
            dialect: `"aws"` for the operators of Amazon EventBridge, `"extended"` for those and
                `regex`, `all-of`, `none-of` and further combinations.
            required: Paths, such as `"id"` or `"detail.state"`, at which every event must have a
                value. One that has none is refused unless it is trusted.

        Raises:
            InvalidEventPatternError: A pattern is refused. The message names the rule, the path
                in the pattern, for JSON text the byte, and what was expected.
            ValueError: There is no such dialect.
        """

    def add(self, name: str, pattern: PatternInput, /) -> None:
        """
        Add a rule, or replace the pattern of the rule with this name.

        A replaced rule keeps its place in the order. At no moment is the rule missing.

        Raises:
            InvalidEventPatternError: The pattern is refused; the rules are as they were.
        """

    def add_many(self, rules: Mapping[str, PatternInput], /) -> None:
        """
        Add or replace several rules in one step: a match sees all of them or none.

        This is also the fast way to add many rules.

        Raises:
            InvalidEventPatternError: A pattern is refused; the rules are as they were.
        """

    def remove(self, name: str, /) -> None:
        """
        Remove a rule.

        Raises:
            KeyError: There is no rule with this name.
        """

    def match(self, event: EventInput, /, *, trusted: bool = False) -> list[str]:
        """
        Return the names of the rules that match an event, in the order the names were added.

        Args:
            event: A JSON object. `bytes` and `str` are read in place; `bytearray` and
                `memoryview` are copied first, a `dict` is written as JSON first.
            trusted: Whether the event was checked before. Then only what leads to the values that
                rules ask for is checked: it may be other than UTF-8, and anything may be in the
                arrays and objects that no rule asks for, as long as quotes and brackets are
                closed. An event that is not what it should be may match the wrong rules.

        Raises:
            InvalidEventError: The event is no JSON object by RFC 8259, not UTF-8, or nested deeper
                than 512 levels.
            BufferError: The memoryview is not contiguous, or its items are not unsigned bytes.
        """

    def match_many(
        self, events: Iterable[EventInput], /, *, threads: int = 1, trusted: bool = False
    ) -> list[tuple[str, ...]]:
        """
        Return the names of the matching rules for each of several events, in their order.

        Answers that are equal may be one and the same tuple. All events meet the rules as they were
        when the call began. The iterable is read 1,024 events at a time, or 128 where there are
        several threads; other Python threads run while events are matched.

        Args:
            events: JSON objects as for `match`, of one kind or mixed.
            threads: The most operating system threads that match, at least 1. The caller's is one
                of them; there are no more than one for each 128 events. Starting them pays from
                some thousand events on.
            trusted: Whether the events were checked before, as for `match`.

        Raises:
            InvalidEventError: An event is refused. The message says which, counted from 0; of
                several it is the first, whatever the number of threads.
            TypeError: An event is of another type.
            BufferError: A memoryview is not contiguous, or its items are not unsigned bytes.
            ValueError: `threads` is less than 1.
        """

    def match_by_rule(
        self, events: list[bytes], /, *, trusted: bool = False
    ) -> dict[str, list[bytes]]:
        """
        Return for each rule that matches any of several events those that it matches.

        This is for whoever hands events on to rules. All events meet the rules as they were when
        the call began, and other Python threads run meanwhile.

        Args:
            events: JSON objects.
            trusted: Whether the events were checked before, as for `match`.

        Raises:
            InvalidEventError: An event is refused. The message says which, counted from 0; of
                several it is the first.
            TypeError: An event is of another type.
        """

    def match_lines(
        self,
        lines: bytes | bytearray | memoryview | str,
        /,
        *,
        threads: int = 1,
        trusted: bool = False,
    ) -> list[tuple[str, ...]]:
        r"""
        Return the names of the matching rules for each event of a text with one event a line.

        The format is JSON Lines (https://jsonlines.org): a line ends with `\n` or `\r\n`, the last
        one may end with the text. Lines that are empty or only white space have no answer. As in
        `match_many` all events meet the same rules, and other Python threads run meanwhile.

        Args:
            lines: JSON objects, one a line. `bytes` and `str` are read in place; `bytearray` and
                `memoryview` are copied first.
            threads: The most operating system threads that match, as for `match_many`.
            trusted: Whether the lines were checked before, as for `match`.

        Raises:
            InvalidEventError: A line is no event. The message says which, counted from 1, and
                `offset` is counted in bytes from the start of that line; of several it is the
                first, whatever the number of threads.
            TypeError: `lines` is of another type.
            BufferError: The memoryview is not contiguous, or its items are not unsigned bytes.
            ValueError: `threads` is less than 1.
        """

    def explain(self, name: str, event: EventInput, /) -> Explanation:
        """
        Say why a rule matches an event or does not.

        Raises:
            KeyError: There is no rule with this name.
            InvalidEventError: The event is refused, as by `match`.
        """

    def statistics(self) -> MatcherStatistics:
        """Count what the matcher holds."""

    def names(self) -> list[str]:
        """Return the names of all rules, in the order they were added."""

    def __len__(self) -> int:
        """Return the number of rules."""

    def __contains__(self, name: object, /) -> bool:
        """Return whether there is a rule with this name."""

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names that there are now, in the order they were added."""

class MatcherStatistics(NamedTuple):
    """How much a matcher holds."""

    rules: int
    """Rules, one for each name."""

    conjunctions: int
    """Ways to match: one for each rule, or one for each combination of its `$or` branches."""

    conditions: int
    """Different lists of tests on one path; equal ones are shared."""

    paths: int
    """Different paths that the rules name, and the beginnings of paths."""

@disjoint_base
class Event:
    """
    An event as a handler sees it: an immutable view over the bytes of its envelope.

    The bytes are parsed when the first member is read. Two events are equal when their bytes are.
    A member that is not what it should be raises `InvalidEventError` when it is read.
    """

    def __new__(cls, raw: bytes, /, input: bytes | None = None) -> Self:  # noqa: A002
        """
        Look at an envelope.

        Args:
            raw: The envelope, a JSON object in UTF-8.
            input: What the target's transform made of the envelope; the envelope itself if `None`.
        """

    @property
    def raw(self) -> bytes:
        """The envelope as it was matched."""

    @property
    def input(self) -> bytes:
        """What the target is to take: the envelope, or what its transform made of that."""

    @property
    def id(self) -> str:
        """The id that `put_event` returned; the same for every rule and target."""

    @property
    def source(self) -> str:
        """Who published the event, such as `shop.orders`."""

    @property
    def detail_type(self) -> str:
        """What happened, such as `OrderPlaced`."""

    @property
    def account(self) -> str:
        """The account of the publisher, 12 digits."""

    @property
    def region(self) -> str:
        """The region in which the event was accepted."""

    @property
    def time(self) -> datetime:
        """When it happened, with a time zone; whole seconds for events that this bus stamped."""

    @property
    def resources(self) -> tuple[str, ...]:
        """The resources that the event is about; free text."""

    @property
    def detail(self) -> dict[str, Any]:
        """The detail. It belongs to this view: no other handler sees a change to it."""

    def to_dict(self) -> dict[str, Any]:
        """Return the whole envelope as a new `dict`, its members named as in JSON."""

    def __eq__(self, other: object, /) -> bool:
        """Return whether two events have the same bytes."""

    def __hash__(self) -> int:
        """Return a hash of the bytes."""

    def __getnewargs__(self) -> tuple[bytes, bytes | None]:
        """Return what a copy is made of."""

@final
class EventQueue:
    """
    The events that wait for one target, and all that is counted of each of them.

    A queue that is `is_straight` is on its own: `ReadyQueues.put` fills it and `Turn.next` empties
    it. About others the core of the subscription decides.
    """

    def __new__(cls) -> Self:
        """Make an empty queue."""

    received: int
    """Events that came."""
    delivered: int
    """Events that the target has taken."""
    in_flight: int
    """Events that the target is being given."""
    capacity: int
    """Events that may wait."""
    batch_size: int | None
    """Events that the target is given in a list, at most; `None` if one by one."""
    most: int
    """Deliveries of one turn at most: many if they are quick."""
    allowance: int
    """Deliveries that may begin although a policy has a say."""
    alone: bytes | None
    """The event that is being delivered if it is the only one, for a queue that is ordered."""
    is_ordered: bool
    """Whether `alone` is kept."""
    is_straight: bool
    """Whether no policy has a say."""
    is_watched: bool
    """Whether the subscription is told of the end of each turn."""
    is_waited_for: bool
    """Whether publishers wait for room."""
    deliver: Handler | None
    """What delivers."""
    subscription: Subscription | None
    """What decides where a decision is due."""

    @property
    def size(self) -> int:
        """Bytes of the events together."""

    @property
    def workers(self) -> int:
        """Workers that deliver."""

    @property
    def is_submitted(self) -> bool:
        """Whether the queue waits for a worker."""

    def append(self, event: bytes, now: float) -> None:
        """Add an event that came now."""

    def extend(self, events: Sequence[bytes], now: float) -> None:
        """Add events that came now."""

    def first(self) -> bytes:
        """
        Return the first event.

        Raises:
            IndexError: There is none.
        """

    def first_time(self) -> float:
        """
        Return when the first event came.

        Raises:
            IndexError: There is none.
        """

    def popleft(self) -> tuple[bytes, float]:
        """
        Take out the first event, and when it came.

        Raises:
            IndexError: There is none.
        """

    def take(self, most: int) -> tuple[list[bytes], list[float]]:
        """Take out the first events, but no more than `most`, and when each came."""

    def events(self) -> list[bytes]:
        """Return the events."""

    def clear(self) -> None:
        """Forget the events."""

    def note_latency(self, seconds: float, deliveries: int) -> None:
        """Count deliveries that took a time."""

    def latency(self) -> tuple[tuple[int, ...], float]:
        """Return what `LatencyHistogram` is made of."""

    def __len__(self) -> int: ...

@final
class ReadyQueues:
    """
    The queues of one bus that have events and wait for a worker, first come, first served.

    Args:
        call_worker: Called when there is work, unless a worker is on its way.
    """

    def __new__(cls, call_worker: Callable[[], None], /) -> Self:
        """Begin with no queue."""

    is_one_coming: bool
    """A worker was called, and has not begun."""
    is_one_free: bool
    """A worker has ended a turn, and has not yet looked for more to do."""

    def put(
        self,
        matcher: Matcher,
        events: list[bytes],
        routes: dict[str, tuple[EventQueue, ...]],
        now: float,
        /,
        *,
        trusted: bool,
    ) -> tuple[int, dict[Subscription, list[bytes]]]:
        """
        Queue events for the rules that match them, and have workers come.

        Args:
            matcher: The rules.
            events: The events.
            routes: The queues by rule.
            now: The time.
            trusted: As in `Matcher.match`.

        Returns:
            How many matches there are, and those of the events about which a subscription has to
            decide: it has policies, or no room.

        Raises:
            InvalidEventError: An event is no JSON object; none was queued.
            TypeError: An event is not `bytes`; none was queued.
        """

    def put_one(
        self,
        event: bytes,
        rules: list[str],
        routes: dict[str, tuple[EventQueue, ...]],
        now: float,
        /,
    ) -> dict[Subscription, list[bytes]]:
        """Queue one event for the rules that it matched, as `put` does."""

    def submit(self, queue: EventQueue, /) -> None:
        """Have a worker come for a queue."""

    def queues(self) -> list[EventQueue]:
        """Return the queues."""

    def clear(self) -> None:
        """Forget the queues."""

    def __len__(self) -> int: ...

@final
class Turn:
    """
    What one worker has in hand: it takes from one queue after the other.

    Args:
        ready: The queues.
        clock: Returns the time.
    """

    def __new__(cls, ready: ReadyQueues, clock: Callable[[], float], /) -> Self:
        """Begin with nothing in hand."""

    deliveries: int
    """Deliveries since others on the event loop had their turn; from 128 on, `next` lets them."""

    @property
    def subscription(self) -> Subscription | None:
        """Whose turn it is, if anyone's: after `next` has returned `None`, it has to decide."""

    def next(self, result: object, /) -> Awaitable[object] | None:
        """
        Begin the next delivery, after the one before has succeeded.

        Args:
            result: What the delivery before has returned.

        Returns:
            What is to be awaited; `None` if a subscription has to decide, if the others on the
            event loop should have their turn, or if there is nothing to do.

        Raises:
            BaseException: What the handler, or the subscription that reads the result, has raised.
                What was handed over has `failed` then.
        """

    def go_straight(self, now: float, /) -> None:
        """Let `next` take events from the queue, as many as are allowed."""

    def failed(self) -> tuple[list[bytes], list[float]]:
        """Give back what was handed over and is not delivered, and when it came."""

    def end(self) -> None:
        """End the turn of the queue."""

def views(raws: list[bytes], /) -> list[Event]:
    """Return a view of each event."""

@final
class EventPattern:
    """Match events against one pattern."""

    def __new__(cls, pattern: PatternInput, /, *, dialect: Dialect = "aws") -> Self:
        """
        Compile a pattern.

        Args:
            pattern: The pattern as a dict or as JSON text.
            dialect: `"aws"` for the operators of Amazon EventBridge, `"extended"` for those and
                `regex`, `all-of`, `none-of` and further combinations.

        Raises:
            InvalidEventPatternError: The pattern is refused. The message names the path in the
                pattern, for JSON text the byte, and what was expected.
            ValueError: There is no such dialect.
        """

    def matches(self, event: EventInput, /) -> bool:
        """
        Return whether the pattern matches an event.

        Args:
            event: A JSON object. `bytes` and `str` are read in place; `bytearray` and
                `memoryview` are copied first, a `dict` is written as JSON first.

        Raises:
            InvalidEventError: The event is no JSON object by RFC 8259, not UTF-8, or nested deeper
                than 512 levels.
            BufferError: The memoryview is not contiguous, or its items are not unsigned bytes.
        """

    def explain(self, event: EventInput, /) -> Explanation:
        """
        Say why the pattern matches an event or does not.

        Raises:
            InvalidEventError: The event is refused, as by `matches`.
        """

@final
class Explanation:
    """
    Why a pattern matches an event or does not.

    `str()` of it is a text for people, one line for each condition.
    """

    @property
    def matched(self) -> bool:
        """Whether the pattern matches: at least one conjunction does."""

    @property
    def conjunctions(self) -> tuple[ConjunctionExplanation, ...]:
        """The ways to match: one, or one for each combination of `$or` branches."""

@final
class ConjunctionExplanation:
    """One way for a pattern to match: all of its conditions together."""

    @property
    def matched(self) -> bool:
        """Whether one choice of values meets all conditions."""

    @property
    def conditions(self) -> tuple[ConditionExplanation, ...]:
        """The conditions, one for each path."""

@final
class ConditionExplanation:
    """What a conjunction asks of the values at one path, and what the event has there."""

    @property
    def path(self) -> str:
        """The member names from the root joined with dots, such as `"detail.state"`."""

    @property
    def tests(self) -> str:
        """The values list of the pattern as JSON text, such as `'["a",{"prefix":"b"}]'`."""

    @property
    def values(self) -> tuple[ValueExplanation, ...]:
        """The values at the path, in the order of the event."""

    @property
    def held(self) -> bool:
        """Whether the condition is met when it is looked at alone."""

    @property
    def bound(self) -> int | None:
        """
        The index in `values` of the value that was chosen.

        None when the conjunction does not match, or matches because no value fails it.
        """

@final
class ValueExplanation:
    """A value that an event has at the path of a condition."""

    @property
    def text(self) -> str:
        """The value as JSON text."""

    @property
    def passed(self) -> bool:
        """Whether the value passes at least one of the tests."""

    @property
    def elements(self) -> tuple[tuple[str, int], ...]:
        """
        The array elements that the value lies in, outermost first.

        Each is the path of the array and the index of the element, such as `("detail.items", 2)`.
        """

@final
class EnvelopeWriter:
    """
    Write the envelopes of one bus.

    Member order and time format are those of delivered EventBridge events:
    https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
    """

    def __new__(
        cls,
        account: str,
        region: str,
        max_request_bytes: int | None,
        clock: Callable[[], float],
    ) -> Self:
        """
        Write envelopes for one account and region.

        Args:
            account: The account id that the events carry.
            region: The region that the events carry.
            max_request_bytes: What entries that are written together must stay below, by the
                formula of `Entry.size`; `None` for no limit.
            clock: Returns the time of receipt in seconds since the epoch.
        """

    def write(
        self,
        source: str,
        detail_type: str,
        detail: DetailInput,
        resources: Sequence[str],
        time: datetime | None,
    ) -> tuple[str, bytes]:
        """
        Return a new event id and the envelope of the event. The arguments are those of `Entry`.

        Raises:
            InvalidArgumentError: A member is missing or of the wrong type.
            InvalidEventError: The detail is not one JSON object.
            NotAuthorizedForSourceError: The source begins with `aws.`.
            RequestTooLargeError: The entry is too big.
        """

    def write_all(self, entries: Iterable[Entry]) -> tuple[list[bytes], list[PutEventsResultEntry]]:
        """
        Return the envelopes of the entries that have one, and the result of each entry.

        Args:
            entries: The entries of one request.

        Raises:
            RequestTooLargeError: The entries that did not fail are too big together.
        """

def is_finite(value: object, /) -> bool:
    """
    Tell whether a value that orjson has written holds finite numbers and nothing unusual.

    Args:
        value: Nested as orjson allows it, at most 254 levels.
    """

def entry_size(
    source: str,
    detail_type: str,
    detail: DetailInput,
    resources: Sequence[str],
    time: datetime | None,
    /,
) -> int:
    """
    Return the size in bytes that an entry counts for.

    Raises:
        RulebusError: The entry cannot be published.
    """

@final
class Transform:
    """
    A compiled transform: what a target is given of an event.

    The rules are those of EventBridge:
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
    """

    @staticmethod
    def constant(text: str, /) -> Transform:
        """
        Give this JSON text for every event.

        Raises:
            InvalidTransformError: The text is not JSON.
        """

    @staticmethod
    def path(input_path: str, /) -> Transform:
        """
        Give what is at a path of the event, as JSON text; `null` if nothing is.

        Raises:
            InvalidTransformError: The path is not of the subset that EventBridge has.
        """

    @staticmethod
    def transformer(
        input_paths_map: dict[str, str], input_template: str, /, *, rule_name: str, rule_arn: str
    ) -> Transform:
        """
        Give a template whose placeholders are filled.

        Args:
            input_paths_map: Paths into the event by the names of the placeholders.
            input_template: JSON with placeholders, or text in double quotes.
            rule_name: What `<aws.events.rule-name>` stands for.
            rule_arn: What `<aws.events.rule-arn>` stands for.

        Raises:
            InvalidTransformError: A name, a path or the template is refused.
            TypeError: The map holds something other than `str`.
        """

    def render(self, event: bytes, /, ingestion_time: float | None = None) -> bytes:
        """
        Return what the target is given of an event.

        Args:
            event: An event that was matched. It is read as far as the transform asks for it, so
                not every fault of other bytes is found.
            ingestion_time: When the event was taken in, in seconds since the epoch, which
                `<aws.events.event.ingestion-time>` stands for; the event's own time if `None`.

        Raises:
            TransformationError: A value breaks the quotes that it is put in, or the event is not
                JSON.
        """

@final
class EventPath:
    """A compiled path into an event, such as `$.detail.items[0]`."""

    def __new__(cls, path: str, /) -> Self:
        """
        Compile a path.

        Raises:
            InvalidTransformError: The path is not of the subset that EventBridge has.
        """

    def text(self, event: bytes, /) -> str | None:
        """
        Return what an event has at the path, or `None` if it has nothing there.

        A string is returned without quotes and escapes, everything else as JSON text.

        Raises:
            TransformationError: The event is not JSON.
        """

def forwarded(event: bytes, bus: str, /) -> bytes:
    """
    Return an event with the name of the bus that it is forwarded to.

    The names stand in the member `forwarded-to`, a list, in the order of the buses.

    Raises:
        TransformationError: The event is not a JSON object, or the member not a list.
    """
