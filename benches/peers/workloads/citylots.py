"""
Land parcels as GeoJSON features, in the shape of San Francisco's public "citylots" data.

The distributions follow a sample of the real features (mean 526 bytes; rings of 4 to 40 points,
four of five with 5; nearly every feature a polygon) and the match counts that event-ruler states
for the whole file of 213,068. Values that its rules ask for occur as often as there, and at least
once.
"""

import json
from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any, TypeAlias

Feature: TypeAlias = dict[str, Any]
Point: TypeAlias = list[float]

PUBLISHED = 213_068

# Name, type, and how many of the published features stand there.
STREETS = [
    ("FULTON", "ST", 1910), ("FUNSTON", "AVE", 477), ("MASON", "ST", 2657),
    ("MASONIC", "AVE", 293), ("JEFFERSON", "ST", 131), ("BEACH", "ST", 211), ("HYDE", "ST", 1758),
    ("CHESTNUT", "ST", 825), ("ACADIA", "ST", 16), ("ACORN", "ALY", 8), ("BLAKE", "ST", 60),
    ("BLANKEN", "AVE", 382), ("DRAKE", "ST", 25), ("DRUMM", "ST", 13), ("RHODE ISLAND", "ST", 300),
    ("RHINE", "ST", 28), ("LAKE", "ST", 786), ("HUGO", "ST", 262), ("SAN DIEGO", "AVE", 90),
    ("SANTIAGO", "ST", 330), ("DOWNING", "ST", 363), ("HARDING", "RD", 700),
    ("LANSING", "ST", 900), ("JACKSON", "ST", 2900), ("WASHINGTON", "ST", 2800),
    ("CLAYTON", "ST", 1700), ("HARRISON", "ST", 2400), ("FOLSOM", "ST", 3300),
    ("MISSION", "ST", 7600), ("TAYLOR", "ST", 1500), ("BAY", "ST", 1300), ("LARKIN", "ST", 1500),
    ("NORTH POINT", "ST", 900), ("COLUMBUS", "AVE", 800), ("STOCKTON", "ST", 1700),
    ("LEAVENWORTH", "ST", 1900), ("EDISON", "ST", 500), ("LONDON", "ST", 1077),
    ("MADISON", "ST", 377), ("CALIFORNIA", "ST", 5900), ("SACRAMENTO", "ST", 3400),
    ("CLEMENT", "ST", 1900), ("GEARY", "BLVD", 3600), ("ANZA", "ST", 1900), ("BALBOA", "ST", 1700),
    ("CABRILLO", "ST", 1600), ("IRVING", "ST", 1500), ("JUDAH", "ST", 1300),
    ("KIRKHAM", "ST", 1400), ("LAWTON", "ST", 1200), ("MORAGA", "ST", 1300),
    ("NORIEGA", "ST", 1200), ("ORTEGA", "ST", 1100), ("PACHECO", "ST", 1000),
    ("QUINTARA", "ST", 900), ("RIVERA", "ST", 900), ("TARAVAL", "ST", 1100), ("ULLOA", "ST", 1300),
    ("VICENTE", "ST", 1200), ("WAWONA", "ST", 1100), ("CASTRO", "ST", 1800), ("NOE", "ST", 1900),
    ("SANCHEZ", "ST", 1900), ("CHURCH", "ST", 2100), ("DOLORES", "ST", 1900),
    ("GUERRERO", "ST", 2000), ("VALENCIA", "ST", 1900), ("OCEAN", "AVE", 1800),
    ("SILVER", "AVE", 1300), ("GENEVA", "AVE", 1200), ("NAPLES", "ST", 1000),
    ("CRANLEIGH", "DR", 30), ("PORTOLA", "DR", 1100), ("MONTEREY", "BLVD", 1400),
    ("BAY SHORE", "BLVD", 900), ("EVELYN", "WAY", 300), ("UPPER", "TER", 200),
    ("UNKNOWN", None, 1100),
]  # fmt: skip
NUMBERED = [(f"{n:02}TH", "ST" if n <= 30 else "AVE", 2_200) for n in range(4, 49)]

# How often each of the values stands in the published file.
PARCELS = {"1430022": 1, "2607117": 101, "2607218": 35, "3745012": 655, "VACSTWIL": 1}
HOUSE_NUMBER, HOUSE_NUMBER_SHARE = "441", 2_453 / PUBLISHED
MULTIPOLYGON_SHARE = 120 / PUBLISHED
LONGITUDE, LATITUDE = -122.42916360922355, 37.729900216217324

RING_SIZES = {4: 13, 5: 808, 6: 78, 7: 36, 8: 34, 9: 10, 12: 3, 15: 8, 20: 5, 34: 4, 40: 1}
# The bounds of the published longitude rules cut the city into these shares.
LONGITUDES = [
    (-122.5135, -122.46471267081272),
    (-122.46471267081272, -122.41600944012424),
    (-122.41600944012424, -122.4063085128395),
    (-122.4063085128395, -122.3665),
]
LONGITUDE_SHARES = [23, 47, 13, 17]
LATITUDES = (37.7085, 37.8088)


