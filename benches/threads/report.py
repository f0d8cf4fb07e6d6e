"""The table of what a second thread gains."""

from collections.abc import Iterator
from statistics import median
from typing import Any, TypeAlias

Raw: TypeAlias = dict[str, Any]

COMPUTATION = "a computation without memory"


def report(raw: Raw) -> list[str]:
    """Return a table: nanoseconds an event by threads, and how many times as fast two are."""
    return [
        "| | one thread | two threads | times as fast | least | most |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        *_rows(raw),
    ]


def conditions(raw: Raw) -> str:
    """Return on which machine and how the figures were taken."""
    machine = raw["machine"]
    return (
        f"{raw['started']}, {machine['processor']}, {machine['cores']} cores, {machine['system']}, "
        f"load average {machine['load_before']:.1f} before and {machine['load_after']:.1f} after; "
        f"commit {raw['commit']}. Nanoseconds an event, {raw['events']:,} events, "
        f"{raw['rules']:,} rules: medians of {len(raw['passes'])} passes."
    )


def _rows(raw: Raw) -> Iterator[str]:
    for case in raw["passes"][0]:
        times = [one[case] for one in raw["passes"]]
        # What one thread does is timed right before what two do, so a pass has a ratio of its own.
        ratios = [one / two for one, two in times]
        columns = ["", ""] if case == COMPUTATION else _nanoseconds(times, raw["events"])
        spread = [f"{ratio:.2f}" for ratio in (median(ratios), min(ratios), max(ratios))]
        yield f"| {' | '.join([case, *columns, *spread])} |"


def _nanoseconds(times: list[list[float]], events: int) -> list[str]:
    return [f"{median(column) / events * 1e9:,.0f}" for column in zip(*times, strict=True)]
