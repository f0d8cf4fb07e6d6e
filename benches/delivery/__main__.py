"""Check the answers of all cases, time them in turns, and write the results."""

import argparse
import json
import os
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from delivery.catalog import CASES, RULES
from delivery.measure import Settings, measure_column, measure_latency, measure_overload, missing
from delivery.report import report
from peers.catalog import ROOT, commit
from peers.machine import machine

RESULTS = ROOT / "benches" / "results"


def main() -> None:
    """Read the arguments and do what they say."""
    parser = argparse.ArgumentParser(prog="delivery", description=__doc__)
    parser.add_argument("--passes", type=int, default=9, help="passes of each case (9)")
    parser.add_argument("--seconds", type=float, default=0.2, help="CPU time of a pass (0.2)")
    parser.add_argument(
        "--rules", type=int, nargs="+", default=RULES, choices=RULES, help="the columns (all)"
    )
    parser.add_argument(
        "--overload-events", type=int, default=1_000_000, help="published too fast (1,000,000)"
    )
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the results go")
    arguments = parser.parse_args()

    settings = Settings(passes=arguments.passes, pass_seconds=arguments.seconds)
    raw = run(arguments.rules, settings, arguments.overload_events)
    arguments.output.mkdir(parents=True, exist_ok=True)
    (arguments.output / "delivery.json").write_text(json.dumps(raw, indent=1) + "\n")
    (arguments.output / "delivery.md").write_text(report(raw))
    sys.stdout.write(report(raw))


def run(columns: list[int], settings: Settings, overload_events: int) -> dict[str, Any]:
    """Measure everything, and return the raw results."""
    started, load_before = datetime.now(UTC), os.getloadavg()[0]
    for name in missing():
        sys.stderr.write(f"{name} is not installed\n")
    outcomes = []
    for rules in columns:
        sys.stderr.write(f"{rules:,} rules\n")
        outcomes.append(measure_column(rules, settings))
    sys.stderr.write("latency\n")
    latency = measure_latency(settings)
    sys.stderr.write("overload\n")
    overload = measure_overload(overload_events)
    packages = ["orjson", *(case.package for case in CASES.values() if case.is_installed)]
    return {
        "started": f"{started:%Y-%m-%d %H:%M} UTC",
        "machine": machine() | {"load_before": load_before, "load_after": os.getloadavg()[0]},
        "settings": {"passes": settings.passes, "pass_seconds": settings.pass_seconds},
        "commit": commit(),
        "versions": {name: version(name) for name in packages if name != "asyncio"},
        "missing": missing(),
        "columns": outcomes,
        "latency": latency,
        "overload": overload,
    }


if __name__ == "__main__":
    main()
