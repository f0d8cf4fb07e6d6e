"""Targets that are given what a transform makes of an event."""

from __future__ import annotations

import pytest

from rulebus import (
    BatchPolicy,
    Event,
    EventBus,
    InputPath,
    InputTransformer,
    RuleTarget,
    ValidationError,
)

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


def test_other_transforms() -> None:
    """What is no transform is refused at once."""

    async def keep(event: Event) -> None:
        raise AssertionError(event)

    message = "transform '\\$.a': expected InputConstant, InputPath, InputTransformer or None"
    with pytest.raises(ValidationError, match=message):
        RuleTarget(id="t", target=keep, transform="$.a")  # type: ignore[arg-type]
