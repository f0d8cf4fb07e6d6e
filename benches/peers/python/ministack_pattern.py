"""Measures the matcher of MiniStack, as its `PutEvents` calls it, on events that orjson decoded."""

# ruff: noqa: SLF001 - MiniStack is no library; its matcher has no public name.

from importlib import import_module

import orjson

from peers.python.protocol import CannotError, Match, each, serve

# The linters' environment has no MiniStack.
eventbridge = import_module("ministack.services.eventbridge")


def load(rules: dict[str, str]) -> Match:
    """Load the patterns."""
    for name, pattern in rules.items():
        error = eventbridge._parse_pattern_text(pattern)[1]
        if error is not None:
            raise CannotError(f"{name}: {error}")
    patterns = list(rules.values())

    def count(event: bytes) -> int:
        envelope = orjson.loads(event)
        view = eventbridge._EventView(envelope, envelope.pop("detail", None))
        return sum(eventbridge._matches_pattern_view(pattern, view) for pattern in patterns)

    return each(count)


serve(load)
