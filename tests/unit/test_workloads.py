"""The workloads of the benchmarks: made alike everywhere, and counted right."""

from __future__ import annotations

import json
from itertools import islice
from statistics import mean, median
from typing import TYPE_CHECKING, Any

import pytest

from peers.workloads import citylots, envelope, expected, status
from peers.workloads.catalog import WORKLOADS
from peers.workloads.predicates import predicate
from peers.workloads.workload import Workload, write
from rulebus import Matcher

if TYPE_CHECKING:
    from pathlib import Path

SMALL = [
    "anything-but-lists-100",
    "array-of-objects-10",
    "cidr-mismatch-100",
    "distinct-names-100",
    "envelope-1",
    "envelope-100",
    "exists-false-names-100",
    "exists-false-paths-100",
    "independent-arrays-80-unmet",
    "many-wildcards-100",
    "number-mismatch-100",
    "range-adds-250",
    "star-shapes-100",
    "status-early",
    "status-last",
    "status-nested",
    "unicode-classes-3",
    "value-lists-8",
    "wide-lot-2462",
]


def test_expected_covers_every_workload() -> None:
    """Each workload has its match count, and no other name has one."""
    assert list(WORKLOADS) == list(expected.read())


def test_every_count_is_confirmed() -> None:
    """No match count rests on the matcher alone."""
    assert [] == [name for name, known in expected.read().items() if not known["agreed"]]


@pytest.mark.parametrize("name", SMALL)
def test_counts(name: str) -> None:
    """Counting anew gives what is expected."""
    assert expected.read()[name] == expected.count(WORKLOADS[name])


def test_a_disagreement_is_an_error() -> None:
    """A count that is wrong by construction is not taken."""
    wrong = Workload(
        name="wrong",
        group="envelope",
        patterns=lambda: envelope.patterns(1),
        events=lambda: envelope.events(1),
        matches=1,
    )
    with pytest.raises(AssertionError, match=r"^wrong: 1 by construction"):
        expected.count(wrong)


def test_write(tmp_path: Path) -> None:
    """A workload is a directory of lines of JSON, one a rule or event."""
    directory = write(WORKLOADS["delete-100"], tmp_path)

    assert tmp_path / "delete-100" == directory
    lines = {path.name: path.read_bytes().splitlines() for path in directory.glob("*.jsonl")}
    assert {
        "changes.jsonl": 0,
        "events.jsonl": envelope.EVENTS,
        "removed.jsonl": 100,
        "rules.jsonl": 100,
    } == {name: len(found) for name, found in lines.items()}
    assert {"name": "rule-0", "pattern": envelope.pattern(0)} == json.loads(lines["rules.jsonl"][0])


def test_write_again(tmp_path: Path) -> None:
    """A workload that is there already is left as it is."""
    directory = write(WORKLOADS["value-lists-8"], tmp_path)
    before = (directory / "events.jsonl").stat().st_mtime_ns

    write(WORKLOADS["value-lists-8"], tmp_path)

    assert before == (directory / "events.jsonl").stat().st_mtime_ns


@pytest.mark.parametrize(
    "name", ["city-lots", "envelope-10000", "ruler-exact", "status-last", "words"]
)
def test_generators_repeat(name: str) -> None:
    """A generator makes the same events each time."""
    workload = WORKLOADS[name]
    first = list(islice(workload.events(), 50))
    citylots.features.cache_clear()

    assert first == list(islice(workload.events(), 50))


