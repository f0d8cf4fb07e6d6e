"""Rules and events to measure matchers with, made from seeds and the same everywhere."""
