"""Runs of the core over a log that outlives it, with crashes in the middle."""

from __future__ import annotations

from dataclasses import replace

from core_run import CoreRun
from segment_log import Disk, SegmentLog

from rulebus.subscription.core import SubscriptionCore


class CrashRun(CoreRun):
    """
    A core that is lost now and then, and another one that goes on where the log says.

    Args:
        seed: What the run depends on, and nothing else.
    """

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        # Tokens and the memory of duplicates are not in the log.
        self.settings = replace(self.settings, rate=None, deduplicate=None)
        self.disk = Disk()
        self.core = self.opened()
        self.steps.append(self.crash)

    def opened(self) -> SubscriptionCore:
        """Return a core that has what the log has."""
        return SubscriptionCore(
            "r", self.settings, SegmentLog(self.disk), self.now, self.random.random
        )

    def crash(self) -> None:
        """Lose all that is in memory; publishers find out that their events did not get in."""
        for publisher in self.publishers:
            self.withdrawn += publisher.events
        self.publishers.clear()
        self.leases.clear()
        self.forget_counts()
        self.core = self.opened()

    def forget_counts(self) -> None:
        """Count from here on, as a new core does."""
        self.done_before = len(self.done)
        self.dropped_before = len(self.dropped)
        self.attempts.clear()

    def cut_off(self) -> None:
        """Close the core; another one delivers what it did not."""
        super().cut_off()
        self.crash()
        self.finish()

    def check_outcome(self) -> None:
        """Check what became of each event, and that the log needs none of them any more."""
        super().check_outcome()
        assert len(self.disk.segment) == self.disk.cursor
        assert {} == self.disk.failed
