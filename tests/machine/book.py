"""What a random story has so far: its plans and workloads, what was done, and what is for sale."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from tests.support.steps import Step

TYPE = "ml.p4d.24xlarge"
SERVER_TYPE, SERVER_INSTANCE = "ml.u-p6e-gb200x36", "ml.p6e-gb200.36xlarge"
SERVER_ZONE = "us-east-1-dfw-2a"
# How long before the end of a block its instances are taken, by target.
CUT_OFF = {
    "training-job": timedelta(minutes=30),
    "hyperpod-cluster": timedelta(hours=1),
    "endpoint": timedelta(0),
    "studio-apps": timedelta(minutes=30),
}
TARGETS = tuple(CUT_OFF)


class Place(NamedTuple):
    """An account, by its number, and a Region."""

    account: int
    region: str


class Plan(NamedTuple):
    """A plan that was bought."""

    place: Place
    name: str
    arn: str
    target: str
    of_servers: bool = False


class Named(NamedTuple):
    """A job, cluster, endpoint or app: where it is, its name and, if it has one, its ARN."""

    place: Place
    name: str
    arn: str = ""
    plan: str | None = None


class Sale(NamedTuple):
    """So many instances, or servers, of a type are for sale in a zone from now on, in a window."""

    zone: str
    kind: str
    target: str | None
    count: int
    start: datetime | None = None
    end: datetime | None = None

    def holds(self, zone: str, kind: str, target: str, when: datetime) -> bool:
        """Whether it is about this pool at a time."""
        return (
            (self.zone, self.kind) == (zone, kind)
            and self.target in (None, target)
            and (self.start is None or self.start <= when)
            and (self.end is None or when < self.end)
        )


@dataclass
class Use:
    """Instance-time of a plan: what its InUse and Available counts come to over time."""

    held: timedelta = timedelta(0)
    idle: timedelta = timedelta(0)
    rest: timedelta = timedelta(0)


LISTS = (
    "record",
    "plans",
    "jobs",
    "clusters",
    "endpoints",
    "apps",
    "sales",
    "outages",
)


@dataclass
class Book:
    """What goes back with the simulation when a saved state is loaded."""

    record: list[tuple[Step, Any]] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    jobs: list[Named] = field(default_factory=list)
    clusters: list[Named] = field(default_factory=list)
    endpoints: list[Named] = field(default_factory=list)
    apps: list[Named] = field(default_factory=list)
    sales: list[Sale] = field(default_factory=list)
    outages: list[tuple[str, datetime, datetime]] = field(default_factory=list)
    uses: dict[str, Use] = field(default_factory=dict)
    extended: set[str] = field(default_factory=set)
    limits: dict[tuple[Place, str], int] = field(default_factory=dict)

    def copy(self) -> Book:
        """Another that goes its own way from here."""
        uses = {arn: replace(use) for arn, use in self.uses.items()}
        lists = {name: list(getattr(self, name)) for name in LISTS}
        return Book(**lists, uses=uses, extended=set(self.extended), limits=dict(self.limits))

    def begin_anew(self) -> None:
        """All is gone, but what was done."""
        record = self.record
        self.__init__()  # type: ignore[misc]
        self.record = record

    def for_sale(self, zone: str, kind: str, target: str, when: datetime) -> int:
        """How much of a pool AWS has to sell at a time."""
        for sale in reversed(self.sales):
            if sale.holds(zone, kind, target, when):
                return sale.count
        return 0

    def is_open(self, block: dict[str, Any], target: str, now: datetime) -> bool:
        """Whether a block can be used: before its cut-off, and while its zone is up."""
        return block["StartTime"] <= now < block["EndTime"] - CUT_OFF[target] and not any(
            zone == block["AvailabilityZone"] and start <= now < end
            for zone, start, end in self.outages
        )

    def plans_for(self, *targets: str) -> list[Plan]:
        """The plans of these targets that are not of UltraServers."""
        return [plan for plan in self.plans if plan.target in targets and not plan.of_servers]
