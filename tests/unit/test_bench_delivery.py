"""The harness that holds delivery against its peers: right answers, right figures, fair words."""

from __future__ import annotations

import asyncio
import importlib
import json
from typing import TYPE_CHECKING, Any, Self

import pytest

from delivery import measure, report, targets, worker, workload
from delivery.catalog import CASES, RULES
from delivery.figures import quantile, quantiles, rate
from delivery.overload import Tally
from delivery.receivers import Recorder
from peers import page as matcher_page
from rulebus import EventPattern

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from delivery.adapter import Open, Subscriber

EVENTS = 12
SUBSCRIBERS = 4


def outcome(
    name: str, *, seconds: float = 1.0, events: int = 100, wrong: int = 0, rules: int = 1
) -> dict[str, Any]:
    """Return the raw result of a case whose every pass took so long."""
    figures = {"cpu_seconds": seconds, "wall_seconds": 2 * seconds}
    return {
        "name": name,
        "rules": rules,
        "events": events,
        "handlers_wrong": wrong,
        "passes": [figures] * 3,
    }


def raw(*outcomes: dict[str, Any]) -> dict[str, Any]:
    """Return the raw results of one column."""
    cases = {one["name"]: one for one in outcomes}
    return {"columns": [{"rules": 10_000, "cases": cases}], "latency": [], "missing": []}


# What the cases are given


def test_events_have_300_bytes() -> None:
    """Every event has the size that the targets speak of."""
    assert {300} == {len(workload.event(number, number % 7)) for number in range(100)}


@pytest.mark.parametrize("form", ["bytes", "dict"])
def test_events_are_numbered(form: workload.Form) -> None:
    """The number of an event can be read from what a handler is given."""
    events = workload.events(EVENTS, SUBSCRIBERS, "all", form)
    assert list(range(EVENTS)) == list(map(workload.number, events))


@pytest.mark.parametrize(("aim", "expected"), [("last", [3, 3, 3, 3, 3]), ("all", [0, 1, 2, 3, 0])])
def test_aim(aim: workload.Aim, expected: list[int]) -> None:
    """Events are for the last subscriber, or for all in turn; pattern and predicate see that."""
    customers = [workload.customer(number) for number in range(SUBSCRIBERS)]
    patterns = [EventPattern(workload.pattern(one)) for one in customers]
    predicates = [workload.predicate(one) for one in customers]

    raws = workload.events(5, SUBSCRIBERS, aim, "bytes")
    dicts = workload.events(5, SUBSCRIBERS, aim, "dict")

    assert [[n] for n in expected] == [
        [n for n, pattern in enumerate(patterns) if pattern.matches(event)] for event in raws
    ]
    assert [[n] for n in expected] == [
        [n for n, holds in enumerate(predicates) if holds(event)] for event in dicts
    ]


# What they answer


async def _deliver(open_bus: Open, receivers: Sequence[Recorder], events: Sequence[Any]) -> None:
    async with open_bus(worker.subscribers(receivers)) as bus:
        await bus.put(events)
        await bus.drain()


@pytest.mark.parametrize("name", CASES)
def test_every_handler_sees_its_events(name: str) -> None:
    """Each case brings each event to the handler that it is for, and to no other."""
    case = CASES[name]
    pytest.importorskip(case.package)
    rules = case.rules(SUBSCRIBERS)
    recorders = [Recorder() for _ in range(rules)]

    events = workload.events(EVENTS, rules, case.aim, case.form)
    asyncio.run(_deliver(case.opener(), recorders, events))

    assert 0 == worker.handlers_that_differ(recorders, EVENTS, case.aim)


@pytest.mark.parametrize(
    ("wrong", "seen"),
    [
        (0, [[0, 2], [1, 3]]),
        (0, [[2, 0], [1, 3]]),
        (1, [[0], [1, 3]]),
        (1, [[0, 2], [1, 3, 3]]),
        (2, [[0, 2, 3], [1]]),
    ],
)
def test_wrong_answers_are_counted(wrong: int, seen: list[list[int]]) -> None:
    """A handler that misses an event, or sees one twice or one of another's, is wrong."""
    recorders = [Recorder() for _ in seen]
    for recorder, numbers in zip(recorders, seen, strict=True):
        recorder.seen = [workload.event(number, 0) for number in numbers]
    assert wrong == worker.handlers_that_differ(recorders, 4, "all")


