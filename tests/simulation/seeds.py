"""Which seeds the simulations run, and how one of them is run again."""

from __future__ import annotations

import os
import random
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHUNK = 1_000


def _seeds(default: int, share: int = 1) -> range:
    seed = os.environ.get("SEED")
    if seed is not None:
        return range(int(seed), int(seed) + 1)
    return range(int(os.environ.get("SEEDS", default)) // share)


SEEDS = _seeds(20_000)
"""The seeds of the simulations of a core, and of those of a bus."""

CRASH_SEEDS = _seeds(20_000, share=4)
"""The seeds of the simulations of a log that outlives its process."""


def chunks(seeds: range) -> list[range]:
    """Return the seeds in pieces, so that a failure does not hide all others."""
    return [seeds[at : at + _CHUNK] for at in range(0, len(seeds), _CHUNK)]


@contextmanager
def replayable(seed: int, test: str) -> Iterator[None]:
    """Let the jitter of retries follow from a seed, and name the command that runs it alone."""
    random.seed(seed)
    try:
        yield
    except BaseException as error:
        error.add_note(
            f"replay with: SEED={seed} .venv/bin/python -m pytest tests/simulation -k {test}"
        )
        raise
