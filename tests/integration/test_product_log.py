"""The product log, end to end: its real server, a real client, both stores, and the bus between."""

import contextlib
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncGenerator, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest

from product_log.api import MAX_BODY_BYTES, create_app
from product_log.log_item import LogItem
from product_log.server import serving
from product_log.stores import StoreUrlError, log_store, product_store
from rulebus import Event, EventBus

EXAMPLES = Path(__file__).parents[2] / "examples"

PRODUCT: dict[str, Any] = {
    "userId": "u-1",
    "name": "Gießkanne",
    "category": "garden",
    "price": 19.9,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """Hold a running application: a client of its server, its bus, the events it has shown."""

    client: httpx2.AsyncClient
    bus: EventBus
    shown: list[Event]

    async def post(self, body: object) -> httpx2.Response:
        """Post a body, bytes as they are and anything else as JSON."""
        if isinstance(body, bytes):
            return await self.client.post("/product", content=body)
        return await self.client.post("/product", json=body)

    async def products(self) -> list[dict[str, Any]]:
        """Return the rows of the table `Products`, newest first."""
        return await self._list("/products")

    async def log_items(self) -> list[dict[str, Any]]:
        """Return the items of the log after everything published has been delivered."""
        await self.bus.drain()
        return await self._list("/logs")

    async def _list(self, path: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = (await self.client.get(path)).json()
        return rows


@contextlib.asynccontextmanager
async def running(
    products_url: str = "sqlite://", log_url: str = "sqlite://"
) -> AsyncGenerator[Running]:
    """Serve a product log on a free port."""
    bus = EventBus("product-log")
    shown: list[Event] = []
    app = create_app(bus, product_store(products_url), log_store(log_url), show=shown.append)
    async with serving(app) as url, httpx2.AsyncClient(base_url=url) as client:
        await client.get("/products")  # Answered once both stores are open.
        yield Running(client=client, bus=bus, shown=shown)


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """Run on asyncio only: the server is uvicorn."""
    return "asyncio"


@pytest.fixture
async def app() -> AsyncGenerator[Running]:
    """Serve a product log with both stores in memory."""
    async with running() as app:
        yield app


@pytest.fixture(scope="module")
async def untouched() -> AsyncGenerator[Running]:
    """Serve one product log to tests that must leave it empty."""
    async with running() as app:
        yield app


@pytest.mark.anyio
class TestAProduct:
    """A good body is stored, announced and logged."""

    async def test_is_stored_in_the_table(self, app: Running) -> None:
        """The answer is 201 with the new id, under which the row holds what was sent."""
        answer = await app.post(PRODUCT)

        assert 201 == answer.status_code
        assert [{"id": answer.json()["insertedId"], **PRODUCT}] == await app.products()

    async def test_is_announced_with_an_event(self, app: Running) -> None:
        """The delivered event is the add-product event of that row, in the EventBridge envelope."""
        answer = (await app.post(PRODUCT)).json()
        await app.bus.drain()

        [event] = app.shown
        envelope = event.to_dict()
        time = envelope.pop("time")
        assert {
            "version": "0",
            "id": answer["eventId"],
            "detail-type": "add-product",
            "source": "log.addProduct",
            "account": event.account,
            "region": event.region,
            "resources": [],
            "detail": {"insertedId": answer["insertedId"], **PRODUCT},
        } == envelope
        assert time.endswith("Z")

    async def test_is_logged(self, app: Running) -> None:
        """The log writer makes one item of the event, keyed by the event's id."""
        answer = (await app.post(PRODUCT)).json()

        assert [
            {
                "PK": f"Log#{answer['eventId']}",
                "SK": "Product#Log",
                "ProductId": answer["insertedId"],
                "UserId": PRODUCT["userId"],
                "Name": PRODUCT["name"],
                "Action": "NEW_PRODUCT",
            }
        ] == await app.log_items()

    async def test_has_an_id_of_its_own(self, app: Running) -> None:
        """Sending the same product twice stores, announces and logs two products."""
        first = (await app.post(PRODUCT)).json()["insertedId"]
        second = (await app.post(PRODUCT)).json()["insertedId"]

        assert [second, first] == [row["id"] for row in await app.products()]
        assert {first, second} == {item["ProductId"] for item in await app.log_items()}
        assert first != second


WITHOUT_PRICE = {name: value for name, value in PRODUCT.items() if name != "price"}
A_PRICE = "a number from 0 to 1000000000000"
A_NAME = "a string of 1 to 200 characters that is not blank"

BAD_BODIES: dict[str, tuple[object, str | None, str]] = {
    "empty": (b"", None, "expected JSON: "),
    "not JSON": (b"userId=u-1", None, "expected JSON: "),
    "truncated": (b'{"userId": "u-1"', None, "expected JSON: "),
    "not UTF-8": (b'{"name": "\xff"}', None, "expected JSON: "),
    "NaN": (b'{"price": NaN}', None, "expected JSON: "),
    "lone surrogate": (b'{"name": "\\ud800"}', None, "expected JSON: "),
    "array": ([PRODUCT], None, "expected a JSON object, got an array"),
    "null": (b"null", None, "expected a JSON object, got null"),
    "price missing": (WITHOUT_PRICE, "price", f"missing; expected {A_PRICE}"),
    "price as text": ({**PRODUCT, "price": "9"}, "price", f'expected {A_PRICE}, got "9"'),
    "price true": ({**PRODUCT, "price": True}, "price", f"expected {A_PRICE}, got true"),
    "price null": ({**PRODUCT, "price": None}, "price", f"expected {A_PRICE}, got null"),
    "price negative": ({**PRODUCT, "price": -0.01}, "price", f"expected {A_PRICE}, got -0.01"),
    "price huge": ({**PRODUCT, "price": 1e300}, "price", f"expected {A_PRICE}, got 1e+300"),
    "name empty": ({**PRODUCT, "name": ""}, "name", f'expected {A_NAME}, got ""'),
    "name blank": ({**PRODUCT, "name": " \t"}, "name", f'expected {A_NAME}, got " \\t"'),
    "name long": (
        {**PRODUCT, "name": "x" * 201},
        "name",
        f"expected {A_NAME}, got a string of 201 characters",
    ),
    "name an object": ({**PRODUCT, "name": {}}, "name", f"expected {A_NAME}, got an object"),
    "name nested": (
        b'{"userId": "u", "name": %s, "category": "c", "price": 1}' % (b"[" * 900 + b"]" * 900),
        "name",
        f"expected {A_NAME}, got an array",
    ),
    "nested without end": (b"[" * 10_000, None, "expected JSON: "),
    "unknown member": (
        {**PRODUCT, "colour": "red"},
        "colour",
        "unknown member; expected userId, name, category, price",
    ),
}


@pytest.mark.anyio
class TestABadBody:
    """Anything else is refused with a reason, and leaves no trace."""

    @pytest.mark.parametrize(("body", "field", "reason"), BAD_BODIES.values(), ids=BAD_BODIES)
    async def test_is_refused(
        self, untouched: Running, body: object, field: str | None, reason: str
    ) -> None:
        """The answer is 400 and says which member is wrong and what was expected."""
        answer = await untouched.post(body)

        assert 400 == answer.status_code
        [error] = answer.json()["errors"]
        assert field == error["field"]
        assert error["reason"].startswith(reason)

    @pytest.mark.parametrize("body", [body for body, _, _ in BAD_BODIES.values()], ids=BAD_BODIES)
    async def test_leaves_no_trace(self, untouched: Running, body: object) -> None:
        """Nothing is stored, published or logged."""
        await untouched.post(body)

        assert [] == await untouched.products()
        assert [] == await untouched.log_items()
        assert [] == untouched.shown

    async def test_is_told_every_fault_at_once(self, untouched: Running) -> None:
        """One answer names all faulty members."""
        answer = await untouched.post({"userId": 7, "name": "", "price": -1})

        assert ["category", "userId", "name", "price"] == [
            error["field"] for error in answer.json()["errors"]
        ]

    async def test_may_not_be_larger_than_the_limit(self, untouched: Running) -> None:
        """A body beyond the limit is answered 413, and the server goes on."""
        answer = await untouched.post(b" " * (MAX_BODY_BYTES + 1))

        assert 413 == answer.status_code
        assert "expected at most 65536 bytes" == answer.json()["errors"][0]["reason"]
        assert [] == await untouched.products()

    async def test_may_end_early(self) -> None:
        """A client that goes away in the middle of its body is a refusal, not an error."""
        app = create_app(EventBus(), product_store("sqlite://"), log_store("sqlite://"))
        sent: list[MutableMapping[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.disconnect"}

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "POST", "path": "/product", "headers": []}
        await app(scope, receive, send)

        assert 400 == sent[0]["status"]

    async def test_may_be_as_large_as_the_limit(self, app: Running) -> None:
        """White space up to the limit is still a product."""
        body = httpx2.Request("POST", "http://shop.example", json=PRODUCT).content

        answer = await app.post(body.ljust(MAX_BODY_BYTES))

        assert 201 == answer.status_code


@pytest.mark.anyio
class TestTheApi:
    """The API around the product."""

    async def test_answers_a_preflight(self, app: Running) -> None:
        """A browser on another origin may post JSON."""
        answer = await app.client.options(
            "/product",
            headers={
                "Origin": "https://shop.example",
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "content-type",
            },
        )

        assert 200 == answer.status_code
        assert "*" == answer.headers["access-control-allow-origin"]
        assert "POST" in answer.headers["access-control-allow-methods"]
        assert "content-type" == answer.headers["access-control-allow-headers"]

    @pytest.mark.parametrize("body", [PRODUCT, {}], ids=["good", "bad"])
    async def test_lets_other_origins_read_the_answer(self, app: Running, body: object) -> None:
        """The answer to a good and to a bad body may be read by a page of another origin."""
        answer = await app.client.post(
            "/product", json=body, headers={"Origin": "https://shop.example"}
        )

        assert "*" == answer.headers["access-control-allow-origin"]

    async def test_posts_only(self, app: Running) -> None:
        """`/product` has no other method."""
        answer = await app.client.get("/product")

        assert 405 == answer.status_code


@pytest.mark.anyio
class TestFailure:
    """What is stored and what is published stay told apart when something fails."""

    async def test_a_product_that_is_not_published_is_reported_as_stored(self) -> None:
        """Without a bus that takes events the answer is 500 and holds the id of the stored row."""
        bus = EventBus("product-log")
        async with product_store("sqlite://") as products, log_store("sqlite://") as log:
            app = create_app(bus, products, log)
            async with bus:
                pass
            async with httpx2.AsyncClient(
                transport=httpx2.ASGITransport(app=app), base_url="http://shop.example"
            ) as client:
                answer = await client.post("/product", json=PRODUCT)
            [row] = await products.newest(10)

        assert 500 == answer.status_code
        assert row.id == answer.json()["insertedId"]
        assert answer.json()["message"].startswith("The product is stored, but its event was not")

    async def test_a_product_that_is_not_stored_is_not_published(self, tmp_path: Path) -> None:
        """When the table is gone the answer is 500 and no event is delivered."""
        database = tmp_path / "products.db"
        async with running(products_url=f"sqlite:///{database}") as app:
            with contextlib.closing(sqlite3.connect(database)) as connection:
                connection.execute("DROP TABLE Products")

            answer = await app.post(PRODUCT)
            items = await app.log_items()

        assert 500 == answer.status_code
        assert [] == items


@pytest.mark.anyio
class TestStores:
    """The stores are chosen by URL."""

    async def test_files_outlive_the_server(self, tmp_path: Path) -> None:
        """Products and log items in files are there after a restart."""
        urls = f"sqlite:///{tmp_path}/products.db", f"sqlite:///{tmp_path}/log%20items.db"
        async with running(*urls) as app:
            await app.post(PRODUCT)

        async with running(*urls) as app:
            products = await app.products()
            items = await app.log_items()

        assert [PRODUCT["name"]] == [row["name"] for row in products]
        assert [PRODUCT["name"]] == [item["Name"] for item in items]
        assert (tmp_path / "log items.db").exists()

    async def test_stopping_logs_everything_accepted(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Items that no handler has written when the application stops are written first."""
        log = log_store(f"sqlite:///{tmp_path}/log.db")
        put, release = log.put, anyio.Event()

        async def put_when_released(item: LogItem) -> None:
            await release.wait()
            await put(item)

        monkeypatch.setattr(log, "put", put_when_released)
        app = create_app(EventBus("product-log"), product_store("sqlite://"), log)
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(
                transport=httpx2.ASGITransport(app=app), base_url="http://shop.example"
            ) as client,
        ):
            posted = [(await client.post("/product", json=PRODUCT)).json() for _ in range(5)]
            before = (await client.get("/logs")).json()
            release.set()

        async with log_store(f"sqlite:///{tmp_path}/log.db") as log_after:
            items = await log_after.newest(10)
        assert [] == before
        assert [answer["insertedId"] for answer in posted] == [
            item.product_id for item in reversed(items)
        ]

    @pytest.mark.parametrize(
        ("url", "message"),
        [
            ("mysql2://u:secret@db/shop", "no store for the scheme 'mysql2'; supported: sqlite://"),
            ("products.db", "no store for the scheme ''; supported: sqlite://"),
            ("sqlite://host/products.db", "a sqlite URL has a path only: "),
            ("sqlite:///products.db?mode=ro", "a sqlite URL has a path only: "),
        ],
    )
    async def test_a_wrong_url_is_refused_at_once(self, url: str, message: str) -> None:
        """The error says what is supported, and never repeats a password."""
        with pytest.raises(StoreUrlError) as refusal:
            product_store(url)

        assert str(refusal.value).startswith(message)
        assert "secret" not in str(refusal.value)


ENVIRONMENT = {**os.environ, "PYTHONPATH": str(EXAMPLES), "PYTHONUTF8": "1"}
LISTENING = re.compile(r"running on (http://\S+)")


def run_module(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run `python -m ARGUMENTS` with the examples importable."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", *arguments],
        cwd=cwd,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


def serve(*arguments: str, cwd: Path) -> subprocess.Popen[str]:
    """Start `python -m product_log ARGUMENTS` with the examples importable."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "product_log", *arguments],
        cwd=cwd,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


class TestPrograms:
    """The two programs, run as a user runs them."""

    def test_the_demo_shows_everything_and_stops(self, tmp_path: Path) -> None:
        """The demo ends with status 0 after showing each row, event and log item."""
        demo = run_module("product_log.demo", cwd=tmp_path)

        assert (0, "") == (demo.returncode, demo.stderr)
        assert 3 == demo.stdout.count('"source": "log.addProduct"')
        assert 3 == demo.stdout.count("201 Created")
        assert 1 == demo.stdout.count("400 Bad Request")
        assert 3 == demo.stdout.count("NEW_PRODUCT")
        assert "3 products stored, announced and logged; 1 refused" in demo.stdout

    def test_the_server_serves_until_it_is_interrupted(self, tmp_path: Path) -> None:
        """An interrupt ends the server with status 0; the event is printed, the item is stored."""
        with serve("--port", "0", cwd=tmp_path) as server:
            assert server.stderr is not None
            [url] = next(filter(None, map(LISTENING.findall, server.stderr)))
            answer = httpx2.post(f"{url}/product", json=PRODUCT)
            server.send_signal(signal.SIGINT)
            printed, _ = server.communicate(timeout=60)

        assert 0 == server.returncode
        event = json.loads(printed)
        assert (answer.json()["eventId"], "log.addProduct") == (event["id"], event["source"])
        with contextlib.closing(sqlite3.connect(tmp_path / "log.db")) as connection:
            rows = connection.execute("SELECT PK, Action FROM Logs").fetchall()
        assert [(f"Log#{event['id']}", "NEW_PRODUCT")] == rows

    def test_the_server_explains_a_wrong_url(self, tmp_path: Path) -> None:
        """A URL with an unknown scheme ends the program with the schemes it supports."""
        server = run_module("product_log", "--log-url", "redis://localhost", cwd=tmp_path)

        assert 2 == server.returncode
        assert "no store for the scheme 'redis'; supported: sqlite://" in server.stderr
