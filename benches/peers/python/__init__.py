"""Adapters in Python, one module for each peer."""
