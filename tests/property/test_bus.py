"""A bus against a model: rules and targets that change while events flow."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import anyio
import pytest
from anyio.lowlevel import checkpoint
from hypothesis import given
from hypothesis import strategies as st

from rulebus import Entry, Event, EventBus, RuleTarget

SOURCES = ("a", "b", "c")
RULES = ("r1", "r2")
TARGETS = ("t1", "t2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One target as it was put at one time: what it must be given, and what it was given."""

    in_order: bool
    expected: list[int] = field(default_factory=list)
    given: list[int] = field(default_factory=list)

    def is_complete(self) -> bool:
        """Tell whether everything was given once, and in order where there is one."""
        return self.expected == (self.given if self.in_order else sorted(self.given))


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRule:
    """A rule: the sources it matches, and the targets it has."""

    sources: frozenset[str]
    enabled: bool = True
    targets: dict[str, Delivery] = field(default_factory=dict)


class Run:
    """A bus and its model, to which every step is applied side by side."""

    def __init__(self) -> None:
        self.bus = EventBus()
        self.rules: dict[str, ModelRule] = {}
        self.deliveries: list[Delivery] = []
        self.published = 0

    def put_rule(self, name: str, sources: frozenset[str]) -> None:
        """Put a rule that matches some sources."""
        self.bus.put_rule(name, {"source": sorted(sources)})
        targets = self.rules[name].targets if name in self.rules else {}
        self.rules[name] = ModelRule(sources=sources, targets=targets)

    def delete_rule(self, name: str) -> None:
        """Delete a rule, if it is there."""
        if self.rules.pop(name, None):
            self.bus.delete_rule(name)

    def enable_rule(self, name: str, enabled: bool) -> None:  # noqa: FBT001  drawn
        """Enable or disable a rule, if it is there."""
        if name in self.rules:
            (self.bus.enable_rule if enabled else self.bus.disable_rule)(name)
            self.rules[name] = replace(self.rules[name], enabled=enabled)

    def put_target(self, name: str, target: str, capacity: int, concurrency: int) -> None:
        """Put a target on a rule, if the rule is there."""
        if name in self.rules:
            delivery = Delivery(in_order=concurrency == 1)

            async def deliver(event: Event) -> None:
                n = event.detail["n"]
                for _ in range(n % 3):
                    await checkpoint()
                delivery.given.append(n)

            self.bus.put_targets(
                name,
                RuleTarget(id=target, target=deliver, capacity=capacity, concurrency=concurrency),
            )
            self.rules[name].targets[target] = delivery
            self.deliveries.append(delivery)

    def remove_target(self, name: str, target: str) -> None:
        """Remove a target, if it is there."""
        if name in self.rules and target in self.rules[name].targets:
            del self.rules[name].targets[target]
            self.bus.remove_targets(name, target)

    async def put_events(self, sources: list[str]) -> None:
        """Publish numbered events of some sources."""
        numbers = range(self.published, self.published + len(sources))
        self.published += len(sources)
        for n, source in zip(numbers, sources, strict=True):
            for rule in self.rules.values():
                if rule.enabled and source in rule.sources:
                    for delivery in rule.targets.values():
                        delivery.expected.append(n)
        await self.bus.put_events(
            Entry(source=source, detail_type="t", detail={"n": n})
            for n, source in zip(numbers, sources, strict=True)
        )

    async def drain(self) -> None:
        """Drain the bus; then everything expected so far was given."""
        await self.bus.drain()
        for delivery in self.deliveries:
            assert delivery.is_complete()


Step: TypeAlias = Callable[[Run], Awaitable[None]]


def changing(change: Callable[..., None], *arguments: Any) -> Step:
    """Return the step of a change that does not wait."""

    async def step(run: Run) -> None:
        change(run, *arguments)

    return step


def waiting(call: Callable[..., Awaitable[None]], *arguments: Any) -> Step:
    """Return the step of a call that may wait."""

    async def step(run: Run) -> None:
        await call(run, *arguments)

    return step


NAME, TARGET = st.sampled_from(RULES), st.sampled_from(TARGETS)
LIMIT = st.integers(1, 3)
CHANGES = st.one_of(
    st.builds(
        changing, st.just(Run.put_rule), NAME, st.frozensets(st.sampled_from(SOURCES), min_size=1)
    ),
    st.builds(changing, st.just(Run.delete_rule), NAME),
    st.builds(changing, st.just(Run.enable_rule), NAME, st.booleans()),
    st.builds(changing, st.just(Run.put_target), NAME, TARGET, LIMIT, LIMIT),
    st.builds(changing, st.just(Run.remove_target), NAME, TARGET),
)
EVENTS = st.builds(
    waiting, st.just(Run.put_events), st.lists(st.sampled_from(SOURCES), max_size=12)
)
STEPS = st.lists(st.one_of(CHANGES, EVENTS, st.just(waiting(Run.drain))), max_size=40)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@given(before=st.lists(CHANGES, max_size=10), steps=STEPS)
def test_every_match_is_delivered_once(backend: str, before: list[Step], steps: list[Step]) -> None:
    """
    Whatever happens to the rules, each target gets the events that matched while it was there.

    It gets them once, and a target with a concurrency of 1 in the order of their publication.
    """
    run = Run()

    async def main() -> None:
        for step in before:
            await step(run)
        async with run.bus:
            for step in steps:
                await step(run)

    anyio.run(main, backend=backend)

    for delivery in run.deliveries:
        assert delivery.is_complete()
    statistics = run.bus.statistics()
    assert run.published == statistics.published
    assert sum(len(delivery.given) for delivery in run.deliveries) == statistics.delivered
    assert 0 == statistics.failed
