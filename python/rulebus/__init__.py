"""Amazon EventBridge that you can embed: events routed by EventBridge patterns to async code."""

from __future__ import annotations

from importlib.metadata import version

from .bus import EventBus
from .bus_statistics import BusStatistics
from .clock import Clock
from .dead_letter import DeadLetter, Failure
from .dead_letters import DeadLetters
from .entry import Entry, PutEventsResult, PutEventsResultEntry
from .event import Event
from .exceptions import (
    AlreadyExistsError,
    BatchItemFailureError,
    BusStateError,
    DeadLetterNotFoundError,
    DetailTypeError,
    HandlerSignatureError,
    HandlerTimeoutError,
    InvalidArgumentError,
    InvalidEventError,
    InvalidEventPatternError,
    InvalidTransformError,
    NotAuthorizedForSourceError,
    PermanentError,
    RequestTooLargeError,
    RetryLaterError,
    RulebusError,
    RuleNotFoundError,
    SubscriptionFullError,
    TargetNotFoundError,
    TransformationError,
    ValidationError,
)
from .pattern import EventPattern, Explanation, Matcher, MatcherStatistics, test_event_pattern
from .policy import (
    BatchPolicy,
    CircuitBreaker,
    DeduplicationPolicy,
    RateLimit,
    RetryPolicy,
)
from .rule import BatchTarget, Rule, RuleTarget, Target
from .subscription import (
    DeliveryFailure,
    EventsDropped,
    LatencyHistogram,
    SubscriptionStatistics,
)
from .targets import (
    BusTarget,
    ConnectionFailureError,
    EventStream,
    FunctionTarget,
    LoopDetectedError,
    ResponseError,
    ResponseTimeoutError,
)
from .transform import InputConstant, InputPath, InputTransformer, preview_transform

__version__ = version("rulebus")

__all__ = [
    "AlreadyExistsError",
    "BatchItemFailureError",
    "BatchPolicy",
    "BatchTarget",
    "BusStateError",
    "BusStatistics",
    "BusTarget",
    "CircuitBreaker",
    "Clock",
    "ConnectionFailureError",
    "DeadLetter",
    "DeadLetterNotFoundError",
    "DeadLetters",
    "DeduplicationPolicy",
    "DeliveryFailure",
    "DetailTypeError",
    "Entry",
    "Event",
    "EventBus",
    "EventPattern",
    "EventStream",
    "EventsDropped",
    "Explanation",
    "Failure",
    "FunctionTarget",
    "HandlerSignatureError",
    "HandlerTimeoutError",
    "InputConstant",
    "InputPath",
    "InputTransformer",
    "InvalidArgumentError",
    "InvalidEventError",
    "InvalidEventPatternError",
    "InvalidTransformError",
    "LatencyHistogram",
    "LoopDetectedError",
    "Matcher",
    "MatcherStatistics",
    "NotAuthorizedForSourceError",
    "PermanentError",
    "PutEventsResult",
    "PutEventsResultEntry",
    "RateLimit",
    "RequestTooLargeError",
    "ResponseError",
    "ResponseTimeoutError",
    "RetryLaterError",
    "RetryPolicy",
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
