"""Rules and targets: put, changed and removed before the bus is open and while events flow."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from anyio.lowlevel import checkpoint

from rulebus import (
    AlreadyExistsError,
    Event,
    EventBus,
    HandlerSignatureError,
    InvalidEventPatternError,
    RuleNotFoundError,
    RuleTarget,
    TargetNotFoundError,
    ValidationError,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

pytestmark = pytest.mark.anyio

PATTERN = {"source": ["shop"]}


class Log:
    """What targets were given: pairs of a target's name and the event's number."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, int]] = []

    def target(self, name: str) -> Callable[[Event], Awaitable[None]]:
        """Return a handler that writes to the log."""

        async def write(event: Event) -> None:
            self.entries.append((name, event.detail["n"]))

        return write


async def put(bus: EventBus, n: int, source: str = "shop") -> None:
    """Publish event number `n`."""
    await bus.put_event(source=source, detail_type="t", detail={"n": n})


async def test_decorator() -> None:
    """The decorator puts a rule with the function as its target, and returns the function."""
    bus = EventBus()

    async def handler(event: Event) -> None:
        """Take an event."""

    assert handler is bus.rule(PATTERN)(handler)
    assert handler is bus.rule(PATTERN, name="other", capacity=5, concurrency=2)(handler)
    assert ["handler", "other"] == list(bus.rules)
    assert PATTERN == json.loads(bus.rules["handler"].pattern)
    [target] = bus.rules["other"].targets
    assert ("other", 5, 2) == (target.id, target.capacity, target.concurrency)


async def test_method_form() -> None:
    """Rules and targets that are put by methods work like decorated ones."""
    log = Log()
    bus = EventBus()
    rule = bus.put_rule("orders", '{"source": ["shop"]}', description="all orders")
    bus.put_targets("orders", RuleTarget(id="a", target=log.target("a")))

    assert ("orders", "ENABLED", "all orders") == (rule.name, rule.state, rule.description)
    async with bus:
        await put(bus, 1)
    assert [("a", 1)] == log.entries


async def test_all_targets_of_a_rule_run() -> None:
    """Each target of each matching rule gets the event once."""
    log = Log()
    bus = EventBus()
    bus.put_rule("one", PATTERN)
    bus.put_rule("two", {"detail": {"n": [{"numeric": [">", 1]}]}})
    for rule, target in (("one", "a"), ("one", "b"), ("two", "c")):
        bus.put_targets(rule, RuleTarget(id=target, target=log.target(target)))

    async with bus:
        await put(bus, 1)
        await put(bus, 2)

    assert [("a", 1), ("a", 2), ("b", 1), ("b", 2), ("c", 2)] == sorted(log.entries)


async def test_rules_change_while_events_flow() -> None:
    """A change holds for the events that are published after it."""
    log = Log()
    async with EventBus() as bus:
        await put(bus, 0)
        bus.put_rule("r", PATTERN)
        bus.put_targets("r", RuleTarget(id="a", target=log.target("a")))
        await put(bus, 1)
        bus.put_rule("r", {"source": ["other"]})
        await put(bus, 2)
        await put(bus, 3, source="other")
        bus.disable_rule("r")
        await put(bus, 4, source="other")
        bus.enable_rule("r")
        await put(bus, 5, source="other")
        bus.put_targets("r", RuleTarget(id="b", target=log.target("b")))
        await put(bus, 6, source="other")
        bus.remove_targets("r", "a")
        await put(bus, 7, source="other")
        bus.delete_rule("r")
        await put(bus, 8, source="other")

    assert [("a", 1), ("a", 3), ("a", 5), ("a", 6), ("b", 6), ("b", 7)] == sorted(log.entries)


