"""How long an event takes to match."""

from typing import Any

import orjson
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import workloads
from rulebus import EventPattern

EVENTS = 1_000

# Enough for a second thread to matter.
MANY = 20_000


def bench_pattern(benchmark: BenchmarkFixture) -> None:
    """Match one event against one pattern."""
    pattern, event = EventPattern(workloads.pattern(0)), workloads.event(0)
    assert pattern.matches(event)

    benchmark(pattern.matches, event)


@pytest.mark.parametrize("size", workloads.SIZES)
def bench_match(benchmark: BenchmarkFixture, size: int) -> None:
    """Match one event against many rules."""
    matcher = workloads.matcher(size)
    rule = size // 2
    event = workloads.event(rule)
    assert [workloads.name(rule)] == matcher.match(event)

    benchmark(matcher.match, event)


@pytest.mark.parametrize("kind", ["bytes", "str", "bytearray", "memoryview", "dict"])
def bench_match_input(benchmark: BenchmarkFixture, kind: str) -> None:
    """Match one event of each kind against 1,000 rules."""
    matcher = workloads.matcher(1_000)
    text = workloads.event(500)
    event = {
        "bytes": text,
        "str": text.decode(),
        "bytearray": bytearray(text),
        "memoryview": memoryview(text),
        "dict": orjson.loads(text),
    }[kind]
    assert [workloads.name(500)] == matcher.match(event)

    benchmark(matcher.match, event)


@pytest.mark.parametrize("size", workloads.SIZES)
def bench_match_many(benchmark: BenchmarkFixture, size: int) -> None:
    """Match 1,000 events, spread over the rules, against many rules in one call."""
    matcher = workloads.matcher(size)
    hit = [index * size // EVENTS for index in range(EVENTS)]
    events = [workloads.event(rule) for rule in hit]
    assert [(workloads.name(rule),) for rule in hit] == matcher.match_many(events)

    benchmark(matcher.match_many, events)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("form", ["match_many", "match_lines"])
def bench_batch(benchmark: BenchmarkFixture, form: str, threads: int) -> None:
    """Match 20,000 events against 1,000 rules in one call: as a list or as lines, by threads."""
    matcher = workloads.matcher(1_000)
    hit = [index % 1_000 for index in range(MANY)]
    events = [workloads.event(rule) for rule in hit]
    batch: Any = {"match_many": events, "match_lines": b"\n".join(events)}[form]
    match = getattr(matcher, form)
    assert [(workloads.name(rule),) for rule in hit] == match(batch, threads=threads)

    benchmark(match, batch, threads=threads)
