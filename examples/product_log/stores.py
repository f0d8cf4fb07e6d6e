"""What the application asks of its two stores, and the choice of a store by URL."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType, TracebackType
from typing import Protocol, Self, TypeVar
from urllib.parse import SplitResult, unquote, urlsplit

from .log_item import LogItem
from .product import NewProduct, Product
from .sqlite import SqliteLogStore, SqliteProductStore

StoreT = TypeVar("StoreT")


class StoreUrlError(ValueError):
    """The URL of a store names no store that this application can open."""


class Store(Protocol):
    """A resource that is open inside its `async with` block."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None: ...


class ProductStore(Store, Protocol):
    """The relational table `Products`."""

    async def insert(self, product: NewProduct, /) -> Product:
        """Store a product and return it with its new id; it is durable on return."""
        ...

    async def newest(self, limit: int, /) -> Sequence[Product]:
        """Return at most `limit` products, the newest first."""
        ...


class LogStore(Store, Protocol):
    """The store of log items, keyed by `PK` and `SK`."""

    async def put(self, item: LogItem, /) -> None:
        """Store an item; one with the same key is replaced."""
        ...

    async def newest(self, limit: int, /) -> Sequence[LogItem]:
        """Return at most `limit` items, the newest first."""
        ...


def _sqlite_path(url: SplitResult) -> str:
    if url.netloc or url.query or url.fragment:
        raise StoreUrlError(
            "a sqlite URL has a path only: sqlite:///file.db, sqlite:////absolute/file.db, "
            "or sqlite:// for a database in memory"
        )
    return unquote(url.path.removeprefix("/")) or ":memory:"


PRODUCT_STORES: Mapping[str, Callable[[SplitResult], ProductStore]] = MappingProxyType(
    {"sqlite": lambda url: SqliteProductStore(_sqlite_path(url))}
)

LOG_STORES: Mapping[str, Callable[[SplitResult], LogStore]] = MappingProxyType(
    {"sqlite": lambda url: SqliteLogStore(_sqlite_path(url))}
)


def product_store(url: str) -> ProductStore:
    """
    Return the product store of a URL; it opens with `async with`.

    Args:
        url: `sqlite:///products.db` or `sqlite://` (in memory, gone when closed).

    Raises:
        StoreUrlError: No product store has this scheme, or the rest of the URL is not for it.
    """
    return _choose(url, PRODUCT_STORES)


def log_store(url: str) -> LogStore:
    """
    Return the log store of a URL; it opens with `async with`.

    Args:
        url: `sqlite:///log.db` or `sqlite://` (in memory, gone when closed).

    Raises:
        StoreUrlError: No log store has this scheme, or the rest of the URL is not for it.
    """
    return _choose(url, LOG_STORES)


def _choose(url: str, stores: Mapping[str, Callable[[SplitResult], StoreT]]) -> StoreT:
    parts = urlsplit(url)
    if parts.scheme not in stores:
        # The URL itself may hold a password and is not repeated.
        supported = ", ".join(f"{scheme}://" for scheme in stores)
        raise StoreUrlError(f"no store for the scheme {parts.scheme!r}; supported: {supported}")
    return stores[parts.scheme](parts)