class Forgetful:
    """A bus that loses every event but the first."""

    def __init__(self, subscribers: Sequence[Subscriber]) -> None:
        self._receiver = subscribers[-1].receiver

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def put(self, events: Sequence[Any]) -> None:
        """Hand on the first event."""
        await self._receiver.take(events[0])

    async def drain(self) -> None:
        """Do nothing."""


def test_a_bus_that_loses_events_is_found() -> None:
    """The check before the passes tells of a handler that has not seen all of its events."""
    case = CASES["queue, bytes unseen"]
    events = workload.events(EVENTS, 1, case.aim, case.form)
    answer = asyncio.run(worker.check(Forgetful, case, events, rules=1, seconds=60))
    assert (EVENTS, 1) == (answer["checked_events"], answer["handlers_wrong"])


def test_passes_are_taken_in_turn() -> None:
    """A case runs in its own process and gives as many passes as are asked for."""
    settings = measure.Settings(passes=2, pass_seconds=0.001)
    (timed,) = measure.in_turn("throughput", [("queue, bytes unseen", 1)], settings)
    assert (0, 2) == (timed["handlers_wrong"], len(timed["passes"]))
    assert "skipped" not in timed


def test_a_case_that_fails_has_no_figure() -> None:
    """A process that ends without an answer is named with its reason."""
    settings = measure.Settings(passes=1, pass_seconds=0.001)
    (failed,) = measure.in_turn("throughput", [("no such case", 1)], settings)
    assert "KeyError: 'no such case'" in failed["skipped"]


# The figures


@pytest.mark.parametrize(
    ("fraction", "expected"), [(0.5, 50), (0.99, 99), (0.999, 100), (1.0, 100)]
)
def test_quantile(fraction: float, expected: int) -> None:
    """A quantile is a value that occurred, not exceeded by at least that fraction."""
    assert expected == quantile(range(1, 101), fraction)


def test_the_median_pass_counts() -> None:
    """A rate is the median over passes, by CPU time or wall time."""
    passes = [{"cpu_seconds": cpu, "wall_seconds": 2 * cpu} for cpu in (1.0, 2.0, 50.0)]
    case = {"events": 100, "passes": passes}
    assert (50.0, 25.0) == (rate(case, "cpu"), rate(case, "wall"))


def test_the_slowest_of_all_passes_counts() -> None:
    """Quantiles are medians over passes, but the maximum is that of all."""
    passes = [{"p50": n, "p99": n, "p99.9": n, "max": n} for n in (1, 2, 9)]
    assert {"p50": 2, "p99": 2, "p99.9": 2, "max": 9} == quantiles({"passes": passes})


# What is said of them


def _verdict(results: dict[str, Any], figure: str) -> list[str]:
    (cells,) = (cells for cells in targets.verdicts(results) if cells[0].startswith(figure))
    return cells[1:]


@pytest.mark.parametrize(
    ("expected", "seconds"), [("met", 4.0), ("**missed**", 4.1), ("met", 0.01)]
)
def test_targets_are_judged_by_the_figures(expected: str, seconds: float) -> None:
    """A target is met from its ratio on, and missed below."""
    results = raw(outcome(targets.DICTS), outcome(targets.PUT_EVENT, seconds=seconds))
    figure = f"{targets.PUT_EVENT}, 10,000 rules, against {targets.DICTS}"
    assert ["at least 0.25", f"{1 / seconds:,.2f}", expected] == _verdict(results, figure)


