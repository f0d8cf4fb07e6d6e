"""Measures a list of Python functions, one for each pattern, on events that orjson has decoded."""

import json

import orjson

from peers.python.protocol import Match, each, serve
from peers.workloads.predicates import predicate


def load(rules: dict[str, str]) -> Match:
    """Compile the patterns."""
    predicates = [predicate(json.loads(pattern)) for pattern in rules.values()]

    def count(event: bytes) -> int:
        decoded = orjson.loads(event)
        return sum(holds(decoded) for holds in predicates)

    return each(count)


serve(load)
