"""The headers that prove who a target is, and the token that some need for that."""

from __future__ import annotations

import time
from base64 import b64encode
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlencode

import anyio
import orjson

from rulebus.exceptions import PermanentError

from .connection import ApiKeyAuth, BasicAuth, Connection, OAuthClientCredentials
from .request import Request, is_header_value
from .response import Response, check_response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Send: TypeAlias = Callable[[Request], Awaitable[Response]]

_SECONDS_BEFORE_EXPIRY = 60


class Tokens:
    """
    Fetch the token of an OAuth client and keep it while it is good.

    Args:
        connection: The client.
        send: Sends a request.
        clock: Returns the time in seconds.
    """

    def __init__(
        self,
        connection: OAuthClientCredentials,
        send: Send,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connection = connection
        self._send = send
        self._clock = clock
        self._lock = anyio.Lock()
        self._token = ""
        self._good_until = 0.0

    async def token(self) -> str:
        """
        Return a token; those that ask at the same time share one request for it.

        Raises:
            PermanentError: The server refuses the client, or answers without a token.
            ResponseError: The server may answer later.
        """
        async with self._lock:
            if not self._token or self._clock() >= self._good_until:
                await self._fetch()
            return self._token

    def forget(self, token: str) -> None:
        """Keep a token no longer that a server refused."""
        if self._token == token:
            self._token = ""

    async def _fetch(self) -> None:
        asked = self._clock()
        connection = self._connection
        form = {
            "grant_type": "client_credentials",
            "client_id": connection.client_id,
            "client_secret": connection.client_secret,
        } | dict(connection.parameters)
        headers = {
            "accept": "application/json",
            "content-type": "application/x-www-form-urlencoded",
            "user-agent": "rulebus",
        }
        endpoint = connection.authorization_endpoint
        response = await self._send(Request("POST", endpoint, headers, urlencode(form).encode()))
        check_response(f"POST {endpoint}", response)
        token, seconds = _read_token(endpoint, response.body)
        self._token = token
        self._good_until = asked + seconds - _SECONDS_BEFORE_EXPIRY


class Authorization:
    """
    Add to requests what a connection proves itself with.

    Args:
        connection: `None` to add nothing.
        send: Sends a request for a token.
    """

    def __init__(self, connection: Connection | None, send: Send) -> None:
        self._headers = _fixed_headers(connection)
        self._tokens: Tokens | None = None
        if isinstance(connection, OAuthClientCredentials):
            self._tokens = Tokens(connection, send)

    async def send(self, request: Request, send: Send) -> Response:
        """
        Send a request with its proof; once more with a new token if the server refuses the token.

        The connection's headers take the place of the request's own.
        """
        if self._tokens is None:
            return await send(_with_headers(request, self._headers))
        token = await self._tokens.token()
        response = await send(_with_headers(request, _bearer(token)))
        if response.status not in _REFUSED_TOKEN:
            return response
        self._tokens.forget(token)
        return await send(_with_headers(request, _bearer(await self._tokens.token())))


_REFUSED_TOKEN = (401, 407)


def _fixed_headers(connection: Connection | None) -> dict[str, str]:
    match connection:
        case BasicAuth():
            pair = f"{connection.username}:{connection.password}".encode()
            return {"authorization": f"Basic {b64encode(pair).decode()}"}
        case ApiKeyAuth():
            return {connection.api_key_name.lower(): connection.api_key_value}
        case _:
            return {}


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def _with_headers(request: Request, headers: dict[str, str]) -> Request:
    return request._replace(headers=request.headers | headers)


def _read_token(endpoint: str, body: bytes) -> tuple[str, float]:
    """Return the token of an answer, and for how many seconds it is good."""
    try:
        answer: Any = orjson.loads(body)
        token, seconds = answer["access_token"], float(answer.get("expires_in", "inf"))
        if not isinstance(token, str) or not token or not is_header_value(token):
            raise ValueError  # noqa: TRY301  handled as the others are
    except (ValueError, TypeError, KeyError, AttributeError):
        raise PermanentError(
            f"POST {endpoint} was answered without a token: expected a JSON object with a text "
            "'access_token' and a number 'expires_in'"
        ) from None
    return token, seconds
