"""Every conformance case, in every state of a matcher and for every kind of input."""

import json
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from rulebus import EventPattern, InvalidEventError, InvalidEventPatternError, Matcher

LINES = [
    json.loads(line)
    for file in sorted(Path(__file__).parent.glob("*.jsonl"))
    for line in file.read_text(encoding="utf-8").splitlines()
]


class Case(NamedTuple):
    """Rules in the order they are added, an event, and the names that match."""

    rules: dict[str, str]
    event: str
    names: list[str]


def any_of(patterns: list[str]) -> str:
    """Return one pattern that matches what any of the patterns matches."""
    return patterns[0] if len(patterns) == 1 else f'{{"$or":[{",".join(patterns)}]}}'


def case(line: dict[str, Any]) -> Case:
    """Return a line as a case whose rule names no other case has."""
    if "match" in line:
        name = line["id"]
        return Case({name: line["pattern"]}, line["event"], [name] * line["match"])
    rules = {
        f"{line['id']} {name}": any_of([patterns] if isinstance(patterns, str) else patterns)
        for name, patterns in line["rules"].items()
    }
    return Case(rules, line["event"], [n for n in rules if n.split()[1] in line["matches"]])


CASES = {line["id"]: case(line) for line in LINES if line.keys() & {"match", "matches"}}
REFUSED_PATTERNS = {line["id"]: line for line in LINES if "error" in line}
REFUSED_EVENTS = {line["id"]: line for line in LINES if "event_error" in line}
SINGLE_PATTERNS = {name: c for name, c in CASES.items() if len(c.rules) == 1}

every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


def survives_dict(text: str) -> bool:
    """Tell whether Python's floats keep every number of a JSON text."""
    try:
        exact = json.loads(text, parse_float=Decimal)
        return bool(exact == json.loads(json.dumps(json.loads(text)), parse_float=Decimal))
    except (InvalidOperation, ValueError):
        return False


ASK: dict[str, Callable[[Matcher, str], list[str]]] = {
    "bytes": lambda matcher, event: matcher.match(event.encode()),
    "str": lambda matcher, event: matcher.match(event),
    "bytearray": lambda matcher, event: matcher.match(bytearray(event.encode())),
    "memoryview": lambda matcher, event: matcher.match(memoryview(event.encode())),
    "match_many": lambda matcher, event: list(matcher.match_many([b"{}", event.encode()])[1]),
}
ASK_WITH_DICT = ASK | {"dict": lambda matcher, event: matcher.match(json.loads(event))}


def assert_names(names: list[str], matcher: Matcher, case: Case) -> None:
    """Assert that the matcher answers the names for every input, other cases' names aside."""
    ask = ASK_WITH_DICT if survives_dict(case.event) else ASK

    answers = {kind: match(matcher, case.event) for kind, match in ask.items()}

    own = {kind: [n for n in answer if n in case.rules] for kind, answer in answers.items()}
    assert dict.fromkeys(ask, names) == own


@pytest.fixture(scope="module")
def crowd() -> Matcher:
    """Return a matcher that holds the rules of all cases."""
    return Matcher({name: rule for case in CASES.values() for name, rule in case.rules.items()})


@pytest.fixture(scope="module")
def thousand() -> Matcher:
    """Return a matcher of 1,000 rules under names that no case has."""
    rules = [rule for case in CASES.values() for rule in case.rules.values()]
    return Matcher({f"other {index}": rule for index, rule in enumerate(rules[:1000])})


@pytest.fixture
def joined(thousand: Matcher, case: Case) -> Iterator[Matcher]:
    """Add the rules of a case behind 1,000 others, for the length of a test."""
    for name, rule in case.rules.items():
        thousand.add(name, rule)
    yield thousand
    for name in case.rules:
        thousand.remove(name)


@every_case
def test_alone(case: Case) -> None:
    """The rules of a case alone answer as the case says."""
    assert_names(case.names, Matcher(case.rules), case)


@every_case
def test_in_a_crowd(crowd: Matcher, case: Case) -> None:
    """The rules answer so too among the rules of all other cases."""
    assert_names(case.names, crowd, case)


@every_case
def test_added_last(joined: Matcher, case: Case) -> None:
    """The rules answer so too when they join 1,000 others."""
    assert_names(case.names, joined, case)


@every_case
def test_removed_and_added_again(crowd: Matcher, case: Case) -> None:
    """The rules are silent once removed, and answer as before once added again."""
    for name in case.rules:
        crowd.remove(name)
    assert_names([], crowd, case)

    crowd.add_many(case.rules)
    assert_names(case.names, crowd, case)


@every_case
def test_patterns_as_dicts(case: Case) -> None:
    """The rules mean the same when their patterns are given as bytes or as dicts."""
    as_bytes = {name: rule.encode() for name, rule in case.rules.items()}
    as_dicts = {name: json.loads(r) if survives_dict(r) else r for name, r in case.rules.items()}

    assert_names(case.names, Matcher(as_bytes), case)
    assert_names(case.names, Matcher(as_dicts), case)


@pytest.mark.parametrize("case", SINGLE_PATTERNS.values(), ids=SINGLE_PATTERNS.keys())
def test_event_pattern(case: Case) -> None:
    """A pattern that is compiled alone matches as the case says."""
    (pattern,) = case.rules.values()

    assert bool(case.names) == EventPattern(pattern).matches(case.event)


@every_case
def test_explain(case: Case) -> None:
    """The verdict of every explanation is the answer of the case."""
    matcher = Matcher(case.rules)

    explained = {name: matcher.explain(name, case.event).matched for name in case.rules}

    assert {name: name in case.names for name in case.rules} == explained


@pytest.mark.parametrize("line", REFUSED_PATTERNS.values(), ids=REFUSED_PATTERNS.keys())
def test_refused_pattern(line: dict[str, Any]) -> None:
    """A bad pattern is refused with the kind of its fault, and the matcher stays as it was."""
    matcher = Matcher({"good": {"a": [1]}})

    with pytest.raises(InvalidEventPatternError) as text:
        matcher.add("bad", line["pattern"])
    with pytest.raises(InvalidEventPatternError) as data:
        matcher.add_many({"better": {"a": [1]}, "bad": line["pattern"].encode()})

    kinds = {line["error"], line.get("error_or", line["error"])}
    assert kinds >= {text.value.kind, data.value.kind}
    assert text.value.offset == data.value.offset
    assert ["good"] == matcher.names() == matcher.match({"a": 1})


@pytest.mark.parametrize("line", REFUSED_EVENTS.values(), ids=REFUSED_EVENTS.keys())
def test_refused_event(line: dict[str, Any]) -> None:
    """A bad event is refused with the kind of its fault, wherever it is given."""
    event, pattern = line["event"], EventPattern(line["pattern"])
    matcher = Matcher({"rule": line["pattern"]})

    refusals: list[InvalidEventError] = []
    for ask in (
        lambda: matcher.match(event),
        lambda: matcher.match(event.encode()),
        lambda: matcher.match_many([b"{}", event]),
        lambda: matcher.explain("rule", event),
        lambda: pattern.matches(event),
        lambda: pattern.explain(event),
    ):
        with pytest.raises(InvalidEventError) as refused:
            ask()
        refusals.append(refused.value)

    kinds = {line["event_error"], line.get("error_or", line["event_error"])}
    assert kinds >= {refusal.kind for refusal in refusals}
    assert {refusals[0].offset} == {refusal.offset for refusal in refusals}
