"""The Markdown that shows the raw results."""

from collections.abc import Iterator
from statistics import median
from typing import Any, TypeAlias

from peers.growth import growth
from peers.rate import rate

Raw: TypeAlias = dict[str, Any]

GROUPS = {
    "envelope": "An EventBridge event of about 300 bytes, against rules of 3 or 4 fields",
    "ruler": "event-ruler's workloads: five rules each, or all of them, on land parcels",
    "quamina": "quamina's workloads",
    "skip": "Skipping a member of 1 MB that no rule asks for, in GB/s",
    "cliffs": "Cliffs",
    "churn": "1,000 changes a second",
}
MEMORY_FROM_RULES = 10_000


def report(raw: Raw) -> str:
    """Return the tables of a run; the fastest right answer of a line stands in bold."""
    lines = ["# Matchers side by side", "", conditions(raw), "", versions(raw)]
    for group, title in GROUPS.items():
        lines += _section(title, churn(raw) if group == "churn" else speeds(raw, group))
    lines += _section("Growth of rulebus", growths(raw))
    lines += _section("Rules added per second; bytes per rule", loads(raw))
    return "\n".join([*lines, *_notes(raw), ""])


def _section(title: str, table: list[str]) -> list[str]:
    return ["", f"## {title}", "", *table] if table else []


def conditions(raw: Raw) -> str:
    """Return on which machine and how the figures were taken."""
    machine, settings = raw["machine"], raw["settings"]
    return (
        f"{raw['started']}, {machine['processor']}, {machine['cores']} cores, {machine['system']}, "
        f"load average {machine['load_before']:.1f} before and {machine['load_after']:.1f} after. "
        f"Events per second, one thread: the median of {settings['passes']} passes of "
        f"{settings['pass_seconds']} s, all peers taking turns. Bold is the fastest of those that "
        "answer as rulebus does; † marks answers that differ, - stands for no figure; both are "
        "explained at the end."
    )


def versions(raw: Raw) -> str:
    """Return the versions of the peers that were asked."""
    asked = [(name, one) for name, one in raw["versions"].items() if name not in raw["missing"]]
    named = ", ".join(f"{name} {version}" for name, version in asked)
    return f"Versions: {named}; commit {raw['commit']}."


def _names(raw: Raw) -> list[str]:
    return [
        name
        for name in raw["versions"]
        if any("pass" in workload["peers"].get(name, {}) for workload in raw["workloads"])
    ]


def speeds(raw: Raw, group: str) -> list[str]:
    """Return the table of a group of workloads, empty if none of it ran."""
    workloads = [one for one in raw["workloads"] if one["group"] == group]
    names = [name for name in _names(raw) if any(_timed(one, name) for one in workloads)]
    rows = [_row(one["name"], _speed_cells(one, names)) for one in workloads]
    return [*_header("workload", names), *rows] if rows else []


def _speed_cells(workload: Raw, names: list[str]) -> Iterator[str]:
    results = [workload["peers"].get(name, {}) for name in names]
    right = [rate(one["pass"]) for one in results if "pass" in one and "difference" not in one]
    for result in results:
        if "pass" not in result:
            yield "-"
            continue
        text = _speed(workload, rate(result["pass"]))
        if "difference" in result:
            yield f"{text} †"
        else:
            yield f"**{text}**" if rate(result["pass"]) == max(right) else text


def _speed(workload: Raw, events_per_second: float) -> str:
    if workload["group"] == "skip":
        return f"{events_per_second * workload['event_bytes'] / 1e9:.2f}"
    return f"{events_per_second:,.0f}" if events_per_second >= 10 else f"{events_per_second:.2f}"


def growths(raw: Raw) -> list[str]:
    """Return the table of the cases that ran in several sizes."""
    header = ["sizes", "bytes of an event", "its matches", "µs an event", "grows faster by"]
    rows = [_row(name, cells) for name, cells in growth(raw)]
    return [*_header("case", header), *rows] if rows else []


