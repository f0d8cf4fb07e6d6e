"""Runs the cases of a column in turn, after each has shown that its answers are right."""

import sys
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from delivery.catalog import CASES, LATENCIES
from delivery.overload import POLICIES
from peers.adapter import Adapter, AdapterError
from peers.catalog import ROOT

Outcome: TypeAlias = dict[str, Any]
Mode: TypeAlias = Literal["throughput", "latency"]

# To add ten thousand handlers and answer the first events takes some peers a while.
START_SECONDS = 90.0
PASS_SECONDS = 30.0
OVERLOAD_SECONDS = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """
    How long to measure.

    Args:
        passes: The passes of each case.
        pass_seconds: The CPU time of a pass, of a case that manages an event in that time.
    """

    passes: int
    pass_seconds: float


def measure_column(rules: int, settings: Settings) -> Outcome:
    """Time the cases that are tried in the company of so many rules."""
    runs = [
        (case.name, case.rules(rules))
        for case in CASES.values()
        if rules in case.columns and case.is_installed
    ]
    outcomes = in_turn("throughput", runs, settings)
    return {"rules": rules, "cases": {outcome["name"]: outcome for outcome in outcomes}}


def measure_latency(settings: Settings) -> list[Outcome]:
    """Time single events on an idle bus."""
    return in_turn("latency", LATENCIES, settings)


def measure_overload(events: int) -> dict[str, Outcome]:
    """Run each overflow policy against publishers that are ten times too fast."""
    outcomes: dict[str, Outcome] = {}
    for policy in POLICIES:
        sys.stderr.write(f"  overload: {policy}\n")
        with _start("delivery.overload", policy, str(events)) as adapter:
            try:
                outcomes[policy] = adapter.answer(OVERLOAD_SECONDS)
            except AdapterError as error:
                outcomes[policy] = {"skipped": str(error)}
    return outcomes


def missing() -> list[str]:
    """Return the cases whose package is not installed."""
    return [case.name for case in CASES.values() if not case.is_installed]


def in_turn(mode: Mode, runs: list[tuple[str, int]], settings: Settings) -> list[Outcome]:
    """Start a process for each case, which checks its answers, and ask all for pass after pass."""
    outcomes = []
    running: list[tuple[Outcome, Adapter]] = []
    with ExitStack() as stack:
        for name, rules in runs:
            sys.stderr.write(f"  {mode}: {name}\n")
            outcome: Outcome = {"name": name, "rules": rules, "passes": []}
            outcomes.append(outcome)
            adapter = stack.enter_context(
                _start("delivery.worker", mode, name, str(rules), str(settings.pass_seconds))
            )
            try:
                outcome |= adapter.answer(START_SECONDS)
                running.append((outcome, adapter))
            except AdapterError as error:
                outcome["skipped"] = str(error)
        for outcome, adapter in running * settings.passes:
            if "skipped" not in outcome:
                _ask_for_pass(outcome, adapter)
    return outcomes


def _ask_for_pass(outcome: Outcome, adapter: Adapter) -> None:
    try:
        figures = adapter.ask("pass", PASS_SECONDS)
    except AdapterError as error:
        outcome["skipped"] = str(error)
        return
    handled = figures.pop("handled", outcome["events"])
    if handled == outcome["events"]:
        outcome["passes"].append(figures)
    else:
        outcome["skipped"] = f"handled {handled} of {outcome['events']} events in a pass"


def _start(module: str, *arguments: str) -> Adapter:
    return Adapter(
        [sys.executable, "-m", module, *arguments], {"PYTHONPATH": str(ROOT / "benches")}
    )
