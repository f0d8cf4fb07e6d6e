"""Measures `rulebus.Matcher.match`."""

from peers.python.protocol import Count, each, serve
from rulebus import Matcher


def load(rules: dict[str, str]) -> Count:
    """Load the patterns."""
    match = Matcher(rules, dialect="extended").match
    return each(lambda event: len(match(event)))


serve(load)
