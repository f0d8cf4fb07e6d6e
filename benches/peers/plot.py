"""The speed over the number of rules, as a drawing."""

from collections.abc import Iterator
from math import ceil, floor, log10
from typing import Any, TypeAlias

from peers.rate import rate

Points: TypeAlias = list[tuple[int, float]]

WIDTH, HEIGHT = 860, 520
LEFT, RIGHT, TOP, BOTTOM = 80, 190, 40, 50
COLORS = (
    "#0b6e4f", "#2a9d8f", "#1d70b8", "#d1495b", "#e07a1f", "#8e44ad", "#b8860b", "#6c757d",
    "#3d405b", "#a0522d",
)  # fmt: skip


def plot(raw: dict[str, Any]) -> str:
    """Return an SVG of the events per second over the rules, both on a logarithmic scale."""
    lines = _lines(raw)
    across = _decades([float(rules) for points in lines.values() for rules, _ in points])
    up = _decades([speed for points in lines.values() for _, speed in points])

    def x(rules: float) -> float:
        return _scale(rules, across, LEFT, WIDTH - RIGHT)

    def y(speed: float) -> float:
        return _scale(speed, up, HEIGHT - BOTTOM, TOP)

    def grid() -> Iterator[str]:
        for power in range(across[0], across[1] + 1):
            at = x(10**power)
            yield f'<path class="grid" d="M{at:.1f} {TOP}V{HEIGHT - BOTTOM}"/>'
            yield f'<text x="{at:.1f}" y="{HEIGHT - 28}" class="mid">{10**power:,}</text>'
        for power in range(up[0], up[1] + 1):
            at = y(10**power)
            yield f'<path class="grid" d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}"/>'
            yield f'<text x="{LEFT - 8}" y="{at + 4:.1f}" class="end">{10.0**power:,.10g}</text>'

    def curves() -> Iterator[str]:
        heights = _apart([y(points[-1][1]) for points in lines.values()])
        for (name, points), color, height in zip(lines.items(), COLORS, heights, strict=False):
            path = "L".join(f"{x(rules):.1f} {y(speed):.1f}" for rules, speed in points)
            yield f'<path class="line" stroke="{color}" d="M{path}"/>'
            for rules, speed in points:
                yield f'<circle cx="{x(rules):.1f}" cy="{y(speed):.1f}" r="3.5" fill="{color}"/>'
            at = f'x="{WIDTH - RIGHT + 12}" y="{height + 4:.1f}"'
            yield f'<text {at} fill="{color}">{name}</text>'

    title = '<text x="{}" y="22" class="mid">events per second over the number of rules</text>'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">',
            (
                "<style>text{font:13px sans-serif}.mid{text-anchor:middle}.end{text-anchor:end}"
                ".grid{stroke:#ddd}.line{fill:none;stroke-width:2}</style>"
            ),
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
            title.format((LEFT + WIDTH - RIGHT) / 2),
            *grid(),
            *curves(),
            "</svg>",
            "",
        ]
    )


def _lines(raw: dict[str, Any]) -> dict[str, Points]:
    """Return for each peer its points on the envelope workloads, where it answers right."""
    lines: dict[str, Points] = {}
    for workload in raw["workloads"]:
        for name, result in workload["peers"].items():
            if workload["group"] == "envelope" and "pass" in result and "difference" not in result:
                lines.setdefault(name, []).append((workload["rules"], rate(result["pass"])))
    return lines


def _decades(values: list[float]) -> tuple[int, int]:
    low, high = floor(log10(min(values))), ceil(log10(max(values)))
    return low, max(high, low + 1)


def _scale(value: float, decades: tuple[int, int], first: float, last: float) -> float:
    return first + (log10(value) - decades[0]) / (decades[1] - decades[0]) * (last - first)


def _apart(heights: list[float], gap: float = 16) -> list[float]:
    """Return the heights of labels, moved down where they would overlap."""
    placed = dict.fromkeys(range(len(heights)), 0.0)
    lowest = -gap
    for index in sorted(placed, key=heights.__getitem__):
        lowest = placed[index] = max(heights[index], lowest + gap)
    return list(placed.values())
