"""How a target proves to a server who it is: EventBridge's connections."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from rulebus.exceptions import ValidationError

from .request import check_endpoint, check_header, is_header_value

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class BasicAuth:
    """
    Send a user name and a password with each request (RFC 7617).

    Args:
        username: Without a colon.
        password: Never shown.

    Raises:
        ValidationError: The user name has a colon.
    """

    username: str
    password: str = field(repr=False)

    def __post_init__(self) -> None:
        if ":" in self.username:
            raise ValidationError(f"username {self.username!r}: expected no colon")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyAuth:
    """
    Send a key in a header with each request.

    Args:
        api_key_name: The name of the header.
        api_key_value: The key, never shown.

    Raises:
        ValidationError: The name or the value cannot be a header's.
    """

    api_key_name: str
    api_key_value: str = field(repr=False)

    def __post_init__(self) -> None:
        check_header(self.api_key_name)
        if not is_header_value(self.api_key_value):
            raise ValidationError("api_key_value: expected text without control characters")


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthClientCredentials:
    """
    Fetch a token with a client's id and secret, and send it with each request (RFC 6749, 4.4).

    The token is kept until a minute before it expires, or until a server refuses it.

    Args:
        client_id: The id of the client.
        client_secret: The secret of the client, never shown.
        authorization_endpoint: The URL that answers with tokens, to a POST.
        parameters: Further members of that request's form, such as `scope` and `audience`.

    Raises:
        ValidationError: The endpoint is not a URL.
    """

    client_id: str
    client_secret: str = field(repr=False)
    authorization_endpoint: str
    parameters: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        check_endpoint("authorization_endpoint", self.authorization_endpoint)
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))


Connection: TypeAlias = BasicAuth | ApiKeyAuth | OAuthClientCredentials
"""How a target proves to a server who it is."""
