"""An item of the log, in the single-table form of DynamoDB."""

from dataclasses import dataclass
from typing import Any, Self

from rulebus import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class LogItem:
    """Hold one entry of the log: `pk` and `sk` together are its key."""

    pk: str
    sk: str
    product_id: int
    user_id: str
    name: str
    action: str

    @classmethod
    def of(cls, event: Event) -> Self:
        """
        Make the log item of an add-product event.

        The item's key is made from the event's id, so that an event that is delivered twice
        writes one item.
        """
        return cls(
            pk=f"Log#{event.id}",
            sk="Product#Log",
            product_id=event.detail["insertedId"],
            user_id=event.detail["userId"],
            name=event.detail["name"],
            action="NEW_PRODUCT",
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the item with the attribute names of the log store."""
        return {
            "PK": self.pk,
            "SK": self.sk,
            "ProductId": self.product_id,
            "UserId": self.user_id,
            "Name": self.name,
            "Action": self.action,
        }
