"""A workload, and how it is written for the programs that read it."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias

Pattern: TypeAlias = dict[str, Any]

SOURCES = sorted(Path(__file__).parent.glob("*.py"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """
    Rules, and events to match against them.

    Args:
        name: Unique; the name of its directory.
        group: The table in which its figures stand.
        patterns: Makes the patterns; rule `n` is called `rule-n`.
        events: Makes the events, each one line of JSON.
        removed: Makes patterns of rules that are added after the others and removed again before
            the first event.
        changes: Makes patterns of rules that come and go while events are matched.
        matches: The pairs of an event and a rule that match it, counted by construction; None
            where the construction does not say.
    """

    name: str
    group: str
    patterns: Callable[[], Iterable[Pattern]]
    events: Callable[[], Iterable[str]]
    removed: Callable[[], Iterable[Pattern]] = field(default=list)
    changes: Callable[[], Iterable[Pattern]] = field(default=list)
    matches: int | None = None


def compact(value: object) -> str:
    """Return a value as JSON without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def write(workload: Workload, directory: Path) -> Path:
    """
    Write a workload below a directory, unless the same is there already.

    Returns:
        The directory of the workload: `rules.jsonl`, `events.jsonl`, and where the workload has
        them `removed.jsonl` and `changes.jsonl`.
    """
    target = directory / workload.name
    stamp = target / "complete"
    digest = sha256(b"".join(path.read_bytes() for path in SOURCES)).hexdigest()
    if stamp.exists() and digest == stamp.read_text():
        return target
    target.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    _write_lines(target / "events.jsonl", workload.events())
    for file, prefix, patterns in (
        ("rules", "rule", workload.patterns),
        ("removed", "removed", workload.removed),
        ("changes", "change", workload.changes),
    ):
        rules = ({"name": f"{prefix}-{n}", "pattern": p} for n, p in enumerate(patterns()))
        _write_lines(target / f"{file}.jsonl", map(compact, rules))
    stamp.write_text(digest)
    return target


def _write_lines(path: Path, lines: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in lines)
