"""HTTP as a target, against a server on this machine."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import anyio
import orjson
import pytest
import trustme
from anyio.abc import SocketAttribute, SocketStream
from http_server import Answer, Server, running

from rulebus import (
    BusStateError,
    ConnectionFailureError,
    Event,
    EventBus,
    InputPath,
    PermanentError,
    ResponseError,
    ResponseTimeoutError,
    RuleTarget,
)
from rulebus.targets.http import ApiKeyAuth, BasicAuth, HttpTarget, OAuthClientCredentials

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.anyio

EVENT = Event(
    b'{"id":"i-1","source":"shop","detail":'
    b'{"id":"o/1 ?","n":7,"none":null,"tags":["a","b"],"up":"..","blank":" a","line":"a\\r\\nb"}}'
)


@pytest.fixture
def server() -> Iterator[Server]:
    """Run a server for one test."""
    with running() as server:
        yield server


def target(server: Server, path: str = "/", **arguments: Any) -> HttpTarget:
    """Return a target at the server, which is not at a public address."""
    return HttpTarget(f"{server.url}{path}", allowed_networks=["127.0.0.0/8"], **arguments)


async def deliver(it: HttpTarget, event: Event = EVENT) -> None:
    """Open a target and deliver one event."""
    async with it:
        await it.deliver(event)


async def test_event_is_posted(server: Server) -> None:
    """The body is the event's bytes, as JSON."""
    await deliver(target(server, "/orders"))

    [asked] = server.asked
    assert ("POST", "/orders", EVENT.raw) == (asked.method, asked.target, asked.body)
    assert "application/json; charset=utf-8" == asked.headers["content-type"]
    assert f"127.0.0.1:{server.port}" == asked.headers["host"]


async def test_transformed_event_is_posted(server: Server) -> None:
    """The body is what a transform made of the event; parameters are read from the event itself."""
    event = Event(EVENT.raw, InputPath("$.detail.n").compile().render(EVENT.raw))

    await deliver(target(server, "/*", path_parameter_values=["$.source"]), event)

    assert [("/shop", b"7")] == [(asked.target, asked.body) for asked in server.asked]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_methods_with_a_body(server: Server, method: str) -> None:
    """These methods send the event."""
    await deliver(target(server, http_method=method))

    assert [(method, EVENT.raw)] == [(asked.method, asked.body) for asked in server.asked]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_methods_without_a_body(server: Server, method: str) -> None:
    """These methods send nothing but their parameters."""
    await deliver(target(server, http_method=method))

    assert [(method, b"")] == [(asked.method, asked.body) for asked in server.asked]


async def test_parameters(server: Server) -> None:
    """Path, query and headers are literals or read from the event, escaped, or left out."""
    it = target(
        server,
        "/v1/*/orders/*?fixed=1",
        path_parameter_values=["shop a", "$.detail.id"],
        query_string_parameters={"n": "$.detail.n", "no": "$.detail.no", "t": "$.detail.tags[0]"},
        header_parameters={"X-Id": "$.id", "X-No": "$.no", "Content-Type": "text/plain"},
    )

    await deliver(it)

    [asked] = server.asked
    assert "/v1/shop%20a/orders/o%2F1%20%3F?fixed=1&n=7&t=a" == asked.target
    assert ("i-1", "text/plain") == (asked.headers["x-id"], asked.headers["content-type"])
    assert "x-no" not in asked.headers


@pytest.mark.parametrize(
    ("message", "arguments"),
    [
        ("path parameter 1: the event has nothing", {"path_parameter_values": ["$.detail.no"]}),
        ("lead elsewhere", {"path_parameter_values": ["$.detail.up"]}),
        (
            "cannot be sent: Illegal header value",
            {"path_parameter_values": ["a"], "header_parameters": {"X-A": "$.detail.blank"}},
        ),
        (
            "header x-a: the event has a control character",
            {"path_parameter_values": ["a"], "header_parameters": {"X-A": "$.detail.line"}},
        ),
    ],
)
async def test_parameters_that_cannot_be_sent(
    server: Server, message: str, arguments: dict[str, Any]
) -> None:
    """An event whose values would break the request, or lead elsewhere, is refused for good."""
    with pytest.raises(PermanentError, match=message):
        await deliver(target(server, "/a/*", **arguments))

    assert [] == server.asked


async def test_basic(server: Server) -> None:
    """A user name and a password go into the header of RFC 7617, and not into the repr."""
    connection = BasicAuth(username="Aladdin", password="open sesame")

    await deliver(target(server, connection=connection))

    assert "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==" == server.asked[0].headers["authorization"]
    assert "sesame" not in repr(connection)


