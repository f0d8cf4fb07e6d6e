"""The consumer: every product that is added becomes an item of the log."""

import json
from collections.abc import Callable

from rulebus import Event, EventBus

from .added import SOURCE
from .log_item import LogItem
from .stores import LogStore


def add_log_writer(bus: EventBus, log: LogStore, show: Callable[[Event], None]) -> None:
    """
    Add the rule that writes a log item for every add-product event.

    Args:
        bus: The bus on which products are announced.
        log: The store that the items go to; it must be open while the bus is.
        show: Called with each event after its item is stored.
    """

    @bus.rule({"source": [SOURCE]})
    async def write_log_item(event: Event) -> None:
        await log.put(LogItem.of(event))
        show(event)


def print_event(event: Event) -> None:
    """Print an event in its envelope form, as indented JSON."""
    print(json.dumps(event.to_dict(), indent=2, ensure_ascii=False), flush=True)
