"""Transforms as users write them; what they give is in `tests/transforms`."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from rulebus import (
    Event,
    InputConstant,
    InputPath,
    InputTransformer,
    InvalidEventError,
    InvalidTransformError,
    TransformationError,
    preview_transform,
)
from rulebus._core import EventPath, forwarded

EVENT: dict[str, Any] = {
    "id": "i-1",
    "detail-type": "State",
    "source": "shop",
    "account": "123456789012",
    "time": "2026-01-02T03:04:05Z",
    "region": "eu-1",
    "detail": {"name": 'a "b"', "n": 7, "l": ["x", "y"]},
}


def test_constant_as_dict() -> None:
    """A constant may be given as a `dict`."""
    assert '{"é":1}' == preview_transform(InputConstant({"é": 1}), EVENT)


def test_preview_takes_every_kind_of_event() -> None:
    """An event may be a `dict`, `str` or `bytes`."""
    path = InputPath("$.id")

    for event in (
        EVENT,
        '{"id":"i-1","detail-type":"","source":"","account":"","time":"","region":""}',
    ):
        assert '"i-1"' == preview_transform(path, event)


def test_preview_insists_on_a_whole_event() -> None:
    """What is no envelope is refused, as by TestEventPattern."""
    with pytest.raises(InvalidEventError) as caught:
        preview_transform(InputPath("$.detail"), {"detail": {}})

    assert "id" == caught.value.path


def test_preview_has_a_rule_and_a_time() -> None:
    """The reserved variables have values, which can be chosen."""
    transform = InputTransformer(
        input_template='"<aws.events.rule-name> <aws.events.event.ingestion-time>"'
    )

    assert '"preview 2026-01-02T03:04:05Z"' == preview_transform(transform, EVENT)
    assert '"r 1970-01-01T00:00:00.500Z"' == preview_transform(
        transform, EVENT, rule_name="r", ingestion_time=0.5
    )


@pytest.mark.parametrize("time", [1e300, -1e300, float("inf")])
def test_time_of_ingestion_that_has_no_text(time: float) -> None:
    """The event's own time stands in for a time that has no text."""
    transform = InputTransformer(input_template='"<aws.events.event.ingestion-time>"')

    assert '"2026-01-02T03:04:05Z"' == preview_transform(transform, EVENT, ingestion_time=time)


def test_rule_names_are_escaped() -> None:
    """A rule name is a JSON string where a value stands."""
    transform = InputTransformer(input_template="[<aws.events.rule-name>]")

    assert '["a\\"b"]' == preview_transform(transform, EVENT, rule_name='a"b')


def test_value_that_breaks_the_template() -> None:
    """The error names the placeholder and what to do."""
    transform = InputTransformer(
        input_paths_map={"name": "$.detail.name"}, input_template='{"n": "<name>"}'
    )

    with pytest.raises(TransformationError) as caught:
        preview_transform(transform, EVENT)

    assert (
        "the value of <name> holds a quote, which breaks the string that the placeholder stands "
        "in, at input_template (byte 7); a placeholder outside quotes takes any value"
    ) == str(caught.value)
    assert "INVALID_JSON" == caught.value.code


def test_invalid_placeholder() -> None:
    """The error names the placeholder and the names that there are."""
    with pytest.raises(InvalidTransformError) as caught:
        InputTransformer(input_paths_map={"a": "$.a", "b": "$.b"}, input_template="[<c>]")

    assert (
        "invalid placeholder c: expected a name of the paths map (a, b) or a variable that begins "
        "with aws.events, at input_template (byte 1)"
    ) == str(caught.value)
    assert "ValidationException" == caught.value.code


def test_map_of_other_things() -> None:
    """A map that holds something other than text is refused."""
    with pytest.raises(TypeError, match="the paths map holds int"):
        InputTransformer(input_paths_map={"a": 1}, input_template="[1]")  # type: ignore[dict-item]


def test_transforms_are_values() -> None:
    """Transforms are equal by their parts, and do not change with the map they were made of."""
    paths = {"a": "$.a"}
    transform = InputTransformer(input_paths_map=paths, input_template="[<a>]")
    paths["a"] = "$.b"

    assert InputTransformer(input_paths_map={"a": "$.a"}, input_template="[<a>]") == transform
    with pytest.raises(FrozenInstanceError):
        transform.input_template = ""  # type: ignore[misc]
    assert InputPath("$.a") == pickle.loads(pickle.dumps(InputPath("$.a")))  # noqa: S301


def test_input_of_an_event() -> None:
    """An event carries what its target is to take: itself, or what a transform made of it."""
    assert b"{}" == Event(b"{}").input
    assert (b"{}", b"7") == (Event(b"{}", b"7").raw, Event(b"{}", b"7").input)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('a "b"', "$.name"),
        ("7", "$.n"),
        ("[x,y]", "$.l"),
        ("y", "$.l[1]"),
        ("[x,y]", "$['l'][*]"),
        (None, "$.no"),
    ],
)
def test_path(text: str | None, path: str) -> None:
    """A path gives text as people read it, or `None`."""
    assert text == EventPath(path).text(b'{"name":"a \\"b\\"","n":7,"l":["x", "y"]}')


def test_path_that_is_none() -> None:
    """A path outside of EventBridge's subset of JSONPath is refused."""
    with pytest.raises(InvalidTransformError, match="not supported"):
        EventPath("$..a")


def test_forwarded() -> None:
    """An event that is forwarded names the buses, in their order."""
    once = forwarded(b'{"id":"1"}', "a")

    assert b'{"id":"1","forwarded-to":["a"]}' == once
    assert b'{"id":"1","forwarded-to":["a","b"]}' == forwarded(once, "b")
    with pytest.raises(TransformationError, match="expected a list of bus names"):
        forwarded(b'{"forwarded-to":1}', "a")
