"""Envelopes against a slow reference."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rulebus import Entry
from rulebus.entry import EnvelopeWriter

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
details = st.dictionaries(texts, texts | st.integers() | st.none() | st.lists(st.booleans()))
zones = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
times = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=zones)  # noqa: DTZ001
entries = st.builds(
    Entry,
    source=texts.filter(lambda text: not text.startswith("aws.")),
    detail_type=texts,
    detail=details | details.map(json.dumps) | details.map(lambda it: json.dumps(it).encode()),
    resources=st.lists(texts) | st.lists(texts).map(tuple),
    time=st.none() | times,
)
seconds = st.floats(-62_135_596_800, 253_402_300_799)


def text(value: object) -> str:
    """Return a value as JSON without white space."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def detail_text(detail: Any) -> str:
    """Return the text of a detail."""
    if isinstance(detail, dict):
        return text(detail)
    return detail if isinstance(detail, str) else detail.decode()


def time_text(time: datetime) -> str:
    """Return a time in UTC and whole seconds."""
    return f"{time.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat()}Z"


def reference(event_id: str, received: float, entry: Entry) -> str:
    """Return the envelope of an entry."""
    time = entry.time or datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(received))
    members = {
        "version": text("0"),
        "id": text(event_id),
        "detail-type": text(entry.detail_type),
        "source": text(entry.source),
        "account": text("1"),
        "time": text(time_text(time)),
        "region": text("r"),
        "resources": text(list(entry.resources)),
        "detail": detail_text(entry.detail),
    }
    return f"{{{','.join(f'{text(name)}:{member}' for name, member in members.items())}}}"


def size(entry: Entry) -> int:
    """Return what an entry counts for."""
    parts = [entry.source, entry.detail_type, *entry.resources, detail_text(entry.detail)]
    return sum(len(part.encode()) for part in parts) + (14 if entry.time else 0)


@given(entries, seconds)
def test_one(entry: Entry, received: float) -> None:
    """An envelope has all members of its entry, as the reference writes them."""
    writer = EnvelopeWriter("1", "r", None, lambda: received)

    event_id, envelope = writer.write(
        entry.source, entry.detail_type, entry.detail, entry.resources, entry.time
    )

    assert ID.fullmatch(event_id)
    assert reference(event_id, received, entry) == envelope.decode()
    assert size(entry) == entry.size()


@given(st.lists(entries), seconds)
def test_several(several: list[Entry], received: float) -> None:
    """Envelopes that are written together are those that would be written one by one."""
    writer = EnvelopeWriter("1", "r", None, lambda: received)

    envelopes, results = writer.write_all(several)

    assert [
        reference(str(result.event_id), received, entry)
        for result, entry in zip(results, several, strict=True)
    ] == [envelope.decode() for envelope in envelopes]
