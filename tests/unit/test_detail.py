"""Typed details: one behaviour for dataclasses, msgspec Structs and pydantic models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
import orjson
import pydantic
import pytest

from rulebus import DetailTypeError, Event
from rulebus.targets.detail import detail_reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A part of an order."""

    sku: str
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order as a dataclass."""

    id: int
    total: float
    items: list[Item]
    note: str | None = None


class ItemStruct(msgspec.Struct):
    """A part of an order."""

    sku: str
    count: int = 1


class OrderStruct(msgspec.Struct):
    """An order as a msgspec Struct."""

    id: int
    total: float
    items: list[ItemStruct]
    note: str | None = None


class ItemModel(pydantic.BaseModel):
    """A part of an order."""

    sku: str
    count: int = 1


class OrderModel(pydantic.BaseModel, strict=True):
    """An order as a pydantic model."""

    id: int
    total: float
    items: list[ItemModel]
    note: str | None = None


@pydantic.dataclasses.dataclass
class ItemPydantic:
    """A part of an order."""

    sku: str
    count: int = 1


@pydantic.dataclasses.dataclass
class OrderPydantic:
    """An order as a pydantic dataclass."""

    id: int
    total: float
    items: list[ItemPydantic]
    note: str | None = None


KINDS = [Order, OrderStruct, OrderModel, OrderPydantic]

DETAIL = {"id": 7, "total": 20, "items": [{"sku": "a"}, {"sku": "b", "count": 2}]}


def read(kind: type, detail: object) -> Any:
    """Return an event's detail as a type."""
    return detail_reader(kind)(Event(orjson.dumps({"id": "1", "detail": detail})))


@pytest.mark.parametrize("kind", KINDS)
def test_fits(kind: type) -> None:
    """The detail becomes a value of the type, defaults and inner types included."""
    order = read(kind, DETAIL)

    assert [kind] == [type(order)]
    assert (7, 20.0, float, None) == (order.id, order.total, type(order.total), order.note)
    assert [("a", 1), ("b", 2)] == [(item.sku, item.count) for item in order.items]


@pytest.mark.parametrize("kind", KINDS)
def test_unknown_members_are_ignored(kind: type) -> None:
    """A publisher may add members without breaking anyone."""
    assert 7 == read(kind, DETAIL | {"added": [1]}).id


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("where", "change"),
    [
        ("id", {"id": "seven"}),
        ("total", {"total": None}),
        ("items", {"items": {}}),
        ("sku", {"items": [{"count": 1}]}),
    ],
)
def test_does_not_fit(kind: type, where: str, change: dict[str, object]) -> None:
    """A detail that does not fit is an error that names the type and the place."""
    with pytest.raises(DetailTypeError) as caught:
        read(kind, DETAIL | change)

    assert f"the detail does not fit {kind.__qualname__}: " in str(caught.value)
    assert where in str(caught.value)


@pytest.mark.parametrize("kind", [dict, int, "Order", DETAIL, None])
def test_not_a_detail_type(kind: Any) -> None:
    """Another type is refused before any event comes."""
    with pytest.raises(TypeError, match="expected a dataclass, a msgspec Struct or a pydantic"):
        detail_reader(kind)


def test_strict_models_accept_the_spelling_of_json() -> None:
    """A strict pydantic model takes a time from text, since JSON has no other way to write it."""

    class Stamped(pydantic.BaseModel, strict=True):
        at: pydantic.AwareDatetime

    assert 2026 == read(Stamped, {"at": "2026-01-02T03:04:05Z"}).at.year
