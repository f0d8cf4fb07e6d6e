"""
Time `match_many` and `match_lines` with one thread and with two, and write the results.

What two threads can gain depends on the machine of the moment: two virtual cores may be one real
core. So each pass also times a computation that needs no memory, once alone and twice side by side.
"""

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

import orjson

from peers.catalog import ROOT, commit
from peers.machine import machine
from peers.workloads import envelope
from rulebus import Matcher
from threads.report import COMPUTATION, report

RESULTS = ROOT / "benches" / "results"
RULES = 10_000
COPIES = 16
HASH_ROUNDS = 30_000


def main() -> None:
    """Read the arguments and do what they say."""
    parser = argparse.ArgumentParser(prog="threads", description=__doc__)
    parser.add_argument("--passes", type=int, default=101, help="passes that count (101)")
    raw = run(parser.parse_args().passes)
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "threads.json").write_text(json.dumps(raw, indent=1) + "\n")
    sys.stdout.write("\n".join(report(raw)) + "\n")


def run(passes: int) -> dict[str, Any]:
    """Check the answers, and time all cases in turn."""
    rules = {str(n): orjson.dumps(one) for n, one in enumerate(envelope.patterns(RULES))}
    matcher = Matcher(rules)
    # Each is an object of its own, as events that have just arrived are.
    events = [text.encode() for _ in range(COPIES) for text in envelope.events(RULES)]
    lines = b"\n".join(events)
    answers = matcher.match_many(events)
    assert sum(map(len, answers)) == COPIES * envelope.matches(RULES)
    assert answers == matcher.match_many(events, threads=2)
    assert answers == matcher.match_lines(lines) == matcher.match_lines(lines, threads=2)
    cases: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "match_many": (
            lambda: matcher.match_many(events),
            lambda: matcher.match_many(events, threads=2),
        ),
        "match_lines": (
            lambda: matcher.match_lines(lines),
            lambda: matcher.match_lines(lines, threads=2),
        ),
    }
    raw: dict[str, Any] = {
        "started": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "commit": commit(),
        "machine": machine() | {"load_before": os.getloadavg()[0]},
        "rules": RULES,
        "events": len(events),
        "passes": [],
    }
    with ThreadPoolExecutor(2) as executor:

        def two_hashes() -> None:
            for future in [executor.submit(hash_once) for _ in range(2)]:
                future.result()

        # The second does twice the work of the first.
        computation = (lambda: (hash_once(), hash_once()), two_hashes)
        for _ in range(passes):
            raw["passes"].append(
                {name: list(map(seconds, case)) for name, case in cases.items()}
                | {COMPUTATION: list(map(seconds, computation))}
            )
    raw["machine"]["load_after"] = os.getloadavg()[0]
    return raw


def hash_once() -> bytes:
    """Compute without the interpreter, in the processor alone."""
    return hashlib.pbkdf2_hmac("sha256", b"rulebus", b"threads", HASH_ROUNDS)


def seconds(do: Callable[[], object]) -> float:
    """Return how long a call took; what it returns is dropped afterwards."""
    start = perf_counter()
    result = do()
    taken = perf_counter() - start
    del result
    return taken


main()
