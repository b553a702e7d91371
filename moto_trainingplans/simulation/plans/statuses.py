"""The statuses of plans and their blocks, and which may follow which."""

from __future__ import annotations

from enum import Enum


class PlanStatus(str, Enum):
    """The status of a training plan, and of each of its reserved capacities."""

    PENDING = "Pending"
    ACTIVE = "Active"
    SCHEDULED = "Scheduled"
    EXPIRED = "Expired"
    FAILED = "Failed"


# A name of its own, since it is asked for whenever instances are taken: a look at a member of an
# enumeration is slow before Python 3.12.
ACTIVE = PlanStatus.ACTIVE

# Reserved capacities use the same statuses; only a plan goes back to Scheduled, between blocks.
NEXT_STATUSES: dict[PlanStatus, frozenset[PlanStatus]] = {
    PlanStatus.PENDING: frozenset({PlanStatus.SCHEDULED, PlanStatus.FAILED}),
    PlanStatus.SCHEDULED: frozenset({PlanStatus.ACTIVE}),
    PlanStatus.ACTIVE: frozenset({PlanStatus.SCHEDULED, PlanStatus.EXPIRED}),
    PlanStatus.EXPIRED: frozenset(),
    PlanStatus.FAILED: frozenset(),
}

# Statuses in which a plan holds capacity and counts against the quotas.
OPEN_STATUSES = frozenset({PlanStatus.PENDING, PlanStatus.SCHEDULED, PlanStatus.ACTIVE})
