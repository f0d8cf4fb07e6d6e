"""The delivery of events to the targets of rules: queue, order, batch, retry, dead letter."""

from __future__ import annotations

from .batch import deliver_function
from .circuit import CircuitState
from .dispatcher import Dispatcher
from .input import DetailBatch
from .owner import DeliveryFailure, EventsDropped
from .statistics import LatencyHistogram, SubscriptionStatistics, upper_bound
from .subscription import Subscription
from .worker import PendingPut, current_worker, delivering, wait_for_room

__all__ = [
    "CircuitState",
    "DeliveryFailure",
    "DetailBatch",
    "Dispatcher",
    "EventsDropped",
    "LatencyHistogram",
    "PendingPut",
    "Subscription",
    "SubscriptionStatistics",
    "current_worker",
    "deliver_function",
    "delivering",
    "upper_bound",
    "wait_for_room",
]
