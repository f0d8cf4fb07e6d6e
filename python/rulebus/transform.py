"""What a target is given of an event: EventBridge's input, input path and input transformer."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from . import _json
from ._core import Transform as CompiledTransform
from .event import read_envelope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .types import EventInput


@dataclass(frozen=True, slots=True)
class InputConstant:
    """
    Give the target the same JSON for every event.

    Args:
        input: JSON text, or a `dict`.

    Raises:
        InvalidTransformError: The text is not JSON.
    """

    input: str | dict[str, Any]

    def __post_init__(self) -> None:
        self.compile()

    def compile(self, *, rule_name: str = "", rule_arn: str = "") -> CompiledTransform:  # noqa: ARG002
        """Return the transform in the form that renders; the rule does not matter to it."""
        text = self.input if isinstance(self.input, str) else _json.encode(self.input).decode()
        return CompiledTransform.constant(text)


@dataclass(frozen=True, slots=True)
class InputPath:
    """
    Give the target one part of the event, as JSON text: a string with its quotes.

    Where the event has nothing at the path, the target is given `null`.

    Args:
        input_path: Such as `$.detail.items[0]` or `$['detail']`; `[*]` is every element.

    Raises:
        InvalidTransformError: The path is not of the subset of JSONPath that EventBridge has.
    """

    input_path: str

    def __post_init__(self) -> None:
        self.compile()

    def compile(self, *, rule_name: str = "", rule_arn: str = "") -> CompiledTransform:  # noqa: ARG002
        """Return the transform in the form that renders; the rule does not matter to it."""
        return CompiledTransform.path(self.input_path)


@dataclass(frozen=True, slots=True, kw_only=True)
class InputTransformer:
    """
    Give the target a template that is filled with parts of the event.

    A template that begins with a brace or bracket is JSON, one that begins with a double quote is
    text. `<name>` stands for what the event has at the path of that name. The variables
    `<aws.events.rule-name>`, `<aws.events.rule-arn>`, `<aws.events.event>`,
    `<aws.events.event.json>` and `<aws.events.event.ingestion-time>` need no path.

    Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html

    Args:
        input_template: The template.
        input_paths_map: Paths such as `$.detail.state` by their names.

    Raises:
        InvalidTransformError: A name, a path or the template is refused.
        TypeError: The map holds something other than `str`.
    """

    input_template: str
    input_paths_map: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        paths = MappingProxyType(dict(self.input_paths_map))
        object.__setattr__(self, "input_paths_map", paths)
        self.compile()

    def compile(self, *, rule_name: str = "", rule_arn: str = "") -> CompiledTransform:
        """
        Return the transform in the form that renders.

        Args:
            rule_name: What `<aws.events.rule-name>` stands for.
            rule_arn: What `<aws.events.rule-arn>` stands for.
        """
        return CompiledTransform.transformer(
            dict(self.input_paths_map), self.input_template, rule_name=rule_name, rule_arn=rule_arn
        )


Transform: TypeAlias = InputConstant | InputPath | InputTransformer
"""What a target is given in place of the event."""


def preview_transform(
    transform: Transform,
    event: EventInput,
    *,
    rule_name: str = "preview",
    rule_arn: str = "arn:aws:events:us-east-1:000000000000:rule/preview",
    ingestion_time: float | None = None,
) -> str:
    """
    Return what a target with this transform would be given of an event.

    Args:
        transform: The transform.
        event: A whole envelope.
        rule_name: What `<aws.events.rule-name>` stands for.
        rule_arn: What `<aws.events.rule-arn>` stands for.
        ingestion_time: Seconds since the epoch, what `<aws.events.event.ingestion-time>` stands
            for; the event's own time if `None`.

    Raises:
        InvalidEventError: The event is not one, or lacks a member that every event has.
        TransformationError: A value breaks the quotes that the template puts it in.
    """
    compiled = transform.compile(rule_name=rule_name, rule_arn=rule_arn)
    return compiled.render(read_envelope(event), ingestion_time).decode()
