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
from .targets import FunctionTarget
from .transform import InputConstant, InputPath, InputTransformer, preview_transform

__version__ = version("rulebus")

__all__ = [
    "AlreadyExistsError",
    "BusStateError",
    "BusStatistics",
    "DeliveryFailure",
    "DetailTypeError",
    "Entry",
    "Event",
    "EventBus",
    "EventPattern",
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
    "Matcher",
    "MatcherStatistics",
    "NotAuthorizedForSourceError",
    "PutEventsResult",
    "PutEventsResultEntry",
    "RequestTooLargeError",
    "Rule",
    "RuleNotFoundError",
    "RuleTarget",
    "RulebusError",
    "SubscriptionFullError",
    "SubscriptionStatistics",
    "Target",
    "TargetNotFoundError",
    "TransformationError",
    "ValidationError",
    "preview_transform",
    "test_event_pattern",
]
