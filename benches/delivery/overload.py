"""
A million events to a target that takes a tenth of what its publishers offer.

python -m delivery.overload POLICY EVENTS

Between two turns of the event loop the publishers offer ten times as many events as the handler
takes, so the ratio does not depend on the machine. What was promised is asserted: the memory stays
within what the capacity allows, and each event is handled once, or counted as dropped once.
"""

import asyncio
import itertools
import json
import logging
import sys
from typing import Any

from anyio.lowlevel import checkpoint

from delivery import workload
from peers.machine import resident_bytes
from rulebus import Event, EventBus, EventsDropped
from rulebus.policy import Overflow

POLICIES: tuple[Overflow, ...] = ("wait", "drop_oldest", "drop_newest")

CAPACITY = 10_000
PUBLISHERS = 10
BATCH = 10
# What the handler takes between two turns, in which each publisher offers a batch.
TAKEN = 10
# What the queue may take of memory: for each event its bytes and so many beside them, and a part
# that the allocators round up to.
BYTES_BESIDE_AN_EVENT = 150
BYTES_OF_ALLOCATORS = 2_000_000
ALLOWED_BYTES = BYTES_OF_ALLOCATORS + (CAPACITY + PUBLISHERS * BATCH) * (
    workload.EVENT_BYTES + BYTES_BESIDE_AN_EVENT
)
# Delivered before the memory is measured, for what is made once.
WARM_UP_EVENTS = 1_000
EVENTS_A_SAMPLE = 1_000


class Tally:
    """How often each event was handled and dropped, how many waited, and what memory it took."""

    def __init__(self, events: int) -> None:
        self.handled = bytearray(events)
        self.dropped = bytearray(events)
        self.most_queued = 0
        self.bytes_before = self.most_bytes = resident_bytes()

    def sample(self, bus: EventBus) -> None:
        """Note how many events wait and how much memory there is, if it is more than before."""
        (subscription,) = bus.statistics().subscriptions
        self.most_queued = max(self.most_queued, subscription.queued)
        self.most_bytes = max(self.most_bytes, resident_bytes())

    def note_dropped(self, dropped: EventsDropped) -> None:
        """Count events that had no room."""
        for event in dropped.events:
            self.dropped[workload.number(event)] += 1

    def check(self, overflow: Overflow) -> None:
        """
        Hold the counts against what the policy promises.

        Raises:
            AssertionError: An event was lost, handled twice or not counted, or too many waited.
        """
        assert self.most_queued <= CAPACITY, f"{self.most_queued} events waited"
        became = bytes(map(sum, zip(self.handled, self.dropped, strict=True)))
        assert became.count(1) == len(became), f"{len(became) - became.count(1)} events went astray"
        assert any(self.dropped) == (overflow != "wait"), f"{sum(self.dropped)} events were dropped"


async def overload(overflow: Overflow, events: int) -> dict[str, Any]:
    """
    Offer so many events, and return what became of them and the memory that it took.

    Raises:
        AssertionError: As for `Tally.check`, or the bus has counted otherwise, or has taken more
            memory than its capacity allows.
    """
    tally, numbers, taken = Tally(events), itertools.count(), itertools.count(1)
    bus = EventBus("overload", on_drop=tally.note_dropped)

    @bus.rule(workload.pattern(workload.customer(0)), capacity=CAPACITY, overflow=overflow)
    async def handler(event: Event) -> None:
        tally.handled[workload.number(event)] += 1
        count = next(taken)
        if count % EVENTS_A_SAMPLE == 0:
            tally.sample(bus)
        if count % TAKEN == 0:
            await checkpoint()

    async def publish() -> None:
        while (first := next(numbers) * BATCH) < events:
            last = min(first + BATCH, events)
            await bus.put_raw_events([workload.event(n, 0) for n in range(first, last)])
            await checkpoint()

    async with bus, asyncio.TaskGroup() as tasks:
        for _ in range(PUBLISHERS):
            tasks.create_task(publish())

    tally.check(overflow)
    counts, handled, dropped = bus.statistics(), sum(tally.handled), sum(tally.dropped)
    assert (events, handled, dropped) == (counts.published, counts.delivered, counts.dropped)
    most_bytes = tally.most_bytes - tally.bytes_before
    assert most_bytes <= ALLOWED_BYTES, f"{most_bytes} bytes, {ALLOWED_BYTES} are allowed"
    return {
        "events": events,
        "handled": handled,
        "dropped": dropped,
        "most_queued": tally.most_queued,
        "most_bytes": most_bytes,
        "allowed_bytes": ALLOWED_BYTES,
    }


def main() -> None:
    """Run what the arguments name."""
    policy, events = sys.argv[1:]
    (overflow,) = (one for one in POLICIES if one == policy)
    # A line for each drop would be most of the work.
    logging.getLogger("rulebus").setLevel(logging.ERROR)
    asyncio.run(overload("wait", WARM_UP_EVENTS))
    sys.stdout.write(f"{json.dumps(asyncio.run(overload(overflow, int(events))))}\n")


if __name__ == "__main__":
    main()
