"""Measures `rulebus.Matcher.match_many`."""

from peers.python.protocol import Match, serve
from rulebus import Matcher


def load(rules: dict[str, str]) -> Match:
    """Load the patterns."""
    return Matcher(rules, dialect="extended").match_many


serve(load)
