"""Events of 300 bytes, and which subscriber has to see which."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeAlias

import orjson

EVENT_BYTES = 300
# Not written by orjson: the bytes that it returns keep a block of 4 KB.
_EVENT = (
    b'{"version":"0","id":"6a7e8feb-b491-4cf7-a9f1-%012d","detail-type":"Order Placed",'
    b'"source":"shop.orders","account":"111122223333","time":"2026-11-25T10:00:00Z",'
    b'"region":"eu-central-1","resources":[],"detail":{"number":"%010d",'
    b'"customer":"customer-%05d","total":33.0,"items":2,"vat":0.19}}'
)

# How an event is handed to a bus: as the bytes of an envelope, or as what they decode to.
Form: TypeAlias = Literal["bytes", "dict"]
# Which subscribers the events are for: the last one, or each of them in turn.
Aim: TypeAlias = Literal["last", "all"]


def customer(subscriber: int) -> str:
    """Return whose events a subscriber wants."""
    return f"customer-{subscriber:05d}"


def pattern(wanted: str) -> dict[str, Any]:
    """Return the event pattern that asks for the events of a customer."""
    return {"detail": {"customer": [wanted]}}


def predicate(wanted: str) -> Callable[[dict[str, Any]], bool]:
    """Return the function that asks the same of a decoded event."""
    return lambda event: event["detail"]["customer"] == wanted


def events(count: int, subscribers: int, aim: Aim, form: Form) -> Sequence[Any]:
    """Return events, each of which one of the subscribers wants."""
    raws = [event(number, wanted(number, subscribers, aim)) for number in range(count)]
    return raws if form == "bytes" else list(map(orjson.loads, raws))


def event(number: int, subscriber: int) -> bytes:
    """Return the event of a number, for one subscriber."""
    return _EVENT % (number, number, subscriber)


def wanted(number: int, subscribers: int, aim: Aim) -> int:
    """Return which subscriber wants the event of a number."""
    return subscribers - 1 if aim == "last" else number % subscribers


def number(received: Any) -> int:
    """Return the number of an event from what a handler was given: bytes, a dict, an object."""
    match received:
        case bytes():
            detail = orjson.loads(received)["detail"]
        case dict():
            detail = received["detail"]
        case _:
            detail = received.detail
    return int(detail["number"])
