"""The match counts that every answer is held against, and how sure they are."""

import json
from pathlib import Path
from typing import TypedDict

from peers.workloads.catalog import WORKLOADS
from peers.workloads.predicates import predicate
from peers.workloads.workload import Workload
from rulebus import Matcher

FILE = Path(__file__).with_name("expected.json")

# A predicate takes about 0.3 µs, so the check of one workload takes a minute at most.
MOST_EVALUATIONS = 200_000_000


class Expected(TypedDict):
    """The matches of a workload, and what agreed with rulebus on them."""

    matches: int
    agreed: list[str]


def read() -> dict[str, Expected]:
    """Return what is expected of each workload."""
    expected: dict[str, Expected] = json.loads(FILE.read_text())
    return expected


def save(known: dict[str, Expected]) -> None:
    """Keep what is expected, in the order of the catalogue."""
    lines = (
        f"  {json.dumps(name)}: {json.dumps(known[name])}" for name in WORKLOADS if name in known
    )
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def count(workload: Workload) -> Expected:
    """
    Count the matches of a workload with rulebus and in each other way that can be had.

    Raises:
        AssertionError: If two ways disagree.
    """
    rules = {f"rule-{n}": pattern for n, pattern in enumerate(workload.patterns())}
    events = [event.encode() for event in workload.events()]
    found = Matcher(rules, dialect="extended").match_many(events)
    matches = sum(map(len, found))
    agreed = []
    if workload.matches is not None:
        assert workload.matches == matches, f"{workload.name}: {workload.matches} by construction"
        agreed.append("construction")
    if len(rules) * len(events) <= MOST_EVALUATIONS:
        _compare(workload, rules, events, found)
        agreed.append("predicates")
    return {"matches": matches, "agreed": agreed}


def _compare(
    workload: Workload,
    rules: dict[str, dict[str, object]],
    events: list[bytes],
    found: list[tuple[str, ...]],
) -> None:
    predicates = [(name, predicate(pattern)) for name, pattern in rules.items()]
    for text, names in zip(events, found, strict=True):
        event = json.loads(text)
        held = tuple(name for name, holds in predicates if holds(event))
        assert held == names, f"{workload.name}: {text.decode()[:200]}: {held[:9]}, {names[:9]}"
