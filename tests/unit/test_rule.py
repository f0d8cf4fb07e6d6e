"""Rules and rule targets as records."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from rulebus import Event, Rule, RuleTarget, ValidationError


async def handler(event: Event) -> None:
    """Take an event."""


@pytest.mark.parametrize("name", ["a", "A-z_0.9", "x" * 64])
def test_target_id(name: str) -> None:
    """An id has 1 to 64 of EventBridge's characters."""
    assert name == RuleTarget(id=name, target=handler).id


@pytest.mark.parametrize("name", ["", "x" * 65, "a b", "a/b", "é", "a\n", None, 1])
def test_bad_target_id(name: Any) -> None:
    """Another id is an error that shows it."""
    with pytest.raises(ValidationError) as caught:
        RuleTarget(id=name, target=handler)

    assert f"target id {name!r}: expected 1 to 64 letters, digits, '.', '-' or '_'" == str(
        caught.value
    )


@pytest.mark.parametrize("limit", ["capacity", "concurrency"])
@pytest.mark.parametrize("value", [0, -1, 1.5, "1", True, None])
def test_bad_limit(limit: str, value: Any) -> None:
    """A limit is an integer of at least 1."""
    with pytest.raises(ValidationError) as caught:
        RuleTarget(id="a", target=handler, **{limit: value})

    assert f"{limit} {value!r}: expected an integer of at least 1" == str(caught.value)


@pytest.mark.parametrize(
    ("record", "name"),
    [
        (Rule(name="a", pattern="{}"), "name"),
        (RuleTarget(id="a", target=handler), "id"),
    ],
)
def test_records_are_frozen(record: object, name: str) -> None:
    """A record cannot be changed."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(record, name, "b")
