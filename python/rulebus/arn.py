"""Amazon Resource Names."""

from __future__ import annotations

import re

from .exceptions import ValidationError

_ACCOUNT = re.compile(r"[0-9]{12}")
_REGION = re.compile(r"[a-z0-9-]+")


def check_place(account: object, region: object) -> None:
    """
    Check where a bus is said to be.

    Raises:
        ValidationError: The account or the region is none.
    """
    if not isinstance(account, str) or not _ACCOUNT.fullmatch(account):
        raise ValidationError(f"account {account!r}: expected 12 digits")
    if not isinstance(region, str) or not _REGION.fullmatch(region):
        raise ValidationError(f"region {region!r}: expected a name such as 'us-east-1'")


def rule_arn(region: str, account: str, bus: str, rule: str) -> str:
    """
    Return the name of a rule; that of the default bus is left out.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
    """
    path = rule if bus == "default" else f"{bus}/{rule}"
    return f"arn:aws:events:{region}:{account}:rule/{path}"
