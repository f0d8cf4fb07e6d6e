"""A product, as the table `Products` holds it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProduct:
    """Hold what a client says about a product that is not stored yet."""

    user_id: str
    name: str
    category: str
    price: int | float


@dataclass(frozen=True, slots=True, kw_only=True)
class Product(NewProduct):
    """Hold a stored product: `id` is its key in the table `Products`."""

    id: int

    def to_dict(self) -> dict[str, Any]:
        """Return the product with the member names of the HTTP API."""
        return {
            "id": self.id,
            "userId": self.user_id,
            "name": self.name,
            "category": self.category,
            "price": self.price,
        }
