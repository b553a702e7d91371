"""The facts of a report: fees, and what instance-time and money went into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)
ZERO = timedelta(0)

# What instance-hours went into, in the order in which it is shown.
PARTS = {
    "training": "training",
    "cluster_nodes": "cluster nodes",
    "endpoints": "endpoints",
    "apps": "apps",
    "warm": "kept warm",
    "lost": "lost: repeated work, restarts",
    "idle": "idle",
    "unhealthy": "unhealthy",
    "outage": "zone down",
    "spares": "spares",
    "cut_off": "cut-off",
    "left": "left",
}
USEFUL = ("training", "cluster_nodes", "endpoints", "apps")
NO_TAG = ""


@dataclass(frozen=True, slots=True)
class Workload:
    """Who used instances: `part` is the instance group of a cluster, or an endpoint's variant.

    `kind` is training-job, instance-group, endpoint or app.
    """

    kind: str
    resource: str
    name: str
    part: str = ""
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """What went into one part, for one workload or none: instance-time, and cents of the fee."""

    part: str
    workload: Workload | None
    instance_time: timedelta
    cents: int


@dataclass(frozen=True, slots=True)
class Fee:
    """What was paid for: the plan, or an extension until a time."""

    paid_for: str
    cents: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """The facts of a report: a plan, its fees, and what they were spent on until `now`."""

    plan: str
    name: str
    status: str
    target: str
    compute_type: str
    instance_count: int
    start: datetime
    end: datetime
    now: datetime
    fees: tuple[Fee, ...]
    entries: tuple[Entry, ...]

    def to_json(self) -> dict[str, Any]:
        """The ledger for the wire, without loss."""
        workloads = list(dict.fromkeys(each.workload for each in self.entries if each.workload))
        numbers = {workload: number for number, workload in enumerate(workloads)}
        return {
            **{
                name: getattr(self, name)
                for name in ("plan", "name", "status", "target", "compute_type", "instance_count")
            },
            **{name: getattr(self, name).isoformat() for name in ("start", "end", "now")},
            "fees": [[fee.paid_for, fee.cents] for fee in self.fees],
            "workloads": [
                [each.kind, each.resource, each.name, each.part, [list(tag) for tag in each.tags]]
                for each in workloads
            ],
            "entries": [
                [
                    each.part,
                    None if each.workload is None else numbers[each.workload],
                    each.instance_time // MICROSECOND,
                    each.cents,
                ]
                for each in self.entries
            ],
        }

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Ledger:
        """The ledger that `to_json` made it of."""
        workloads = [
            Workload(kind, resource, name, part, tuple((key, value) for key, value in tags))
            for kind, resource, name, part, tags in given["workloads"]
        ]
        return cls(
            plan=given["plan"],
            name=given["name"],
            status=given["status"],
            target=given["target"],
            compute_type=given["compute_type"],
            instance_count=given["instance_count"],
            start=datetime.fromisoformat(given["start"]),
            end=datetime.fromisoformat(given["end"]),
            now=datetime.fromisoformat(given["now"]),
            fees=tuple(Fee(*fee) for fee in given["fees"]),
            entries=tuple(
                Entry(
                    part,
                    None if number is None else workloads[number],
                    timedelta(microseconds=microseconds),
                    cents,
                )
                for part, number, microseconds, cents in given["entries"]
            ),
        )
