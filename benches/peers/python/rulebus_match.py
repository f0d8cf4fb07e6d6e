"""Measures `rulebus.Matcher.match`."""

from peers.python.protocol import Match, each, serve
from rulebus import Matcher


def load(rules: dict[str, str]) -> Match:
    """Load the patterns."""
    return each(Matcher(rules, dialect="extended").match)


serve(load)
