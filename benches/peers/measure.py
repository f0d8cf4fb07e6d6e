"""Runs one workload on all peers in turn, after their answers are checked."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, TypeAlias

from peers.adapter import Adapter, AdapterError, Answer
from peers.catalog import ROOT, Peer
from peers.workloads import expected
from peers.workloads.workload import Workload, write

Outcome: TypeAlias = dict[str, Any]

LOAD_SECONDS = 25.0
CHECK_SECONDS = 1.0
CHANGES_PER_SECOND = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """
    How long to measure.

    Args:
        passes: The passes that count, for each peer.
        pass_seconds: The least time of one pass.
        named: The peers that were asked for by name; they run on every workload.
    """

    passes: int
    pass_seconds: float
    named: frozenset[str] = frozenset()


def measure(workload: Workload, peers: Sequence[Peer], settings: Settings) -> Outcome:
    """
    Check the answers of all peers, then time them pass by pass in turn.

    The first peer is rulebus: its answers have to be the expected ones, and the others' are
    compared with them, event by event.
    """
    directory = write(workload, ROOT / "target" / "workloads")
    rules = _lines(directory / "rules.jsonl")
    arguments = [str(directory), str(CHECK_SECONDS), str(settings.pass_seconds)]
    outcome: Outcome = {"name": workload.name, "group": workload.group, "rules": rules, "peers": {}}
    running: dict[str, Adapter] = {}
    reference: list[int] = []
    with ExitStack() as stack:
        for peer in peers:
            reason = _reason_not_to_ask(peer, workload, rules, settings)
            if reason is not None:
                outcome["peers"][peer.name] = {"not_asked": reason}
                continue
            adapter = stack.enter_context(
                Adapter([*peer.run, *arguments], {"PYTHONPATH": str(ROOT / "benches")})
            )
            try:
                answer = adapter.answer(LOAD_SECONDS + CHECK_SECONDS)
                reference = reference or answer["counts"]
                outcome["peers"][peer.name] = _checked(answer, reference)
                for _ in range(peer.warm_up):
                    adapter.ask("pass", _pass_limit(settings))
                running[peer.name] = adapter
            except AdapterError as error:
                _skip(outcome, peer.name, error)
        _time(running, outcome, workload, settings)
    outcome["matches"] = sum(reference)
    outcome["expected"] = expected.read()[workload.name]["matches"]
    outcome["events"] = len(reference)
    outcome["event_bytes"] = _mean_line_bytes(directory / "events.jsonl")
    _tell(outcome)
    return outcome


def _reason_not_to_ask(
    peer: Peer, workload: Workload, rules: int, settings: Settings
) -> str | None:
    if peer.most_rules is not None and rules > peer.most_rules:
        return f"it tries rules one by one; it is asked up to {peer.most_rules:,}"
    if peer.groups is None or workload.group in peer.groups or peer.name in settings.named:
        return None
    return f"it is asked only on the workloads {', '.join(sorted(peer.groups))}, unless named"


def _checked(answer: Answer, reference: list[int]) -> Outcome:
    """Return what an adapter said of loading, and how its counts differ from the reference."""
    counts = answer.pop("counts")
    result: Outcome = {**answer, "checked_events": len(counts), "matches": sum(counts)}
    differing = [n for n, (a, b) in enumerate(zip(counts, reference, strict=False)) if a != b]
    if differing:
        first = differing[0]
        result["difference"] = {
            "events": len(differing),
            "first_event": first,
            "matches": counts[first],
            "matches_of_rulebus": reference[first],
        }
    return result


def _time(
    running: dict[str, Adapter], outcome: Outcome, workload: Workload, settings: Settings
) -> None:
    changing = any(True for _ in workload.changes())
    commands = ["pass", f"churn {CHANGES_PER_SECOND}"] if changing else ["pass"]
    for command in chain.from_iterable([commands] * settings.passes):
        kind = command.split()[0]
        for name, adapter in list(running.items()):
            try:
                answer = adapter.ask(command, _pass_limit(settings))
            except AdapterError as error:
                if kind == "pass":
                    del running[name]
                    _skip(outcome, name, error)
                else:
                    outcome["peers"][name]["churn_skipped"] = str(error)
            else:
                outcome["peers"][name].setdefault(kind, []).append(answer)


def _pass_limit(settings: Settings) -> float:
    return settings.pass_seconds + LOAD_SECONDS


def _skip(outcome: Outcome, name: str, error: AdapterError) -> None:
    result = outcome["peers"].setdefault(name, {})
    result["skipped"] = str(error)


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file)


def _mean_line_bytes(path: Path) -> float:
    lines = path.read_bytes().splitlines()
    return sum(map(len, lines)) / len(lines)


def _tell(outcome: Outcome) -> None:
    if outcome["matches"] != outcome["expected"]:
        sys.stderr.write(
            f"  rulebus: {outcome['matches']} matches, expected {outcome['expected']}\n"
        )
    for line in _remarks(outcome):
        sys.stderr.write(f"  {line}\n")


def _remarks(outcome: Outcome) -> Iterator[str]:
    for name, result in outcome["peers"].items():
        if "difference" in result:
            differs = result["difference"]
            yield (
                f"{name} answers {differs['events']} of {result['checked_events']} events "
                f"otherwise; event {differs['first_event']}: {differs['matches']} matches,"
                f" rulebus {differs['matches_of_rulebus']}"
            )
        if "skipped" in result:
            yield f"{name} skipped: {result['skipped']}"
