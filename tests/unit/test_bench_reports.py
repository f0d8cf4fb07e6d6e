"""What the benchmarks' reports say of raw results."""

from __future__ import annotations

from typing import Any

import pytest

from peers.growth import growth
from peers.page import filled
from peers.report import report, versions
from threads.report import report as threads_report


def workload(name: str, *, event_bytes: float, matches: int, seconds: float) -> dict[str, Any]:
    """Return the raw result of one event that took so long."""
    timed = {"pass": [{"events": 1, "seconds": seconds}]}
    return {
        "name": name,
        "group": "cliffs",
        "events": 1,
        "event_bytes": event_bytes,
        "matches": matches,
        "peers": {"rulebus": timed},
    }


@pytest.mark.parametrize(
    ("expected", "last"),
    [
        ("1.00", workload("case-100", event_bytes=1_000, matches=2, seconds=10e-6)),
        ("2.00", workload("case-100", event_bytes=1_000, matches=2, seconds=20e-6)),
        ("0.50", workload("case-100", event_bytes=100, matches=20, seconds=5e-6)),
        ("3.00", workload("case-100", event_bytes=100, matches=2, seconds=3e-6)),
    ],
)
def test_growth_is_in_proportion_to_the_larger_of_bytes_and_matches(
    expected: str, last: dict[str, Any]
) -> None:
    """Growth compares time with what grew most of an event's bytes and its matches."""
    first = workload("case-9", event_bytes=100, matches=2, seconds=1e-6)
    ((name, cells),) = growth({"workloads": [last, first]})
    assert ("case", "9 to 100", expected) == (name, cells[0], cells[-1])


def test_growth_needs_several_sizes() -> None:
    """A case that ran in one size has no growth."""
    alone = workload("case-9", event_bytes=100, matches=2, seconds=1e-6)
    assert [] == list(growth({"workloads": [alone]}))


def test_a_report_says_who_was_timed_on_part_of_the_events() -> None:
    """A peer whose figure rests on fewer events than there are is named, and no other one."""
    timed = {"pass": [{"events": 9, "seconds": 1.0}]}
    peers = {"rulebus": {**timed, "checked_events": 9}, "slow": {**timed, "checked_events": 2}}
    one = workload("case", event_bytes=100, matches=2, seconds=1.0)
    raw: dict[str, Any] = {
        "started": "now",
        "machine": dict.fromkeys(("processor", "cores", "system"), "")
        | dict.fromkeys(("load_before", "load_after"), 0.0),
        "settings": {"passes": 1, "pass_seconds": 1.0},
        "versions": dict.fromkeys(peers, "1"),
        "commit": "c",
        "missing": {},
        "not_run": [],
        "workloads": [{**one, "rules": 1, "events": 9, "expected": 2, "peers": peers}],
    }
    lines = report(raw).splitlines()
    heading = lines.index("## Checked and timed on the first events alone")
    assert ["", "* slow, case: 2 of 9", ""] == lines[heading + 1 : heading + 4]


def test_a_page_keeps_what_is_not_marked() -> None:
    """Filling replaces what stands between marks, and filling again changes nothing."""
    page = "a\n<!-- x -->\nold\n<!-- end -->\nb\n<!-- y -->\n<!-- end -->\n"
    expected = "a\n<!-- x -->\n\n1\n2\n\n<!-- end -->\nb\n<!-- y -->\n\n3\n\n<!-- end -->\n"
    parts = {"x": ["1", "2"], "y": ["3"]}
    assert expected == filled(page, parts)
    assert expected == filled(expected, parts)


def test_an_unknown_mark_is_an_error() -> None:
    """A mark that names no part is refused."""
    with pytest.raises(KeyError, match="x"):
        filled("<!-- x -->\n<!-- end -->\n", {})


def test_versions_are_those_of_peers_that_could_be_had() -> None:
    """A peer that was not measured has no version in the report."""
    raw = {"versions": {"here": "1", "gone": "2"}, "missing": {"gone": "why"}, "commit": "c"}
    assert "Versions: here 1; commit c." == versions(raw)


def test_threads_are_compared_pass_by_pass() -> None:
    """What a second thread gains is the median of each pass's ratio, with the least and most."""
    passes = [[2e-6, 1e-6], [3e-6, 1e-6], [9e-6, 9e-6]]
    raw = {"events": 10, "passes": [{"case": times} for times in passes]}
    assert "| case | 300 | 100 | 2.00 | 1.00 | 3.00 |" == threads_report(raw)[-1]
