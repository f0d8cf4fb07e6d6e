"""The log of what is dropped: one line at once, and then few."""

from __future__ import annotations

import logging

import pytest

from rulebus import EventsDropped
from rulebus.drop_log import DropLog


class Dropping:
    """A log of drops, the time, and the numbers of events in its lines."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        self._now = 0.0
        self._caplog = caplog
        self.log = DropLog(logging.getLogger("rulebus.drops"), lambda: self._now)

    def drop(self, at: float, count: int = 1, target: str = "t") -> None:
        """Drop events at a time in seconds."""
        self._now = at
        self.log.note(EventsDropped(rule="r", target=target, events=(None,) * count))  # type: ignore[arg-type]

    @property
    def lines(self) -> list[str]:
        """The lines so far."""
        return [record.getMessage() for record in self._caplog.records]


@pytest.fixture
def dropping(caplog: pytest.LogCaptureFixture) -> Dropping:
    """Return a new log of drops."""
    return Dropping(caplog)


def test_first_drop_has_a_line_at_once(dropping: Dropping) -> None:
    """The first drop of each target is logged, and says whose it is."""
    dropping.drop(at=0)
    dropping.drop(at=0, count=2, target="u")

    assert [
        "target 't' of rule 'r' has no room: 1 event was dropped",
        "target 'u' of rule 'r' has no room: 2 events were dropped",
    ] == dropping.lines


def test_later_drops_share_a_line(dropping: Dropping) -> None:
    """After that a line comes every ten seconds at most, and no event is left out."""
    for second in range(12):
        dropping.drop(at=second)

    assert [
        "target 't' of rule 'r' has no room: 1 event was dropped",
        "target 't' of rule 'r' has no room: 10 events were dropped",
    ] == dropping.lines
    dropping.log.write_all()
    assert "target 't' of rule 'r' has no room: 1 event was dropped" == dropping.lines[-1]
    dropping.log.write_all()
    assert 3 == len(dropping.lines)


def test_target_that_has_ended_is_forgotten(dropping: Dropping) -> None:
    """The last line of a target comes when it ends; another one of that name starts anew."""
    for second in range(3):
        dropping.drop(at=second)
    dropping.log.end("r", "t")
    dropping.drop(at=3)

    assert ["1 event was", "2 events were", "1 event was"] == [
        line.split(": ")[1].removesuffix(" dropped") for line in dropping.lines
    ]
