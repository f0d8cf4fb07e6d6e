"""The Markdown that shows the raw results."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from delivery.catalog import CASES
from delivery.figures import QUANTILES, Clock, counted_rules, quantiles, rate
from delivery.targets import BYTES, DICTS, Raw, is_right, verdicts


def report(raw: Raw) -> str:
    """Return the tables of a run."""
    lines = ["# Delivery side by side", "", conditions(raw), "", versions(raw)]
    sections = {
        "Targets": targets(raw),
        "Events per second of CPU time, and times the bare queue": speeds(raw, "cpu"),
        "The same of wall time": speeds(raw, "wall"),
        "Latency on an idle bus, from put to the start of the handler, µs": latencies(raw),
        "Overload": overload(raw),
        "Answers": answers(raw),
        "Events of a pass": events_of_passes(raw),
    }
    for title, content in sections.items():
        lines += ["", f"## {title}", "", *content]
    return "\n".join([*lines, ""])


def conditions(raw: Raw) -> str:
    """Return on which machine and how the figures were taken."""
    machine, settings = raw["machine"], raw["settings"]
    return (
        f"{raw['started']}, {machine['processor']}, {machine['cores']} cores, {machine['system']}, "
        f"Python {machine['python']}, load average {machine['load_before']:.1f} before and "
        f"{machine['load_after']:.1f} after. Each figure is the median of {settings['passes']} "
        "passes, in which all cases of a column took turns, each in a process of its own."
    )


def versions(raw: Raw) -> str:
    """Return the versions of what was measured."""
    named = ", ".join(f"{name} {version}" for name, version in raw["versions"].items())
    return f"Versions: {named}; commit {raw['commit']}."


def targets(raw: Raw) -> list[str]:
    """Return the table of the targets, with whether each was met."""
    return _table(["figure", "target", "measured", ""], verdicts(raw))


def speeds(raw: Raw, clock: Clock) -> list[str]:
    """Return the table of events per second, and how many times those of the bare queue."""
    return _by_rules(raw, "case", lambda outcomes, name: _speed(outcomes, name, clock))


def _speed(outcomes: Raw, name: str, clock: Clock) -> str:
    outcome = outcomes[name]
    if "skipped" in outcome:
        return "-"
    events = rate(outcome, clock)
    text = f"{events:,.0f}" if events >= 10 else f"{events:.2f}"
    queue = outcomes[BYTES if CASES[name].form == "bytes" else DICTS]
    if "skipped" not in queue:
        text += f" ({_times(events / rate(queue, clock))})"
    return text if is_right(outcome) else f"{text} †"


def _times(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.1g}"


def latencies(raw: Raw) -> list[str]:
    """Return the table of latencies in microseconds."""
    rows = (
        [f"{outcome['name']}, {counted_rules(outcome['rules'])}", *_microseconds(outcome)]
        for outcome in raw["latency"]
    )
    return _table(["case", *QUANTILES, "events"], rows)


def _microseconds(outcome: Raw) -> Iterator[str]:
    if not is_right(outcome):
        yield from ["-"] * (len(QUANTILES) + 1)
        return
    yield from (f"{nanoseconds / 1_000:,.1f}" for nanoseconds in quantiles(outcome).values())
    yield f"{sum(one['events'] for one in outcome['passes']):,}"


def overload(raw: Raw) -> list[str]:
    """Return the table of what became of events that came ten times too fast."""
    header = ["overflow", "published", "handled", "dropped", "waited at most", "memory", "allowed"]
    rows = ([policy, *_became(outcome)] for policy, outcome in raw["overload"].items())
    return _table(header, rows)


def _became(outcome: Raw) -> Iterator[str]:
    if "skipped" in outcome:
        yield from [f"failed: {outcome['skipped']}", *["-"] * 5]
        return
    yield from (f"{outcome[key]:,}" for key in ("events", "handled", "dropped", "most_queued"))
    yield from (f"{outcome[key] / 1e6:.1f} MB" for key in ("most_bytes", "allowed_bytes"))


def answers(raw: Raw) -> list[str]:
    """Return whose handlers have seen what they must not, or nothing, and what has no figure."""
    columns = [list(column["cases"].values()) for column in raw["columns"]]
    differing = [_difference(outcome) for outcome in chain(*columns, raw["latency"])]
    lines = [f"* {name}: not installed" for name in raw["missing"]]
    lines += [line for line in differing if line]
    return lines or ["Every handler of every case has seen exactly the events that are for it."]


def _difference(outcome: Raw) -> str:
    case = f"* {outcome['name']}, {counted_rules(outcome['rules'])}"
    if "skipped" in outcome:
        return f"{case}: {outcome['skipped']}"
    if outcome["handlers_wrong"]:
        return f"{case}: {outcome['handlers_wrong']:,} handlers have seen other events †"
    return ""


def events_of_passes(raw: Raw) -> list[str]:
    """Return the table of how many events a pass of each case has."""
    return _by_rules(raw, "events of a pass", _events)


def _events(outcomes: Raw, name: str) -> str:
    return f"{outcomes[name]['events']:,}" if "events" in outcomes[name] else "-"


def _by_rules(raw: Raw, first: str, cell: Callable[[Raw, str], str]) -> list[str]:
    """Return a table with a line for each case and a column for each number of rules."""
    columns = [column["cases"] for column in raw["columns"]]
    rows = (
        [name, *(cell(outcomes, name) if name in outcomes else "-" for outcomes in columns)]
        for name in CASES
    )
    return _table([first, *(counted_rules(column["rules"]) for column in raw["columns"])], rows)


def _table(header: list[str], rows: Iterable[list[str]]) -> list[str]:
    """Return a table whose first column is words and whose others are figures."""
    rule = ["---"] + ["---:"] * (len(header) - 1)
    return [f"| {' | '.join(cells)} |" for cells in (header, rule, *rows)]