def churn(raw: Raw) -> list[str]:
    """Return the table of what rules that change cost."""
    header = ["quiet", "changing", "slower by", "change, median µs", "change, slowest µs"]
    rows = [
        _row(f"{name}, {workload['rules']:,} rules", _churn_cells(result))
        for workload in raw["workloads"]
        for name, result in workload["peers"].items()
        if workload["group"] == "churn" and "churn" in result
    ]
    return [*_header("peer", header), *rows] if rows else []


def _churn_cells(result: Raw) -> Iterator[str]:
    quiet, changing = rate(result["pass"]), rate(result["churn"])
    times = [time * 1e6 for one in result["churn"] for time in one["change_seconds"]]
    yield from (f"{quiet:,.0f}", f"{changing:,.0f}", f"{1 - changing / quiet:.0%}")
    yield from (f"{median(times):,.0f}", f"{max(times):,.0f}")


def loads(raw: Raw) -> list[str]:
    """Return the table of what large rule sets cost."""
    names = _names(raw)
    rows = [
        _row(one["name"], (_load_cell(one, one["peers"].get(name, {})) for name in names))
        for one in raw["workloads"]
        if one["rules"] >= MEMORY_FROM_RULES or one["name"].startswith(("load-", "range-adds"))
    ]
    return [*_header("workload", names), *rows] if rows else []


def _load_cell(workload: Raw, result: Raw) -> str:
    if "load_seconds" not in result:
        return "-"
    rules = workload["rules"]
    return f"{rules / result['load_seconds']:,.0f}; {result['memory_bytes'] / rules:,.0f} B"


def _notes(raw: Raw) -> Iterator[str]:
    differing = list(_differences(raw))
    if differing:
        yield from ["", "## Answers that differ", "", *differing]
    part = list(_timed_on_part(raw))
    if part:
        yield from ["", "## Checked and timed on the first events alone", "", *part]
    yield from ["", "## No figure", ""]
    for name, reason in raw["missing"].items():
        yield f"* {name}: {reason}"
    for reason in raw["not_run"]:
        yield f"* {reason}"
    not_asked = {
        (name, result["not_asked"])
        for workload in raw["workloads"]
        for name, result in workload["peers"].items()
        if "not_asked" in result
    }
    yield from (f"* {name}: {reason}" for name, reason in sorted(not_asked))
    skipped: dict[tuple[str, str], list[str]] = {}
    for workload in raw["workloads"]:
        for name, result in workload["peers"].items():
            for key in result.keys() & {"skipped", "churn_skipped"}:
                skipped.setdefault((name, result[key]), []).append(workload["name"])
    for (name, reason), where in skipped.items():
        yield f"* {name}, {', '.join(where)}: {reason}"


def _differences(raw: Raw) -> Iterator[str]:
    for workload in raw["workloads"]:
        if workload["matches"] != workload["expected"]:
            yield (
                f"* rulebus, {workload['name']}: {workload['matches']} matches, "
                f"{workload['expected']} are expected"
            )
        for name, result in workload["peers"].items():
            if "difference" in result:
                one = result["difference"]
                yield (
                    f"* {name}, {workload['name']}: {one['events']} of {result['checked_events']} "
                    f"events; line {one['first_event'] + 1} of events.jsonl matches "
                    f"{one['matches']} rules, by rulebus {one['matches_of_rulebus']}"
                )


def _timed_on_part(raw: Raw) -> Iterator[str]:
    for workload in raw["workloads"]:
        for name, result in workload["peers"].items():
            if "pass" in result and result["checked_events"] < workload["events"]:
                answered = f"{result['checked_events']:,} of {workload['events']:,}"
                yield f"* {name}, {workload['name']}: {answered}"


def _timed(workload: Raw, name: str) -> bool:
    return "pass" in workload["peers"].get(name, {})


def _header(first: str, names: list[str]) -> list[str]:
    return [_row(first, names), _row("---", ["---:"] * len(names))]


def _row(first: str, cells: Any) -> str:
    return f"| {' | '.join([first, *cells])} |"
