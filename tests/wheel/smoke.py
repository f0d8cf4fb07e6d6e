"""Check that an installed wheel works: run by the interpreter of an otherwise empty environment."""

import sys
from importlib.metadata import version
from pathlib import Path

import anyio

import rulebus
from rulebus import Event, EventBus, Matcher


async def publish(count: int) -> list[str]:
    """Publish events and return the ids of those that were delivered."""
    delivered: list[str] = []
    bus = EventBus("smoke")

    @bus.rule({"source": ["smoke"], "detail": {"number": [{"numeric": [">=", 1]}]}})
    async def deliver(event: Event) -> None:
        delivered.append(event.id)

    async with bus:
        ids = [
            await bus.put_event(source="smoke", detail_type="Number", detail={"number": number})
            for number in range(count)
        ]
    assert ids[1:] == delivered
    return delivered


def main() -> None:
    """Match, publish, and say what was tried."""
    assert Path(rulebus.__file__).is_relative_to(sys.prefix)
    assert version("rulebus") == rulebus.__version__
    assert ["x"] == Matcher({"x": {"a": [1]}, "y": {"a": [2]}}).match(b'{"a":1}')
    delivered = anyio.run(publish, 100)
    sys.stdout.write(
        f"rulebus {rulebus.__version__} on Python {sys.version.split()[0]}: "
        f"a matcher answered, a bus delivered {len(delivered)} events\n"
    )


main()
