"""The tasks of an open bus: workers that subscriptions share, and one that keeps the time."""

from __future__ import annotations

import contextvars
import heapq
from itertools import count
from typing import TYPE_CHECKING

from anyio import CancelScope, get_current_task, sleep_forever
from anyio import Event as Signal
from anyio.lowlevel import checkpoint

from rulebus._core import ReadyQueues, Turn

from .worker import Worker, delivering

if TYPE_CHECKING:
    from anyio.abc import TaskGroup

    from rulebus.clock import Clock

    from .owner import Owner
    from .subscription import Subscription


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
        self.ready: ReadyQueues = ReadyQueues(self._call_worker)
        self._workers: list[Worker] = []
        self._sleepers: list[Signal] = []
        self._deadlines: list[tuple[float, int, Subscription]] = []
        self._order = count()
        self._sleep: CancelScope | None = None
        self._is_keeping_time = False
        self._is_closed = False

    @property
    def is_busy(self) -> bool:
        """Whether subscriptions wait for a worker."""
        return bool(self.ready)

    def workers_of(self, subscription: Subscription) -> list[Worker]:
        """Return the workers that deliver for a subscription."""
        return [worker for worker in self._workers if worker.turn.subscription is subscription]

    def at_work(self) -> list[Subscription]:
        """Return the subscriptions that workers deliver for, and those that wait for one."""
        in_turn = (worker.turn.subscription for worker in self._workers)
        waiting = (queue.subscription for queue in self.ready.queues())
        return [one for one in (*in_turn, *waiting) if one is not None]

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
        self.ready.clear()
        for signal in self._sleepers:
            signal.set()
        if self._sleep is not None:
            self._sleep.cancel()

    def _call_worker(self) -> None:
        if self._sleepers:
            self._sleepers.pop().set()
        else:
            self._context.run(self._tasks.start_soon, self._work)

    async def _work(self) -> None:
        turn = Turn(self.ready, self.clock.monotonic)
        worker = Worker(self._owner, get_current_task().id, turn)
        self._workers.append(worker)
        delivering.set(worker)
        self.ready.is_one_coming = False
        while not self._is_closed:
            try:
                delivery = turn.next(None)
                while delivery is not None:
                    delivery = turn.next(await delivery)
            except BaseException as error:  # cancellation has to be counted, too
                if turn.subscription is None:
                    raise
                await turn.subscription.fail(turn, error)
                continue
            if turn.subscription is not None:
                await turn.subscription.deliver(turn)
            else:
                await self._pause(turn)

    async def _pause(self, turn: Turn) -> None:
        """Let others run before the next turn; or wait until there is something to do."""
        turn.deliveries = 0
        if self.ready.is_one_free:
            await checkpoint()
        else:
            signal = Signal()
            self._sleepers.append(signal)
            await signal.wait()
            self.ready.is_one_coming = False

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
