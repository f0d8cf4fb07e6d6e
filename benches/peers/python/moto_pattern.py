"""Measures the matcher of moto, on events that orjson has decoded."""

from importlib import import_module

import orjson

from peers.python.protocol import Match, each, serve

# The linters' environment has no moto.
EventPattern = import_module("moto.events.models").EventPattern


def load(rules: dict[str, str]) -> Match:
    """Load the patterns."""
    patterns = [EventPattern.load(pattern) for pattern in rules.values()]

    def count(event: bytes) -> int:
        decoded = orjson.loads(event)
        return sum(pattern.matches_event(decoded) for pattern in patterns)

    return each(count)


serve(load)
