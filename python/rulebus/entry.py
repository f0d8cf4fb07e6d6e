"""Entries: what publishers put in, and the envelopes that are made of it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import orjson

from . import _json
from ._core import EventPattern
from .exceptions import (
    InvalidArgumentError,
    InvalidEventError,
    NotAuthorizedForSourceError,
    RequestTooLargeError,
    RulebusError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from .types import DetailInput

# Any pattern makes the core read the whole text, and refuse what is not one JSON object.
_OBJECT = EventPattern('{"detail":[{"exists":true}]}')

_VARIANT = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))
_RECENT_SECONDS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """
    One event to publish with `put_events`.

    Nothing is checked until then: an entry that cannot be published fails alone.

    Args:
        source: Who publishes, such as `shop.orders`; not beginning with `aws.`.
        detail_type: What happened, such as `OrderPlaced`.
        detail: A `dict`, or the text of one JSON object; text is embedded as it is.
        resources: What the event is about, free text.
        time: When it happened, with a time zone; the time of receipt if `None`. Fractions of a
            second are dropped.
    """

    source: str
    detail_type: str
    detail: DetailInput
    resources: Sequence[str] = ()
    time: datetime | None = None

    def size(self) -> int:
        """
        Return the size in bytes that the entry counts for, by EventBridge's formula.

        Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
        """
        texts = (self.source, self.detail_type, *self.resources)
        size = sum(len(text.encode()) for text in texts) + len(_detail_text(self.detail))
        return size + (14 if self.time is not None else 0)


class PutEventsResultEntry(NamedTuple):
    """
    What became of one entry: it has an `event_id`, or an `error_code` and `error_message`.

    `error_message` is EventBridge's text. `reason` says in full what was wrong and where.
    """

    event_id: str | None = None
    error_code: str | None = None
    error_message: str | None = None
    reason: str | None = None


class PutEventsResult(NamedTuple):
    """
    What became of the entries of one `put_events`, in their order.

    An entry that did not fail is accepted; that says nothing about rules and targets.
    """

    failed_entry_count: int
    entries: list[PutEventsResultEntry]


class EnvelopeWriter:
    """
    Write the envelopes of one bus.

    Member order and time format are those of delivered EventBridge events:
    https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html

    Args:
        account: The account id that the events carry.
        region: The region that the events carry.
        max_request_bytes: What entries that are written together must stay below, by the formula
            of `Entry.size`; `None` for no limit.
        clock: Returns the time of receipt in seconds since the epoch.
    """

    __slots__ = ("_account", "_clock", "_max_request_bytes", "_region")

    def __init__(
        self,
        account: str,
        region: str,
        max_request_bytes: int | None,
        clock: Callable[[], float],
    ) -> None:
        self._account = b',"account":' + _json.encode(account) + b',"time":"'
        self._region = b'","region":' + _json.encode(region) + b',"resources":'
        self._max_request_bytes = max_request_bytes
        self._clock = clock

    def write(
        self,
        source: str,
        detail_type: str,
        detail: DetailInput,
        resources: Sequence[str],
        time: datetime | None,
    ) -> tuple[str, bytes]:
        """
        Return a new event id and the envelope of the event. The arguments are those of `Entry`.

        Raises:
            InvalidArgumentError: A member is missing or of the wrong type.
            InvalidEventError: The detail is not one JSON object.
            NotAuthorizedForSourceError: The source begins with `aws.`.
            RequestTooLargeError: The entry is too big.
        """
        event_id = _uuid_text(os.urandom(16).hex("-", 2))
        received = self._clock()
        raw = self._envelope(event_id, received, source, detail_type, detail, resources, time)
        if self._may_be_too_large(len(raw)):
            entry = Entry(
                source=source,
                detail_type=detail_type,
                detail=detail,
                resources=resources,
                time=time,
            )
            self._check_size([entry])
        return event_id, raw

    def write_all(
        self, entries: Sequence[Entry], refuse: Callable[[bytes], object] | None = None
    ) -> tuple[list[bytes], list[PutEventsResultEntry]]:
        """
        Return the envelopes of the entries that have one, and the result of each entry.

        Args:
            entries: The entries of one request.
            refuse: Raises `RulebusError` for an envelope that makes its entry fail.

        Raises:
            RequestTooLargeError: The entries are too big together.
        """
        received = self._clock()
        raws: list[bytes] = []
        results: list[PutEventsResultEntry] = []
        for event_id, entry in zip(new_event_ids(len(entries)), entries, strict=True):
            try:
                raw = self._envelope(
                    event_id,
                    received,
                    entry.source,
                    entry.detail_type,
                    entry.detail,
                    entry.resources,
                    entry.time,
                )
                if refuse is not None:
                    refuse(raw)
            except RulebusError as error:
                results.append(_failed(error))
            else:
                raws.append(raw)
                results.append(PutEventsResultEntry(event_id))
        if self._may_be_too_large(sum(map(len, raws))):
            pairs = zip(entries, results, strict=True)
            self._check_size(entry for entry, result in pairs if result.event_id)
        return raws, results

    def _envelope(  # noqa: PLR0913, PLR0917  the members of an entry
        self,
        event_id: str,
        received: float,
        source: str,
        detail_type: str,
        detail: DetailInput,
        resources: Sequence[str],
        time: datetime | None,
    ) -> bytes:
        source_text = _member_text("Source", source)
        if source.startswith("aws."):
            raise NotAuthorizedForSourceError(source)
        return b"".join(
            (
                b'{"version":"0","id":"',
                event_id.encode(),
                b'","detail-type":',
                _member_text("DetailType", detail_type),
                b',"source":',
                source_text,
                self._account,
                _utc_second(int(received)) if time is None else _utc_text(time),
                self._region,
                _resources_text(resources) if resources else b"[]",
                b',"detail":',
                _detail_text(detail),
                b"}",
            )
        )

    def _may_be_too_large(self, envelope_bytes: int) -> bool:
        # An envelope is longer than the size that its entry counts for, and quicker to measure.
        return self._max_request_bytes is not None and envelope_bytes >= self._max_request_bytes

    def _check_size(self, entries: Iterable[Entry]) -> None:
        size = sum(entry.size() for entry in entries)
        if self._max_request_bytes is not None and size >= self._max_request_bytes:
            raise RequestTooLargeError(size, self._max_request_bytes)


def new_event_ids(count: int) -> list[str]:
    """Return new random ids in the text form of a version 4 UUID (RFC 9562)."""
    random = os.urandom(16 * count)
    return [_uuid_text(random[at : at + 16].hex("-", 2)) for at in range(0, 16 * count, 16)]


def _uuid_text(digits: str) -> str:
    """Return the UUID that has 32 random digits, which are given in groups of four."""
    return (
        f"{digits[:4]}{digits[5:14]}-4{digits[16:19]}-{_VARIANT[digits[20]]}{digits[21:24]}-"
        f"{digits[25:29]}{digits[30:34]}{digits[35:]}"
    )


def _member_text(parameter: str, value: str) -> bytes:
    if not value:
        raise InvalidArgumentError(parameter, f"{parameter} is a required argument.")
    return _string_text(parameter, value)


def _string_text(parameter: str, value: str) -> bytes:
    if not isinstance(value, str):
        raise InvalidArgumentError(
            parameter, f"{parameter} must be a string, not {type(value).__name__}."
        )
    try:
        return orjson.dumps(value)
    except TypeError:
        raise InvalidArgumentError(parameter, f"{parameter} holds a lone surrogate.") from None


def _resources_text(resources: Sequence[str]) -> bytes:
    if isinstance(resources, str):
        raise InvalidArgumentError("Resources", "Resources must be a list of strings, not str.")
    return b"[" + b",".join([_string_text("Resources", text) for text in resources]) + b"]"


def _detail_text(detail: DetailInput) -> bytes:
    if isinstance(detail, dict):
        try:
            return _json.encode(detail)
        except _json.EncodeError as error:
            raise InvalidEventError(f"the detail: {error}", kind=error.kind) from None
    if not detail:
        raise InvalidArgumentError("Detail", "Detail is a required argument.")
    if not isinstance(detail, str | bytes):
        raise InvalidEventError(
            f"the detail must be a dict or the text of a JSON object, not {type(detail).__name__}",
            kind="envelope",
            path="detail",
        )
    _OBJECT.matches(detail)
    return detail.encode() if isinstance(detail, str) else detail


@lru_cache(maxsize=_RECENT_SECONDS)
def _utc_second(second: int) -> bytes:
    return _utc_text(datetime.fromtimestamp(second, UTC))


def _utc_text(time: datetime) -> bytes:
    if not isinstance(time, datetime):
        raise InvalidArgumentError("Time", f"Time must be a datetime, not {type(time).__name__}.")
    if time.tzinfo is None:
        raise InvalidArgumentError("Time", "Time must have a time zone.")
    return f"{time.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat()}Z".encode()


def _failed(error: RulebusError) -> PutEventsResultEntry:
    malformed = isinstance(error, InvalidEventError)
    return PutEventsResultEntry(
        error_code=error.code,
        error_message="Detail is malformed." if malformed else str(error),
        reason=str(error),
    )
