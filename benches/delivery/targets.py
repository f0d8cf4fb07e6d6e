"""What delivery is meant to reach, and whether a run has shown it."""

from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

from delivery.figures import counted_rules, quantiles, rate

Raw: TypeAlias = dict[str, Any]

RAW_EVENTS = "rulebus, batches of 100"
BATCHES = "rulebus, batches of 100, batch handler"
POLICIES = "rulebus, batches of 100, idle policies"
PUT_EVENT = "rulebus, put_event"
BYTES = "queue, bytes, one comparison"
DICTS = "queue, dicts, one comparison"
PEERS = ("blinker", "pyventus", "abxbus", "FastStream")
LATENCY_MICROSECONDS = 300


class Ratio(NamedTuple):
    """That one case is to be so many times as fast as another, or is only held against it."""

    case: str
    against: str
    rules: int
    least: float | None


RATIOS = [
    Ratio(RAW_EVENTS, BYTES, 10_000, 1.0),
    Ratio(f"{RAW_EVENTS}, spread", BYTES, 10_000, 1.0),
    Ratio(RAW_EVENTS, "queue, bytes unseen", 10_000, None),
    Ratio(BATCHES, BYTES, 10_000, 2.0),
    Ratio(f"{BATCHES}, spread", BYTES, 10_000, 2.0),
    Ratio(BATCHES, "queue, bytes unseen", 10_000, None),
    Ratio(POLICIES, RAW_EVENTS, 1, 0.8),
    Ratio(POLICIES, RAW_EVENTS, 10_000, 0.8),
    Ratio(PUT_EVENT, DICTS, 10_000, 0.25),
    Ratio(f"{PUT_EVENT}, spread", DICTS, 10_000, 0.25),
    Ratio(PUT_EVENT, "pyventus", 1, 3.0),
    Ratio(PUT_EVENT, "abxbus", 1, 50.0),
    *(Ratio(PUT_EVENT, peer, 10_000, 500.0) for peer in PEERS),
    # Queue and stream are no peers here: they have no rules, only what a consumer makes of them.
    Ratio(PUT_EVENT, "queue, dicts, predicates", 10_000, None),
    Ratio(PUT_EVENT, "stream, dicts, predicates", 10_000, None),
]


def speed(raw: Raw, case: str, rules: int) -> float | None:
    """Return the events per CPU second of a case that was timed and answers right."""
    for column in raw["columns"]:
        outcome = column["cases"].get(case)
        if column["rules"] == rules and outcome and is_right(outcome):
            return rate(outcome, "cpu")
    return None


def is_right(outcome: Raw) -> bool:
    """Return whether a case was timed to the end, and every handler has seen what it must."""
    return "skipped" not in outcome and not outcome["handlers_wrong"]


def verdicts(raw: Raw) -> Iterator[list[str]]:
    """Yield the cells of a table: figure, target, what was measured, whether that is enough."""
    for one in RATIOS:
        fast, slow = speed(raw, one.case, one.rules), speed(raw, one.against, one.rules)
        measured = fast / slow if fast is not None and slow is not None else None
        yield [
            f"{one.case}, {counted_rules(one.rules)}, against {one.against}",
            "" if one.least is None else f"at least {one.least:g}",
            "-" if measured is None else f"{measured:,.2f}",
            _verdict(measured, one.least),
        ]
    for outcome in raw["latency"]:
        if outcome["name"].startswith("rulebus"):
            p99 = quantiles(outcome)["p99"] / 1_000 if is_right(outcome) else None
            yield [
                f"{outcome['name']}, {counted_rules(outcome['rules'])}, put to handler, p99",
                f"under {LATENCY_MICROSECONDS} µs",
                "-" if p99 is None else f"{p99:,.0f} µs",
                _verdict(None if p99 is None else -p99, -LATENCY_MICROSECONDS),
            ]


def _verdict(measured: float | None, least: float | None) -> str:
    if least is None:
        return "for comparison"
    if measured is None:
        return "not measured"
    return "met" if measured >= least else "**missed**"
