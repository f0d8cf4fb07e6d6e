"""Event loops on which it follows from a seed what runs next."""

from __future__ import annotations

import asyncio
from functools import partial
from random import Random
from typing import TYPE_CHECKING

import anyio
from trio._core import _run as trio_scheduler

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Awaitable, Callable


class ShuffledLoop(asyncio.SelectorEventLoop):
    """
    asyncio's event loop, but what is ready runs in a random order.

    Args:
        random: What the order depends on.
    """

    _ready: deque[asyncio.Handle]

    def __init__(self, random: Random) -> None:
        super().__init__()
        self._random = random

    def _run_once(self) -> None:
        # There is no public way to have a say in the order.
        handles = list(self._ready)
        self._random.shuffle(handles)
        self._ready.clear()
        self._ready.extend(handles)
        super()._run_once()  # type: ignore[misc]


def run_seeded(main: Callable[[], Awaitable[None]], seed: int) -> None:
    """Run a simulation: on asyncio if the seed is even, on trio if it is odd."""
    if seed % 2:
        # As Hypothesis does it.
        trio_scheduler._ALLOW_DETERMINISTIC_SCHEDULING = True  # type: ignore[misc]  # noqa: SLF001
        trio_scheduler._r.seed(seed)  # noqa: SLF001
        anyio.run(main, backend="trio")
    else:
        loop = partial(ShuffledLoop, Random(seed))  # noqa: S311
        anyio.run(main, backend="asyncio", backend_options={"loop_factory": loop})
