"""Amazon EventBridge that you can embed: events routed by EventBridge patterns to async code."""

from __future__ import annotations

from importlib.metadata import version

from .bus import EventBus
from .entry import Entry, PutEventsResult, PutEventsResultEntry
from .event import Event
from .exceptions import (
    AlreadyExistsError,
    BusStateError,
    DetailTypeError,
    HandlerSignatureError,
    InvalidArgumentError,
    InvalidEventError,
    InvalidEventPatternError,
    InvalidTransformError,
    NotAuthorizedForSourceError,
    RequestTooLargeError,
    RulebusError,
    RuleNotFoundError,
    SubscriptionFullError,
    TargetNotFoundError,
    TransformationError,
    ValidationError,
)
from .pattern import EventPattern, Explanation, Matcher, MatcherStatistics, test_event_pattern
from .router import BusStatistics
from .rule import Rule, RuleTarget, Target
from .subscription import DeliveryFailure, SubscriptionStatistics
from .targets import (
    BusTarget,
    ConnectionFailureError,
    EventStream,
    FunctionTarget,
    LoopDetectedError,
    PermanentError,
    ResponseError,
    ResponseTimeoutError,
    RetryLaterError,
    TransformedTarget,
)
from .transform import InputConstant, InputPath, InputTransformer, preview_transform

__version__ = version("rulebus")

__all__ = [
    "AlreadyExistsError",
    "BusStateError",
    "BusStatistics",
    "BusTarget",
    "ConnectionFailureError",
    "DeliveryFailure",
    "DetailTypeError",
    "Entry",
    "Event",
    "EventBus",
    "EventPattern",
    "EventStream",
    "Explanation",
    "FunctionTarget",
    "HandlerSignatureError",
    "InputConstant",
    "InputPath",
    "InputTransformer",
    "InvalidArgumentError",
    "InvalidEventError",
    "InvalidEventPatternError",
    "InvalidTransformError",
    "LoopDetectedError",
    "Matcher",
    "MatcherStatistics",
    "NotAuthorizedForSourceError",
    "PermanentError",
    "PutEventsResult",
    "PutEventsResultEntry",
    "RequestTooLargeError",
    "ResponseError",
    "ResponseTimeoutError",
    "RetryLaterError",
    "Rule",
    "RuleNotFoundError",
    "RuleTarget",
    "RulebusError",
    "SubscriptionFullError",
    "SubscriptionStatistics",
    "Target",
    "TargetNotFoundError",
    "TransformationError",
    "TransformedTarget",
    "ValidationError",
    "preview_transform",
    "test_event_pattern",
]
