"""Matching from several threads while the rules change."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import TypeVar

from rulebus import Matcher

T = TypeVar("T")

READERS = 4
ROUNDS = 200
ON = {"state": ["on"]}
OFF = {"state": ["off"]}
EVENT = b'{"state":"on"}'


def while_changing(read: Callable[[], T], change: Callable[[int], None]) -> list[T]:
    """Return what readers see while one thread makes the changes, and once more behind them."""
    start = Barrier(READERS + 1)
    done = Event()

    def reader() -> list[T]:
        start.wait()
        seen = []
        while not done.is_set():
            seen.append(read())
        return [*seen, read()]

    def writer() -> None:
        start.wait()
        try:
            for round_ in range(ROUNDS):
                change(round_)
        finally:
            done.set()

    with ThreadPoolExecutor(READERS + 1) as threads:
        readers = [threads.submit(reader) for _ in range(READERS)]
        threads.submit(writer).result()
        return [answer for seen in readers for answer in seen.result()]


def test_a_rule_that_stays_is_always_found() -> None:
    """Adding and removing other rules does not disturb a rule."""
    matcher = Matcher({"stays": ON})

    def change(round_: int) -> None:
        matcher.add(f"passes {round_}", ON)
        matcher.remove(f"passes {round_}")

    answers = while_changing(lambda: matcher.match(EVENT)[0], change)

    assert {"stays"} == set(answers)
    assert ["stays"] == matcher.match(EVENT)


def test_replacing_leaves_no_gap() -> None:
    """A rule that is replaced is never missing."""
    matcher = Matcher({"rule": ON})

    def change(round_: int) -> None:
        matcher.add("rule", {"state": ["on", f"round {round_}"]})

    answers = while_changing(lambda: matcher.match_many([EVENT] * 10), change)

    assert all([("rule",)] * 10 == answer for answer in answers)


def test_rules_added_together_are_seen_together() -> None:
    """A match sees all rules of one `add_many` or none of them."""
    both = {"x": ON, "y": ON}
    neither = {"x": OFF, "y": OFF}
    matcher = Matcher(both)

    def change(round_: int) -> None:
        matcher.add_many(neither if round_ % 2 == 0 else both)

    answers = while_changing(lambda: tuple(matcher.match(EVENT)), change)

    assert {("x", "y"), ()} >= set(answers)


def test_one_call_sees_one_set_of_rules() -> None:
    """All events of one `match_many` meet the same rules, over all batches."""
    matcher = Matcher({"x": ON})

    def change(round_: int) -> None:
        matcher.add("x", OFF if round_ % 2 == 0 else ON)

    answers = while_changing(lambda: matcher.match_many([EVENT] * 3000), change)

    assert all(answer in ([("x",)] * 3000, [()] * 3000) for answer in answers)


def test_concurrent_writers() -> None:
    """Rules that several threads add at once are all there afterwards."""
    matcher = Matcher()
    names = [[f"{writer} {rule}" for rule in range(ROUNDS)] for writer in range(READERS)]

    def write(own: list[str]) -> None:
        for name in own:
            matcher.add(name, ON)

    with ThreadPoolExecutor(READERS) as threads:
        list(threads.map(write, names))

    assert sorted(name for own in names for name in own) == sorted(matcher.match(EVENT))
    for own in names:
        assert own == [name for name in matcher.names() if name in own]
