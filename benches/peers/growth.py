"""How the time of rulebus grows along the sizes of a case."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

from peers.rate import rate

Raw: TypeAlias = dict[str, Any]


class Point(NamedTuple):
    """What one event of a size is, and costs."""

    size: str
    event_bytes: float
    matches: float
    microseconds: float


def growth(raw: Raw) -> Iterator[tuple[str, list[str]]]:
    """
    Compare the smallest and the largest size of each case that ran in several.

    Yields:
        The name of the case and its cells: the sizes, the bytes and matches of an event, its time,
        and how much faster the time grew than the bytes or the matches, whichever grew more.
    """
    for name, points in _series(raw).items():
        if len(points) < 2:
            continue
        first, last = points[0], points[-1]
        work = max(
            last.event_bytes / first.event_bytes,
            last.matches / first.matches if first.matches else 1,
        )
        yield (
            name,
            [
                f"{first.size} to {last.size}",
                f"{first.event_bytes:,.0f} to {last.event_bytes:,.0f}",
                f"{first.matches:,.1f} to {last.matches:,.1f}",
                " ".join(f"{point.microseconds:,.2f}" for point in points),
                f"{last.microseconds / first.microseconds / work:.2f}",
            ],
        )


def _series(raw: Raw) -> dict[str, list[Point]]:
    series: dict[str, list[Point]] = {}
    for workload in raw["workloads"]:
        result = workload["peers"]["rulebus"]
        sized = re.fullmatch(r"(.+)-(\d+)", workload["name"])
        if workload["group"] == "cliffs" and sized is not None and "pass" in result:
            point = Point(
                sized[2],
                workload["event_bytes"],
                workload["matches"] / workload["events"],
                1e6 / rate(result["pass"]),
            )
            series.setdefault(sized[1], []).append(point)
    return {
        name: sorted(points, key=lambda point: int(point.size)) for name, points in series.items()
    }
