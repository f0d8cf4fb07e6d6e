"""Python values to strict JSON and back: orjson, and the standard library where orjson stops."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_DEPTH = 512
"""Levels of objects and arrays that a value may have, as for events."""

STRICT = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME

# orjson reads an integer of up to 19 digits exactly and may turn a longer one into a float.
_DIGITS_TO_ZERO = bytes(ord("0") if chr(byte).isdigit() else ord(" ") for byte in range(256))
_TWENTY_DIGITS = b"0" * 20


class EncodeError(ValueError):
    """
    A Python value has no JSON form.

    Args:
        path: Where the value is, member names and list indexes joined by dots; empty for the
            whole value.
        reason: What is wrong with it.
        kind: The kind of the fault, as refused patterns and events have it.
    """

    def __init__(self, path: str, reason: str, kind: str = "syntax") -> None:
        super().__init__(f"{path}: {reason}" if path else reason)
        self.path = path
        self.reason = reason
        self.kind = kind


def encode(value: object) -> bytes:
    """
    Write a value as JSON text (RFC 8259, UTF-8, no white space).

    Integers may have any size.

    Args:
        value: `str`, `int`, `float`, `bool`, `None`, and `dict`, `list` and `tuple` of them;
            also `UUID` and `Enum`.

    Raises:
        EncodeError: The value holds NaN or an infinity, a key that is not a string, a lone
            surrogate, a type that JSON does not have, or more than 512 levels.
    """
    try:
        text = orjson.dumps(value, option=STRICT)
    except TypeError:
        return _encode_beyond_orjson(value)
    # orjson writes NaN and infinities as null, so only a text with a null needs the second look.
    if b"null" in text:
        _check(value)
    return text


def decode(text: bytes) -> Any:  # noqa: ANN401  what JSON holds is not known
    """
    Read JSON text, with integers of any size read exactly.

    Args:
        text: Well-formed JSON in UTF-8; nothing is promised for other text.
    """
    if _TWENTY_DIGITS in text.translate(_DIGITS_TO_ZERO):
        return json.loads(text)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        # A number that does not fit a float, such as 1e400, is well-formed.
        return json.loads(text)


def _encode_beyond_orjson(value: object) -> bytes:
    _check(value)
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return text.encode()


def _plain(value: object) -> object:
    return orjson.loads(orjson.dumps(value, option=STRICT))


def _check(value: object) -> None:
    """Raise the `EncodeError` of the first thing in a value that JSON does not have."""
    waiting = [("", 1, value)]
    while waiting:
        path, depth, item = waiting.pop()
        if isinstance(item, dict):
            _check_names(path, item)
            inner: Iterable[tuple[object, object]] = item.items()
        elif isinstance(item, list | tuple):
            inner = enumerate(item)
        else:
            _check_scalar(path, item)
            continue
        if depth > MAX_DEPTH:
            reason = f"objects and arrays are nested over {MAX_DEPTH} levels"
            raise EncodeError("", reason, "too-deep")
        waiting += [(f"{path}.{name}" if path else str(name), depth + 1, v) for name, v in inner]


def _check_names(path: str, item: dict[Any, Any]) -> None:
    for name in item:
        if not isinstance(name, str):
            raise EncodeError(path, f"a member name must be a string, not {_kind(name)}: {name!r}")
        _check_scalar(path, name)


def _check_scalar(path: str, item: object) -> None:
    try:
        if isinstance(item, str):
            item.encode()
        elif isinstance(item, int):
            str(item)
        elif isinstance(item, float):
            json.dumps(item, allow_nan=False)
        else:
            orjson.dumps(item, option=STRICT)
    except UnicodeEncodeError:
        raise EncodeError(path, "a string holds a lone surrogate", "lone-surrogate") from None
    except ValueError:
        what = repr(item) if isinstance(item, float) else "an integer with that many digits"
        raise EncodeError(path, f"{what} has no JSON form") from None
    except TypeError:
        raise EncodeError(path, f"{_kind(item)} has no JSON form") from None


def _kind(value: object) -> str:
    return f"a value of type {type(value).__name__}"
