"""The operations on training plans and reserved capacities: members in, answers out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ..aws_json.pagination import decode_token, encode_token
from ..aws_json.validation import shape_allows
from ..host.journal import mark_offers, mark_purchase
from ..simulation.market.blocks import Block
from ..simulation.market.catalog import ComputeType, Target
from ..simulation.market.errors import MissingMember, NotOneTarget, TypeNotSold
from ..simulation.market.offerings import Offering, OfferingRequest
from ..simulation.plans.listing import PlanQuery, SortBy
from ..simulation.plans.plan import TrainingPlan
from ..simulation.plans.registry import TrainingPlanRegistry
from ..simulation.plans.reserved_capacity import ReservedCapacity, UltraServer
from ..simulation.plans.statuses import PlanStatus
from .tag_members import read_tags

Members = Mapping[str, Any]

CURRENCY = "USD"
DEFAULT_PAGE = 10  # source: choice


SEARCH_MEMBERS = {
    "InstanceType": "instance_type",
    "InstanceCount": "instance_count",
    "UltraServerType": "ultra_server_type",
    "UltraServerCount": "ultra_server_count",
    "DurationHours": "duration_hours",
    "StartTimeAfter": "start_after",
    "EndTimeBefore": "end_before",
}


# -- requests ----------------------------------------------------------------------------------


def search_training_plan_offerings(plans: TrainingPlanRegistry, members: Members) -> dict[str, Any]:
    """SearchTrainingPlanOfferings, for new plans. source: documented, model"""
    offerings = plans.search(OfferingRequest(**read_search(members)))
    mark_offers({each.offering_id: each.blocks[0].start for each in offerings})
    return {"TrainingPlanOfferings": [_offering(each) for each in offerings]}


def read_search(members: Members) -> dict[str, Any]:
    """What a search asks for, by the names that the simulation has for it."""
    asked = {name: members[member] for member, name in SEARCH_MEMBERS.items() if member in members}
    if "TargetResources" in members:
        targets = members["TargetResources"]
        if len(targets) != 1:
            raise NotOneTarget(len(targets))
        try:
            asked["target"] = Target(targets[0])
        except ValueError:
            # A newer model knows it, and the catalogue does not.
            wanted = members.get("InstanceType", members.get("UltraServerType"))
            if wanted is None:
                raise MissingMember("InstanceType") from None
            raise TypeNotSold(wanted, targets[0]) from None
    return asked


def create_training_plan(plans: TrainingPlanRegistry, members: Members) -> dict[str, Any]:
    """CreateTrainingPlan. source: documented, model"""
    plan = plans.create(
        name=members["TrainingPlanName"],
        offering_id=members["TrainingPlanOfferingId"],
        spares=members.get("SpareInstanceCountPerUltraServer"),
        tags=read_tags(members.get("Tags", [])),
    )
    mark_purchase(members["TrainingPlanOfferingId"])
    return {"TrainingPlanArn": plan.arn}


def describe_training_plan(plans: TrainingPlanRegistry, members: Members) -> dict[str, Any]:
    """DescribeTrainingPlan. source: documented, model"""
    return plan_description(plans.describe(members["TrainingPlanName"]), plans.now)


def list_training_plans(plans: TrainingPlanRegistry, members: Members) -> dict[str, Any]:
    """ListTrainingPlans. source: documented, model"""
    query = PlanQuery(
        statuses=_statuses(members.get("Filters", [])),
        start_after=members.get("StartTimeAfter"),
        start_before=members.get("StartTimeBefore"),
        sort_by=SortBy(members.get("SortBy", SortBy.START_TIME.value)),
        descending=members.get("SortOrder") == "Descending",
    )
    kinds = {SortBy.START_TIME: (datetime, str), SortBy.NAME: (str,), SortBy.STATUS: (str, str)}
    after = decode_token(members.get("NextToken"), query, kinds[query.sort_by])
    page = plans.page(query, after, members.get("MaxResults", DEFAULT_PAGE))
    answer: dict[str, Any] = {
        "TrainingPlanSummaries": [_plan(plan, plans.now) for plan in page.plans]
    }
    if page.next is not None:
        answer["NextToken"] = encode_token(page.next, query)
    return answer


def _statuses(filters: list[Mapping[str, str]]) -> frozenset[PlanStatus] | None:
    """The statuses that every filter allows, None without filters. source: choice"""
    values = {each["Value"] for each in filters}  # the model has no other Name than Status
    if not filters:
        return None
    return frozenset(status for status in PlanStatus if values == {status.value})


def describe_reserved_capacity(plans: TrainingPlanRegistry, members: Members) -> dict[str, Any]:
    """DescribeReservedCapacity. source: model"""
    capacity = plans.reserved_capacity(members["ReservedCapacityArn"])
    return reserved_capacity_description(capacity, plans.now)


def list_ultra_servers_by_reserved_capacity(
    plans: TrainingPlanRegistry, members: Members
) -> dict[str, Any]:
    """ListUltraServersByReservedCapacity. source: model"""
    capacity = plans.reserved_capacity(members["ReservedCapacityArn"])
    after = decode_token(members.get("NextToken"), capacity.arn, (int,))
    start = 0 if after is None else after[0]
    end = start + members.get("MaxResults", DEFAULT_PAGE)
    servers = capacity.ultra_servers[start:end]
    answer: dict[str, Any] = {
        "UltraServers": [
            ultra_server_description(capacity, server, plans.now) for server in servers
        ]
    }
    if end < len(capacity.ultra_servers):
        answer["NextToken"] = encode_token((end,), capacity.arn)
    return answer


HANDLERS = {
    "CreateTrainingPlan": create_training_plan,
    "DescribeTrainingPlan": describe_training_plan,
    "ListTrainingPlans": list_training_plans,
    "DescribeReservedCapacity": describe_reserved_capacity,
    "ListUltraServersByReservedCapacity": list_ultra_servers_by_reserved_capacity,
}


# -- answers -----------------------------------------------------------------------------------


def _offering(offering: Offering) -> dict[str, Any]:
    answer = {
        "TrainingPlanOfferingId": offering.offering_id,
        "TargetResources": [offering.target.value],
        "RequestedStartTimeAfter": offering.requested_start_after,
        **_duration(offering.duration),
        "UpfrontFee": offering.upfront_fee,
        "CurrencyCode": CURRENCY,
        "ReservedCapacityOfferings": [
            {
                **_compute(offering.compute_type, offering.count),
                "InstanceCount": offering.instance_count,
                **_block(block),
            }
            for block in offering.blocks
        ],
    }
    if offering.requested_end_before is not None:
        answer["RequestedEndTimeBefore"] = offering.requested_end_before
    return answer


def plan_description(plan: TrainingPlan, now: datetime) -> dict[str, Any]:
    """A plan, as DescribeTrainingPlan tells it."""
    answer = _plan(plan, now)
    answer["UnhealthyInstanceCount"] = plan.current.unhealthy_count()
    if plan.compute_type.is_ultra_server:
        answer["AvailableSpareInstanceCount"] = plan.current.spare_count()
    return answer


def _plan(plan: TrainingPlan, now: datetime) -> dict[str, Any]:
    """What a plan's description and its place in a list have in common."""
    current = plan.current
    answer = {
        "TrainingPlanArn": plan.arn,
        "TrainingPlanName": plan.name,
        "Status": plan.status.value,
        "StatusMessage": plan.status_message,
        **_duration(plan.duration),
        "StartTime": plan.start,
        "EndTime": plan.end,
        "UpfrontFee": plan.upfront_fee,
        "CurrencyCode": CURRENCY,
        "TotalInstanceCount": current.total_count,
        "AvailableInstanceCount": current.available_count(now),
        "InUseInstanceCount": current.instances.in_use(),
        "TargetResources": [plan.target.value],
        "ReservedCapacitySummaries": [
            _reserved_capacity(capacity) for capacity in plan.reserved_capacities
        ],
    }
    if plan.compute_type.is_ultra_server:
        answer["TotalUltraServerCount"] = plan.count
    return answer


