"""Targets that are given what a transform makes of an event."""

from __future__ import annotations

import pytest

from rulebus import (
    Event,
    EventBus,
    HandlerSignatureError,
    InputPath,
    InputTransformer,
    RuleTarget,
    TransformationError,
    TransformedTarget,
)

pytestmark = pytest.mark.anyio


async def test_input() -> None:
    """The handler is given the event, with what the transform made of it as its input."""
    bus, given = EventBus(), []

    async def keep(event: Event) -> None:
        given.append((event.input, event.detail))

    bus.put_rule("r", {"source": ["s"]})
    transform = InputTransformer(
        input_paths_map={"n": "$.detail.n"}, input_template='"<aws.events.rule-name>: <n>"'
    )
    target = TransformedTarget(keep, transform, rule_name="r")
    bus.put_targets("r", RuleTarget(id="t", target=target))
    async with bus:
        await bus.put_event(source="s", detail_type="t", detail={"n": 1})

    assert [(b'"r: 1"', {"n": 1})] == given


async def test_batch() -> None:
    """Each event of a batch is transformed."""

    async def inputs(events: list[Event]) -> list[bytes]:
        return [event.input for event in events]

    target = TransformedTarget(inputs, InputPath("$.a"))

    assert [b"1", b"2"] == await target.deliver_batch([Event(b'{"a":1}'), Event(b'{"a":2}')])


async def test_batch_for_a_target_without_batches() -> None:
    """A target that takes no batches is not given one."""

    class Single:
        async def deliver(self, event: Event, /) -> None:
            """Take an event."""

    with pytest.raises(HandlerSignatureError, match="has no method deliver_batch"):
        await TransformedTarget(Single(), InputPath("$")).deliver_batch([])


async def test_failure() -> None:
    """An event that a transform makes nothing of is not delivered."""

    async def keep(event: Event) -> None:
        raise AssertionError(event)

    target = TransformedTarget(keep, InputPath("$.a"))

    with pytest.raises(TransformationError):
        await target.deliver(Event(b'{"a":'))


def test_wrong_target() -> None:
    """What is no target is refused at once."""
    with pytest.raises(HandlerSignatureError):
        TransformedTarget(print, InputPath("$"))  # type: ignore[arg-type]


def test_repr_names_the_target() -> None:
    """The repr shows what is delivered to."""

    async def keep(event: Event) -> None:
        """Keep an event."""

    assert repr(TransformedTarget(keep, InputPath("$"))).startswith("TransformedTarget(Function")
