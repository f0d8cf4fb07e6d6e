"""Amazon Resource Names."""

from __future__ import annotations


def rule_arn(region: str, account: str, bus: str, rule: str) -> str:
    """
    Return the name of a rule; that of the default bus is left out.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
    """
    path = rule if bus == "default" else f"{bus}/{rule}"
    return f"arn:aws:events:{region}:{account}:rule/{path}"
