"""How long patterns take to compile."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import workloads
from rulebus import EventPattern, Matcher


def bench_pattern(benchmark: BenchmarkFixture) -> None:
    """Compile one pattern."""
    pattern = workloads.pattern(0)
    assert EventPattern(pattern).matches(workloads.event(0))

    benchmark(EventPattern, pattern)


@pytest.mark.parametrize("size", workloads.SIZES)
def bench_matcher(benchmark: BenchmarkFixture, size: int) -> None:
    """Compile many patterns into a matcher."""
    rules = workloads.rules(size)
    last = size - 1
    assert [workloads.name(last)] == Matcher(rules).match(workloads.event(last))

    benchmark.pedantic(Matcher, args=(rules,), rounds=max(3, 1_000 // size))


@pytest.mark.parametrize("size", workloads.SIZES)
def bench_replace(benchmark: BenchmarkFixture, size: int) -> None:
    """Replace one rule among many."""
    matcher = workloads.matcher(size)
    rule = (workloads.name(0), workloads.pattern(0))
    matcher.add(*rule)
    assert [workloads.name(0)] == matcher.match(workloads.event(0))

    benchmark(matcher.add, *rule)
