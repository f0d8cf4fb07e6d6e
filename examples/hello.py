"""Route one event to one async function."""

import anyio

from rulebus import Event, EventBus

bus = EventBus("shop")


@bus.rule({"source": ["shop.orders"], "detail": {"total": [{"numeric": [">=", 100]}]}})
async def big_order(event: Event) -> None:
    """Tell about an order of 100 or more."""
    print("big order:", event.detail["id"], event.detail["total"])


async def main() -> None:
    """Put a small and a big order."""
    async with bus:
        for order in ({"id": "o-1", "total": 20}, {"id": "o-2", "total": 250}):
            await bus.put_event(source="shop.orders", detail_type="OrderPlaced", detail=order)


anyio.run(main)
