"""The workloads that quamina publishes figures for, on generated data."""

from collections.abc import Iterator
from random import Random
from typing import Any

from peers.workloads import citylots, status
from peers.workloads.workload import Pattern, Workload, compact

FEATURES = 20_000
WORDS = 12_959


def city_lots() -> list[Pattern]:
    """Return four patterns: a street, a street's side, a number among coordinates, one parcel."""
    lot = citylots.features(FEATURES)[FEATURES // 2]
    latitude = {"coordinates": [_latitude(lot)]}
    parcel = {name: [lot["properties"][name]] for name in ("MAPBLKLOT", "BLKLOT")}
    return [
        {"properties": {"STREET": ["CRANLEIGH"]}},
        {"properties": {"STREET": ["17TH"], "ODD_EVEN": ["E"]}},
        {"geometry": latitude},
        {"properties": parcel, "geometry": latitude},
    ]


def _latitude(lot: dict[str, Any]) -> Any:
    place = lot["geometry"]["coordinates"]
    while isinstance(place[0], list):
        place = place[0]
    return place[1]


def words() -> list[str]:
    """Return the five-letter words, made of syllables that can be spoken."""
    random = Random("words")  # noqa: S311 - nothing here is secret
    found: set[str] = set()
    while len(found) < WORDS:
        kinds = random.choice(("CVCVC", "CVCCV", "VCVCV", "CCVCV", "CVVCV"))
        letters = {"C": "bcdfghjklmnprstvwyz", "V": "aeiou"}
        found.add("".join(random.choice(letters[kind]) for kind in kinds))
    return sorted(found)


def starred_words() -> Iterator[Pattern]:
    """Return a pattern for each word, with a star in each of the six positions in turn."""
    for number, word in enumerate(words()):
        place = number % 6
        yield {"x": [{"wildcard": f"{word[:place]}*{word[place:]}"}]}


def status_field(name: str, pattern: Pattern) -> Workload:
    """Return the workload of one pattern on the status event."""
    return Workload(
        name=f"status-{name}",
        group="quamina",
        patterns=lambda: [pattern],
        events=status.events,
        matches=status.EVENTS // 2,
    )


QUAMINA = [
    Workload(
        name="city-lots",
        group="quamina",
        patterns=city_lots,
        events=lambda: citylots.lines(FEATURES),
    ),
    status_field(
        "early", {"context": {"user_id": [status.USER_ID], "friends_count": [status.FRIENDS]}}
    ),
    status_field("nested", {"payload": {"user": {"id_str": [status.USER_NAME_ID]}}}),
    status_field("last", {"payload": {"lang_value": [status.LANGUAGE]}}),
    Workload(
        name="words",
        group="quamina",
        patterns=starred_words,
        events=lambda: (compact({"x": word}) for word in words()),
    ),
]
