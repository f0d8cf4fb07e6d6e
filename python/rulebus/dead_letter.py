"""Dead letters: events that a target has not taken, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self, TypeAlias

from .event import Event
from .exceptions import RulebusError

Exhausted: TypeAlias = Literal["MaximumRetryAttempts", "MaximumEventAgeInSeconds"]
"""What ran out, by EventBridge's name."""

# EventBridge cuts off the message of a dead letter there.
_LONGEST_MESSAGE = 1_024


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """
    One delivery that failed, as text that can be stored.

    Args:
        time: When it failed, in seconds since the epoch.
        error_code: EventBridge's code for the error, such as `ERROR_FROM_TARGET` or `TIMEOUT`.
        error_message: The class and the text of the error, at most 1,024 characters.
    """

    time: float
    error_code: str
    error_message: str


class DeadLetter(Event):
    """
    An event that was given up for one target: the event itself, and what is known of its failure.

    Args:
        raw: The envelope of the event.
        letter_id: The id of the letter; unlike the event's, no other letter has it.
        rule: The name of the rule that matched.
        rule_arn: The Amazon Resource Name of the rule.
        target: The id of the target that did not take it.
        attempts: Deliveries that were tried, at least 1.
        first_failure: How the first of them failed.
        last_failure: How the last of them failed.
        exhausted: The limit that ended the retries; `None` if the last error was permanent.

    A letter that the target of dead letters has not taken has a `dead_letter_failure`, which says
    why the bus has kept it.
    """

    __slots__ = (
        "attempts",
        "dead_letter_failure",
        "exhausted",
        "first_failure",
        "last_failure",
        "letter_id",
        "rule",
        "rule_arn",
        "target",
    )

    def __new__(cls, raw: bytes, *_: object, **__: object) -> Self:
        """Take the bytes; what is known of the failure is for `__init__`."""
        return super().__new__(cls, raw)

    def __init__(  # noqa: PLR0913  it is a record
        self,
        raw: bytes,
        *,
        letter_id: str,
        rule: str,
        rule_arn: str,
        target: str,
        attempts: int,
        first_failure: Failure,
        last_failure: Failure,
        exhausted: Exhausted | None,
    ) -> None:
        del raw  # __new__ has it
        self.letter_id: str = letter_id
        self.rule: str = rule
        self.rule_arn: str = rule_arn
        self.target: str = target
        self.attempts: int = attempts
        self.first_failure: Failure = first_failure
        self.last_failure: Failure = last_failure
        self.exhausted: Exhausted | None = exhausted
        self.dead_letter_failure: Failure | None = None

    @property
    def attributes(self) -> dict[str, str]:
        """
        The message attributes that EventBridge gives a dead letter, all of them text.

        `TARGET_ARN` holds the id of the target, which has no ARN.

        Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
        """
        attributes = {
            "RULE_ARN": self.rule_arn,
            "TARGET_ARN": self.target,
            "ERROR_CODE": self.last_failure.error_code,
            "ERROR_MESSAGE": self.last_failure.error_message,
            "RETRY_ATTEMPTS": str(self.attempts - 1),
        }
        if self.exhausted is not None:
            attributes["EXHAUSTED_RETRY_CONDITION"] = self.exhausted
        return attributes

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DeadLetter):
            return NotImplemented
        return self.letter_id == other.letter_id

    def __hash__(self) -> int:
        return hash(self.letter_id)

    def __repr__(self) -> str:
        return (
            f"DeadLetter({self.letter_id!r}, rule={self.rule!r}, target={self.target!r}, "
            f"attempts={self.attempts}, {self.last_failure.error_code})"
        )


def describe_failure(error: BaseException, time: float) -> Failure:
    """Return what is kept of an error: the exception itself would keep its frames alive."""
    return Failure(
        time=time, error_code=_error_code(error), error_message=_message(error)[:_LONGEST_MESSAGE]
    )


def _message(error: BaseException) -> str:
    text = str(error)
    name = type(error).__name__
    message = f"{name}: {text}" if text else name
    if isinstance(error, BaseExceptionGroup):
        # The text of a group says how many errors it holds, and not which.
        message += f" [{'; '.join(map(_message, error.exceptions))}]"
    return message


def _error_code(error: BaseException) -> str:
    if isinstance(error, RulebusError):
        return error.code
    if isinstance(error, TimeoutError):
        return "TIMEOUT"
    if isinstance(error, ConnectionError):
        return "CONNECTION_FAILURE"
    return "ERROR_FROM_TARGET"
