"""The operations of clusters: what requests to scale, or to check health, have set going.

An operation on instance groups has a part for each. A later one that scales a group
supersedes the part of an earlier one that is still in progress.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum


class OperationType(str, Enum):
    """What an operation does."""

    SCALING = "Scaling"
    DEEP_HEALTH_CHECK = "DeepHealthCheck"


class OperationStatus(str, Enum):
    """How far an operation has come. There is none that failed. source: model"""

    IN_PROGRESS = "InProgress"
    SUPERSEDED = "Superseded"
    DONE = "Done"


@dataclass(frozen=True)
class Counts:
    """What a group has, or is to have; `current` None where only that is told."""

    current: int | None
    target: int
    minimum: int


@dataclass
class ScalingPart:
    """What an operation does with one group.

    `action` is what its events call that; `failed` whether the group did not get what was
    asked for.
    """

    group: str
    action: str
    original: Counts
    desired: Counts
    status: OperationStatus = OperationStatus.IN_PROGRESS
    failed: bool = False


@dataclass(frozen=True)
class HealthCheck:
    """Deep health checks of a group: of some of its instances, or of all where it names none."""

    group: str
    instance_ids: tuple[str, ...]
    checks: tuple[str, ...]

    def merged(self, other: HealthCheck) -> HealthCheck:
        """What checks all that either of the two checks in a group. source: model"""
        some = bool(self.instance_ids and other.instance_ids)
        return HealthCheck(
            self.group,
            _union(self.instance_ids, other.instance_ids) if some else (),
            _union(self.checks, other.checks),
        )


def _union(some: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*some, *others)))


@dataclass(eq=False)
class Operation:
    """One operation; `number` counts those of its cluster.

    It has parts if it scales, and health checks otherwise, which go on `checking` until the
    last node is through. `updates_cluster` tells whether it came with a change of its cluster.
    """

    number: int
    operation_id: str
    operation_type: OperationType
    created_at: datetime
    parts: dict[str, ScalingPart] = field(default_factory=dict)
    health_checks: dict[str, HealthCheck] = field(default_factory=dict)
    checking: bool = False
    updates_cluster: bool = False
    is_abandoned: bool = False

    @property
    def status(self) -> OperationStatus:
        """Superseded where all of its parts are, or its cluster is deleted. source: choice"""
        if self.is_abandoned:
            return OperationStatus.SUPERSEDED
        if self.operation_type is OperationType.DEEP_HEALTH_CHECK:
            return OperationStatus.IN_PROGRESS if self.checking else OperationStatus.DONE
        statuses = {part.status for part in self.parts.values()}
        for status in (OperationStatus.IN_PROGRESS, OperationStatus.DONE):
            if status in statuses:
                return status
        return OperationStatus.SUPERSEDED

    @property
    def is_in_progress(self) -> bool:
        """Whether there is something left to be done."""
        return self.status is OperationStatus.IN_PROGRESS


@dataclass(frozen=True)
class OperationQuery:
    """Which operations to list, and in which order. Both time bounds are exclusive."""

    status: OperationStatus | None = None
    operation_type: OperationType | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    descending: bool = True

    def includes(self, operation: Operation) -> bool:
        """Whether an operation is wanted."""
        return (
            self.status in (None, operation.status)
            and self.operation_type in (None, operation.operation_type)
            and (self.created_after is None or operation.created_at > self.created_after)
            and (self.created_before is None or operation.created_at < self.created_before)
        )
