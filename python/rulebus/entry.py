"""Entries: what publishers put in, and the envelopes that are made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ._core import EnvelopeWriter, entry_size

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from .types import DetailInput

__all__ = ["Entry", "EntryWriter", "EnvelopeWriter", "PutEventsResult", "PutEventsResultEntry"]


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

        Raises:
            RulebusError: The entry cannot be published, as `put_event` would say.
        """
        return entry_size(self.source, self.detail_type, self.detail, self.resources, self.time)


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


class EntryWriter(Protocol):
    """What makes envelopes of entries: `EnvelopeWriter`, or something around one."""

    def write(
        self,
        source: str,
        detail_type: str,
        detail: DetailInput,
        resources: Sequence[str],
        time: datetime | None,
    ) -> tuple[str, bytes]:
        """Return a new event id and the envelope of the event."""
        ...

    def write_all(self, entries: Iterable[Entry]) -> tuple[list[bytes], list[PutEventsResultEntry]]:
        """Return the envelopes of the entries that have one, and the result of each entry."""
        ...
