"""From the bytes of a request body to a product, or to every reason why not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, cast

import orjson

from .product import NewProduct

MAX_PRICE = 1_000_000_000_000

# A refusal repeats a faulty string of up to this many characters.
LONGEST_QUOTE = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Say what is wrong with one member of the body, or with the whole body (`field` is `None`)."""

    field: str | None
    reason: str

    def to_dict(self) -> dict[str, str | None]:
        """Return the fault as the HTTP API reports it."""
        return {"field": self.field, "reason": self.reason}


class InvalidProductError(ValueError):
    """The body of a request is not a product; `faults` holds every reason."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(f"{fault.field or 'body'}: {fault.reason}" for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """State what a member of the body must be, in words and as a test."""

    expected: str
    accepts: Callable[[Any], bool]


def _text(longest: int) -> Member:
    return Member(
        expected=f"a string of 1 to {longest} characters that is not blank",
        accepts=lambda value: (
            isinstance(value, str) and bool(value.strip()) and len(value) <= longest
        ),
    )


MEMBERS: Mapping[str, Member] = MappingProxyType(
    {
        "userId": _text(100),
        "name": _text(200),
        "category": _text(100),
        "price": Member(
            expected=f"a number from 0 to {MAX_PRICE}",
            # A Boolean is an int in Python, but not in JSON.
            accepts=lambda value: type(value) in (int, float) and 0 <= value <= MAX_PRICE,
        ),
    }
)


def parse_product(body: bytes) -> NewProduct:
    """
    Read a product from a JSON body.

    All four members are required and no other is allowed: an accepted product is stored whole.

    Args:
        body: UTF-8 JSON text, an object with `userId`, `name`, `category` and `price`.

    Raises:
        InvalidProductError: The body is not JSON, not an object, or a member is missing, unknown
            or not what it must be. All faulty members are named at once.
    """
    fields = _read_object(body)
    if faults := [*_missing(fields), *_unexpected(fields)]:
        raise InvalidProductError(*faults)
    return NewProduct(
        user_id=fields["userId"],
        name=fields["name"],
        category=fields["category"],
        price=fields["price"],
    )


def _read_object(body: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InvalidProductError(Fault(field=None, reason=f"expected JSON: {error}")) from error
    if isinstance(value, dict):
        return cast("dict[str, Any]", value)
    reason = f"expected a JSON object, got {_describe(value)}"
    raise InvalidProductError(Fault(field=None, reason=reason))


def _missing(fields: Mapping[str, object]) -> list[Fault]:
    return [
        Fault(field=name, reason=f"missing; expected {member.expected}")
        for name, member in MEMBERS.items()
        if name not in fields
    ]


def _unexpected(fields: Mapping[str, object]) -> list[Fault]:
    faults: list[Fault] = []
    for name, value in fields.items():
        if name not in MEMBERS:
            reason = f"unknown member; expected {', '.join(MEMBERS)}"
            faults.append(Fault(field=name, reason=reason))
        elif not MEMBERS[name].accepts(value):
            reason = f"expected {MEMBERS[name].expected}, got {_describe(value)}"
            faults.append(Fault(field=name, reason=reason))
    return faults


def _describe(value: object) -> str:
    match value:
        case list():
            return "an array"
        case dict():
            return "an object"
        case str() if len(value) > LONGEST_QUOTE:
            return f"a string of {len(value)} characters"
        case _:
            return orjson.dumps(value).decode()
