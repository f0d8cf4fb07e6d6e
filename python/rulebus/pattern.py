"""Event patterns: the compiled pattern, the matcher of many, and why one matched or did not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._core import (
    ConditionExplanation,
    ConjunctionExplanation,
    EventPattern,
    Explanation,
    Matcher,
    MatcherStatistics,
    ValueExplanation,
)
from .event import read_envelope

if TYPE_CHECKING:
    from .types import EventInput, PatternInput

__all__ = [
    "ConditionExplanation",
    "ConjunctionExplanation",
    "EventPattern",
    "Explanation",
    "Matcher",
    "MatcherStatistics",
    "ValueExplanation",
    "test_event_pattern",
]


def test_event_pattern(pattern: PatternInput, event: EventInput) -> bool:
    """
    Tell whether an event matches a pattern, as EventBridge's TestEventPattern does.

    Unlike `EventPattern.matches` this insists on a whole event.

    Args:
        pattern: An event pattern.
        event: An event with `id`, `detail-type`, `source`, `account`, `time` and `region`.

    Raises:
        InvalidEventPatternError: The pattern is not an event pattern.
        InvalidEventError: The event is not JSON, or one of the six members is missing.

    Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TestEventPattern.html
    """
    compiled = EventPattern(pattern)
    return compiled.matches(read_envelope(event))


test_event_pattern.__test__ = False  # type: ignore[attr-defined]  # not a test of pytest's
