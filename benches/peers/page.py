"""
Put the results into docs/performance.md, between the marks that are there for them.

python -m peers.page
"""

import json
import re
import sys
from pathlib import Path

from peers.catalog import ROOT
from peers.report import Raw, churn, conditions, growths, loads, speeds, versions
from threads import report as threads

PAGE = ROOT / "docs" / "performance.md"
RESULTS = ROOT / "benches" / "results"
MARKED = re.compile(r"(<!-- (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)


def main() -> None:
    """Rewrite the page."""
    PAGE.write_text(filled(PAGE.read_text(), parts()))


def parts() -> dict[str, list[str]]:
    """Return what belongs between the marks."""
    peers = read(RESULTS / "peers.json", "make bench-peers")
    cliffs = read(RESULTS / "cliffs" / "peers.json", "make bench-cliffs")
    of_threads = read(RESULTS / "threads.json", "make bench-threads")
    groups = ("envelope", "ruler", "quamina", "skip", "cliffs")
    return {
        "conditions": [conditions(peers), "", versions(peers)],
        "plot": ["![Events per second over the number of rules](../benches/results/peers.svg)"],
        "cliff-conditions": [conditions(cliffs)],
        "churn": churn(peers),
        "growth": growths(cliffs),
        "load": loads(peers),
        "threads": [threads.conditions(of_threads), "", *threads.report(of_threads)],
    } | {group: speeds(peers, group) for group in groups}


def filled(page: str, parts: dict[str, list[str]]) -> str:
    """
    Return the page with each marked part replaced.

    Raises:
        KeyError: If the page has a mark that is not a part.
    """
    return MARKED.sub(lambda found: "\n".join([found[1], *parts[found[2]], "", found[3]]), page)


def read(path: Path, command: str) -> Raw:
    """Return the raw results of a run, or end the program and name the command that makes them."""
    if not path.exists():
        sys.exit(f"{path.relative_to(ROOT)} is missing; make it with: {command}")
    raw: Raw = json.loads(path.read_text())
    return raw


if __name__ == "__main__":
    main()
