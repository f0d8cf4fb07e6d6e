"""Which seeds the simulations run, and how one of them is run again."""

from __future__ import annotations

import os
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
"""The seeds of the simulations that need no event loop."""


def chunks(seeds: range) -> list[range]:
    """Return the seeds in pieces, so that a failure does not hide all others."""
    return [seeds[at : at + _CHUNK] for at in range(0, len(seeds), _CHUNK)]


@contextmanager
def replayable(seed: int, test: str) -> Iterator[None]:
    """Name the command that runs a seed alone, if it fails."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"replay with: SEED={seed} .venv/bin/python -m pytest tests -k {test}")
        raise


CRASH_SEEDS = _seeds(20_000, share=4)
"""The seeds of the simulations of a log that outlives its process."""

BUS_SEEDS = _seeds(20_000, share=50)
"""The seeds of the simulations of a whole bus, on each event loop."""
