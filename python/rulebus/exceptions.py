"""
What can go wrong, one class per thing a caller can act on.

Every class carries in `code` the name that Amazon EventBridge has for the error.
"""

from __future__ import annotations

from typing import ClassVar


class RulebusError(Exception):
    """The base of every error that rulebus raises on purpose."""

    code: ClassVar[str] = "InternalException"


class ValidationError(RulebusError, ValueError):
    """An argument is outside what it may be: a name, a capacity, a size."""

    code: ClassVar[str] = "ValidationException"


class RequestTooLargeError(ValidationError):
    """
    The entries of one request are too big together; none of them was published.

    Args:
        size: Size of the entries in bytes, counted as EventBridge counts it.
        limit: The size that the request must stay below, in bytes.
    """

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(
            "Total size of the entries in the request is over the limit. "
            f"Reason: {size:,} bytes; a request must be below {limit:,} bytes."
        )
        self.size = size
        self.limit = limit


class InvalidEventPatternError(RulebusError, ValueError):
    """
    A pattern is not an event pattern.

    Args:
        message: What is wrong, where, and what was expected.
        kind: The kind of mistake, a word such as `syntax` or `operator`.
        path: The field that the mistake is at, its names joined by dots.
        offset: The byte of the pattern text that the mistake is at; `None` for a pattern that
            was given as a `dict`.
    """

    code: ClassVar[str] = "InvalidEventPatternException"

    def __init__(self, message: str, *, kind: str, path: str, offset: int | None) -> None:
        super().__init__(message)
        self.kind = kind
        self.path = path
        self.offset = offset


class InvalidTransformError(RulebusError, ValueError):
    """
    A transform is refused.

    Args:
        message: What is wrong, where, and what was expected.
        kind: The kind of mistake, a word such as `syntax` or `invalid-placeholder`.
        path: The part that the mistake is in: `input`, `input_path`, `input_template`, or
            `input_paths_map.` and the name of the path.
        offset: The byte of that part that the mistake is at.
    """

    code: ClassVar[str] = "ValidationException"

    def __init__(self, message: str, *, kind: str, path: str, offset: int) -> None:
        super().__init__(message)
        self.kind = kind
        self.path = path
        self.offset = offset


