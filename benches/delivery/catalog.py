"""What is measured: each case is a bus, a way to use it, and the rules it is tried with."""

from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from delivery.adapter import Open
from delivery.adapters import consumers
from delivery.adapters.consumers import Consumer
from delivery.workload import Aim, Form

RULES = (1, 100, 10_000)
MANY = (100, 10_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """
    One line of the tables.

    Args:
        name: What the tables call it.
        package: What has to be installed.
        adapter: The module and the class of its adapter.
        consumer: What stands behind a bare queue.
        form: What the bus is given.
        columns: The numbers of rules in whose company it is timed.
        one_rule: Whether it has one rule in any company.
        aim: Which rules the events match.
    """

    name: str
    package: str
    adapter: str
    consumer: Consumer | None = None
    form: Form
    columns: tuple[int, ...] = RULES
    one_rule: bool = False
    aim: Aim = "last"

    @property
    def is_installed(self) -> bool:
        """Whether the package can be imported."""
        return find_spec(self.package) is not None

    def rules(self, column: int) -> int:
        """Return the rules that it has in a column."""
        return 1 if self.one_rule else column

    def opener(self) -> Open:
        """Import the adapter, and with it the package."""
        module, name = self.adapter.split(".")
        adapter: Any = getattr(import_module(f"delivery.adapters.{module}"), name)
        made: Open = partial(adapter, consume=self.consumer) if self.consumer else adapter
        return made


def _rulebus(name: str, adapter: str, form: Form, aim: Aim = "last") -> Case:
    return Case(
        name=f"rulebus, {name}",
        package="rulebus",
        adapter=f"rulebus_bus.{adapter}",
        form=form,
        columns=RULES if aim == "last" else MANY,
        aim=aim,
    )


def _lines(name: str, package: str, adapter: str) -> list[Case]:
    """Return the cases of a queue or a stream."""
    ways: list[tuple[str, Consumer, Form, bool]] = [
        ("bytes unseen", consumers.hand_on, "bytes", True),
        ("bytes, one comparison", consumers.decode_one, "bytes", True),
        ("dicts, one comparison", consumers.compare_one, "dict", True),
        ("bytes, predicates", consumers.decode_each, "bytes", False),
        ("dicts, predicates", consumers.compare_each, "dict", False),
    ]
    return [
        Case(
            name=f"{name}, {way}",
            package=package,
            adapter=adapter,
            consumer=consumer,
            form=form,
            columns=RULES if one_rule else MANY,
            one_rule=one_rule,
        )
        for way, consumer, form, one_rule in ways
    ]


def _peer(name: str, package: str, adapter: str) -> Case:
    return Case(name=name, package=package, adapter=adapter, form="dict")


CASES = {
    case.name: case
    for case in [
        _rulebus("batches of 100", "RawEvents", "bytes"),
        _rulebus("batches of 100, spread", "RawEvents", "bytes", "all"),
        _rulebus("batches of 100, batch handler", "RawEventsInBatches", "bytes"),
        _rulebus("batches of 100, batch handler, spread", "RawEventsInBatches", "bytes", "all"),
        _rulebus("batches of 100, idle policies", "RawEventsWithPolicies", "bytes"),
        _rulebus("put_event", "OneByOne", "dict"),
        _rulebus("put_event, spread", "OneByOne", "dict", "all"),
        *_lines("queue", "asyncio", "bare_queue.BareQueue"),
        *_lines("stream", "anyio", "memory_stream.MemoryStream"),
        _peer("blinker", "blinker", "blinker_signal.BlinkerSignal"),
        _peer("pyventus", "pyventus", "pyventus_emitter.PyventusEmitter"),
        _peer("abxbus", "abxbus", "abxbus_bus.AbxbusBus"),
        _peer("FastStream", "faststream", "faststream_broker.FastStreamBroker"),
    ]
}

# Beside the bus with one rule and with all of them, the queue that does the work of one.
LATENCIES = [
    ("rulebus, put_event", 1),
    ("rulebus, put_event", 10_000),
    ("rulebus, batches of 100", 1),
    ("rulebus, batches of 100", 10_000),
    ("queue, dicts, one comparison", 1),
    ("queue, bytes, one comparison", 1),
]
