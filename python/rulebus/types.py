"""The shapes of what users pass in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Literal, TypeAlias

Dialect: TypeAlias = Literal["aws", "extended"]
"""The pattern language: EventBridge's own, or with rulebus's additional operators."""

PatternInput: TypeAlias = dict[str, Any] | str | bytes
"""An event pattern: a `dict`, or JSON text."""

EventInput: TypeAlias = bytes | bytearray | memoryview | str | dict[str, Any]
"""An event: JSON text, or a `dict`."""

DetailInput: TypeAlias = dict[str, Any] | str | bytes
"""The detail of an event: a `dict`, or the text of one JSON object."""

Handler: TypeAlias = Callable[[Any], Awaitable[object]]
"""An async function of one argument: an event, or a typed detail."""

KeySource: TypeAlias = str | Callable[[Any], Hashable]
"""What a key is made of: a path into the event such as `detail.orderId`, or a function of it."""
