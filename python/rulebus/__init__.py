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
    NotAuthorizedForSourceError,
    RequestTooLargeError,
    RulebusError,
    RuleNotFoundError,
    SubscriptionFullError,
    TargetNotFoundError,
    ValidationError,
)
from .pattern import EventPattern, Explanation, Matcher, MatcherStatistics, test_event_pattern
from .router import BusStatistics
from .rule import Rule, RuleTarget, Target
from .subscription import DeliveryFailure, SubscriptionStatistics
from .targets import FunctionTarget

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
    "InvalidArgumentError",
    "InvalidEventError",
    "InvalidEventPatternError",
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
    "ValidationError",
    "test_event_pattern",
]