def reserved_capacity_description(capacity: ReservedCapacity, now: datetime) -> dict[str, Any]:
    """A reserved capacity, as DescribeReservedCapacity tells it."""
    answer = _reserved_capacity(capacity)
    answer["AvailableInstanceCount"] = capacity.available_count(now)
    answer["InUseInstanceCount"] = capacity.instances.in_use()
    for not_here in ("UltraServerType", "UltraServerCount", "AvailabilityZoneId"):
        answer.pop(not_here, None)
    if capacity.compute_type.is_ultra_server:
        answer["UltraServerSummary"] = {
            "UltraServerType": capacity.compute_type.name,
            "InstanceType": capacity.compute_type.instance_type,
            "UltraServerCount": capacity.count,
            "AvailableSpareInstanceCount": capacity.spare_count(),
            "UnhealthyInstanceCount": capacity.unhealthy_count(),
        }
    return answer


def _reserved_capacity(capacity: ReservedCapacity) -> dict[str, Any]:
    answer = {
        "ReservedCapacityArn": capacity.arn,
        **_compute(capacity.compute_type, capacity.count),
        "TotalInstanceCount": capacity.total_count,
        "Status": capacity.status.value,
        **_block(capacity.block),
    }
    # The model's pattern cannot hold the ids of every zone.
    if shape_allows("AvailabilityZoneId", capacity.zone_id):
        answer["AvailabilityZoneId"] = capacity.zone_id
    return answer


def _compute(compute_type: ComputeType, count: int) -> dict[str, Any]:
    if not compute_type.is_ultra_server:
        return {"ReservedCapacityType": "Instance", "InstanceType": compute_type.instance_type}
    return {
        "ReservedCapacityType": "UltraServer",
        "UltraServerType": compute_type.name,
        "UltraServerCount": count,
        "InstanceType": compute_type.instance_type,
    }


def _block(block: Block) -> dict[str, Any]:
    return {
        "AvailabilityZone": block.zone,
        **_duration(block.duration),
        "StartTime": block.start,
        "EndTime": block.end,
    }


def _duration(duration: timedelta) -> dict[str, int]:
    minutes = duration // timedelta(minutes=1)
    return {"DurationHours": minutes // 60, "DurationMinutes": minutes % 60}


def ultra_server_description(
    capacity: ReservedCapacity, server: UltraServer, now: datetime
) -> dict[str, Any]:
    """An UltraServer, as ListUltraServersByReservedCapacity tells it."""
    instances = capacity.instances
    return {
        "UltraServerId": server.ultra_server_id,
        "UltraServerType": capacity.compute_type.name,
        "AvailabilityZone": capacity.block.zone,
        "InstanceType": capacity.compute_type.instance_type,
        "TotalInstanceCount": instances.per_server,
        "ConfiguredSpareInstanceCount": instances.spares_per_server,
        "AvailableInstanceCount": capacity.available_count(now, server.number),
        "InUseInstanceCount": instances.in_use(server.number),
        "AvailableSpareInstanceCount": capacity.spare_count(server.number),
        "UnhealthyInstanceCount": capacity.unhealthy_count(server.number),
        "HealthStatus": _health(capacity, server),
    }


def _health(capacity: ReservedCapacity, server: UltraServer) -> str:
    if capacity.zone_is_down:
        return "Insufficient-Data"  # source: choice
    return "Impaired" if capacity.unhealthy_count(server.number) else "OK"
