"""The figures that stand for many."""

from collections.abc import Sequence
from math import ceil
from statistics import median
from typing import Any, Literal, TypeAlias

Clock: TypeAlias = Literal["cpu", "wall"]

QUANTILES = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999, "max": 1.0}


def quantile(ordered: Sequence[int], fraction: float) -> int:
    """Return the least of some ordered values that at least this fraction does not exceed."""
    return ordered[ceil(fraction * len(ordered)) - 1]


def rate(case: dict[str, Any], clock: Clock) -> float:
    """Return the median of the events per second of the passes of a case."""
    return float(median(case["events"] / one[f"{clock}_seconds"] for one in case["passes"]))


def quantiles(case: dict[str, Any]) -> dict[str, float]:
    """Return the nanoseconds of a case's quantiles: the median of its passes, and the very most."""
    medians = {name: float(median(one[name] for one in case["passes"])) for name in QUANTILES}
    return medians | {"max": float(max(one["max"] for one in case["passes"]))}


def counted_rules(rules: int) -> str:
    """Return a number of rules in words."""
    return f"{rules:,} rule" if rules == 1 else f"{rules:,} rules"
