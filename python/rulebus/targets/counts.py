"""Numbers that users set."""

from __future__ import annotations

from rulebus.exceptions import ValidationError


def check_positive(what: str, value: object) -> None:
    """
    Check an amount.

    Raises:
        ValidationError: It is not a number above 0.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise ValidationError(f"{what} {value!r}: expected a number above 0")
