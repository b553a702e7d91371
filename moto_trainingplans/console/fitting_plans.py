"""The training plans that a workload is offered, as the guide has it under Instance capacity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from moto.core.utils import get_service_model

from ..simulation.market.catalog import Target, load_catalog
from .calls import Calls, Refusal

Members = Mapping[str, Any]

# Those in which a plan can be used.
USABLE = ("Scheduled", "Active")
MOST_PAGES = 5
INSTANCE_TYPES = {
    Target.TRAINING_JOB: "TrainingInstanceType",
    Target.HYPERPOD_CLUSTER: "ClusterInstanceType",
}


def usable_plans(calls: Calls, target: Target) -> tuple[list[Members], Refusal | None]:
    """The plans of a target that can be used now, the earliest first; the first 500 of each status.

    And why some are not known, where a list was refused.
    """
    found: list[Members] = []
    refused: Refusal | None = None
    for status in USABLE:
        asked = {
            "Filters": [{"Name": "Status", "Value": status}],
            "SortBy": "StartTime",
            "SortOrder": "Ascending",
            "MaxResults": 100,
        }
        answer = calls.every("ListTrainingPlans", asked, "TrainingPlanSummaries", most=MOST_PAGES)
        found += answer.result or ()
        refused = refused or answer.refusal
    return fitting(found, target), refused


def fitting(
    plans: Iterable[Members], target: Target, instance_type: str | None = None
) -> list[Members]:
    """The plans of a target that can be used, of an instance type if it is known; earliest first.

    `plans` are TrainingPlanSummaries.
    """
    found = [
        plan
        for plan in plans
        if plan["Status"] in USABLE
        and target.value in plan["TargetResources"]
        and instance_type in (None, type_of(plan))
    ]
    return sorted(found, key=lambda plan: (plan.get("StartTime", 0), plan["TrainingPlanName"]))


def type_of(plan: Members) -> str | None:
    """The instance type of a plan."""
    for reserved in plan.get("ReservedCapacitySummaries", ()):
        return str(reserved["InstanceType"])
    return None


@cache
def instance_types(target: Target) -> dict[str, tuple[str, ...]]:
    """The instance types that a workload can have, by heading; those of plans come first."""
    shape: Any = get_service_model("sagemaker").shape_for(INSTANCE_TYPES[target])
    of_plans = load_catalog().instance_types
    return {
        "In training plans": tuple(sorted(of_plans.intersection(shape.enum))),
        "On demand alone": tuple(sorted(set(shape.enum) - of_plans)),
    }
