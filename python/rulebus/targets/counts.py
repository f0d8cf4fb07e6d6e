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
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        raise ValidationError(f"{what} {value!r}: expected a finite number above 0")
