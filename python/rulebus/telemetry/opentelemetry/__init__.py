"""
OpenTelemetry for a bus: `pip install rulebus[opentelemetry]`.

This needs the API of OpenTelemetry alone; where traces and figures go is the matter of its SDK.
"""

from __future__ import annotations

from .metrics import observe
from .traces import TracedEventBus

__all__ = ["TracedEventBus", "observe"]
