"""Rules of three exact tests, and events that each match one of them."""

from typing import Any

import orjson

from rulebus import Matcher

SIZES = [1, 10, 1_000, 100_000]


def name(rule: int) -> str:
    """Return the name of a rule."""
    return f"rule-{rule}"


def pattern(rule: int) -> bytes:
    """Return the pattern of a rule: three fields, the last of which only this rule asks for."""
    return orjson.dumps(
        {
            "source": ["shop.orders"],
            "detail-type": ["Order Placed"],
            "detail": {"id": [f"order-{rule}"]},
        }
    )


def detail(rule: int) -> dict[str, Any]:
    """Return the detail of an event that matches this rule and no other."""
    return {
        "id": f"order-{rule}",
        "customer": {"id": "c-20417", "name": "A. Example"},
        "lines": [
            {"sku": "tea-100", "quantity": 2, "price": 12.5},
            {"sku": "cup-7", "quantity": 1, "price": 8.0},
        ],
        "total": 33.0,
        "currency": "EUR",
    }


def event(rule: int) -> bytes:
    """Return an event that matches this rule and no other."""
    return orjson.dumps(
        {
            "version": "0",
            "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
            "detail-type": "Order Placed",
            "source": "shop.orders",
            "account": "111122223333",
            "time": "2026-11-25T10:00:00Z",
            "region": "eu-central-1",
            "resources": ["arn:aws:shop:eu-central-1:111122223333:order"],
            "detail": detail(rule),
        }
    )


def rules(count: int) -> dict[str, bytes]:
    """Return the first rules by name."""
    return {name(rule): pattern(rule) for rule in range(count)}


def matcher(count: int) -> Matcher:
    """Return a matcher of the first rules."""
    return Matcher(rules(count))
