"""A whole bus under random rules, policies, publishers, handlers, changes and ends."""

from __future__ import annotations

import pytest
from bus_run import BusRun
from schedulers import run_seeded
from seeds import SEEDS, chunks, replayable


@pytest.mark.parametrize("seeds", chunks(SEEDS), ids=str)
def test_bus(seeds: range) -> None:
    """
    No target is ever given more than it may be, and nothing runs after the bus was left.

    In the end every event was delivered, dropped or given up as the policies say, once.
    """
    for seed in seeds:
        with replayable(seed, "test_bus"):
            run_seeded(BusRun(seed).run, seed)