@pytest.mark.parametrize("rules", [1, 100, 10_000])
def test_envelope_events(rules: int) -> None:
    """Events are of about 300 bytes, all different, and meet rules of the whole set."""
    events = list(envelope.events(rules))

    assert len(events) == len(set(events))
    assert 320 == pytest.approx(mean(map(len, events)), abs=10)
    matcher = Matcher({str(n): pattern for n, pattern in enumerate(envelope.patterns(rules))})
    found = matcher.match_many(event.encode() for event in events)
    assert {1, 2} >= set(map(len, found))
    met = {int(name) for names in found for name in names}
    tenth = max(1, rules // 10)
    assert set(range(0, rules, tenth)) <= {rule // tenth * tenth for rule in met}


def test_envelope_rules() -> None:
    """Rules set three or four fields, and no two are the same."""
    rules = [json.dumps(pattern) for pattern in envelope.patterns(1_000)]

    assert len(rules) == len(set(rules))
    assert {3, 4} == {
        len(pattern) - 1 + len(pattern["detail"]) for pattern in envelope.patterns(1_000)
    }


def test_city_lots_resemble_the_sample() -> None:
    """Lengths, rings and properties are distributed as in 386 real features."""
    lines = list(citylots.lines(2_000))
    features = citylots.features(2_000)
    rings = [ring for feature in features for ring in _rings(feature["geometry"])]

    assert 526 == pytest.approx(mean(map(len, lines)), rel=0.03)
    assert 499 == pytest.approx(median(map(len, lines)), rel=0.03)
    assert 5.6 == pytest.approx(mean(map(len, rings)), abs=0.3)
    assert (4, 40) == (min(map(len, rings)), max(map(len, rings)))
    assert all(ring[0] == ring[-1] for ring in rings)
    properties = [feature["properties"] for feature in features]
    assert all(one["BLOCK_NUM"] + one["LOT_NUM"] == one["BLKLOT"] for one in properties)
    assert all((one["ST_TYPE"] is None) == (one["STREET"] == "UNKNOWN") for one in properties)
    assert {"E", "O"} == {one["ODD_EVEN"] for one in properties}


def _rings(geometry: dict[str, Any]) -> list[Any]:
    coordinates = geometry["coordinates"]
    polygons = [coordinates] if geometry["type"] == "Polygon" else coordinates
    return [ring for polygon in polygons for ring in polygon]


def test_status_events() -> None:
    """Every event has 9.4 KB and about 200 values; half of them carry what rules ask for."""
    texts = list(status.events())
    events = [json.loads(text) for text in texts]

    assert all(status.BYTES - 2 <= len(text.encode()) <= status.BYTES for text in texts)
    assert {207} == {_leaves(event) for event in events}
    assert {"lang_value"} == {list(event["payload"])[-1] for event in events}
    asked = [event["context"]["user_id"] == status.USER_ID for event in events]
    assert status.EVENTS // 2 == sum(asked)


def _leaves(value: Any) -> int:
    if isinstance(value, dict):
        return sum(map(_leaves, value.values()))
    return sum(map(_leaves, value)) if isinstance(value, list) else 1


@pytest.mark.parametrize(
    ("pattern", "event", "holds"),
    [
        ({"a": ["x"]}, {"a": "x"}, True),
        ({"a": ["x"]}, {"a": ["y", "x"]}, True),
        ({"a": ["x"]}, {"b": "x"}, False),
        ({"a": [1]}, {"a": 1.0}, True),
        ({"a": [1]}, {"a": True}, False),
        ({"a": [None]}, {"a": None}, True),
        ({"a": {"b": [1], "c": [2]}}, {"a": [{"b": 1, "c": 2}]}, True),
        ({"a": {"b": [1], "c": [2]}}, {"a": [{"b": 1}, {"c": 2}]}, False),
        ({"a": [{"exists": False}]}, {"a": []}, True),
        ({"a": [{"exists": False}]}, {"a": None}, False),
        ({"a": [{"exists": True}]}, {"a": {"b": 1}}, False),
        ({"a": [{"prefix": "x"}]}, {"a": "xy"}, True),
        ({"a": [{"suffix": {"equals-ignore-case": "Y"}}]}, {"a": "xy"}, True),
        ({"a": [{"equals-ignore-case": "XY"}]}, {"a": "xy"}, True),
        ({"a": [{"wildcard": "x*z"}]}, {"a": "x\nz"}, True),
        ({"a": [{"wildcard": "x*z"}]}, {"a": "xzy"}, False),
        ({"a": [{"numeric": [">", 1, "<=", 2]}]}, {"a": 2}, True),
        ({"a": [{"numeric": [">", 1, "<=", 2]}]}, {"a": 1}, False),
        ({"a": [{"cidr": "10.0.0.0/24"}]}, {"a": "10.0.0.9"}, True),
        ({"a": [{"cidr": "10.0.0.0/24"}]}, {"a": "word"}, False),
        ({"a": [{"anything-but": ["x", "y"]}]}, {"a": "x"}, False),
        ({"a": [{"anything-but": {"prefix": "x"}}]}, {"a": "yx"}, True),
        ({"a": [{"anything-but": ["x"]}]}, {"b": "y"}, False),
        ({"a": [{"regex": r"[\p{L}\p{Nd}]{2}"}]}, {"a": "é7"}, True),
    ],
)
def test_predicates(pattern: dict[str, Any], event: dict[str, Any], *, holds: bool) -> None:
    """The second opinion and rulebus hold the same."""
    assert holds == predicate(pattern)(event)
    rules = Matcher({"a": pattern}, dialect="extended")
    assert holds == bool(rules.match(event))
