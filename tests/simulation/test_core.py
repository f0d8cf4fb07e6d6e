"""The core of a subscription under random policies, publishers, failures and times."""

from __future__ import annotations

import pytest
from core_run import CoreRun
from seeds import SEEDS, chunks, replayable


@pytest.mark.parametrize("seeds", chunks(SEEDS), ids=str)
def test_core(seeds: range) -> None:
    """
    At any moment every event is in one place and all limits are kept.

    In the end every event was delivered, dropped or given up as the policies say, and the events
    of a key in their order.
    """
    for seed in seeds:
        with replayable(seed, "test_core"):
            CoreRun(seed).run()
