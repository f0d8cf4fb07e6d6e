"""Keys: what events are ordered by, and what makes two of them the same."""

from __future__ import annotations

import json
import logging
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson

from rulebus.event import Event

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from rulebus.types import KeySource

    KeyReader: TypeAlias = Callable[[bytes], Hashable]

_logger = logging.getLogger("rulebus")


def key_reader(source: KeySource, fallback: Hashable) -> KeyReader:
    """
    Return the function that reads the key of an event from its bytes.

    Args:
        source: A path into the event, or a function of it.
        fallback: The key of an event for which the function raises, or returns what cannot be
            hashed; that is logged.

    Returns:
        The function. An event that has nothing at the path has the key `None`.
    """
    read = source if callable(source) else _path_reader(source)

    def read_key(raw: bytes) -> Hashable:
        try:
            return _hashable(read(Event(raw)))
        except Exception:
            _logger.exception("the key of %r cannot be read", Event(raw))
            return fallback

    return read_key


def content_hash(event: Event) -> bytes:
    """Return a hash of what the publisher said: source, detail type, resources and detail."""
    said = (event.source, event.detail_type, event.resources, event.detail)
    return blake2b(_text(said), digest_size=16).digest()


def _path_reader(path: str) -> Callable[[Event], object]:
    names = path.split(".")

    def read(event: Event) -> object:
        value: Any = event.to_dict()
        for name in names:
            if not isinstance(value, dict):
                return None
            value = value.get(name)
        return value

    return read


def _hashable(value: object) -> Hashable:
    # JSON's arrays and objects are lists and dicts, and those are no keys; to Python True is 1.
    if isinstance(value, list | dict | bool):
        return _text(value)
    hash(value)  # what a function returns may be anything
    return value


def _text(value: object) -> bytes:
    """Return JSON text that does not depend on the order of members."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        # orjson stops at integers of 64 bits, and at 254 levels.
        return json.dumps(value, sort_keys=True).encode()
