"""How a target says what is to become of an event that it did not take."""

from __future__ import annotations

from typing import ClassVar

from rulebus.exceptions import PermanentError, RetryLaterError


class LoopDetectedError(PermanentError):
    """An event came back to a bus that it was forwarded to before, or was forwarded too often."""

    code: ClassVar[str] = "LOOP_DETECTED"


class ConnectionFailureError(RetryLaterError):
    """A server was not reached, or the connection to it broke."""

    code: ClassVar[str] = "CONNECTION_FAILURE"


class ResponseTimeoutError(RetryLaterError):
    """A server did not answer in time."""

    code: ClassVar[str] = "TIMEOUT"


class ResponseError(RetryLaterError):
    """
    A server answered that it does not take the event now.

    Args:
        message: What it answered.
        status: The status code of HTTP.
        retry_after: Seconds to wait at least, as the server asks for.
    """

    code: ClassVar[str] = "ERROR_FROM_TARGET"

    def __init__(self, message: str, *, status: int, retry_after: float = 0.0) -> None:
        super().__init__(message, retry_after=retry_after)
        self.status = status