async def test_api_key(server: Server) -> None:
    """A key goes into its header, in place of the target's own."""
    connection = ApiKeyAuth(api_key_name="X-Key", api_key_value="k")

    await deliver(target(server, connection=connection, header_parameters={"x-key": "other"}))

    assert "k" == server.asked[0].headers["x-key"]


def oauth(server: Server) -> OAuthClientCredentials:
    """Return a client of the server's own."""
    return OAuthClientCredentials(
        client_id="c",
        client_secret="s&",
        authorization_endpoint=f"{server.url}/token",
        parameters={"scope": "events"},
    )


def token(text: str, **members: object) -> Answer:
    """Return the answer that has a token."""
    return Answer(body=orjson.dumps({"access_token": text, **members}))


async def test_token_is_fetched_once(server: Server) -> None:
    """A token is fetched with the client's credentials, and kept."""
    server.answers = [token("t1", expires_in=3600)]

    async with target(server, "/in", connection=oauth(server)) as it:
        await it.deliver(EVENT)
        await it.deliver(EVENT)

    assert ["/token", "/in", "/in"] == [asked.target for asked in server.asked]
    form = b"grant_type=client_credentials&client_id=c&client_secret=s%26&scope=events"
    assert form == server.asked[0].body
    assert ["Bearer t1"] * 2 == [asked.headers["authorization"] for asked in server.asked[1:]]


async def test_deliveries_share_the_fetch_of_a_token(server: Server) -> None:
    """Deliveries that need a token at the same time ask for one together."""
    server.answers = [token("t1")]

    async with (
        target(server, "/in", connection=oauth(server)) as it,
        anyio.create_task_group() as g,
    ):
        for _ in range(5):
            g.start_soon(it.deliver, EVENT)

    assert 1 == [asked.target for asked in server.asked].count("/token")


async def test_token_that_is_about_to_expire(server: Server) -> None:
    """A token that is good for less than a minute is used once only."""
    server.answers = [token("t1", expires_in=59), Answer(), token("t2", expires_in=3600)]

    async with target(server, "/in", connection=oauth(server)) as it:
        await it.deliver(EVENT)
        await it.deliver(EVENT)

    sent = [asked.headers["authorization"] for asked in server.asked if asked.target == "/in"]
    assert ["Bearer t1", "Bearer t2"] == sent


async def test_token_that_is_refused(server: Server) -> None:
    """A token that the server refuses is replaced, and the event is sent again."""
    server.answers = [token("t1"), Answer(401), token("t2"), Answer(204)]

    await deliver(target(server, "/in", connection=oauth(server)))

    assert "Bearer t2" == server.asked[3].headers["authorization"]


async def test_new_token_that_is_refused(server: Server) -> None:
    """There is one new token for an event, and no more."""
    server.answers = [token("t1"), Answer(401), token("t2"), Answer(401)]

    with pytest.raises(PermanentError, match="401"):
        await deliver(target(server, "/in", connection=oauth(server)))

    assert 4 == len(server.asked)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"access_token":1}',
        b'{"access_token":""}',
        b'{"access_token":"a\\nb"}',
        b'{"access_token":"t","expires_in":"soon"}',
    ],
)
async def test_answer_without_a_token(server: Server, body: bytes) -> None:
    """An answer that has no token is an error that says what was expected."""
    server.answers = [Answer(body=body)]

    with pytest.raises(PermanentError, match="answered without a token"):
        await deliver(target(server, "/in", connection=oauth(server)))


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_success(server: Server, status: int) -> None:
    """Every status of 2xx means that the event was taken."""
    server.answers = [Answer(status)]

    await deliver(target(server))


@pytest.mark.parametrize("status", [409, 429, 500, 502, 503, 599])
async def test_answers_that_may_change(server: Server, status: int) -> None:
    """These mean that the server may take the event later; the error says when."""
    server.answers = [Answer(status, b"busy", (("Retry-After", "7"),))]

    with pytest.raises(ResponseError, match=f"answered with {status}: busy") as caught:
        await deliver(target(server, "/a?secret=1"))

    assert (status, 7.0) == (caught.value.status, caught.value.retry_after)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("status", [301, 307, 400, 401, 403, 404, 410, 422])
async def test_answers_for_good(server: Server, status: int) -> None:
    """Every other answer is for good; redirects are not followed."""
    server.answers = [Answer(status, headers=(("Location", "/elsewhere"),))]

    with pytest.raises(PermanentError, match=str(status)):
        await deliver(target(server))

    assert 1 == len(server.asked)


async def test_negative_retry_after(server: Server) -> None:
    """A server that asks for less than no time asks for no retry."""
    server.answers = [Answer(503, headers=(("Retry-After", "-1"),))]

    with pytest.raises(PermanentError):
        await deliver(target(server))


async def test_no_answer_in_time(server: Server) -> None:
    """A server that does not answer in time may do so later."""
    release = threading.Event()
    server.answers = [Answer(wait_for=release)]

    try:
        with pytest.raises(ResponseTimeoutError, match=r"within 0\.05 seconds"):
            await deliver(target(server, timeout=0.05))
    finally:
        release.set()


