"""The pytest plugin: fixtures out of `rulebus.testing`."""

from __future__ import annotations

import pytest

from .testing import FakeClock, RecordingTarget


@pytest.fixture
def fake_clock() -> FakeClock:
    """Return a clock that stands still until it is told to go on."""
    return FakeClock()


@pytest.fixture
def recording_target() -> RecordingTarget:
    """Return a target that keeps what it is given."""
    return RecordingTarget()
