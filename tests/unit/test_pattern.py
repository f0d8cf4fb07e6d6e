"""TestEventPattern."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

import rulebus
from rulebus import InvalidEventError, InvalidEventPatternError

EVENT: dict[str, Any] = {
    "id": "1",
    "detail-type": "OrderPlaced",
    "source": "shop.orders",
    "account": "123456789012",
    "time": "2026-01-02T03:04:05Z",
    "region": "us-east-1",
    "detail": {"total": 20},
}
MATCHING = {"detail": {"total": [{"numeric": [">", 10]}]}}
OTHER = {"detail": {"total": [{"numeric": [">", 20]}]}}


@pytest.mark.parametrize(
    "event",
    [
        EVENT,
        orjson.dumps(EVENT),
        orjson.dumps(EVENT).decode(),
        bytearray(orjson.dumps(EVENT)),
        memoryview(orjson.dumps(EVENT)),
    ],
)
def test_verdict(event: Any) -> None:
    """An event in any form matches or does not."""
    assert True is rulebus.test_event_pattern(MATCHING, event)
    assert False is rulebus.test_event_pattern(orjson.dumps(OTHER), event)


@pytest.mark.parametrize("name", sorted(EVENT.keys() - {"detail"}))
def test_event_must_be_whole(name: str) -> None:
    """An event that lacks a member that EventBridge insists on is refused, and it is named."""
    with pytest.raises(InvalidEventError, match=name):
        rulebus.test_event_pattern(MATCHING, {n: v for n, v in EVENT.items() if n != name})


def test_pattern_is_looked_at_first() -> None:
    """A bad pattern is reported although the event is bad, too."""
    with pytest.raises(InvalidEventPatternError):
        rulebus.test_event_pattern({"source": "text"}, "{")


@pytest.mark.parametrize("event", ["{", "", "text", "[]", "\ud800", {"a": object()}, b"\xff"])
def test_bad_event(event: Any) -> None:
    """What is no JSON object is refused."""
    with pytest.raises(InvalidEventError):
        rulebus.test_event_pattern(MATCHING, event)
