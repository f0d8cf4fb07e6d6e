"""The event as handlers see it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from . import _json
from ._core import EventPattern, Matcher
from .exceptions import InvalidEventError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .types import EventInput

_REQUIRED = ("id", "detail-type", "source", "account", "time", "region")
_ENVELOPE = Matcher({"event": {name: [{"exists": True}] for name in _REQUIRED}})


class Event:
    """
    An event as a handler sees it: an immutable view over the bytes of its envelope.

    The bytes are parsed when the first member is read. Two events are equal when their bytes are.

    Args:
        raw: The envelope, a JSON object in UTF-8.
        input: What the target's transform made of the envelope; the envelope itself if `None`.
    """

    __slots__ = ("_input", "_parsed", "_raw")

    def __init__(self, raw: bytes, /, input: bytes | None = None) -> None:  # noqa: A002
        self._raw = raw
        self._input = raw if input is None else input
        self._parsed: dict[str, Any] | None = None

    @property
    def raw(self) -> bytes:
        """The envelope as it was matched."""
        return self._raw

    @property
    def input(self) -> bytes:
        """What the target is to take: the envelope, or what its transform made of that."""
        return self._input

    @property
    def id(self) -> str:
        """The id that `put_event` returned; the same for every rule and target."""
        return self._text("id")

    @property
    def source(self) -> str:
        """Who published the event, such as `shop.orders`."""
        return self._text("source")

    @property
    def detail_type(self) -> str:
        """What happened, such as `OrderPlaced`."""
        return self._text("detail-type")

    @property
    def account(self) -> str:
        """The account of the publisher, 12 digits."""
        return self._text("account")

    @property
    def region(self) -> str:
        """The region in which the event was accepted."""
        return self._text("region")

    @property
    def time(self) -> datetime:
        """When it happened, with a time zone; whole seconds for events that this bus stamped."""
        text = self._text("time")
        try:
            time = datetime.fromisoformat(text)
        except ValueError:
            time = None
        if time is None or time.tzinfo is None:
            raise _malformed("time", f"expected an ISO 8601 time with a zone, got {text!r}")
        return time

    @property
    def resources(self) -> tuple[str, ...]:
        """The resources that the event is about; free text."""
        resources = self._members().get("resources", ())
        if not isinstance(resources, list | tuple):
            raise _malformed("resources", "expected an array")
        return tuple(resources)

    @property
    def detail(self) -> dict[str, Any]:
        """The detail. It belongs to this view: no other handler sees a change to it."""
        detail = self._members().get("detail", {})
        if not isinstance(detail, dict):
            raise _malformed("detail", "expected an object")
        return detail

    def to_dict(self) -> dict[str, Any]:
        """Return the whole envelope as a new `dict`, its members named as in JSON."""
        return _parse(self._raw)

    def _members(self) -> dict[str, Any]:
        if self._parsed is None:
            self._parsed = _parse(self._raw)
        return self._parsed

    def _text(self, name: str) -> str:
        text = self._members().get(name)
        if not isinstance(text, str):
            raise _malformed(name, "expected a string")
        return text

    def __eq__(self, other: object) -> bool:
        return self._raw == other._raw if isinstance(other, Event) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._raw)

    def __repr__(self) -> str:
        shown = 300  # An envelope that this bus made has everything but the detail in there.
        return f"Event({self._raw[:shown]!r}{'...' if len(self._raw) > shown else ''})"


def check_envelope(raw: bytes) -> None:
    """
    Check that bytes are a JSON object with the members that every event has.

    Of what type the members are shows when they are read.

    Raises:
        InvalidEventError: They are not, or a member is missing.
    """
    if not _ENVELOPE.match(raw):
        raise _incomplete(raw)


def read_envelope(event: EventInput) -> bytes:
    """
    Return the bytes of an envelope, checked.

    Raises:
        InvalidEventError: The event is not JSON, or a member is missing that every event has.
    """
    if isinstance(event, str):
        raw = event.encode(errors="surrogatepass")
    elif isinstance(event, dict):
        try:
            raw = _json.encode(event)
        except _json.EncodeError as error:
            raise InvalidEventError(str(error), kind=error.kind, path=error.path) from None
    else:
        raw = bytes(event)
    check_envelope(raw)
    return raw


def check_envelopes(raws: Sequence[bytes]) -> None:
    """
    Check several envelopes.

    Raises:
        InvalidEventError: One of them is not an envelope; the message says which.
        TypeError: One of them is not `bytes`, which alone cannot change later.
    """
    for index, raw in enumerate(raws):
        if not isinstance(raw, bytes):
            raise TypeError(f"event {index}: expected bytes, got {type(raw).__name__}")
    for index, matched in enumerate(_ENVELOPE.match_many(raws)):
        if not matched:
            error = _incomplete(raws[index])
            raise InvalidEventError(f"event {index}: {error}", kind=error.kind, path=error.path)


def _incomplete(raw: bytes) -> InvalidEventError:
    missing = next(
        name for name in _REQUIRED if not EventPattern({name: [{"exists": True}]}).matches(raw)
    )
    return _malformed(missing, f"missing; an event has {', '.join(_REQUIRED)}")


def _parse(raw: bytes) -> dict[str, Any]:
    try:
        members = _json.decode(raw)
    except ValueError as error:
        raise InvalidEventError(f"the event is not JSON: {error}", kind="syntax") from None
    if not isinstance(members, dict):
        raise InvalidEventError("the event is not a JSON object", kind="envelope")
    return members


def _malformed(path: str, problem: str) -> InvalidEventError:
    return InvalidEventError(f"member {path!r} of the event: {problem}", kind="envelope", path=path)
