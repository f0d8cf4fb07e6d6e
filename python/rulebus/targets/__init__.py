"""What events can be delivered to."""

from __future__ import annotations

from rulebus.rule import Target

from .bus import BusTarget
from .errors import (
    ConnectionFailureError,
    LoopDetectedError,
    ResponseError,
    ResponseTimeoutError,
)
from .function import FunctionTarget, as_target, check_handler
from .stream import EventStream, StreamTarget, open_stream

__all__ = [
    "BusTarget",
    "ConnectionFailureError",
    "EventStream",
    "FunctionTarget",
    "LoopDetectedError",
    "ResponseError",
    "ResponseTimeoutError",
    "StreamTarget",
    "Target",
    "as_target",
    "check_handler",
    "open_stream",
]
