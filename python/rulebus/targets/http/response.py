"""What becomes of an event by what a server answers."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import NamedTuple

from rulebus.exceptions import PermanentError
from rulebus.targets.errors import ResponseError

_SHOWN = 200


class Response(NamedTuple):
    """An answer: the names of the headers are in lower case, the body may be cut off."""

    status: int
    headers: dict[str, str]
    body: bytes


def check_response(what: str, response: Response) -> None:
    """
    Return if the server took the event.

    Args:
        what: The request, for messages.
        response: The answer to it.

    Raises:
        ResponseError: It may take it later: 409, 429 and everything from 500 on.
        PermanentError: It never will, also by a negative `Retry-After`.
    """
    status = response.status
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    body = response.body[:_SHOWN].decode(errors="replace")
    message = f"{what} was answered with {status}" + (f": {body}" if body else "")
    wait = retry_after(response.headers.get("retry-after", "0"), time.time())
    if not _is_for_now(status) or wait < 0:
        raise PermanentError(message)
    raise ResponseError(message, status=status, retry_after=wait)


def retry_after(value: str, now: float) -> float:
    """
    Return the seconds of a `Retry-After` (RFC 9110, 10.2.3); 0 for a time that is past.

    EventBridge has a negative number mean that there is to be no retry. What is neither a number
    that a float holds nor a date counts as 0.

    Args:
        value: The header.
        now: The time in seconds since the epoch.
    """
    try:
        return float(int(value))
    except OverflowError:
        return 0.0
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except ValueError:
        return 0.0


def _is_for_now(status: int) -> bool:
    return (
        status in (HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS)
        or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    )
