"""The metrics of plans: their names and dimensions, and their values in any period.

They are published from the time on at which the service-linked role is there; and only
computed when somebody reads them, so that a plan of half a year costs no memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..simulation.market.catalog import Target
from ..simulation.plans.plan import TrainingPlan
from ..simulation.plans.reserved_capacity import ReservedCapacity
from ..simulation.plans.statuses import PlanStatus
from ..simulation.plans.utilization import INSTANT, Measure, Samples, Utilization
from ..simulation.world import World

NAMESPACE = "aws/sagemaker/CapacityReservations"  # source: documented
RESERVATION_TYPE = "TrainingPlan"  # source: documented
UNITS = {
    Measure.USED: "Count",
    Measure.AVAILABLE: "Count",
    Measure.TOTAL: "Count",
    Measure.UTILIZATION: "Percent",
}
# source: choice, AWS gives examples of the dimension but not its values
COMPONENTS = {
    Target.TRAINING_JOB: "Training Job",
    Target.HYPERPOD_CLUSTER: "HyperPod Cluster",
    Target.ENDPOINT: "Inference endpoint",
    Target.STUDIO_APPS: "Studio App",
}


@dataclass(frozen=True)
class Series:
    """One metric of one block."""

    measure: Measure
    plan: TrainingPlan
    reserved: ReservedCapacity

    @property
    def dimensions(self) -> dict[str, str]:
        """The dimensions by which it is known. source: documented"""
        return {
            "ReservationName": self.plan.name,
            "ComponentType": COMPONENTS[self.plan.target],
            "AvailabilityZone": self.reserved.block.zone,
            "InstanceType": self.reserved.compute_type.instance_type,
            "ReservationType": RESERVATION_TYPE,
        }


class PublishedMetrics:
    """The metrics of the plans of one account in one Region, as they are published by now."""

    def __init__(self, world: World, plans: Sequence[TrainingPlan], since: datetime | None) -> None:
        self._now = world.now
        self._plans = () if since is None else plans
        self._since = since or world.now

    def series(self, name: str | None = None) -> Iterator[Series]:
        """The metrics of a name, or all, that have been published."""
        for plan in self._plans:
            for reserved in plan.reserved_capacities:
                started = reserved.block.start <= self._now and self._since < reserved.block.end
                if not started or reserved.status is PlanStatus.FAILED:
                    continue
                for measure in Measure:
                    series = Series(measure, plan, reserved)
                    if name in (None, measure.value):
                        yield series

    def periods(
        self, found: Sequence[Series], start: datetime, end: datetime, period: timedelta
    ) -> Iterator[tuple[datetime, Samples]]:
        """The samples of some metrics together, period by period; those without any left out."""
        uses = [(each.measure, Utilization(each.plan, each.reserved)) for each in found]
        blocks = [each.reserved.block for each in found]
        if not blocks:
            return
        # Nothing is asked of the time before and after: a period costs, however empty.
        earliest = max(self._since, min(block.start for block in blocks))
        latest = min(end, self._now + INSTANT, max(block.end for block in blocks))
        at = start + max(0, (earliest - start) // period) * period
        while at < latest:
            parts = [
                samples
                for measure, use in uses
                if (
                    samples := use.samples(
                        measure, max(at, self._since), min(at + period, end), self._now
                    )
                )
                is not None
            ]
            if parts:
                yield at, together(parts)
            at += period


def together(parts: Sequence[Samples]) -> Samples:
    """Samples of several metrics, or times, as one."""
    return Samples(
        sum(each.count for each in parts),
        sum(each.total for each in parts),
        min(each.minimum for each in parts),
        max(each.maximum for each in parts),
    )
