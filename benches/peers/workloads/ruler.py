"""The sixteen workloads of event-ruler's own benchmark: five rules each, or all together."""

from collections.abc import Callable
from typing import Any

from peers.workloads import citylots
from peers.workloads.workload import Pattern, Workload

FEATURES = 20_000
ALL_FEATURES = 200_000

PARCEL_SHAPES = ["143*", "2*0*1*7", "*218", "3*5*2", "VA*IL"]
POLYGON, MULTIPOLYGON = {"type": ["Polygon"]}, {"type": ["MultiPolygon"]}
WEST, EAST = -122.41600944012424, -122.4063085128395
FAR_WEST = -122.46471267081272


def _parcel(*tests: Any) -> list[Pattern]:
    return [{"properties": {"MAPBLKLOT": [test]}} for test in tests]


def _streets(*tests: Any) -> list[Pattern]:
    return [{"properties": {"STREET": [test]}} for test in tests]


def _of(operator: str, *operands: Any) -> list[Any]:
    return [{operator: operand} for operand in operands]


def _but(operator: str, *operands: Any) -> list[Any]:
    return _of("anything-but", *_of(operator, *operands))


def _numeric(
    place: str, first: tuple[Pattern, Pattern], second: tuple[Pattern, Pattern]
) -> list[Pattern]:
    """Return two patterns of a geometry and three on the longitude of a place in it."""
    longitudes = [["<", WEST], [">", WEST], [">", FAR_WEST, "<", EAST]]
    return [
        {"geometry": {**first[0], place: first[1]}},
        {"geometry": {**second[0], place: second[1]}},
        *({"geometry": {place: {"x": [{"numeric": bounds}]}}} for bounds in longitudes),
    ]


def _equal(axis: str, number: float) -> Pattern:
    return {axis: [{"numeric": ["=", number]}]}


def _spread(tests: list[Any]) -> list[Pattern]:
    """Return patterns that set five tests on two streets, a street type, a geometry, a number."""
    return [
        *_streets(*tests[:2]),
        {"properties": {"ST_TYPE": [tests[2]]}},
        {"geometry": {"type": [tests[3]]}},
        {"properties": {"FROM_ST": [tests[4]]}},
    ]


ALONE: dict[str, list[Pattern]] = {
    "exact": _parcel("1430022", "2607117", "2607218", "3745012", "VACSTWIL"),
    "wildcard": _parcel(*_of("wildcard", *PARCEL_SHAPES)),
    "prefix": _streets(*_of("prefix", "AC", "BL", "DR", "FU", "RH")),
    "prefix-ignore-case": _streets(
        *_of("prefix", *_of("equals-ignore-case", "Ac", "bL", "dR", "Fu", "rH"))
    ),
    "suffix": _streets(*_of("suffix", "ON", "KE", "MM", "ING", "GO")),
    "suffix-ignore-case": _streets(
        *_of("suffix", *_of("equals-ignore-case", "oN", "Ke", "mM", "InG", "gO"))
    ),
    "ignore-case": [
        *_streets(*_of("equals-ignore-case", "jefferson", "bEaCh", "HyDe", "CHESTNUT")),
        {"properties": {"ST_TYPE": _of("equals-ignore-case", "st")}},
    ],
    "numeric": _numeric(
        "firstCoordinates",
        (POLYGON, _equal("x", citylots.LONGITUDE)),
        (MULTIPOLYGON, _equal("z", 0)),
    ),
    "anything-but": _spread(
        _of("anything-but", ["FULTON"], ["MASON"], ["ST"], ["Polygon"], ["441"])
    ),
    "anything-but-ignore-case": _spread(
        _but("equals-ignore-case", ["Fulton"], ["Mason"], ["st"], ["polygon"], ["441"])
    ),
    "anything-but-prefix": _spread(_but("prefix", "FULTO", "MASO", "S", "Poly", "44")),
    "anything-but-suffix": _spread(_but("suffix", "ULTON", "ASON", "T", "olygon", "41")),
    "anything-but-wildcard": _parcel(*_but("wildcard", *PARCEL_SHAPES)),
    "complex-arrays": _numeric(
        "coordinates",
        (POLYGON, _equal("x", citylots.LONGITUDE)),
        (MULTIPOLYGON, _equal("y", citylots.LATITUDE)),
    ),
}
PARTIAL_COMBO = [
    "numeric", "exact", "prefix", "anything-but", "anything-but-ignore-case",
    "anything-but-prefix", "anything-but-suffix", "anything-but-wildcard",
]  # fmt: skip
PATTERNS = {
    **ALONE,
    "partial-combo": [pattern for name in PARTIAL_COMBO for pattern in ALONE[name]],
    "combo": [pattern for name in (*PARTIAL_COMBO, "complex-arrays") for pattern in ALONE[name]],
}


def ruler(features: int) -> list[Workload]:
    """Return the workloads over a number of features."""
    suffix = "" if features == FEATURES else f"-{features}"
    return [
        Workload(
            name=f"ruler-{name}{suffix}",
            group="ruler",
            patterns=_constant(patterns),
            events=lambda: citylots.object_lines(features),
        )
        for name, patterns in PATTERNS.items()
    ]


def _constant(patterns: list[Pattern]) -> Callable[[], list[Pattern]]:
    return lambda: patterns
