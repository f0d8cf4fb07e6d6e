"""
Runs one case in a process of its own, so that nothing of one bus burdens another.

python -m delivery.worker throughput|latency CASE RULES SECONDS

It checks the answers first, and says how many events a pass has; then it answers each line `pass`
on its input with the figures of a pass. Answers are lines of JSON.
"""

import asyncio
import gc
import json
import sys
from collections.abc import AsyncIterator, Sequence
from time import perf_counter, perf_counter_ns, process_time
from typing import Any, TypeAlias

from delivery import workload
from delivery.adapter import Adapter, Open, Receiver, Subscriber
from delivery.catalog import CASES, Case
from delivery.figures import QUANTILES, quantile
from delivery.receivers import Counter, Recorder, Timer

Answer: TypeAlias = dict[str, Any]

EVENTS = 20_000
# So many that what a pass costs once does not count: they are published over and over.
MOST_EVENTS = 100_000
LATENCIES = 2_000
# To drain a bus of many rules instead would empty the caches.
TURNS_TO_IDLE = 10


async def main() -> None:
    """Run what the arguments name."""
    mode, name, rules, seconds = sys.argv[1:]
    case = CASES[name]
    events = workload.events(EVENTS, int(rules), case.aim, case.form)
    # The events are no part of a bus, and collecting garbage must not go through them.
    gc.collect()
    gc.freeze()
    open_bus = case.opener()
    answer = await check(open_bus, case, events, int(rules), float(seconds))
    _print(answer)
    run = throughput if mode == "throughput" else latency
    async for figures in run(open_bus, events, answer["events"], int(rules)):
        _print(figures)


async def check(
    open_bus: Open, case: Case, events: Sequence[Any], rules: int, seconds: float
) -> Answer:
    """
    Hold what each handler sees against what it must see, with more and more events.

    Returns:
        The events that take about so many seconds of CPU time, and how many handlers have seen
        others than they must, or some not as often.
    """
    recorders = [Recorder() for _ in range(rules)]
    count, wrong = 1, 0
    async with open_bus(subscribers(recorders)) as bus:
        while True:
            for recorder in recorders:
                recorder.seen.clear()
            start = process_time()
            await _deliver(bus, events, count)
            elapsed = process_time() - start
            wrong = max(wrong, handlers_that_differ(recorders, count, case.aim))
            if count == len(events) or elapsed > seconds / 2:
                break
            count = min(10 * count, len(events))
    fitting = min(int(count * seconds / elapsed), MOST_EVENTS)
    whole = fitting // 100 * 100 if fitting > 100 else max(1, fitting)
    return {"events": whole, "checked_events": count, "handlers_wrong": wrong}


def handlers_that_differ(recorders: Sequence[Recorder], events: int, aim: workload.Aim) -> int:
    """Return how many handlers have not seen exactly the events that are for them."""
    expected: list[list[int]] = [[] for _ in recorders]
    for number in range(events):
        expected[workload.wanted(number, len(recorders), aim)].append(number)
    return sum(
        numbers != sorted(map(workload.number, recorder.seen))
        for numbers, recorder in zip(expected, recorders, strict=True)
    )


async def throughput(
    open_bus: Open, events: Sequence[Any], count: int, rules: int
) -> AsyncIterator[dict[str, float]]:
    """Bring events to the handlers, so many for each line of the input; yield the times."""
    counters = [Counter() for _ in range(rules)]
    async with open_bus(subscribers(counters)) as bus:
        for _ in sys.stdin:
            # What ran meanwhile has emptied the caches.
            await _deliver(bus, events, count // 10)
            before = sum(counter.events for counter in counters)
            gc.collect()
            cpu, wall = process_time(), perf_counter()
            await _deliver(bus, events, count)
            cpu, wall = process_time() - cpu, perf_counter() - wall
            handled = sum(counter.events for counter in counters) - before
            yield {"cpu_seconds": cpu, "wall_seconds": wall, "handled": handled}


async def latency(
    open_bus: Open, events: Sequence[Any], count: int, rules: int
) -> AsyncIterator[dict[str, float]]:
    """Put events one by one, each on an idle bus; yield quantiles of the nanoseconds they took."""
    timer = Timer()
    async with open_bus(subscribers([timer] * rules)) as bus:
        for _ in sys.stdin:
            gc.collect()
            taken = sorted(
                [await _latency(bus, timer, event) for event in events[: min(count, LATENCIES)]]
            )
            figures = {name: quantile(taken, fraction) for name, fraction in QUANTILES.items()}
            yield {"events": len(taken), **figures}


def subscribers(receivers: Sequence[Receiver]) -> list[Subscriber]:
    """Return a subscriber for each receiver, the customers in order."""
    return [
        Subscriber(workload.customer(number), receiver) for number, receiver in enumerate(receivers)
    ]


async def _latency(bus: Adapter, timer: Timer, event: Any) -> int:
    for _ in range(TURNS_TO_IDLE):
        await asyncio.sleep(0)
    timer.taken.clear()
    start = perf_counter_ns()
    await bus.put([event])
    await timer.taken.wait()
    return timer.started - start


async def _deliver(bus: Adapter, events: Sequence[Any], count: int) -> None:
    for done in range(0, count, len(events)):
        await bus.put(events[: count - done])
    await bus.drain()


def _print(message: dict[str, Any]) -> None:
    sys.stdout.write(f"{json.dumps(message)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
