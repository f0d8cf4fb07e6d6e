"""
HTTP as a target: EventBridge's API destinations and their connections.

This needs the extra `rulebus[http]`.
"""

from __future__ import annotations

from .connection import ApiKeyAuth, BasicAuth, Connection, OAuthClientCredentials
from .target import HttpTarget

__all__ = ["ApiKeyAuth", "BasicAuth", "Connection", "HttpTarget", "OAuthClientCredentials"]