async def test_nobody_listens() -> None:
    """A port that nobody listens on is a failure to connect."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"

        with pytest.raises(ConnectionFailureError):
            await deliver(HttpTarget(url, allowed_networks=["127.0.0.1"]))


async def test_connection_that_breaks() -> None:
    """A server that hangs up without an answer is a failure of the connection."""

    async def hang_up(stream: SocketStream) -> None:
        async with stream:
            await stream.receive()

    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener:
        port = listener.extra(SocketAttribute.local_port)  # noqa: S610  not Django's
        it = HttpTarget(f"http://127.0.0.1:{port}/", allowed_networks=["127.0.0.1"])
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(listener.serve, hang_up)
            with pytest.raises(ConnectionFailureError):
                await deliver(it)
            tasks.cancel_scope.cancel()


async def test_connection_is_kept(server: Server) -> None:
    """One connection serves events one after the other."""
    async with target(server) as it:
        for _ in range(3):
            await it.deliver(EVENT)

    assert (3, 1) == (len(server.asked), len(server.connections))


async def test_long_answer(server: Server) -> None:
    """An answer is not read beyond what is of use, and the next event is sent all the same."""
    server.answers = [Answer(200, b"x" * 10_000_000)]

    async with target(server) as it:
        await it.deliver(EVENT)
        await it.deliver(EVENT)

    assert 2 == len(server.asked)


@pytest.mark.parametrize(("host", "trusted"), [("localhost", True), ("127.0.0.1", False)])
async def test_certificate(host: str, trusted: bool) -> None:  # noqa: FBT001  of the table
    """A server proves the name in the URL, whatever address was connected to."""
    authority = trustme.CA()
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(serving)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)

    with running(serving) as server:
        url = f"https://{host}:{server.port}/"
        it = HttpTarget(url, allowed_networks=["127.0.0.1", "::1"], ssl_context=trusting)
        expectation = nullcontext() if trusted else pytest.raises(ConnectionFailureError)
        with expectation:
            await deliver(it)

    assert trusted == bool(server.asked)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"])
async def test_private_address(server: Server, host: str) -> None:
    """A server at an address that is not public is not connected to, by whatever name."""
    with pytest.raises(PermanentError, match="which is not public"):
        await deliver(HttpTarget(f"http://{host}:{server.port}/"))

    assert [] == server.asked


async def test_private_token_server(server: Server) -> None:
    """Tokens are not fetched from such an address either."""
    it = HttpTarget("https://example.com/", connection=oauth(server))

    with pytest.raises(PermanentError, match="which is not public"):
        await deliver(it)

    assert [] == server.asked


async def test_rate(server: Server) -> None:
    """Events over the rate wait for their turn."""
    async with target(server, invocation_rate_limit_per_second=50) as it:
        started = anyio.current_time()
        for _ in range(4):
            await it.deliver(EVENT)
        passed = anyio.current_time() - started

    assert passed >= 0.059
    assert 4 == len(server.asked)


async def test_target_that_is_not_open(server: Server) -> None:
    """Outside its block a target sends nothing, and inside again it does."""
    it = target(server)
    with pytest.raises(BusStateError, match="is not open"):
        await it.deliver(EVENT)
    await deliver(it)
    with pytest.raises(BusStateError, match="is not open"):
        await it.deliver(EVENT)

    await deliver(it)
    assert 2 == len(server.asked)


async def test_rule_with_a_server(server: Server) -> None:
    """A rule delivers to a server what it matches; the bus keeps the connection meanwhile."""
    bus = EventBus()
    it = target(server, "/*", path_parameter_values=["$.source"])
    bus.put_rule("orders", {"source": ["shop"]})
    bus.put_targets("orders", RuleTarget(id="server", target=it))

    async with bus:
        ids = [
            await bus.put_event(source="shop", detail_type="Sold", detail={"n": n})
            for n in range(2)
        ]

    assert [("/shop", one) for one in ids] == [
        (asked.target, Event(asked.body).id) for asked in server.asked
    ]
    assert 1 == len(server.connections)
    with pytest.raises(BusStateError, match="is not open"):
        await it.deliver(EVENT)


async def test_target_of_two_buses(server: Server) -> None:
    """A target is open as long as one of those is that use it."""
    it, bus = target(server), EventBus()
    bus.put_rule("orders", {"source": ["shop"]})
    bus.put_targets("orders", RuleTarget(id="server", target=it))

    async with it:
        async with bus:
            await bus.put_event(source="shop", detail_type="Sold", detail={"n": 1})
        await it.deliver(EVENT)

    assert (2, 1) == (len(server.asked), len(server.connections))
