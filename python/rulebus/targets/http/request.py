"""The request that an event becomes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, TypeAlias
from urllib.parse import quote, urlencode, urlsplit

from rulebus._core import EventPath
from rulebus.exceptions import PermanentError, ValidationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rulebus.event import Event

    Parameter: TypeAlias = Callable[[bytes], str | None]

METHODS = ("POST", "GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE")
_WITHOUT_BODY = ("GET", "HEAD")

# RFC 9110, 5.6.2.
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

# What belongs to the connection or is written by the client: RFC 9110, 7.6.1.
_RESERVED_HEADERS = frozenset(
    (
        "connection",
        "content-length",
        "host",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    )
)


class Request(NamedTuple):
    """One request as it is sent; the names of the headers are in lower case."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes | None


class RequestTemplate:
    """
    Make requests of events.

    Args:
        endpoint: The URL; each `*` behind the host takes one of `path_values`, in order.
        method: One of `METHODS`.
        path_values: Literals, or paths that begin with `$.` and are read from the event.
        headers: Headers by name; the values are like those of the path.
        query: Query parameters by name, likewise, which are added to the URL's own.

    Raises:
        ValidationError: One of these is not what it has to be.
        InvalidTransformError: A value begins with `$.` and is not a path.
    """

    def __init__(
        self,
        endpoint: str,
        method: str,
        path_values: Sequence[str],
        headers: Mapping[str, str],
        query: Mapping[str, str],
    ) -> None:
        check_endpoint("invocation_endpoint", endpoint)
        if method not in METHODS:
            raise ValidationError(f"http_method {method!r}: expected one of {', '.join(METHODS)}")
        self._pieces = endpoint.split("*")
        if len(path_values) != len(self._pieces) - 1:
            raise ValidationError(
                f"path_parameter_values {list(path_values)!r}: expected one for each '*' of "
                f"{endpoint!r}"
            )
        for name, value in headers.items():
            check_header(name)
            if not is_header_value(value):
                raise ValidationError(f"header {name!r}: expected no control characters")
        self._method = method
        self._path_values = [_parameter(value) for value in path_values]
        self._headers = {name.lower(): _parameter(value) for name, value in headers.items()}
        self._query = {name: _parameter(value) for name, value in query.items()}

    def fill(self, event: Event) -> Request:
        """
        Return the request for an event, whose body is the event's `input`.

        A header or query parameter for which the event has nothing is left out.

        Raises:
            PermanentError: The event has nothing for the path, or nothing that may stand there.
        """
        headers = {
            "content-type": "application/json; charset=utf-8",
            "user-agent": "rulebus",
        } | _values(self._headers, event.raw)
        for name, value in headers.items():
            if not is_header_value(value):
                raise PermanentError(f"header {name}: the event has a control character for it")
        body = None if self._method in _WITHOUT_BODY else event.input
        return Request(self._method, self._url(event.raw), headers, body)

    def _url(self, raw: bytes) -> str:
        url = self._pieces[0]
        for number, (value, piece) in enumerate(
            zip(self._path_values, self._pieces[1:], strict=True), 1
        ):
            text = value(raw)
            if not text:
                raise PermanentError(f"path parameter {number}: the event has nothing for it")
            url += quote(text, safe="") + piece
        if {".", ".."}.intersection(urlsplit(url).path.split("/")):
            raise PermanentError(f"the event makes the path {urlsplit(url).path!r} lead elsewhere")
        query = urlencode(_values(self._query, raw), quote_via=quote)
        if query:
            url += ("&" if "?" in url else "?") + query
        return url


def check_endpoint(what: str, url: str) -> None:
    """
    Check the URL of a server.

    Raises:
        ValidationError: It is not an absolute URL of HTTP, or has a user name or a fragment.
    """
    parts = urlsplit(url)
    good = parts.scheme in ("http", "https") and parts.hostname and "*" not in parts.netloc
    if not good or "@" in parts.netloc or "#" in url or not url.isascii() or re.search(r"\s", url):
        raise ValidationError(
            f"{what} {url!r}: expected a URL such as https://example.com/orders, without a user "
            "name, a fragment and white space"
        )
    try:
        _ = parts.port
    except ValueError as error:
        raise ValidationError(f"{what} {url!r}: {error}") from None


def check_header(name: str) -> None:
    """
    Check the name of a header that is to be sent.

    Raises:
        ValidationError: It is not a name, or a header that the client writes itself.
    """
    if not _TOKEN.fullmatch(name) or name.lower() in _RESERVED_HEADERS:
        raise ValidationError(
            f"header {name!r}: expected a name of HTTP, and none of "
            f"{', '.join(sorted(_RESERVED_HEADERS))}"
        )


def is_header_value(value: str) -> bool:
    """Tell whether a text can be the value of a header."""
    return not _CONTROL.search(value)


def _parameter(value: str) -> Parameter:
    if value.startswith("$."):
        return EventPath(value).text
    return lambda _: value


def _values(parameters: Mapping[str, Parameter], raw: bytes) -> dict[str, str]:
    texts = {name: parameter(raw) for name, parameter in parameters.items()}
    return {name: text for name, text in texts.items() if text is not None}
