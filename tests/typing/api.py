"""The types that users see: read by the type checkers, never run."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, assert_type

from rulebus import (
    BusStatistics,
    BusTarget,
    Entry,
    Event,
    EventBus,
    EventPattern,
    Explanation,
    InputPath,
    InputTransformer,
    InvalidEventError,
    InvalidEventPatternError,
    Matcher,
    MatcherStatistics,
    PutEventsResult,
    PutEventsResultEntry,
    Rule,
    RulebusError,
    RuleTarget,
    SubscriptionStatistics,
    preview_transform,
    test_event_pattern,
)
from rulebus.pattern import ConditionExplanation, ConjunctionExplanation, ValueExplanation
from rulebus.targets import open_stream
from rulebus.targets.http import HttpTarget

# The matcher

matcher = Matcher({"x": {"a": [1]}, "y": '{"a":[1]}', "z": b'{"a":[1]}'}, dialect="extended")
Matcher()
matcher.add("x", {"a": [1]})
matcher.add_many({"x": "{}"})
matcher.remove("x")
assert_type(matcher.match(b"{}"), list[str])
assert_type(matcher.match(memoryview(b"{}")), list[str])
assert_type(matcher.match({"a": 1}), list[str])
assert_type(matcher.match_many([b"{}", "{}", {"a": 1}]), list[tuple[str, ...]])
assert_type(matcher.names(), list[str])
assert_type(iter(matcher), Iterator[str])
assert_type(len(matcher), int)
assert_type("x" in matcher, bool)
assert_type(matcher.statistics(), MatcherStatistics)
assert_type(matcher.statistics().rules, int)
matcher.match(1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
matcher.add("x", ["a"])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Matcher(dialect="sql")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

# The pattern and its explanation

pattern = EventPattern({"a": [1]}, dialect="aws")
assert_type(pattern.matches("{}"), bool)
assert_type(test_event_pattern({"a": [1]}, "{}"), bool)
explanation = pattern.explain(b"{}")
assert_type(explanation, Explanation)
assert_type(matcher.explain("x", {}), Explanation)
assert_type(explanation.conjunctions, tuple[ConjunctionExplanation, ...])
assert_type(explanation.conjunctions[0].conditions, tuple[ConditionExplanation, ...])
assert_type(explanation.conjunctions[0].conditions[0].bound, int | None)
assert_type(explanation.conjunctions[0].conditions[0].values, tuple[ValueExplanation, ...])
assert_type(
    explanation.conjunctions[0].conditions[0].values[0].elements, tuple[tuple[str, int], ...]
)

# The bus

bus = EventBus("orders")


@bus.rule({"source": ["shop"]})
async def handle(event: Event) -> None:
    """Look at the members of an event."""
    assert_type(event.id, str)
    assert_type(event.detail, dict[str, Any])
    assert_type(event.time, datetime)
    assert_type(event.resources, tuple[str, ...])
    assert_type(event.raw, bytes)


async def publish() -> None:
    """Publish in every way."""
    async with bus as opened:
        assert_type(opened, EventBus)
        assert_type(await bus.put_event(source="shop", detail_type="Order", detail={"id": 1}), str)
        result = await bus.put_events([Entry(source="shop", detail_type="Order", detail="{}")])
        assert_type(result, PutEventsResult)
        assert_type(result.failed_entry_count, int)
        assert_type(result.entries, list[PutEventsResultEntry])
        assert_type(result.entries[0].event_id, str | None)
        await bus.put_raw_events([b"{}"])
        await bus.drain()
        assert_type(bus.statistics(), BusStatistics)
        assert_type(bus.statistics().subscriptions, tuple[SubscriptionStatistics, ...])


assert_type(bus.rules, Mapping[str, Rule])
assert_type(bus.put_rule("all", '{"source":[{"exists":true}]}', state="DISABLED"), Rule)
bus.put_targets("all", RuleTarget(id="handler", target=handle, capacity=10))

# The errors


def fail(error: RulebusError) -> None:
    """Look at the members of errors."""
    assert_type(error.code, str)
    if isinstance(error, InvalidEventPatternError):
        assert_type(error.path, str)
        assert_type(error.offset, int | None)
    if isinstance(error, InvalidEventError):
        assert_type(error.path, str | None)


# Transforms and targets

transformer = InputTransformer(input_template="[<a>]", input_paths_map={"a": "$.a"})
assert_type(preview_transform(transformer, b"{}"), str)
assert_type(InputPath("$.a").compile().render(b"{}", 1.0), bytes)


async def iterate(bus: EventBus) -> None:
    """Use streams and targets."""
    async with open_stream(bus, {"a": [1]}) as stream:
        async for event in stream:
            assert_type(event.input, bytes)
    target = RuleTarget(id="a", target=BusTarget(bus), transform=InputPath("$.a"))
    bus.put_targets("a", target)
    async with HttpTarget("https://example.com/") as server:
        bus.put_targets("a", RuleTarget(id="b", target=server))
