"""
Build the peers, check their answers, time them, and write the results.

Without arguments it runs the workloads that tell the peers apart, in about a quarter of an hour.
"""

import argparse
import json
import os
import re
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from peers.build import build
from peers.catalog import HERE, PEERS, commit
from peers.machine import machine
from peers.measure import Settings, measure
from peers.plot import plot
from peers.report import report
from peers.workloads.catalog import WORKLOADS
from peers.workloads.workload import Workload

RESULTS = HERE.parent / "results"
ORDER = ["envelope", "quamina", "ruler", "skip", "churn", "cliffs"]
# Beside the largest size of each cliff.
ALSO = {"many-wildcards-8", "many-wildcards-1000", "wide-lot-2462"}


def main() -> None:
    """Read the arguments and do what they say."""
    parser = argparse.ArgumentParser(prog="peers", description=__doc__)
    parser.add_argument(
        "--workloads", nargs="+", metavar="NAME", help="names, with * as a wildcard, or groups"
    )
    parser.add_argument("--peers", nargs="+", metavar="NAME", help="names beside rulebus")
    parser.add_argument("--passes", type=int, default=5, help="passes that count (5)")
    parser.add_argument("--seconds", type=float, default=0.2, help="the least time of a pass (0.2)")
    parser.add_argument("--minutes", type=float, default=40, help="no workload starts later (40)")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the results go")
    arguments = parser.parse_args()

    named = frozenset(arguments.peers or ())
    unknown = named - {peer.name for peer in PEERS}
    if unknown:
        parser.error(f"no such peer: {', '.join(sorted(unknown))}")
    names = list(_chosen(arguments.workloads))
    settings = Settings(passes=arguments.passes, pass_seconds=arguments.seconds, named=named)
    raw = run(names, settings, arguments.minutes)
    arguments.output.mkdir(parents=True, exist_ok=True)
    (arguments.output / "peers.json").write_text(json.dumps(raw, indent=1) + "\n")
    (arguments.output / "peers.md").write_text(report(raw))
    if any(workload["group"] == "envelope" for workload in raw["workloads"]):
        (arguments.output / "peers.svg").write_text(plot(raw))
    sys.stdout.write(report(raw))


def run(names: list[str], settings: Settings, minutes: float) -> dict[str, Any]:
    """Run some workloads on the peers that can be built, and return the raw results."""
    asked = [peer for peer in PEERS if peer.name == "rulebus" or _wanted(peer.name, settings)]
    built, missing = build(asked)
    if "rulebus" in missing:
        sys.exit(f"rulebus itself does not build: {missing['rulebus']}")
    started, load_before = datetime.now(UTC), os.getloadavg()[0]
    end = time.monotonic() + 60 * minutes
    outcomes, not_run = [], []
    for number, name in enumerate(names, start=1):
        if time.monotonic() > end:
            not_run.append(f"{name}: the {minutes:g} minutes were over")
            continue
        sys.stderr.write(f"[{number}/{len(names)}] {name}\n")
        outcomes.append(measure(WORKLOADS[name], built, settings))
    return {
        "started": f"{started:%Y-%m-%d %H:%M} UTC",
        "machine": machine() | {"load_before": load_before, "load_after": os.getloadavg()[0]},
        "settings": {"passes": settings.passes, "pass_seconds": settings.pass_seconds},
        "commit": commit(),
        "versions": {peer.name: peer.version() for peer in asked},
        "missing": missing,
        "not_run": not_run,
        "workloads": outcomes,
    }


def _wanted(name: str, settings: Settings) -> bool:
    return not settings.named or name in settings.named


def _chosen(globs: list[str] | None) -> Iterator[str]:
    default = _default()
    for group in ORDER:
        for name, workload in WORKLOADS.items():
            if workload.group != group:
                continue
            if name in default if globs is None else _is_named(workload, globs):
                yield name


def _is_named(workload: Workload, globs: list[str]) -> bool:
    return any(fnmatch(workload.name, glob) or workload.group == glob for glob in globs)


def _default() -> set[str]:
    """Return all workloads but the smaller sizes of cliffs and the larger sets of features."""
    cliffs = {
        re.sub(r"-\d+$", "", name): name
        for name, workload in WORKLOADS.items()
        if workload.group == "cliffs"
    }
    others = {
        name
        for name, workload in WORKLOADS.items()
        if workload.group != "cliffs" and not re.fullmatch(r"ruler-.*-\d+", name)
    }
    return others | set(cliffs.values()) | ALSO


if __name__ == "__main__":
    main()
