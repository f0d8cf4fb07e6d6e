"""All workloads by name."""

from peers.workloads.cliffs import CLIFFS
from peers.workloads.envelope import CHURN, DELETE, ENVELOPE
from peers.workloads.large import LARGE
from peers.workloads.quamina import QUAMINA
from peers.workloads.ruler import ALL_FEATURES, FEATURES, ruler

WORKLOADS = {
    workload.name: workload
    for workload in (
        *ENVELOPE,
        *ruler(FEATURES),
        *QUAMINA,
        *CHURN,
        *DELETE,
        *CLIFFS,
        *LARGE,
        *ruler(ALL_FEATURES),
    )
}
