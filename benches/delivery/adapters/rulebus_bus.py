"""rulebus: a rule for each subscriber, with its handler as the target."""

from collections.abc import Sequence
from typing import Any, Self

from delivery.adapter import Subscriber
from delivery.workload import pattern
from rulebus import BatchPolicy, EventBus, RateLimit, RetryPolicy, RuleTarget

BATCH = 100


class RawEvents:
    """Complete envelopes in batches of a hundred, a handler of one event."""

    def __init__(self, subscribers: Sequence[Subscriber]) -> None:
        self._bus = EventBus("bench")
        for number, subscriber in enumerate(subscribers):
            rule = f"rule-{number}"
            self._bus.put_rule(rule, pattern(subscriber.customer))
            self._bus.put_targets(rule, self._target(subscriber))

    def _target(self, subscriber: Subscriber) -> RuleTarget:
        return RuleTarget(id="handler", target=subscriber.receiver.take)

    async def __aenter__(self) -> Self:
        await self._bus.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._bus.__aexit__(None, None, None)

    async def put(self, events: Sequence[Any]) -> None:
        """Publish the events a hundred at a time."""
        for start in range(0, len(events), BATCH):
            await self._bus.put_raw_events(events[start : start + BATCH])

    async def drain(self) -> None:
        """Wait until the bus has delivered everything."""
        await self._bus.drain()


class RawEventsInBatches(RawEvents):
    """The same with handlers of batches."""

    def _target(self, subscriber: Subscriber) -> RuleTarget:
        handler = subscriber.receiver.take_batch
        return RuleTarget(id="handler", target=handler, batch=BatchPolicy(max_size=BATCH))


class RawEventsWithPolicies(RawEvents):
    """The same as the first with retries, an order and a rate limit that never have to act."""

    def _target(self, subscriber: Subscriber) -> RuleTarget:
        return RuleTarget(
            id="handler",
            target=subscriber.receiver.take,
            retry=RetryPolicy(),
            order_by="detail.number",
            rate=RateLimit(per_second=1e9, burst=1_000_000),
        )


class OneByOne(RawEvents):
    """`put_event` for each event, with the detail as a dict."""

    async def put(self, events: Sequence[Any]) -> None:
        """Publish the events one by one."""
        for event in events:
            await self._bus.put_event(
                source=event["source"], detail_type=event["detail-type"], detail=event["detail"]
            )