@pytest.mark.parametrize(
    "results",
    [
        raw(outcome(targets.PUT_EVENT)),
        raw(outcome(targets.PUT_EVENT), {"name": "blinker", "rules": 10_000, "skipped": "slow"}),
        raw(outcome(targets.PUT_EVENT), outcome("blinker", wrong=1)),
        raw(outcome(targets.PUT_EVENT, wrong=1), outcome("blinker")),
    ],
)
def test_a_target_without_figures_is_not_measured(results: dict[str, Any]) -> None:
    """Where a case is missing, failed or answers wrong, nothing is claimed."""
    figure = f"{targets.PUT_EVENT}, 10,000 rules, against blinker"
    assert ["at least 500", "-", "not measured"] == _verdict(results, figure)


@pytest.mark.parametrize(("expected", "p99"), [("met", 300_000), ("**missed**", 300_001)])
def test_latency_is_judged_by_its_p99(expected: str, p99: int) -> None:
    """The latency target is a most, not a least."""
    one = outcome(targets.PUT_EVENT)
    one["passes"] = [{"p50": 1, "p99": p99, "p99.9": 1, "max": 1}]
    figure = f"{targets.PUT_EVENT}, 1 rule, put to handler"
    assert ["under 300 µs", "300 µs", expected] == _verdict({**raw(), "latency": [one]}, figure)


def test_wrong_answers_are_marked() -> None:
    """A case that answers wrong has a mark on its figure and a line that tells of it."""
    results = raw(outcome(targets.DICTS), outcome("blinker", wrong=3, rules=10_000))
    assert "| blinker | 100 (1.00) † |" in report.speeds(results, "cpu")
    assert ["* blinker, 10,000 rules: 3 handlers have seen other events †"] == report.answers(
        results
    )


@pytest.mark.parametrize(
    ("overflow", "handled", "dropped", "most_queued", "message"),
    [
        ("wait", [1, 0], [0, 0], 1, "1 events went astray"),
        ("wait", [1, 2], [0, 0], 1, "1 events went astray"),
        ("wait", [1, 0], [0, 1], 1, "1 events were dropped"),
        ("wait", [1, 1], [0, 0], 10_001, "10001 events waited"),
        ("drop_oldest", [1, 1], [0, 1], 1, "1 events went astray"),
        ("drop_newest", [1, 1], [0, 0], 1, "0 events were dropped"),
    ],
)
def test_overload_is_checked(
    overflow: Any, handled: list[int], dropped: list[int], most_queued: int, message: str
) -> None:
    """An event that is lost, handled twice or not counted, or one too many, fails the run."""
    tally = Tally(len(handled))
    tally.handled[:], tally.dropped[:], tally.most_queued = (
        bytes(handled),
        bytes(dropped),
        most_queued,
    )
    with pytest.raises(AssertionError, match=message):
        tally.check(overflow)


@pytest.mark.parametrize(
    ("overflow", "handled", "dropped"),
    [("wait", [1, 1], [0, 0]), ("drop_oldest", [0, 1], [1, 0]), ("drop_newest", [1, 0], [0, 1])],
)
def test_overload_that_keeps_its_promises_passes(
    overflow: Any, handled: list[int], dropped: list[int]
) -> None:
    """Each event handled once, or dropped once where the policy drops, is what was promised."""
    tally = Tally(len(handled))
    tally.handled[:], tally.dropped[:] = bytes(handled), bytes(dropped)
    tally.check(overflow)


# The committed results


def test_results_are_of_these_cases() -> None:
    """The results that are kept have every case in every column where it belongs."""
    results = json.loads((matcher_page.RESULTS / "delivery.json").read_text())
    assert {
        rules: [case.name for case in CASES.values() if rules in case.columns] for rules in RULES
    } == {column["rules"]: list(column["cases"]) for column in results["columns"]}


@pytest.mark.parametrize("module", ["delivery.page", "peers.page"])
def test_pages_show_the_results(module: str) -> None:
    """The pages of the documentation are those that the kept results make."""
    shown: ModuleType = importlib.import_module(module)
    text = shown.PAGE.read_text()
    assert matcher_page.filled(text, shown.parts()) == text
