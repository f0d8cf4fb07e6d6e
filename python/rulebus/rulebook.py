"""The rules of a bus and their targets, which may be changed at any time."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar, Unpack

from . import _json
from ._core import EventPattern, Matcher
from .event import REQUIRED_MEMBERS
from .exceptions import (
    AlreadyExistsError,
    HandlerSignatureError,
    RuleNotFoundError,
    TargetNotFoundError,
    ValidationError,
)
from .rule import Rule, RuleTarget, TargetSettings, check_name
from .subscription import deliver_function
from .targets import BusTarget, EventStream, FunctionTarget, StreamTarget, as_target, open_stream
from .types import Handler

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .rule import RuleState
    from .types import Dialect, PatternInput

_HandlerT = TypeVar("_HandlerT", bound=Handler)


class RuleBook:
    """
    The rules of a bus, and the matcher of those that are enabled.

    Args:
        name: The name of the bus: 1 to 256 letters, digits, `.`, `-`, `_`.
        dialect: The language of the patterns.

    Raises:
        ValidationError: The name is not one.
    """

    def __init__(self, name: str, dialect: Dialect) -> None:
        check_name("bus name", name, 256)
        self.name: str = name
        self._dialect: Dialect = dialect
        self._matcher = Matcher(dialect=dialect, required=REQUIRED_MEMBERS)
        self._rules: dict[str, Rule] = {}

    @property
    def rules(self) -> Mapping[str, Rule]:
        """The rules by name, in the order in which they were put; a live, read-only view."""
        return MappingProxyType(self._rules)

    def rule(
        self,
        pattern: PatternInput,
        *,
        name: str | None = None,
        detail: type | None = None,
        **settings: Unpack[TargetSettings],
    ) -> Callable[[_HandlerT], _HandlerT]:
        """
        Put a rule with the decorated async function as its target, which is returned as it is.

        Args:
            pattern: The event pattern.
            name: The name of the rule, and the id of the target; the function's name if `None`.
            detail: As in `FunctionTarget`.
            settings: How events are delivered: the arguments of `RuleTarget`.

        Raises:
            AlreadyExistsError: There is a rule of that name.
            InvalidEventPatternError: The pattern is not an event pattern.
            HandlerSignatureError: The function is not async, or does not take one argument.
            ValidationError: Another argument is out of range.
        """

        def put(handler: _HandlerT) -> _HandlerT:
            rule_name = getattr(handler, "__name__", "") if name is None else name
            check_name("rule name", rule_name, 64)
            target = RuleTarget(
                id=rule_name, target=FunctionTarget(handler, detail=detail), **settings
            )
            if rule_name in self._rules:
                raise AlreadyExistsError(
                    f"Rule {rule_name} already exists on EventBus {self.name}. Give the rule "
                    "another name, or add a target to it with put_targets."
                )
            _check_target(target)
            self.put_rule(rule_name, pattern)
            self.put_targets(rule_name, target)
            return handler

        return put

    def put_rule(
        self,
        name: str,
        pattern: PatternInput,
        *,
        state: RuleState = "ENABLED",
        description: str = "",
    ) -> Rule:
        """
        Add a rule, or replace the pattern, state and description of the rule of that name.

        A rule that is replaced keeps its targets, and at no moment is it missing.

        Raises:
            InvalidEventPatternError: The pattern is not an event pattern.
            ValidationError: The name or the state is not one.
        """
        check_name("rule name", name, 64)
        if state not in ("ENABLED", "DISABLED"):
            raise ValidationError(f"rule state {state!r}: expected 'ENABLED' or 'DISABLED'")
        if state == "ENABLED":
            self._matcher.add(name, pattern)
        else:
            EventPattern(pattern, dialect=self._dialect)
            self._stop_matching(name)
        targets = self._rules[name].targets if name in self._rules else ()
        rule = Rule(
            name=name,
            pattern=_text(pattern),
            state=state,
            description=description,
            targets=targets,
        )
        self._set_rule(rule)
        return rule

    def enable_rule(self, name: str) -> None:
        """
        Let a rule match again.

        Raises:
            RuleNotFoundError: There is no such rule.
        """
        rule = self._rule(name)
        self._matcher.add(name, rule.pattern)
        self._set_rule(replace(rule, state="ENABLED"))

    def disable_rule(self, name: str) -> None:
        """
        Let a rule match nothing until it is enabled again. What it has matched is delivered.

        Raises:
            RuleNotFoundError: There is no such rule.
        """
        rule = self._rule(name)
        self._stop_matching(name)
        self._set_rule(replace(rule, state="DISABLED"))

    def delete_rule(self, name: str) -> None:
        """
        Remove a rule and its targets. What it has matched is delivered.

        Raises:
            RuleNotFoundError: There is no such rule.
        """
        self._rule(name)
        self._stop_matching(name)
        del self._rules[name]
        self._rule_is_gone(name)

    def put_targets(self, rule: str, *targets: RuleTarget) -> None:
        """
        Add targets to a rule; one whose id the rule has already takes the other's place.

        Events that wait for a target that is replaced are delivered to it.

        Raises:
            RuleNotFoundError: There is no such rule.
            ValidationError: Two of the targets have the same id, or one has a batch policy and
                takes no batches, or one is this bus itself.
            HandlerSignatureError: A target, or its target of dead letters, is not async, or does
                not take one argument.
        """
        before = self._rule(rule)
        for target in targets:
            _check_target(target)
            if isinstance(target.target, BusTarget) and target.target.is_to(self):
                raise ValidationError(
                    f"target {target.id!r}: bus {self.name!r} cannot forward to itself"
                )
        after = {target.id: target for target in before.targets}
        added = {target.id: target for target in targets}
        if len(added) < len(targets):
            ids = [target.id for target in targets]
            raise ValidationError(f"target ids {ids!r}: expected each id once")
        self._set_rule(replace(before, targets=tuple((after | added).values())))

    def remove_targets(self, rule: str, *ids: str) -> None:
        """
        Remove targets from a rule. What waits for them is delivered.

        Raises:
            RuleNotFoundError: There is no such rule.
            TargetNotFoundError: The rule has no such target; none was removed.
        """
        before = self._rule(rule)
        known = {target.id for target in before.targets}
        for target_id in ids:
            if target_id not in known:
                raise TargetNotFoundError(target_id, rule)
        kept = tuple(target for target in before.targets if target.id not in ids)
        self._set_rule(replace(before, targets=kept))

    # What an open bus has to know

    def stream(self, pattern: PatternInput, *, capacity: int = 1_000) -> EventStream:
        """
        Iterate over the events that match a pattern, from now on: `async for event in stream`.

        The stream has a rule of its own, which is removed when the stream is closed.

        Args:
            pattern: The event pattern.
            capacity: Events that may wait in the stream, beside those in the queue of its rule.

        Raises:
            InvalidEventPatternError: The pattern is not an event pattern.
            ValidationError: The capacity is not a positive integer.
        """
        return open_stream(self, pattern, capacity=capacity)

    def _streams(self) -> list[StreamTarget]:
        targets = (target.target for rule in self._rules.values() for target in rule.targets)
        return [target for target in targets if isinstance(target, StreamTarget)]

    def _targets_changed(self, rule: Rule) -> None:
        """Take note of the targets that a rule has from now on."""
        raise NotImplementedError

    def _rule_is_gone(self, name: str) -> None:
        """Take note that there is no rule of that name any more."""
        raise NotImplementedError

    # The steps that these share

    def _rule(self, name: str) -> Rule:
        try:
            return self._rules[name]
        except KeyError:
            raise RuleNotFoundError(name, self.name) from None

    def _set_rule(self, rule: Rule) -> None:
        self._rules[rule.name] = rule
        self._targets_changed(rule)

    def _stop_matching(self, name: str) -> None:
        if name in self._matcher:
            self._matcher.remove(name)


def _check_target(target: RuleTarget) -> None:
    """Check of a target what its record cannot: that events can be delivered to it."""
    if not isinstance(target, RuleTarget):
        raise ValidationError(f"target {target!r}: expected a RuleTarget")
    deliver_function(target)
    if target.dead_letter is not None:
        try:
            as_target(target.dead_letter)
        except HandlerSignatureError as error:
            raise HandlerSignatureError(f"dead_letter of target {target.id!r}: {error}") from None


def _text(pattern: PatternInput) -> str:
    if isinstance(pattern, dict):
        pattern = _json.encode(pattern)
    return pattern if isinstance(pattern, str) else pattern.decode()