class InvalidEventError(RulebusError, ValueError):
    """
    An event, or the detail of one, is not a JSON object that can be matched and delivered.

    Args:
        message: What is wrong, where, and what was expected.
        kind: The kind of mistake, a word such as `syntax` or `envelope`.
        offset: The byte of the text that the mistake is at, where it is known.
        path: The field that the mistake is at, its names joined by dots, where it is known.
    """

    code: ClassVar[str] = "MalformedDetail"

    def __init__(
        self, message: str, *, kind: str, offset: int | None = None, path: str | None = None
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.offset = offset
        self.path = path


class InvalidArgumentError(RulebusError, ValueError):
    """
    A member of an entry is missing or cannot be used.

    Args:
        parameter: The member by its EventBridge name, such as `DetailType`.
        reason: What is wrong with it, as a sentence.
    """

    code: ClassVar[str] = "InvalidArgument"

    def __init__(self, parameter: str, reason: str) -> None:
        super().__init__(f"Parameter {parameter} is not valid. Reason: {reason}")
        self.parameter = parameter
        self.reason = reason


class NotAuthorizedForSourceError(RulebusError, ValueError):
    """
    An entry claims a source that belongs to AWS.

    Args:
        source: The source of the entry.
    """

    code: ClassVar[str] = "NotAuthorizedForSourceException"

    def __init__(self, source: str) -> None:
        super().__init__(
            f"Not authorized for the source {source!r}. Reason: sources that begin with 'aws.' "
            "are AWS's own; put_raw_events takes such events."
        )
        self.source = source


class DetailTypeError(RulebusError, ValueError):
    """The detail of an event does not fit the type that its handler takes."""

    code: ClassVar[str] = "MalformedDetail"


class HandlerSignatureError(RulebusError, TypeError):
    """A handler is not an async function of one argument."""

    code: ClassVar[str] = "ValidationException"


class RuleNotFoundError(RulebusError, LookupError):
    """
    The bus has no rule of that name.

    Args:
        rule: The name that was asked for.
        bus: The name of the bus.
    """

    code: ClassVar[str] = "ResourceNotFoundException"

    def __init__(self, rule: str, bus: str) -> None:
        super().__init__(f"Rule {rule} does not exist on EventBus {bus}.")
        self.rule = rule
        self.bus = bus


class TargetNotFoundError(RulebusError, LookupError):
    """
    The rule has no target of that id.

    Args:
        target: The id that was asked for.
        rule: The name of the rule.
    """

    code: ClassVar[str] = "ResourceNotFoundException"

    def __init__(self, target: str, rule: str) -> None:
        super().__init__(f"Target {target} does not exist on Rule {rule}.")
        self.target = target
        self.rule = rule


class AlreadyExistsError(RulebusError, ValueError):
    """A name that must be new is taken."""

    code: ClassVar[str] = "ResourceAlreadyExistsException"


class BusStateError(RulebusError, RuntimeError):
    """The bus is not open, or the call cannot be made from where it is made."""

    code: ClassVar[str] = "InvalidStateException"


class SubscriptionFullError(RulebusError):
    """
    A target has no room for the event, and the caller cannot wait for room.

    Args:
        rule: The rule that matched the event.
        target: The target of the rule whose queue is full.
        reason: Why the caller cannot wait, as a sentence.
    """

    code: ClassVar[str] = "ThrottlingException"

    def __init__(self, rule: str, target: str, reason: str) -> None:
        super().__init__(f"The queue of target {target!r} of rule {rule!r} is full. {reason}")
        self.rule = rule
        self.target = target


class PermanentError(RulebusError):
    """A handler raises this, or a subclass, for an event that no retry can help."""

    code: ClassVar[str] = "ERROR_FROM_TARGET"


class TransformationError(PermanentError, ValueError):
    """
    A transform makes nothing of an event; to try again is of no use.

    Args:
        message: What is wrong, where, and what was expected.
        kind: `quoted-value` for a value that breaks the string that its placeholder stands in,
            `event` for an event that is not JSON.
        offset: The byte of the template, or of the event, that the mistake is at.
    """

    code: ClassVar[str] = "INVALID_JSON"

    def __init__(self, message: str, *, kind: str, offset: int) -> None:
        super().__init__(message)
        self.kind = kind
        self.offset = offset


class RetryLaterError(RulebusError):
    """
    A handler raises this, or a subclass, to be left alone with the event for some time.

    Any exception with such an attribute `retry_after` does the same.

    Args:
        message: Why.
        retry_after: Seconds to wait at least before the next attempt.
    """

    code: ClassVar[str] = "THROTTLING"

    def __init__(self, message: str = "try again later", *, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class HandlerTimeoutError(RulebusError, TimeoutError):
    """
    A delivery took longer than its target allows, and was cancelled.

    Args:
        timeout: Seconds that it was allowed to take.
    """

    code: ClassVar[str] = "TIMEOUT"

    def __init__(self, timeout: float) -> None:
        super().__init__(f"the delivery took longer than {timeout:g} seconds")
        self.timeout = timeout


class BatchItemFailureError(RulebusError):
    """The handler of a batch reported this event as not done."""

    code: ClassVar[str] = "PARTIAL_BATCH_FAILURE"


class DeadLetterNotFoundError(RulebusError, LookupError):
    """
    The bus has no dead letter of that id.

    Args:
        letter: The id that was asked for.
        bus: The name of the bus.
    """

    code: ClassVar[str] = "ResourceNotFoundException"

    def __init__(self, letter: str, bus: str) -> None:
        super().__init__(f"Dead letter {letter} does not exist on EventBus {bus}.")
        self.letter = letter
        self.bus = bus
