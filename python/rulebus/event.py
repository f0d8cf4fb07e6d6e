"""The event as handlers see it, and what makes bytes one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import _json
from ._core import Event, EventPattern, Matcher
from .exceptions import InvalidEventError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .types import EventInput

__all__ = ["REQUIRED_MEMBERS", "Event", "check_envelope", "check_envelopes", "read_envelope"]

REQUIRED_MEMBERS = ("id", "detail-type", "source", "account", "time", "region")
_ENVELOPE = Matcher({"event": {name: [{"exists": True}] for name in REQUIRED_MEMBERS}})


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
    """
    for index, matched in enumerate(_ENVELOPE.match_many(raws)):
        if not matched:
            error = _incomplete(raws[index])
            raise InvalidEventError(f"event {index}: {error}", kind=error.kind, path=error.path)


def _incomplete(raw: bytes) -> InvalidEventError:
    missing = next(
        name
        for name in REQUIRED_MEMBERS
        if not EventPattern({name: [{"exists": True}]}).matches(raw)
    )
    return _malformed(missing, f"missing; an event has {', '.join(REQUIRED_MEMBERS)}")


def _malformed(path: str, problem: str) -> InvalidEventError:
    return InvalidEventError(f"member {path!r} of the event: {problem}", kind="envelope", path=path)
