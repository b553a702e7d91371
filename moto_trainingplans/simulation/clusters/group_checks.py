"""Whether an instance group can be what it is asked to be, and where it will be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from ..market.catalog import Target, Zone
from ..plans.eligibility import Subnets, Workload, check_eligible, check_subnets
from ..plans.plan import TrainingPlan
from ..plans.registry import TrainingPlanRegistry
from .cluster import DEFAULT_IMAGE, Cluster, InstanceGroup
from .errors import (
    GroupNamedTwice,
    GroupOfOtherKind,
    ImmutableMember,
    MinimumTooLarge,
    NotOneKindOfType,
    OnlyContinuous,
    SpotOnPlan,
)
from .specification import GroupSpecification, Location, Vpc

# What is known of some subnets.
KnownSubnets = Callable[[Sequence[str]], Subnets]


def check_names(names: Iterable[str]) -> None:
    """Raise GroupNamedTwice where a group is named more than once."""
    seen = set()
    for name in names:
        if name in seen:
            raise GroupNamedTwice(name)
        seen.add(name)


def merged(before: GroupSpecification, asked: GroupSpecification) -> GroupSpecification:
    """What a group is to be: what is asked for, and as before what is not named.

    Only its plan is gone where none is named. source: documented
    """
    minimum = before.minimum if asked.minimum is None else asked.minimum
    if asked.minimum is None and minimum is not None:
        minimum = min(minimum, asked.count)
    return replace(
        asked,
        instance_types=asked.instance_types or before.instance_types,
        flexible=before.flexible,
        minimum=minimum,
        vpc=asked.vpc or before.vpc,
        spot=before.spot if asked.spot is None else asked.spot,
        controller=before.controller if asked.controller is None else asked.controller,
        image_id=asked.image_id or before.image_id,
        release=asked.release or before.release,
        settings={**before.settings, **asked.settings},
    )


def with_inherited_image(
    wanted: GroupSpecification, cluster: Cluster, continuous: bool
) -> GroupSpecification:
    """A new group as it is to be, with the image of its cluster's earliest where it asks for that.

    `default` means so in a Continuous cluster that has groups already. source: model
    """
    earliest = next(iter(cluster.groups.values()), None)
    if not continuous or wanted.image_id != DEFAULT_IMAGE or earliest is None:
        return wanted
    return replace(wanted, image_id=earliest.software.desired_image_id or DEFAULT_IMAGE)


class GroupChecks:
    """Checks groups against the plans of their account and Region, and its zones."""

    def __init__(self, plans: TrainingPlanRegistry, zones: Sequence[Zone]) -> None:
        self._plans = plans
        self._zones = {zone.name: zone for zone in zones}

    def check(self, group: GroupSpecification, cluster: str, continuous: bool) -> None:
        """Raise where a group is not consistent in itself, or with its cluster's mode."""
        if not group.instance_types:
            raise NotOneKindOfType(group.name)
        if group.minimum is not None:
            if not continuous:
                raise OnlyContinuous("MinInstanceCount", cluster)
            if group.minimum > group.count:
                raise MinimumTooLarge(group.name, group.minimum, group.count)
        if group.spot and group.plan_arn is not None:
            raise SpotOnPlan(group.name)

    @staticmethod
    def check_change(group: InstanceGroup, asked: GroupSpecification) -> None:
        """Raise where a group is asked to be what it cannot become. source: choice"""
        before = group.specification
        if asked.restricted is not before.restricted:
            raise GroupOfOtherKind(group.name)
        if asked.instance_types and asked.flexible is not before.flexible:
            member = "InstanceRequirements" if before.flexible else "InstanceType"
            raise ImmutableMember(member, group.name)
        if (
            asked.instance_types
            and not before.flexible
            and asked.instance_types != before.instance_types
        ):
            raise ImmutableMember("InstanceType", group.name)
        if asked.role != before.role:
            raise ImmutableMember("ExecutionRole", group.name)
        if asked.vpc is not None and asked.vpc != before.vpc:
            raise ImmutableMember("OverrideVpcConfig", group.name)
        # What has no CapacityRequirements is on demand. source: documented
        if asked.spot is not None and asked.spot is not bool(before.spot):
            raise ImmutableMember("CapacityRequirements", group.name)
        if before.slurm_node_type and asked.slurm_node_type not in (None, before.slurm_node_type):
            raise ImmutableMember("SlurmConfig.NodeType", group.name)  # source: documented

    def plan(self, group: GroupSpecification) -> TrainingPlan | None:
        """The plan that a group is to live on; raises where it cannot. source: documented"""
        arn = group.plan_arn
        if arn is None:
            return None
        plan = self._plans.by_arn(arn)
        workload = Workload(Target.HYPERPOD_CLUSTER, group.instance_types, group.count)
        check_eligible(plan, workload, self._plans.now)
        return plan

    def location(
        self, plan: TrainingPlan | None, vpc: Vpc | None, known_subnets: KnownSubnets
    ) -> Location:
        """Where a group's instances will be; raises where no subnet is in its plan's zone."""
        subnets = () if vpc is None else vpc.subnets
        known = known_subnets(subnets) if subnets else Subnets()
        if plan is None:
            for subnet in subnets:
                if (zone_name := known.zones.get(subnet)) in self._zones:
                    return Location(self._zones[zone_name], subnet)
            # Nothing is known of where a group without known subnets is. source: choice
            return Location(next(iter(self._zones.values())), subnets[0] if subnets else None)
        check_subnets(plan, known)
        zone = self._zones[plan.current.block.zone]
        here = [subnet for subnet in subnets if known.zones.get(subnet) == zone.name]
        return Location(zone, here[0] if here else subnets[0] if subnets else None)

    def zones_of(self, group: InstanceGroup, known_subnets: KnownSubnets) -> list[Zone]:
        """The zones in which a group can have instances: any where no subnet is known."""
        if group.plan is not None:
            return [self._zones[group.plan.current.block.zone]]
        subnets = () if group.vpc is None else group.vpc.subnets
        known = set(known_subnets(subnets).zones.values()) if subnets else set()
        return [zone for zone in self._zones.values() if not known or zone.name in known]