CHANGES: dict[str, Callable[[EventBus], object]] = {
    "delete rule": lambda bus: bus.delete_rule("r"),
    "remove target": lambda bus: bus.remove_targets("r", "a"),
    "disable rule": lambda bus: bus.disable_rule("r"),
    "other pattern": lambda bus: bus.put_rule("r", {"source": ["other"]}),
    "other target": lambda bus: bus.put_targets("r", RuleTarget(id="a", target=Log().target("b"))),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_what_has_matched_is_delivered(change: Callable[[EventBus], object]) -> None:
    """Events that were published before a change reach their target, also those without room."""
    numbers = []
    gate = anyio.Event()

    async def write(event: Event) -> None:
        await gate.wait()
        numbers.append(event.detail["n"])

    bus = EventBus()
    bus.put_rule("r", PATTERN)
    bus.put_targets("r", RuleTarget(id="a", target=write, capacity=2))

    async with bus, anyio.create_task_group() as publishers:
        for n in range(5):
            publishers.start_soon(put, bus, n)
        # One event is being handled, two are queued, and two publishers wait.
        await anyio.wait_all_tasks_blocked()
        change(bus)
        gate.set()

    assert [0, 1, 2, 3, 4] == sorted(numbers)


async def test_drain_waits_for_removed_targets() -> None:
    """What a removed target still has to deliver is part of what `drain` waits for."""
    numbers = []

    async with EventBus() as bus:

        @bus.rule(PATTERN, name="r")
        async def slow(event: Event) -> None:
            await checkpoint()
            numbers.append(event.detail["n"])

        for n in range(5):
            await put(bus, n)
        bus.delete_rule("r")
        await bus.drain()
        assert [0, 1, 2, 3, 4] == numbers


async def test_removed_target_is_let_go() -> None:
    """A target that was removed leaves no task and no statistics of its own, but its counts."""
    log = Log()
    async with EventBus() as bus:
        bus.put_rule("r", PATTERN)
        bus.put_targets("r", RuleTarget(id="a", target=log.target("a"), concurrency=3))
        for n in range(5):
            await put(bus, n)
        await bus.drain()
        bus.delete_rule("r")
        await anyio.wait_all_tasks_blocked()

        counts = bus.statistics()
        assert (5, 5, 5, ()) == (*counts[:3], counts.subscriptions)


async def test_replaced_rule_keeps_its_targets() -> None:
    """Putting a rule again replaces its pattern, state and description, and nothing else."""
    log = Log()
    bus = EventBus()
    target = RuleTarget(id="a", target=log.target("a"))
    bus.put_rule("r", PATTERN, description="first")
    bus.put_targets("r", target)

    bus.put_rule("r", {"source": ["other"]}, state="DISABLED")

    assert ((target,), "DISABLED", "") == (
        bus.rules["r"].targets,
        bus.rules["r"].state,
        bus.rules["r"].description,
    )


async def test_disabled_rule_does_not_match() -> None:
    """A rule may be put as disabled; enabling it twice or disabling it twice changes nothing."""
    log = Log()
    bus = EventBus()
    bus.put_rule("r", PATTERN, state="DISABLED")
    bus.put_targets("r", RuleTarget(id="a", target=log.target("a")))

    async with bus:
        await put(bus, 1)
        bus.disable_rule("r")
        await put(bus, 2)
        bus.enable_rule("r")
        bus.enable_rule("r")
        await put(bus, 3)

    assert [("a", 3)] == log.entries


def not_async(_: Event) -> Any:
    """Take an event, at once."""


async def test_refused_changes_change_nothing() -> None:
    """After an error the rules and targets are as they were."""
    log = Log()
    bus = EventBus()
    bus.put_rule("r", PATTERN)
    bus.put_targets("r", RuleTarget(id="a", target=log.target("a")))
    before = dict(bus.rules)

    with pytest.raises(InvalidEventPatternError):
        bus.put_rule("r", {"source": "text"})
    with pytest.raises(InvalidEventPatternError):
        bus.put_rule("r", {"source": "text"}, state="DISABLED")
    with pytest.raises(TargetNotFoundError):
        bus.remove_targets("r", "a", "missing")
    good, bad = RuleTarget(id="b", target=log.target("b")), RuleTarget(id="c", target=not_async)
    with pytest.raises(HandlerSignatureError):
        bus.put_targets("r", good, bad)
    letters = RuleTarget(id="d", target=log.target("d"), dead_letter=not_async)
    with pytest.raises(HandlerSignatureError):
        bus.put_targets("r", good, letters)
    with pytest.raises(ValidationError, match="expected a RuleTarget"):
        bus.put_targets("r", log.target("e"))  # type: ignore[arg-type]

    assert before == bus.rules
    async with bus:
        await put(bus, 1)
    assert [("a", 1)] == log.entries


async def test_rules_is_a_read_only_view() -> None:
    """The view follows the rules, and cannot be written."""
    bus = EventBus()
    rules = bus.rules
    bus.put_rule("r", PATTERN)

    assert ["r"] == list(rules)
    with pytest.raises(TypeError):
        rules["x"] = rules["r"]  # type: ignore[index]


CALLS: dict[str, Callable[[EventBus], object]] = {
    "enable rule": lambda bus: bus.enable_rule("missing"),
    "disable rule": lambda bus: bus.disable_rule("missing"),
    "delete rule": lambda bus: bus.delete_rule("missing"),
    "put targets": lambda bus: bus.put_targets("missing"),
    "remove targets": lambda bus: bus.remove_targets("missing"),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_unknown_rule(call: Callable[[EventBus], object]) -> None:
    """A rule that does not exist is named, and the bus that was asked."""
    with pytest.raises(RuleNotFoundError) as caught:
        call(EventBus("shop"))

    assert "Rule missing does not exist on EventBus shop." == str(caught.value)


def test_unknown_target() -> None:
    """A target that does not exist is named, and the rule that was asked."""
    bus = EventBus()
    bus.put_rule("r", PATTERN)

    with pytest.raises(TargetNotFoundError) as caught:
        bus.remove_targets("r", "missing")

    assert "Target missing does not exist on Rule r." == str(caught.value)


def test_duplicate_target_ids() -> None:
    """Two targets of one call cannot have the same id."""
    bus = EventBus()
    bus.put_rule("r", PATTERN)
    target = RuleTarget(id="a", target=Log().target("a"))

    with pytest.raises(ValidationError, match="expected each id once"):
        bus.put_targets("r", target, target)


def test_decorated_name_is_taken() -> None:
    """A second function of the same name is not silently the target of the first one's rule."""
    bus = EventBus()
    bus.rule(PATTERN, name="a")(Log().target("a"))

    with pytest.raises(AlreadyExistsError, match="Rule a already exists"):
        bus.rule({"source": ["other"]}, name="a")(Log().target("b"))
    assert PATTERN == json.loads(bus.rules["a"].pattern)


async def two(event: Event, other: object) -> None:
    """Take one argument too many."""


@pytest.mark.parametrize(
    ("error", "message", "arguments", "handler"),
    [
        (InvalidEventPatternError, "source", {"pattern": {"source": "x"}}, Log().target("a")),
        (ValidationError, "rule name 'a b'", {"name": "a b"}, Log().target("a")),
        (ValidationError, "rule name ''", {"name": ""}, Log().target("a")),
        (ValidationError, "capacity 0", {"capacity": 0}, Log().target("a")),
        (ValidationError, "concurrency 0", {"concurrency": 0}, Log().target("a")),
        (HandlerSignatureError, "not_async is not async", {}, not_async),
        (HandlerSignatureError, "must take exactly one argument", {}, two),
        (TypeError, "expected a dataclass", {"detail": dict}, Log().target("a")),
        (
            HandlerSignatureError,
            "dead_letter of target 'a': not_async is not async",
            {"name": "a", "dead_letter": not_async},
            Log().target("a"),
        ),
    ],
)
def test_misuse_of_the_decorator(
    error: type[Exception], message: str, arguments: dict[str, Any], handler: Any
) -> None:
    """A mistake is an error where the function is decorated, and leaves no rule behind."""
    bus = EventBus()

    with pytest.raises(error, match=message):
        bus.rule(**{"pattern": PATTERN} | arguments)(handler)
    assert {} == bus.rules


@pytest.mark.parametrize("name", ["", "a b", "x" * 257, "a/b", None])
def test_bad_bus_name(name: Any) -> None:
    """A bus has a name of 1 to 256 of EventBridge's characters."""
    with pytest.raises(ValidationError, match="bus name"):
        EventBus(name)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("account", "1", "12 digits"),
        ("account", 123456789012, "12 digits"),
        ("region", "", "a name such as 'us-east-1'"),
        ("region", "a/b", "a name such as 'us-east-1'"),
        ("max_request_bytes", 0, "an integer of at least 1"),
        ("max_dead_letters", None, "an integer of at least 1"),
        ("on_error", 1, "a function that is not async, or None"),
        ("on_drop", "x", "a function that is not async, or None"),
        ("on_dead_letter", Log().target("a"), "a function that is not async, or None"),
        ("clock", time, "a Clock or None"),
    ],
)
def test_bad_argument(name: str, value: Any, expected: str) -> None:
    """An argument of a bus that is out of range is an error that shows it."""
    with pytest.raises(ValidationError) as caught:
        EventBus(**{name: value})

    assert f"{name} {value!r}: expected {expected}" == str(caught.value)


def test_bad_state() -> None:
    """A rule is enabled or disabled."""
    with pytest.raises(ValidationError, match="rule state 'ON': expected 'ENABLED' or 'DISABLED'"):
        EventBus().put_rule("r", PATTERN, state="ON")  # type: ignore[arg-type]


def test_dialect() -> None:
    """The extended operators need the extended dialect, for disabled rules too."""
    pattern = {"source": [{"regex": "sh.p"}]}

    EventBus(dialect="extended").put_rule("r", pattern)
    EventBus(dialect="extended").put_rule("r", pattern, state="DISABLED")
    with pytest.raises(InvalidEventPatternError):
        EventBus().put_rule("r", pattern)
    with pytest.raises(InvalidEventPatternError):
        EventBus().put_rule("r", pattern, state="DISABLED")
