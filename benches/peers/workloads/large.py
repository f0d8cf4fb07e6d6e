"""Events that are large, for matchers that skip, search or join more than they have to."""

from collections.abc import Iterator
from random import Random
from typing import Any

from peers.workloads.cliffs import case, wide_lot
from peers.workloads.workload import Pattern, Workload, compact

SKIPPED_BYTES = 1_000_000
SKIPPING_EVENTS = 4


def skip() -> Workload:
    """Put a member of 1 MB that no rule asks for before the one that a rule asks for."""

    def events() -> Iterator[str]:
        for number in range(SKIPPING_EVENTS):
            source = "shop" if number % 2 == 0 else "other"
            yield compact({"detail": {"orders": _orders(number)}, "source": source})

    return Workload(
        name="skip",
        group="skip",
        patterns=lambda: [{"source": ["shop"]}],
        events=events,
        matches=SKIPPING_EVENTS // 2,
    )


def _orders(number: int) -> list[Any]:
    random = Random(f"skip {number}")  # noqa: S311 - nothing here is secret
    orders: list[Any] = []
    size = 0
    while size < SKIPPED_BYTES:
        orders.append(_order(random, len(orders)))
        size += len(compact(orders[-1]).encode()) + 1
    return orders


def _order(random: Random, number: int) -> dict[str, Any]:
    lines = [
        {
            "sku": f"{random.randrange(10**8):08}",
            "quantity": n,
            "price": random.randrange(9_999) / 100,
        }
        for n in range(1, random.randrange(2, 6))
    ]
    return {
        "id": number,
        "customer": {"name": "A. Example", "tags": ["new", "Łódź"], "address": None},
        "note": 'she said "leave it at the door", ' + "and so on " * random.randrange(12),
        "lines": lines,
        "points": [random.uniform(-180, 180) for _ in range(4)],
        "paid": random.random() < 0.5,
    }


def trail(size: int) -> Workload:
    """Ask one field at the end of an audit event with a long list of resources."""
    resources = [
        {
            "ARN": f"arn:aws:s3:::bucket-{n}/key",
            "accountId": "111122223333",
            "type": "AWS::S3::Object",
        }
        for n in range(size // 95)
    ]
    request = {"bucketName": "bucket", "resources": resources}
    events = [
        {"source": "aws.s3", "detail": {"requestParameters": request, "eventName": name}}
        for name in ("DeleteObjects", "GetObject")
    ]
    return case(f"trail-{size}", [{"detail": {"eventName": ["DeleteObjects"]}}], events)


def two_paths_over_array(length: int) -> Workload:
    """Ask for two members of one element of an array, of which the last element alone has both."""
    objects = [{"id": f"i-{n}", "state": "on" if n % 2 else "off"} for n in range(length)]
    pattern: Pattern = {"items": {"id": [f"i-{length - 1}"], "state": ["last"]}}
    met = [*objects[:-1], {"id": f"i-{length - 1}", "state": "last"}]
    apart = [{"id": "i-0", "state": "last"}, *objects[1:]]
    return case(f"two-paths-over-array-{length}", [pattern], [{"items": met}, {"items": apart}])


def wildcard_complexity(stars: int) -> Workload:
    """Set one wildcard of many stars, against text in which every piece but the last is found."""
    pattern = {"x": [{"wildcard": "*a" * stars + "*b"}]}
    return case(
        f"wildcard-complexity-{stars}", [pattern], [{"x": "a" * 1_000}, {"x": "a" * 999 + "b"}]
    )


LARGE = [
    skip(),
    *(trail(size) for size in (2_560, 25_600, 256_000)),
    *(two_paths_over_array(length) for length in (100, 1_000, 10_000)),
    *(wide_lot(fields) for fields in (246, 24_620)),
    *(wildcard_complexity(stars) for stars in (8, 32, 128)),
]
