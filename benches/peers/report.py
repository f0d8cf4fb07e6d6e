"""The Markdown that shows the raw results."""

from collections.abc import Iterator
from statistics import median
from typing import Any, TypeAlias

Raw: TypeAlias = dict[str, Any]

GROUPS = {
    "envelope": "An EventBridge event of about 300 bytes, against rules of 3 or 4 fields",
    "ruler": "event-ruler's workloads: five rules each, or all of them, on land parcels",
    "quamina": "quamina's workloads",
    "cliffs": "Cliffs",
    "churn": "1,000 changes a second",
}
MEMORY_FROM_RULES = 10_000


def rate(passes: list[Raw]) -> float:
    """Return the median of the events per second of some passes."""
    return float(median(one["events"] / one["seconds"] for one in passes))


def report(raw: Raw) -> str:
    """Return the tables of a run; the fastest right answer of a line stands in bold."""
    return "\n".join([*_head(raw), *_speeds(raw), *_churn(raw), *_loads(raw), *_notes(raw), ""])


def _head(raw: Raw) -> Iterator[str]:
    machine, settings = raw["machine"], raw["settings"]
    yield "# Matchers side by side"
    yield ""
    yield (
        f"{raw['started']}, {machine['processor']}, {machine['cores']} cores, {machine['system']}, "
        f"load average {machine['load_before']:.1f} before and {machine['load_after']:.1f} after. "
        f"Events per second, one thread: the median of {settings['passes']} passes of "
        f"{settings['pass_seconds']} s, all peers taking turns. Bold is the fastest of those that "
        "answer as rulebus does; † marks answers that differ, - stands for no figure; both are "
        "explained at the end."
    )
    yield ""
    versions = (f"{name} {version}" for name, version in raw["versions"].items())
    yield f"Versions: {', '.join(versions)}."


def _names(raw: Raw) -> list[str]:
    return [
        name
        for name in raw["versions"]
        if any("pass" in workload["peers"].get(name, {}) for workload in raw["workloads"])
    ]


def _speeds(raw: Raw) -> Iterator[str]:
    for group, title in GROUPS.items():
        workloads = [one for one in raw["workloads"] if one["group"] == group]
        if workloads and group != "churn":
            names = [name for name in _names(raw) if any(_timed(one, name) for one in workloads)]
            yield from ["", f"## {title}", "", *_header("workload", names)]
            for workload in workloads:
                yield _row(workload["name"], _speed_cells(workload, names))


def _speed_cells(workload: Raw, names: list[str]) -> Iterator[str]:
    results = [workload["peers"].get(name, {}) for name in names]
    right = [rate(one["pass"]) for one in results if "pass" in one and "difference" not in one]
    for result in results:
        if "pass" not in result:
            yield "-"
            continue
        figure = rate(result["pass"])
        text = f"{figure:,.0f}" if figure >= 10 else f"{figure:.2f}"
        if "difference" in result:
            yield f"{text} †"
        else:
            yield f"**{text}**" if figure == max(right) else text


def _churn(raw: Raw) -> Iterator[str]:
    workloads = [one for one in raw["workloads"] if one["group"] == "churn"]
    if not workloads:
        return
    header = ["quiet", "changing", "slower by", "change, median µs", "change, slowest µs"]
    yield from ["", f"## {GROUPS['churn']}", "", *_header("peer", header)]
    for workload in workloads:
        for name, result in workload["peers"].items():
            if "churn" in result:
                yield _row(f"{name}, {workload['rules']:,} rules", _churn_cells(result))


def _churn_cells(result: Raw) -> Iterator[str]:
    quiet, changing = rate(result["pass"]), rate(result["churn"])
    times = [time * 1e6 for one in result["churn"] for time in one["change_seconds"]]
    yield from (f"{quiet:,.0f}", f"{changing:,.0f}", f"{1 - changing / quiet:.0%}")
    yield from (f"{median(times):,.0f}", f"{max(times):,.0f}")


def _loads(raw: Raw) -> Iterator[str]:
    workloads = [
        one
        for one in raw["workloads"]
        if one["rules"] >= MEMORY_FROM_RULES or one["name"].startswith(("load-", "range-adds"))
    ]
    names = _names(raw)
    if workloads:
        yield from [
            "",
            "## Rules added per second; bytes per rule",
            "",
            *_header("workload", names),
        ]
    for workload in workloads:
        cells = (_load_cell(workload, workload["peers"].get(name, {})) for name in names)
        yield _row(workload["name"], cells)


def _load_cell(workload: Raw, result: Raw) -> str:
    if "load_seconds" not in result:
        return "-"
    rules = workload["rules"]
    return f"{rules / result['load_seconds']:,.0f}; {result['memory_bytes'] / rules:,.0f} B"


def _notes(raw: Raw) -> Iterator[str]:
    differing = list(_differences(raw))
    if differing:
        yield from ["", "## Answers that differ", "", *differing]
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


def _timed(workload: Raw, name: str) -> bool:
    return "pass" in workload["peers"].get(name, {})


def _header(first: str, names: list[str]) -> list[str]:
    return [_row(first, names), _row("---", ["---:"] * len(names))]


def _row(first: str, cells: Any) -> str:
    return f"| {' | '.join([first, *cells])} |"
