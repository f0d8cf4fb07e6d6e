"""What events can be delivered to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rulebus.rule import Target

from .bus import BusTarget
from .errors import (
    ConnectionFailureError,
    LoopDetectedError,
    PermanentError,
    ResponseError,
    ResponseTimeoutError,
    RetryLaterError,
)
from .function import FunctionTarget, check_handler
from .stream import EventStream, StreamTarget

if TYPE_CHECKING:
    from rulebus.types import Handler

__all__ = [
    "BusTarget",
    "ConnectionFailureError",
    "EventStream",
    "FunctionTarget",
    "LoopDetectedError",
    "PermanentError",
    "ResponseError",
    "ResponseTimeoutError",
    "RetryLaterError",
    "StreamTarget",
    "Target",
    "as_target",
]


def as_target(target: Target | Handler) -> Target:
    """
    Return a target as it is, and an async function as a target.

    Raises:
        HandlerSignatureError: The function, or the target's `deliver`, is not async or does not
            take one argument.
    """
    if isinstance(target, FunctionTarget):
        return target
    if not isinstance(target, Target):
        return FunctionTarget(target)
    check_handler(target.deliver)
    return target
