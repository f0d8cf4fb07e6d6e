"""The figure that stands for several passes."""

from statistics import median
from typing import Any


def rate(passes: list[dict[str, Any]]) -> float:
    """Return the median of the events per second of some passes."""
    return float(median(one["events"] / one["seconds"] for one in passes))
