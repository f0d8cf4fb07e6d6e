"""Targets that are given what a transform makes of an event."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from rulebus import (
    BatchPolicy,
    Entry,
    Event,
    EventBus,
    InputPath,
    InputTransformer,
    PermanentError,
    RetryPolicy,
    RuleTarget,
    ValidationError,
)
from rulebus.testing import FakeClock, RecordingTarget, run_until_idle

pytestmark = pytest.mark.anyio


async def test_input() -> None:
    """The handler is given the event, with what the transform made of it as its input."""
    bus, given = EventBus(), []
    transform = InputTransformer(
        input_paths_map={"n": "$.detail.n"}, input_template='"<aws.events.rule-name>: <n>"'
    )

    @bus.rule({"source": ["s"]}, name="r", transform=transform)
    async def keep(event: Event) -> None:
        given.append((event.input, event.detail))

    async with bus:
        await bus.put_event(source="s", detail_type="t", detail={"n": 1})

    assert [(b'"r: 1"', {"n": 1})] == given


async def test_batch() -> None:
    """Each event of a batch is transformed."""
    bus, given = EventBus(), []
    batch = BatchPolicy(max_size=2, max_wait=60)

    @bus.rule({"source": ["s"]}, batch=batch, transform=InputPath("$.detail.n"))
    async def keep(events: list[Event]) -> None:
        given.append([event.input for event in events])

    async with bus:
        for n in range(2):
            await bus.put_event(source="s", detail_type="t", detail={"n": n})

    assert [[b"0", b"1"]] == given


async def test_failure() -> None:
    """An event that the transform makes nothing of is given up, and the next one delivered."""
    bus, given = EventBus(), []
    transform = InputTransformer(input_paths_map={"n": "$.detail.n"}, input_template='{"n": "<n>"}')

    @bus.rule({"source": ["s"]}, transform=transform)
    async def keep(event: Event) -> None:
        given.append(event.input)

    async with bus:
        for n in ['"', "x"]:
            await bus.put_event(source="s", detail_type="t", detail={"n": n})
        await bus.drain()
        letters = bus.dead_letters.find()

    assert [b'{"n": "x"}'] == given
    assert ["INVALID_JSON"] == [letter.last_failure.error_code for letter in letters]


async def test_failure_in_a_batch() -> None:
    """An event that the transform makes nothing of fails alone, and the others are delivered."""
    bus, given = EventBus(), []
    batch = BatchPolicy(max_size=4, max_wait=60)
    transform = InputTransformer(input_paths_map={"n": "$.detail.n"}, input_template='["<n>"]')

    @bus.rule({"source": ["s"]}, batch=batch, retry=RetryPolicy(), transform=transform)
    async def keep(events: list[Event]) -> object:
        given.append([event.input for event in events])
        return [event for event in events if event.detail["n"] == "c"][len(given) - 1 :]

    async with bus:
        for n in ["a", '"', "c", "d"]:
            await bus.put_event(source="s", detail_type="t", detail={"n": n})
        await bus.drain()
        letters = bus.dead_letters.find()

    assert [[b'["a"]', b'["c"]', b'["d"]'], [b'["c"]']] == given
    assert [('"', 1, "INVALID_JSON", None)] == [
        (one.detail["n"], one.attempts, one.last_failure.error_code, one.exhausted)
        for one in letters
    ]


async def test_failure_of_a_whole_batch() -> None:
    """A batch of events that the transform makes nothing of is not delivered at all."""
    bus = EventBus()
    transform = InputTransformer(input_paths_map={"n": "$.detail.n"}, input_template='["<n>"]')

    @bus.rule({"source": ["s"]}, batch=BatchPolicy(), transform=transform)
    async def keep(events: list[Event]) -> None:
        raise AssertionError(events)

    async with bus:
        await bus.put_events([Entry(source="s", detail_type="t", detail={"n": '"'})] * 2)
        await bus.drain()

        assert ["INVALID_JSON"] * 2 == [one.last_failure.error_code for one in bus.dead_letters]


async def test_failing_target_of_transformed_events() -> None:
    """What the target raises is the failure of those events of a batch that it was given."""
    bus = EventBus()
    transform = InputTransformer(input_paths_map={"n": "$.detail.n"}, input_template='["<n>"]')

    @bus.rule({"source": ["s"]}, batch=BatchPolicy(), transform=transform)
    async def fail(_: list[Event]) -> None:
        raise PermanentError

    async with bus:
        await bus.put_events(
            Entry(source="s", detail_type="t", detail={"n": n}) for n in ("a", '"', "b")
        )
        await bus.drain()

        assert {"a": "ERROR_FROM_TARGET", '"': "INVALID_JSON", "b": "ERROR_FROM_TARGET"} == {
            one.detail["n"]: one.last_failure.error_code for one in bus.dead_letters
        }


@pytest.mark.parametrize(
    ("bus_name", "arn"),
    [
        ("default", "arn:aws:events:eu-1:123456789012:rule/r"),
        ("shop", "arn:aws:events:eu-1:123456789012:rule/shop/r"),
    ],
)
async def test_rule_arn(bus_name: str, arn: str) -> None:
    """The ARN of the rule names region, account and bus; the default bus is not named."""
    bus, given = EventBus(bus_name, account="123456789012", region="eu-1"), []
    transform = InputTransformer(input_template='"<aws.events.rule-arn>"')

    @bus.rule({"source": ["s"]}, name="r", transform=transform)
    async def keep(event: Event) -> None:
        given.append(event.input.decode())

    async with bus:
        await bus.put_event(source="s", detail_type="t", detail={})

    assert [f'"{arn}"'] == given


INGESTION_TIME = InputTransformer(input_template='"<aws.events.event.ingestion-time>"')


@pytest.mark.parametrize("batch", [None, BatchPolicy()])
async def test_ingestion_time(batch: BatchPolicy | None) -> None:
    """The time of ingestion is when the bus took the event in, whatever time the event names."""
    clock = FakeClock(start=1_700_000_000.25)
    bus, target = EventBus(clock=clock), RecordingTarget([ValueError()])
    bus.put_rule("r", {"source": ["s"]})
    settings: dict[str, Any] = {"batch": batch, "retry": RetryPolicy(base_delay=60)}
    bus.put_targets("r", RuleTarget(id="t", target=target, transform=INGESTION_TIME, **settings))

    async with bus:
        await clock.advance(1.5)
        time = datetime(2020, 1, 1, tzinfo=UTC)
        await bus.put_event(source="s", detail_type="t", detail={}, time=time)
        await run_until_idle(bus, clock)

    assert [b'"2023-11-14T22:13:21.750Z"'] * 2 == [event.input for event in target.attempts]


class StepClock(FakeClock):
    """A clock whose calendar can be set."""

    step = 0.0

    def time(self) -> float:
        """Return seconds since the epoch."""
        return super().time() + self.step


async def test_ingestion_time_when_the_clock_is_set() -> None:
    """A clock that was set after the bus was opened is right about the events that come then."""
    clock = StepClock(start=0.0)
    bus, target = EventBus(clock=clock), RecordingTarget()
    bus.put_rule("r", {"source": ["s"]})
    bus.put_targets("r", RuleTarget(id="t", target=target, transform=INGESTION_TIME))

    async with bus:
        for clock.step in (0.0, 0.0004, 1_700_000_000.0):
            await bus.put_event(source="s", detail_type="t", detail={})
            await bus.drain()

    assert [
        b'"1970-01-01T00:00:00.000Z"',
        b'"1970-01-01T00:00:00.000Z"',
        b'"2023-11-14T22:13:20.000Z"',
    ] == [event.input for event in target.events]


def test_other_transforms() -> None:
    """What is no transform is refused at once."""

    async def keep(event: Event) -> None:
        raise AssertionError(event)

    message = "transform '\\$.a': expected InputConstant, InputPath, InputTransformer or None"
    with pytest.raises(ValidationError, match=message):
        RuleTarget(id="t", target=keep, transform="$.a")  # type: ignore[arg-type]
