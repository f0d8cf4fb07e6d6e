"""A server as a target."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

import anyio
import httpcore2

from rulebus.exceptions import BusStateError, PermanentError, ValidationError
from rulebus.targets.counts import check_positive
from rulebus.targets.errors import ConnectionFailureError, ResponseTimeoutError

from .authorization import Authorization
from .connection import Connection
from .network import GuardedBackend, parse_networks
from .pace import Pace
from .request import RequestTemplate
from .response import Response, check_response

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Mapping, Sequence
    from types import TracebackType

    from rulebus.event import Event

    from .request import Request

# A longer body is not read to its end: the connection is closed instead.
_MAX_BODY = 65_536

_FAILURES = (httpcore2.NetworkError, httpcore2.RemoteProtocolError, httpcore2.TimeoutException)


class HttpTarget:
    """
    Send each event to a server, as EventBridge's API destinations do.

    The body is the event, or what its transform made of it. Connections are kept while a bus that
    has the target is open, or inside `async with target:`. Redirects are not followed.

    Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html

    Args:
        invocation_endpoint: The URL; each `*` behind the host takes one of the
            `path_parameter_values`.
        http_method: `"POST"`, `"GET"`, `"HEAD"`, `"OPTIONS"`, `"PUT"`, `"PATCH"` or `"DELETE"`.
            GET and HEAD have no body.
        path_parameter_values: Literals, or paths that begin with `$.` and are read from the
            event before any transform. Escaped, so that no value leads to another path.
        header_parameters: Headers by name, their values likewise; left out where the event has
            nothing.
        query_string_parameters: Query parameters by name, likewise.
        connection: How to prove who sends; its headers take the place of others.
        invocation_rate_limit_per_second: Requests in a second; more wait. `None` for no limit.
        timeout: Seconds that one delivery may take, without the wait for the rate.
        allowed_networks: Networks such as `10.0.0.0/8` that may be connected to although they
            are not public; others are refused when a connection is made.
        ssl_context: What servers are verified with; the system's authorities if `None`.

    Raises:
        ValidationError: An argument is not what it has to be.
        InvalidTransformError: A value begins with `$.` and is not a path.
    """

    def __init__(  # noqa: PLR0913
        self,
        invocation_endpoint: str,
        *,
        http_method: str = "POST",
        path_parameter_values: Sequence[str] = (),
        header_parameters: Mapping[str, str] | None = None,
        query_string_parameters: Mapping[str, str] | None = None,
        connection: Connection | None = None,
        invocation_rate_limit_per_second: float | None = None,
        timeout: float = 5.0,
        allowed_networks: Iterable[str] = (),
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._template = RequestTemplate(
            invocation_endpoint,
            http_method,
            path_parameter_values,
            header_parameters or {},
            query_string_parameters or {},
        )
        rate = invocation_rate_limit_per_second
        if rate is not None:
            check_positive("invocation_rate_limit_per_second", rate)
        check_positive("timeout", timeout)
        if connection is not None and not isinstance(connection, Connection):
            raise ValidationError(
                f"connection {connection!r}: expected BasicAuth, ApiKeyAuth, "
                "OAuthClientCredentials or None"
            )
        self._what = f"{http_method} {urlsplit(invocation_endpoint)._replace(query='').geturl()}"
        self._connection = connection
        self._pace = None if rate is None else Pace(rate)
        self._timeout = timeout
        self._allowed = parse_networks(allowed_networks)
        self._ssl_context = ssl_context
        self._users = 0
        self._pool: httpcore2.AsyncConnectionPool | None = None
        self._authorization = Authorization(connection, self._send)

    async def __aenter__(self) -> Self:
        self._users += 1
        if self._pool is None:
            self._pool = httpcore2.AsyncConnectionPool(
                ssl_context=self._ssl_context,
                max_connections=None,
                network_backend=GuardedBackend(self._allowed),
            )
            self._authorization = Authorization(self._connection, self._send)
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._users -= 1
        if self._pool is not None and not self._users:
            pool, self._pool = self._pool, None
            await pool.aclose()

    async def deliver(self, event: Event, /) -> None:
        """
        Send an event, and return when the server has taken it.

        Raises:
            ResponseError: The server answered 409, 429 or 500 and above.
            ConnectionFailureError: It was not reached, or the connection broke.
            ResponseTimeoutError: It did not answer in time.
            PermanentError: It gave another answer, its address is not allowed, or the event has
                nothing for a path parameter, or something that cannot be sent.
            BusStateError: The target is not open: no bus has it, and it is outside its block.
        """
        request = self._template.fill(event)
        if self._pace is not None:
            await anyio.sleep(self._pace.reserve(anyio.current_time()))
        try:
            with anyio.fail_after(self._timeout):
                response = await self._authorization.send(request, self._send)
        except TimeoutError as error:
            raise ResponseTimeoutError(
                f"{self._what} was not answered within {self._timeout:g} seconds"
            ) from error
        except httpcore2.LocalProtocolError as error:
            raise PermanentError(f"{self._what} cannot be sent: {error}") from error
        except _FAILURES as error:
            raise ConnectionFailureError(f"{self._what} failed: {error!r}") from error
        check_response(self._what, response)

    async def _send(self, request: Request) -> Response:
        if self._pool is None:
            raise BusStateError(
                f"{self!r} is not open: it is while a bus is that has it as a target, and inside "
                "'async with target:'"
            )
        headers = [(name.encode(), value.encode()) for name, value in request.headers.items()]
        sending = self._pool.stream(
            request.method, request.url, headers=headers, content=request.body
        )
        async with sending as answer, aclosing(answer.aiter_stream()) as chunks:
            body = b""
            async for chunk in chunks:
                body += chunk
                if len(body) > _MAX_BODY:
                    break
            names = {
                name.decode().lower(): value.decode("latin-1") for name, value in answer.headers
            }
            return Response(answer.status, names, body)

    def __repr__(self) -> str:
        return f"HttpTarget({self._what!r})"
