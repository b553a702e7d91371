"""The permissions that a request to SageMaker needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from ..aws_json.iam import Permission
from ..simulation.kernel.errors import ServiceError
from ..simulation.plans.registry import TrainingPlanRegistry
from .condition_keys import condition_keys, request_tags, resource_tags
from .models import SageMakerBackend

Members = Mapping[str, Any]

# Whose resource the whole account is. source: documented
ON_ANY_RESOURCE = frozenset(
    {
        "SearchTrainingPlanOfferings",
        "ListTrainingPlans",
        "ListTrainingJobs",
        "ListClusters",
        "ListApps",
    }
)
# The members that name what an operation works on, by name or ARN, and of which type it is.
NAMES = {
    "ReservedCapacityArn": "reserved-capacity",
    "ResourceArn": "training-plan",
    "TrainingPlanArn": "training-plan",
    "TrainingPlanName": "training-plan",
    "TrainingJobName": "training-job",
    "EndpointName": "endpoint",
    "EndpointConfigName": "endpoint-config",
}


# -- what a request needs ----------------------------------------------------------------------


def permissions(
    operation: str, members: Members, backend: SageMakerBackend
) -> Iterable[Permission]:
    """The permissions that a request to SageMaker needs."""
    if operation == "CreateTrainingPlan":
        yield from _to_buy(members, backend.plans)
        return
    keys = condition_keys(operation, members, backend.plans.arn)
    for resource in _resources(operation, members, backend):
        tagged = resource_tags(backend.tags_of(resource))
        yield Permission(f"sagemaker:{operation}", resource, {**keys, **tagged})


def _to_buy(members: Members, plans: TrainingPlanRegistry) -> Iterable[Permission]:
    """A plan and its reserved capacities are created, and tagged by that. source: documented"""
    keys = request_tags(members)
    name, offering_id = members["TrainingPlanName"], members["TrainingPlanOfferingId"]
    plan, *reserved_capacities = plans.arns_of_purchase(name, offering_id)
    yield Permission("sagemaker:CreateTrainingPlan", plan, keys)
    for reserved_capacity in reserved_capacities:
        yield Permission("sagemaker:CreateReservedCapacity", reserved_capacity, keys)
    # source: documented, the managed policy for those who create plans
    by_creating = {**keys, "sagemaker:taggingaction": ["CreateTrainingPlan"]}
    yield Permission("sagemaker:AddTags", plan, by_creating)
    by_creating = {**keys, "sagemaker:taggingaction": ["CreateReservedCapacity"]}
    for reserved_capacity in reserved_capacities:
        yield Permission("sagemaker:AddTags", reserved_capacity, by_creating)


def _resources(operation: str, members: Members, backend: SageMakerBackend) -> Iterable[str]:
    """The ARNs that an operation is checked against; what has none has "*"."""
    if operation in ON_ANY_RESOURCE:
        return ["*"]
    plans = backend.plans
    if "TrainingPlanExtensionOfferingId" in members:
        plan = backend.extensions.plan_of(members["TrainingPlanExtensionOfferingId"])
        return [plans.arn("training-plan", "*") if plan is None else plan.arn]
    if "SourceClusterArn" in members:
        return list(dict.fromkeys((members["SourceClusterArn"], members["TargetClusterArn"])))
    if "ClusterName" in members:
        cluster = _cluster(operation, members["ClusterName"], backend)
        return [cluster, *_capacity(_plans_used(members), plans)]
    named = _named(members, plans)
    return [*named, *_capacity(_plans_used(members), plans)] if named else ["*"]


def _named(members: Members, plans: TrainingPlanRegistry) -> list[str]:
    """The ARNs of what a request names itself."""
    if "AppName" in members:
        return [_app(members, plans)]
    if "EndpointName" in members:
        both = ("EndpointName", "EndpointConfigName")
        return [plans.arn(NAMES[each], members[each]) for each in both if each in members]
    return [
        plans.arn(resource_type, members[member])
        for member, resource_type in NAMES.items()
        if member in members
    ][:1]


def _app(members: Members, plans: TrainingPlanRegistry) -> str:
    """The ARN of an app, which has the name of a user profile or a space in it.

    source: documented
    """
    owner = members.get("UserProfileName", members.get("SpaceName", "*"))
    app_type = members["AppType"].lower()
    return plans.arn("app", f"{members['DomainId']}/{owner}/{app_type}/{members['AppName']}")


def _cluster(operation: str, name_or_arn: str, backend: SageMakerBackend) -> str:
    """The ARN of a cluster, which has an id in it; any cluster's while there is none.

    source: choice
    """
    if operation != "CreateCluster":
        with suppress(ServiceError):
            return backend.cluster_registry.cluster(name_or_arn).arn
        if name_or_arn.startswith("arn:"):
            return name_or_arn
    return backend.plans.arn("cluster", "*")


def _capacity(arns: Iterable[str], plans: TrainingPlanRegistry) -> Iterable[str]:
    """Plans, and the reserved capacities of those that there are. source: documented"""
    for arn in dict.fromkeys(arns):
        yield arn
        plan = plans.find(arn)
        if plan is not None:
            yield from (each.arn for each in plan.reserved_capacities)


def _plans_used(members: Members) -> Iterable[str]:
    """The plans on which a job, or groups of a cluster, are to run.

    Apps and endpoints are not checked against theirs. source: documented
    """
    resources = members.get("ResourceConfig", {})
    groups = (*members.get("InstanceGroups", []), *members.get("RestrictedInstanceGroups", []))
    for user in (resources, *groups):
        if "TrainingPlanArn" in user:
            yield user["TrainingPlanArn"]
    for preference in resources.get("InstancePreferences", []):
        yield from preference.get("TrainingPlanArns", [])
