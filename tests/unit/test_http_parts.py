"""The parts of the HTTP target that need no server."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest

from rulebus import InvalidTransformError, ValidationError
from rulebus.targets.http import ApiKeyAuth, BasicAuth, HttpTarget, OAuthClientCredentials
from rulebus.targets.http.network import GuardedBackend, parse_networks
from rulebus.targets.http.pace import Pace
from rulebus.targets.http.response import retry_after

URL = "https://example.com/"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "/orders",
        "ftp://example.com/",
        "https://",
        "https:///orders",
        "https://*.example.com/",
        "https://user:password@example.com/",
        "https://example.com/#part",
        "https://example.com/a b",
        "https://example.com/\r\nX: y",
        "https://exämple.com/",
        "https://example.com:port/",
        "https://example.com:70000/",
    ],
)
def test_wrong_url(url: str) -> None:
    """What is not a plain URL of HTTP is refused, also for tokens."""
    with pytest.raises(ValidationError, match="invocation_endpoint"):
        HttpTarget(url)
    with pytest.raises(ValidationError, match="authorization_endpoint"):
        OAuthClientCredentials(client_id="c", client_secret="s", authorization_endpoint=url)


@pytest.mark.parametrize(
    ("message", "arguments"),
    [
        ("http_method 'post': expected one of POST", {"http_method": "post"}),
        ("http_method 'TRACE'", {"http_method": "TRACE"}),
        ("expected one for each", {"path_parameter_values": ["a"]}),
        ("header 'Host': expected a name", {"header_parameters": {"Host": "a"}}),
        ("header 'content-length'", {"header_parameters": {"content-length": "1"}}),
        ("header 'a b'", {"header_parameters": {"a b": "1"}}),
        ("header 'X-A': expected no control", {"header_parameters": {"X-A": "a\nb"}}),
        ("header ''", {"header_parameters": {"": "1"}}),
        ("invocation_rate_limit_per_second 0", {"invocation_rate_limit_per_second": 0}),
        ("timeout -1: expected a finite number above 0", {"timeout": -1}),
        ("timeout True", {"timeout": True}),
        ("timeout nan", {"timeout": float("nan")}),
        ("timeout inf", {"timeout": float("inf")}),
        ("connection 'Bearer x': expected BasicAuth", {"connection": "Bearer x"}),
        ("allowed_networks", {"allowed_networks": ["10.0.0.1/8"]}),
        ("allowed_networks", {"allowed_networks": ["example.com"]}),
    ],
)
def test_wrong_argument(message: str, arguments: dict[str, Any]) -> None:
    """An argument out of range is refused when the target is made."""
    with pytest.raises(ValidationError) as caught:
        HttpTarget(URL, **arguments)

    assert message in str(caught.value)


def test_wrong_path() -> None:
    """A value that begins as a path has to be one."""
    with pytest.raises(InvalidTransformError):
        HttpTarget(URL, header_parameters={"X-A": "$..a"})


def test_wrong_credentials() -> None:
    """Credentials that cannot be sent are refused without being shown."""
    with pytest.raises(ValidationError, match="expected no colon"):
        BasicAuth(username="a:b", password="")
    with pytest.raises(ValidationError, match="header 'Host'"):
        ApiKeyAuth(api_key_name="Host", api_key_value="k")
    with pytest.raises(ValidationError) as caught:
        ApiKeyAuth(api_key_name="X-Key", api_key_value="secret\n")
    assert "secret" not in str(caught.value)


def test_secrets_are_not_shown() -> None:
    """The repr of a connection has no secrets."""
    connections = [
        BasicAuth(username="u", password="hidden"),
        ApiKeyAuth(api_key_name="X-Key", api_key_value="hidden"),
        OAuthClientCredentials(
            client_id="c",
            client_secret="hidden",
            authorization_endpoint=URL,
            parameters={"assertion": "hidden"},
        ),
    ]

    assert [] == [connection for connection in connections if "hidden" in repr(connection)]


@pytest.mark.parametrize(
    ("public", "address"),
    [
        (True, "1.1.1.1"),
        (True, "2606:4700::1111"),
        (False, "0.0.0.0"),  # noqa: S104  refused
        (False, "10.1.2.3"),
        (False, "100.64.0.1"),
        (False, "127.0.0.1"),
        (False, "169.254.169.254"),
        (False, "172.16.0.1"),
        (False, "192.168.0.1"),
        (False, "224.0.0.1"),
        (False, "240.0.0.1"),
        (False, "255.255.255.255"),
        (False, "::"),
        (False, "::1"),
        (False, "fc00::1"),
        (False, "fe80::1"),
        (False, "ff02::1"),
        (False, "64:ff9b::10.0.0.1"),
        (False, "2002:a00:1::"),
    ],
)
def test_public_addresses(public: bool, address: str) -> None:  # noqa: FBT001  of the table
    """Private, local, shared and reserved addresses are not public, in whatever form."""
    assert public == GuardedBackend([]).allows(ipaddress.ip_address(address))


def test_allowed_networks() -> None:
    """An address of an allowed network may be connected to, others still may not."""
    backend = GuardedBackend(parse_networks(["10.0.0.0/8", "::1"]))

    allowed = [backend.allows(ipaddress.ip_address(a)) for a in ("10.9.9.9", "::1", "192.168.0.1")]
    assert [True, True, False] == allowed


@pytest.mark.parametrize(
    ("seconds", "value"),
    [
        (0.0, "0"),
        (120.0, "120"),
        (120.0, " 120 "),
        (-1.0, "-1"),
        (60.0, "Thu, 01 Jan 1970 00:17:40 GMT"),
        (0.0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (0.0, "soon"),
        (0.0, ""),
        (0.0, "9" * 400),
    ],
)
def test_retry_after(seconds: float, value: str) -> None:
    """A wait is a number of seconds or the time when it ends."""
    assert seconds == retry_after(value, 1_000.0)


def test_pace() -> None:
    """Places are evenly spaced; time that nobody used is not saved up."""
    pace = Pace(2)

    assert [0.0, 0.5, 1.0] == [pace.reserve(10.0) for _ in range(3)]
    assert [0.0, 0.5] == [pace.reserve(20.0) for _ in range(2)]
