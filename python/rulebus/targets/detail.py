"""Typed details: an event's detail as a dataclass, a msgspec Struct or a pydantic model."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, TypeAlias

from rulebus.exceptions import DetailTypeError

from .dataclass import dataclass_reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from rulebus.event import Event

    DetailReader: TypeAlias = Callable[[Event], object]


def detail_reader(detail_type: type) -> DetailReader:
    """
    Return the function that makes a value of a type from an event.

    It raises `DetailTypeError` when the detail does not fit. Members that the type does not have
    are ignored, unless a msgspec or pydantic type forbids them.

    Raises:
        TypeError: The type is none of the three kinds, or a dataclass with a field that a plain
            dataclass cannot be read with.
    """
    if hasattr(detail_type, "__struct_fields__"):
        return _struct_reader(detail_type)
    if hasattr(detail_type, "__pydantic_validator__"):
        return _pydantic_reader(detail_type)
    if dataclasses.is_dataclass(detail_type) and isinstance(detail_type, type):
        return _plain_reader(detail_type)
    raise TypeError(
        f"detail={detail_type!r}: expected a dataclass, a msgspec Struct or a pydantic model"
    )


def _struct_reader(detail_type: type) -> DetailReader:
    import msgspec  # noqa: PLC0415  an extra; whoever defined a Struct has it

    # A Struct around the detail lets msgspec read the event's bytes without a dict in between.
    envelope: Any = msgspec.defstruct("Event", [("detail", detail_type)])
    decode = msgspec.json.Decoder(envelope).decode

    def read(event: Event) -> object:
        try:
            return decode(event.raw).detail
        except msgspec.ValidationError as error:
            raise _misfit(detail_type, error) from None

    return read


def _pydantic_reader(detail_type: type) -> DetailReader:
    import pydantic  # noqa: PLC0415  an extra; whoever defined a model has it

    # Reading the bytes, and not the parsed detail, makes a strict model accept JSON's spelling.
    envelope: Any = pydantic.create_model("Event", detail=(detail_type, ...))

    def read(event: Event) -> object:
        try:
            return envelope.model_validate_json(event.raw).detail
        except pydantic.ValidationError as error:
            raise _misfit(detail_type, error) from None

    return read


def _plain_reader(detail_type: type) -> DetailReader:
    read_detail = dataclass_reader(detail_type)

    def read(event: Event) -> object:
        try:
            return read_detail("detail", event.detail)
        except ValueError as error:
            raise _misfit(detail_type, error) from error

    return read


def _misfit(detail_type: type, error: Exception) -> DetailTypeError:
    return DetailTypeError(f"the detail does not fit {detail_type.__qualname__}: {error}")
