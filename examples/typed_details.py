"""Give a handler its detail as a dataclass instead of an event."""

from dataclasses import dataclass

import anyio

from rulebus import EventBus

bus = EventBus("shop")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlaced:
    """The detail of an event of the type OrderPlaced."""

    id: str
    total: float


@bus.rule({"detail-type": ["OrderPlaced"]}, detail=OrderPlaced)
async def confirm(order: OrderPlaced) -> None:
    """Tell about an order."""
    print(f"order {order.id}: {order.total:.2f}")


async def main() -> None:
    """Put one order."""
    async with bus:
        await bus.put_event(
            source="shop.orders", detail_type="OrderPlaced", detail={"id": "o-1", "total": 19.9}
        )


anyio.run(main)
