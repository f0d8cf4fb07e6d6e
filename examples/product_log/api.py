"""The HTTP API: store a product, announce it, and read both stores back."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from rulebus import Event, EventBus
from rulebus.exceptions import RulebusError

from .added import put_added
from .body import Fault, InvalidProductError, parse_product
from .log_writer import add_log_writer, print_event
from .product import Product
from .stores import LogStore, ProductStore

MAX_BODY_BYTES = 65_536
PAGE = 100


def create_app(
    bus: EventBus,
    products: ProductStore,
    log: LogStore,
    *,
    show: Callable[[Event], None] = print_event,
) -> Starlette:
    """
    Put the application together: the API, both stores, the bus and the log writer.

    The ASGI lifespan opens the stores and starts the bus. It ends in reverse: the bus delivers
    what it has accepted, then the stores close.

    Args:
        bus: The bus of the application, not started.
        products: Where products are stored, not open.
        log: Where log items are stored, not open.
        show: Called with each event that the log writer has handled.
    """
    add_log_writer(bus, log, show)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncGenerator[None]:
        async with products, log, bus:
            yield

    api = Api(bus=bus, products=products, log=log)
    return Starlette(
        routes=[
            Route("/product", api.post_product, methods=["POST"]),
            Route("/products", api.get_products, methods=["GET"]),
            Route("/logs", api.get_logs, methods=["GET"]),
        ],
        middleware=[
            Middleware(
                CORSMiddleware,
                allow_origins=["*"],
                allow_methods=["GET", "POST"],
                allow_headers=["*"],
            )
        ],
        lifespan=lifespan,
    )


class BodyTooLargeError(Exception):
    """The body of a request is longer than `MAX_BODY_BYTES`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """Answer the requests of the API."""

    bus: EventBus
    products: ProductStore
    log: LogStore

    async def post_product(self, request: Request) -> JSONResponse:
        """Store the product of the body, then announce it."""
        try:
            new_product = parse_product(await _read_body(request))
        except InvalidProductError as error:
            return _refusal(400, *error.faults)
        except BodyTooLargeError:
            return _refusal(
                413, Fault(field=None, reason=f"expected at most {MAX_BODY_BYTES} bytes")
            )
        except ClientDisconnect:
            return _refusal(400, Fault(field=None, reason="the connection closed before its end"))
        product = await self.products.insert(new_product)
        try:
            event_id = await put_added(self.bus, product)
        except RulebusError as error:
            return _stored_but_not_announced(product, error)
        return JSONResponse({"insertedId": product.id, "eventId": event_id}, status_code=201)

    async def get_products(self, _request: Request) -> JSONResponse:
        """Return the newest products."""
        newest = await self.products.newest(PAGE)
        return JSONResponse([product.to_dict() for product in newest])

    async def get_logs(self, _request: Request) -> JSONResponse:
        """Return the newest log items."""
        newest = await self.log.newest(PAGE)
        return JSONResponse([item.to_dict() for item in newest])


async def _read_body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise BodyTooLargeError
    return bytes(body)


def _refusal(status: int, *faults: Fault) -> JSONResponse:
    errors = [fault.to_dict() for fault in faults]
    return JSONResponse(
        {"message": "The product was not stored.", "errors": errors}, status_code=status
    )


def _stored_but_not_announced(product: Product, error: RulebusError) -> JSONResponse:
    return JSONResponse(
        {
            "message": "The product is stored, but its event was not published. "
            "Do not send it again.",
            "insertedId": product.id,
            "errors": [{"field": None, "reason": str(error)}],
        },
        status_code=500,
    )
