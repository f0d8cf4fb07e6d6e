"""Numbers that users set."""

from __future__ import annotations

import math

from rulebus.exceptions import ValidationError


def check_positive(what: str, value: object) -> None:
    """
    Check an amount.

    Raises:
        ValidationError: It is not a finite number above 0.
    """
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 < value < math.inf:
        raise ValidationError(f"{what} {value!r}: expected a finite number above 0")
