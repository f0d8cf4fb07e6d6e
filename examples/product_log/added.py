"""The event that says that a product was added."""

from rulebus import EventBus

from .product import Product

SOURCE = "log.addProduct"
DETAIL_TYPE = "add-product"


async def put_added(bus: EventBus, product: Product) -> str:
    """
    Put the add-product event of a stored product and return the event's id.

    Raises:
        RulebusError: The bus did not take the event.
    """
    return await bus.put_event(
        source=SOURCE,
        detail_type=DETAIL_TYPE,
        detail={
            "insertedId": product.id,
            "userId": product.user_id,
            "name": product.name,
            "category": product.category,
            "price": product.price,
        },
    )
