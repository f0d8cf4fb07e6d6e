"""The protocol that every adapter speaks; `benches/peers/README.md` describes it."""

import json
import sys
from collections.abc import Callable, Iterable, Sequence, Sized
from pathlib import Path
from time import perf_counter
from typing import Any, TypeAlias

from peers.machine import resident_bytes

# Returns for each event the rules that match it, or their number.
Match: TypeAlias = Callable[[Sequence[bytes]], Sequence[Sized | int]]

CLOCK_INTERVAL = 100e-6


class CannotError(Exception):
    """The peer cannot do what the workload asks; the message says what."""


def serve(load: Callable[[dict[str, str]], Match]) -> None:
    """Speak the protocol for a function that loads patterns by name, and returns a matcher."""
    directory = Path(sys.argv[1])
    check, limit = map(float, sys.argv[2:])
    rules, removed = (_rules(directory / file) for file in ("rules.jsonl", "removed.jsonl"))
    events = (directory / "events.jsonl").read_bytes().splitlines()
    if removed:
        return _print(skip="the adapter removes no rules")
    before, start = resident_bytes(), perf_counter()
    try:
        match = load(rules)
    except CannotError as reason:
        return _print(skip=str(reason))
    seconds, memory = perf_counter() - start, resident_bytes() - before
    counts: list[int] = []
    start = perf_counter()
    for event in events:
        counts += (_count(answer) for answer in match([event]))
        if perf_counter() - start > check:
            break
    _print(load_seconds=seconds, memory_bytes=max(0, memory), counts=counts)
    for command in sys.stdin:
        # The passes of the others have emptied the caches.
        _timed(match, events[: len(counts)], limit)
        if command.startswith("churn"):
            _print(skip="the adapter changes no rules")
        else:
            _print(**_timed(match, events[: len(counts)], limit))
    return None


def each(match: Callable[[bytes], Sized | int]) -> Match:
    """Return a matcher that takes the events one by one."""
    return lambda events: list(map(match, events))


def _count(answer: Sized | int) -> int:
    return answer if isinstance(answer, int) else len(answer)


def _timed(match: Match, events: Sequence[bytes], limit: float) -> dict[str, float]:
    """Match the events over and over until the time is up."""
    done, chunk, at = 0, 1, 0
    elapsed, start = 0.0, perf_counter()
    while elapsed < limit:
        taken = events[at : at + chunk]
        match(taken)
        done += len(taken)
        at = (at + len(taken)) % len(events)
        now = perf_counter() - start
        # The clock is read often enough to end in time, and seldom enough to cost nothing.
        if now - elapsed < CLOCK_INTERVAL:
            chunk = min(chunk * 2, len(events))
        elapsed = now
    return {"events": done, "seconds": elapsed}


def _rules(path: Path) -> dict[str, str]:
    rules: Iterable[Any] = map(json.loads, path.read_bytes().splitlines())
    return {rule["name"]: json.dumps(rule["pattern"], ensure_ascii=False) for rule in rules}


def _print(**message: Any) -> None:
    sys.stdout.write(f"{json.dumps(message)}\n")
    sys.stdout.flush()
