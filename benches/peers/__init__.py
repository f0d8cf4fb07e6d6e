"""Rulebus and the matchers of other projects, measured side by side."""
