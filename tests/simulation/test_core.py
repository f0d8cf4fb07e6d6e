"""The core of a subscription under random policies, publishers, failures and times."""

from __future__ import annotations

import pytest
from core_run import CoreRun
from crash_run import CrashRun
from seeds import CRASH_SEEDS, SEEDS, chunks, replayable


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


@pytest.mark.parametrize("seeds", chunks(CRASH_SEEDS), ids=str)
def test_crash(seeds: range) -> None:
    """
    A core that is lost in the middle leaves a log from which another one goes on.

    All promises are kept across the crash; what was in flight is delivered once more.
    """
    for seed in seeds:
        with replayable(seed, "test_crash"):
            CrashRun(seed).run()
