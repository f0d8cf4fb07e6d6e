"""A whole bus under random rules, policies, publishers, handlers, changes and ends."""

from __future__ import annotations

import anyio
import pytest
from bus_run import BusRun
from seeds import BUS_SEEDS, chunks, replayable


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("seeds", chunks(BUS_SEEDS), ids=str)
def test_bus(seeds: range, backend: str) -> None:
    """
    No target is ever given more than it may be, and nothing runs after the bus was left.

    In the end every event was delivered, dropped or given up as the policies say, once.
    """
    for seed in seeds:
        with replayable(seed, "test_bus"):
            anyio.run(BusRun(seed).run, backend=backend)
