"""Run the product log once, show what it does, and stop: `python -m product_log.demo`."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import anyio
import httpx2

from rulebus import Event, EventBus

from .api import create_app
from .log_writer import print_event
from .server import serving
from .stores import log_store, product_store

PRODUCTS: Sequence[Mapping[str, object]] = (
    {"userId": "u-1001", "name": "Espresso machine", "category": "kitchen", "price": 249.5},
    {"userId": "u-1002", "name": "Gießkanne", "category": "garden", "price": 19},
    {"userId": "u-1001", "name": "Coffee beans, 1 kg", "category": "kitchen", "price": 17.9},
)
BAD_PRODUCT: Mapping[str, object] = {
    "userId": "u-1003",
    "name": "Deck chair",
    "category": "garden",
    "price": "cheap",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Hold what the run left behind, each list in the order in which the products were sent."""

    statuses: Sequence[int]
    rows: Sequence[Mapping[str, Any]]
    events: Sequence[Mapping[str, Any]]
    items: Sequence[Mapping[str, Any]]

    def problems(self) -> list[str]:
        """Return one line for everything that is not as it must be."""
        rows = [{"id": number, **product} for number, product in enumerate(PRODUCTS, 1)]
        details = [{"insertedId": number, **product} for number, product in enumerate(PRODUCTS, 1)]
        items = [
            {
                "PK": f"Log#{event['id']}",
                "SK": "Product#Log",
                "ProductId": row["id"],
                "UserId": row["userId"],
                "Name": row["name"],
                "Action": "NEW_PRODUCT",
            }
            for row, event in zip(rows, self.events, strict=False)
        ]
        checks = (
            ("status of the answers", [*(201 for _ in PRODUCTS), 400], self.statuses),
            ("rows of Products", rows, self.rows),
            ("details of the events", details, [event["detail"] for event in self.events]),
            ("items of the log", items, self.items),
        )
        return [
            f"{what}: expected {expected}, got {actual}"
            for what, expected, actual in checks
            if expected != actual
        ]


async def run() -> Outcome:
    """Serve the application, send it the products and the bad one, and read everything back."""
    bus = EventBus("product-log")
    events: list[Event] = []
    app = create_app(bus, product_store("sqlite://"), log_store("sqlite://"), show=events.append)
    async with serving(app) as url, httpx2.AsyncClient(base_url=url) as client:
        print(f"The product log serves at {url}")
        statuses: list[int] = []
        for product in (*PRODUCTS, BAD_PRODUCT):
            seen = len(events)
            statuses.append(await _post(client, product))
            await bus.drain()
            _print_events(events[seen:])
        rows = (await client.get("/products")).json()[::-1]
        items = (await client.get("/logs")).json()[::-1]
    _print_table("Rows of the table Products", rows)
    _print_table("Items of the log", items)
    return Outcome(
        statuses=statuses,
        rows=rows,
        events=[event.to_dict() for event in events],
        items=items,
    )


async def _post(client: httpx2.AsyncClient, product: Mapping[str, object]) -> int:
    print(f"\nPOST /product\n{json.dumps(product, ensure_ascii=False)}")
    response = await client.post("/product", json=product)
    print(f"{response.status_code} {response.reason_phrase}\n{response.text}")
    return response.status_code


def _print_events(events: Sequence[Event]) -> None:
    for event in events:
        print("\ndelivered to the log writer")
        print_event(event)


def _print_table(title: str, rows: Sequence[Mapping[str, object]]) -> None:
    print(f"\n{title}")
    if not rows:
        print("  (none)")
        return
    lines = [list(rows[0]), *([str(value) for value in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print(("  " + "  ".join(cells)).rstrip())


def main() -> None:
    """Run once; exit with status 1 if anything is not as expected."""
    # An event holds any text, but the terminal may not be able to show all of it.
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    problems = anyio.run(run).problems()
    if problems:
        sys.exit("\n".join(("\nThe demo failed.", *problems)))
    print(f"\nAs expected: {len(PRODUCTS)} products stored, announced and logged; 1 refused.")


if __name__ == "__main__":
    main()
