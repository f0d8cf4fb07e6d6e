"""The tasks of an open bus: workers that subscriptions share, and one that keeps the time."""

from __future__ import annotations

import contextvars
import heapq
from collections import deque
from itertools import count
from typing import TYPE_CHECKING

from anyio import CancelScope, get_current_task, sleep_forever
from anyio import Event as Signal
from anyio.lowlevel import checkpoint

from .worker import Worker, delivering

if TYPE_CHECKING:
    from anyio.abc import TaskGroup

    from rulebus.clock import Clock

    from .owner import Owner
    from .subscription import Subscription

# A handler that never waits would keep the event loop to itself.
DELIVERIES_PER_TURN = 64


class Dispatcher:
    """
    Give subscriptions that have work to workers, and wake those that wait for a time.

    A worker is called only when none is on its way, and calls the next one if it leaves work
    behind when it begins. So there are as many workers as handlers have ever waited at the same
    time, and one more; and handlers that do not wait share one, however many subscriptions
    there are.

    Args:
        tasks: Where the tasks run.
        clock: The clock of the bus.
        owner: The bus.
    """

    def __init__(self, tasks: TaskGroup, clock: Clock, owner: Owner) -> None:
        self.clock: Clock = clock
        self._tasks = tasks
        self._owner = owner
        # Workers start when an event comes, and must not inherit that publisher's context.
        self._context = contextvars.copy_context()
        self._submitted: deque[Subscription] = deque()
        self._sleepers: list[Signal] = []
        # A worker was called, and has not begun.
        self._is_one_coming = False
        # A worker has ended a turn, and has not yet looked for more to do.
        self._is_one_free = False
        self._deadlines: list[tuple[float, int, Subscription]] = []
        self._order = count()
        self._sleep: CancelScope | None = None
        self._is_keeping_time = False
        self._is_closed = False

    @property
    def is_busy(self) -> bool:
        """Whether subscriptions wait for a worker."""
        return bool(self._submitted)

    def submit(self, subscription: Subscription) -> None:
        """Have a worker deliver for a subscription that has work."""
        self._submitted.append(subscription)
        if not self._is_one_free:
            self._call_worker()

    def wake_at(self, deadline: float, subscription: Subscription) -> None:
        """Tell a subscription when a time is reached."""
        heapq.heappush(self._deadlines, (deadline, next(self._order), subscription))
        if not self._is_keeping_time:
            self._is_keeping_time = True
            self._context.run(self._tasks.start_soon, self._keep_time)
        elif self._sleep is not None and self._deadlines[0][0] == deadline:
            self._sleep.cancel()

    def close(self) -> None:
        """Let all tasks end when they are idle."""
        self._is_closed = True
        self._submitted.clear()
        for signal in self._sleepers:
            signal.set()
        if self._sleep is not None:
            self._sleep.cancel()

    def _call_worker(self) -> None:
        if self._is_one_coming:
            return
        self._is_one_coming = True
        if self._sleepers:
            self._sleepers.pop().set()
        else:
            self._context.run(self._tasks.start_soon, self._work)

    async def _work(self) -> None:
        worker = Worker(self._owner, get_current_task().id)
        delivering.set(worker)
        self._is_one_coming = False
        deliveries = 0
        while not self._is_closed:
            self._is_one_free = False
            if not self._submitted:
                signal = Signal()
                self._sleepers.append(signal)
                await signal.wait()
                self._is_one_coming = False
                deliveries = 0
                continue
            subscription = self._submitted.popleft()
            if self._submitted:
                self._call_worker()
            deliveries += await subscription.deliver(worker)
            self._is_one_free = True
            subscription.end_turn()
            if deliveries >= DELIVERIES_PER_TURN and self._submitted:
                deliveries = 0
                await checkpoint()

    async def _keep_time(self) -> None:
        while not self._is_closed:
            with CancelScope() as self._sleep:
                if self._deadlines:
                    await self.clock.sleep_until(self._deadlines[0][0])
                else:
                    await sleep_forever()
            self._sleep = None
            now = self.clock.monotonic()
            while self._deadlines and self._deadlines[0][0] <= now and not self._is_closed:
                deadline, _, subscription = heapq.heappop(self._deadlines)
                subscription.tick(deadline, now)
