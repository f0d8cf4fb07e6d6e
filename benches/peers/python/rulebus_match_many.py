"""Measures `rulebus.Matcher.match_many`."""

from peers.python.protocol import Count, serve
from rulebus import Matcher


def load(rules: dict[str, str]) -> Count:
    """Load the patterns."""
    match_many = Matcher(rules, dialect="extended").match_many
    return lambda events: list(map(len, match_many(events)))


serve(load)