@cache
def features(count: int) -> list[Feature]:
    """Make features, block by block, with nested coordinates of three numbers a point."""
    random = Random(f"citylots {count}")  # noqa: S311 - nothing here is secret
    made: list[Feature] = []
    blocks = list(range(1, 10_000))
    random.shuffle(blocks)
    while len(made) < count:
        made += _block(random, blocks[len(made) // 34 % len(blocks)])
    del made[count:]
    _plant(random, made)
    return made


def lines(count: int) -> Iterator[str]:
    """Make features as lines, spaced as the published file is."""
    return map(json.dumps, features(count))


def object_lines(count: int) -> Iterator[str]:
    """Make features as event-ruler's benchmark reads them: points as objects, the first twice."""
    for feature in features(count):
        coordinates = feature["geometry"]["coordinates"]
        first = coordinates
        while isinstance(first[0], list):
            first = first[0]
        geometry = {
            "type": feature["geometry"]["type"],
            "firstCoordinates": _point_object(first),
            "coordinates": _with_point_objects(coordinates),
        }
        yield json.dumps({**feature, "geometry": geometry})


def _block(random: Random, block: int) -> Iterator[Feature]:
    letter = random.choice("ABT") if random.random() < 0.04 else ""
    name = f"{block:04}{letter}"
    longitude = random.uniform(*random.choices(LONGITUDES, LONGITUDE_SHARES)[0])
    latitude = random.uniform(*LATITUDES)
    known = STREETS + NUMBERED
    around = random.choices(known, [weight for *_, weight in known], k=4)
    # In some blocks many flats share the parcel they stand on.
    shared = random.randrange(2, 60) if random.random() < 0.15 else 0
    for lot in range(1, 1 + max(1, min(220, int(random.expovariate(1 / 34))))):
        street, kind, _ = random.choice(around)
        number = random.randrange(1, 3_300)
        lot_name = f"{lot:03}" + (random.choice("ABC") if random.random() < 0.05 else "")
        start = HOUSE_NUMBER if random.random() < HOUSE_NUMBER_SHARE else str(number)
        properties = {
            "MAPBLKLOT": f"{name}001" if lot < shared else name + lot_name,
            "BLKLOT": name + lot_name,
            "BLOCK_NUM": name,
            "LOT_NUM": lot_name,
            "FROM_ST": "0" if kind is None else start,
            "TO_ST": "0" if kind is None else str(number + 2 * random.choice((0, 0, 0, 1, 4, 9))),
            "STREET": street,
            "ST_TYPE": kind,
            "ODD_EVEN": "EO"[number % 2],
        }
        x = longitude + random.uniform(-0.0009, 0.0009)
        y = latitude + random.uniform(-0.0006, 0.0006)
        yield {"type": "Feature", "properties": properties, "geometry": _geometry(random, x, y)}


def _geometry(random: Random, x: float, y: float) -> dict[str, Any]:
    if random.random() < MULTIPOLYGON_SHARE:
        polygons = [[_ring(random, x + 0.001 * n, y)] for n in range(2)]
        return {"type": "MultiPolygon", "coordinates": polygons}
    return {"type": "Polygon", "coordinates": [_ring(random, x, y)]}


def _ring(random: Random, x: float, y: float) -> list[Point]:
    (size,) = random.choices(list(RING_SIZES), list(RING_SIZES.values()))
    spread = 0.0002
    points = [
        [x + random.uniform(-spread, spread), y + random.uniform(-spread, spread), 0.0]
        for _ in range(size - 1)
    ]
    return [*points, points[0]]


def _plant(random: Random, made: list[Feature]) -> None:
    scale = len(made) / PUBLISHED
    counts = {name: max(1, round(count * scale)) for name, count in PARCELS.items()}
    places = iter(random.sample(range(len(made)), sum(counts.values()) + 2))
    for name, count in counts.items():
        for _ in range(count):
            made[next(places)]["properties"]["MAPBLKLOT"] = name
    x, y = random.uniform(*LONGITUDES[1]), random.uniform(*LATITUDES)
    first, second = _ring(random, LONGITUDE, y), _ring(random, x, LATITUDE)
    first[0][0], second[1][1] = LONGITUDE, LATITUDE
    made[next(places)]["geometry"] = {"type": "Polygon", "coordinates": [first]}
    made[next(places)]["geometry"] = {"type": "MultiPolygon", "coordinates": [[second]]}


def _point_object(point: Point) -> dict[str, float]:
    return dict(zip("xyz", point, strict=True))


def _with_point_objects(coordinates: list[Any]) -> Any:
    if not isinstance(coordinates[0], list):
        return _point_object(coordinates)
    return [_with_point_objects(inner) for inner in coordinates]
