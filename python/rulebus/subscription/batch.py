"""Handlers of batches: how they are called, and how they report events that are not done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from rulebus.event import Event
from rulebus.exceptions import BatchItemFailureError, ValidationError
from rulebus.rule import BatchTarget
from rulebus.targets import FunctionTarget, as_target, check_handler

from .input import DetailBatch

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from rulebus.rule import RuleTarget


# To Lambda these are complete successes, as an empty list is.
_SUCCESSES: tuple[object, ...] = ({}, {"batchItemFailures": None})


def deliver_function(settings: RuleTarget) -> Callable[[Any], Awaitable[object]]:
    """
    Return the function that hands the target one event, or a list of them if it has batches.

    Args:
        settings: The target and its policies.

    Raises:
        HandlerSignatureError: The target is not async, or does not take one argument.
        ValidationError: The target takes no batches, but has a batch policy.
    """
    target = as_target(settings.target)
    if isinstance(target, FunctionTarget):
        # The details of a batch are read before, one by one: see `Preparation`.
        return target.call if settings.batch is None else target.handler
    if settings.batch is None:
        return target.deliver
    if not isinstance(target, BatchTarget):
        raise ValidationError(
            f"target {settings.id!r}: it has a batch policy, but {target!r} has no deliver_batch"
        )
    check_handler(target.deliver_batch)
    return target.deliver_batch


class ItemsFailedError(Exception):
    """
    A handler has reported that some events of its batch are not done.

    Args:
        errors: For each event why it failed, or `None`.
    """

    def __init__(self, errors: Sequence[BaseException | None]) -> None:
        super().__init__()
        self.errors: Sequence[BaseException | None] = errors


def item_errors(result: object, given: list[Event] | DetailBatch) -> Sequence[BaseException | None]:
    """
    Read what the handler of a batch has returned.

    Args:
        result: `None` if all is done; those of `given` that are not done; or what a Lambda
            function returns, `{"batchItemFailures": [{"itemIdentifier": "<event id>"}]}`.
        given: What the handler was given.

    Returns:
        For each event why it failed, or `None`; empty if none did.

    Raises:
        ValidationError: It is none of these, or names an event that is not in the batch.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
    """
    if result is None:
        return ()
    items = _items(result)
    if not items:
        return ()
    events = given.events if isinstance(given, DetailBatch) else given
    # By identity: two details may be equal.
    event_of = {id(one): event for one, event in zip(given, events, strict=True)}
    identifiers = [_identifier(event_of.get(id(item), item)) for item in items]
    failed = {one for one in identifiers if one is not None}
    if None in identifiers:
        raise _unreadable(result)
    unknown = failed - {event.id for event in events}
    if unknown:
        raise ValidationError(f"the batch handler reported {sorted(unknown)!r}: not in the batch")
    return [
        BatchItemFailureError("the batch handler reported the event as not done")
        if event.id in failed
        else None
        for event in events
    ]


def _items(result: object) -> list[object]:
    if result in _SUCCESSES:
        return []
    items = result.get("batchItemFailures") if isinstance(result, Mapping) else result
    if not isinstance(items, Iterable) or isinstance(items, str | bytes):
        raise _unreadable(result)
    return list(items)


def _identifier(item: object) -> str | None:
    if isinstance(item, Event):
        return item.id
    identifier = item.get("itemIdentifier") if isinstance(item, Mapping) else None
    return identifier if isinstance(identifier, str) else None


def _unreadable(result: object) -> ValidationError:
    return ValidationError(
        f"the batch handler returned {result!r}: expected None, a list of what it was given, or "
        '{"batchItemFailures": [{"itemIdentifier": "<event id>"}]}'
    )
