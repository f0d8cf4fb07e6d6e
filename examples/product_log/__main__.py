"""Serve the product log: `python -m product_log`."""

import argparse
import sys
from collections.abc import Sequence

import uvicorn

from rulebus import EventBus

from .api import create_app
from .stores import StoreUrlError, log_store, product_store


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until interrupted."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        products = product_store(options.products_url)
        log = log_store(options.log_url)
    except StoreUrlError as error:
        parser.error(str(error))
    # An event holds any text, but the terminal may not be able to show all of it.
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    app = create_app(EventBus("product-log"), products, log)
    # The access log would stand between the events on standard output.
    uvicorn.run(app, host=options.host, port=options.port, lifespan="on", access_log=False)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m product_log",
        description="Serve an HTTP API that stores products and logs each one through an event "
        "bus. POST /product stores one; GET /products and GET /logs show the newest.",
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: %(default)s)"
    )
    parser.add_argument(
        "--port", type=int, default=8000, help="port, 0 for any (default: %(default)s)"
    )
    parser.add_argument(
        "--products-url",
        default="sqlite:///products.db",
        metavar="URL",
        help="store of products: sqlite:///FILE or sqlite:// for memory (default: %(default)s)",
    )
    parser.add_argument(
        "--log-url",
        default="sqlite:///log.db",
        metavar="URL",
        help="store of the log: sqlite:///FILE or sqlite:// for memory (default: %(default)s)",
    )
    return parser


if __name__ == "__main__":
    main()
