"""Both stores in SQLite, with the standard library's module in worker threads."""

import sqlite3
from collections.abc import Callable
from types import TracebackType
from typing import ClassVar, Self, TypeVar

from anyio import CancelScope, CapacityLimiter, to_thread

from .log_item import LogItem
from .product import NewProduct, Product

T = TypeVar("T")


class SqliteStore:
    """Own one connection to one database; it is open inside the `async with` block."""

    schema: ClassVar[str]

    def __init__(self, path: str) -> None:
        self._path = path
        # A connection serves one thread at a time, and ":memory:" exists once per connection.
        self._one_thread = CapacityLimiter(1)

    async def __aenter__(self) -> Self:
        self._connection = await to_thread.run_sync(self._open)
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None:
        with CancelScope(shield=True):
            await self._run(sqlite3.Connection.close)

    def _open(self) -> sqlite3.Connection:
        try:
            connection = sqlite3.connect(self._path, check_same_thread=False)
        except sqlite3.OperationalError as error:
            error.add_note(f"The database is {self._path!r}.")
            raise
        with connection:
            connection.execute(self.schema)
        return connection

    async def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return await to_thread.run_sync(work, self._connection, limiter=self._one_thread)


class SqliteProductStore(SqliteStore):
    """Keep products in the table `Products`."""

    schema = """
        CREATE TABLE IF NOT EXISTS Products (
            id       INTEGER PRIMARY KEY AUTOINCREMENT,
            userId   TEXT NOT NULL,
            name     TEXT NOT NULL,
            category TEXT NOT NULL,
            price    NUMERIC NOT NULL CHECK (price >= 0)
        )
    """

    async def insert(self, product: NewProduct, /) -> Product:
        """Store a product and return it with its new id; it is durable on return."""

        def insert(connection: sqlite3.Connection) -> Product:
            with connection:
                [(row_id,)] = connection.execute(
                    "INSERT INTO Products (userId, name, category, price) VALUES (?, ?, ?, ?) "
                    "RETURNING id",
                    (product.user_id, product.name, product.category, product.price),
                )
            return Product(
                id=row_id,
                user_id=product.user_id,
                name=product.name,
                category=product.category,
                price=product.price,
            )

        return await self._run(insert)

    async def newest(self, limit: int, /) -> list[Product]:
        """Return at most `limit` products, the newest first."""

        def select(connection: sqlite3.Connection) -> list[Product]:
            rows = connection.execute(
                "SELECT id, userId, name, category, price FROM Products ORDER BY id DESC LIMIT ?",
                (limit,),
            )
            return [
                Product(id=row_id, user_id=user_id, name=name, category=category, price=price)
                for row_id, user_id, name, category, price in rows
            ]

        return await self._run(select)


class SqliteLogStore(SqliteStore):
    """Keep log items in the table `Logs`, one column for each attribute."""

    schema = """
        CREATE TABLE IF NOT EXISTS Logs (
            PK        TEXT NOT NULL,
            SK        TEXT NOT NULL,
            ProductId INTEGER NOT NULL,
            UserId    TEXT NOT NULL,
            Name      TEXT NOT NULL,
            Action    TEXT NOT NULL,
            PRIMARY KEY (PK, SK)
        )
    """

    async def put(self, item: LogItem, /) -> None:
        """Store an item; one with the same key is replaced."""

        def replace(connection: sqlite3.Connection) -> None:
            with connection:
                connection.execute(
                    "INSERT OR REPLACE INTO Logs (PK, SK, ProductId, UserId, Name, Action) "
                    "VALUES (:PK, :SK, :ProductId, :UserId, :Name, :Action)",
                    item.to_dict(),
                )

        await self._run(replace)

    async def newest(self, limit: int, /) -> list[LogItem]:
        """Return at most `limit` items, the newest first."""

        def select(connection: sqlite3.Connection) -> list[LogItem]:
            rows = connection.execute(
                "SELECT PK, SK, ProductId, UserId, Name, Action FROM Logs "
                "ORDER BY rowid DESC LIMIT ?",
                (limit,),
            )
            return [
                LogItem(
                    pk=pk, sk=sk, product_id=product_id, user_id=user_id, name=name, action=action
                )
                for pk, sk, product_id, user_id, name, action in rows
            ]

        return await self._run(select)
