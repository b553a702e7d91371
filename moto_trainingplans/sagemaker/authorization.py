"""Who may do what: the permissions that a request needs, and whether its caller has them.

Only looked at where moto's own authorization is switched on. moto finds out who calls and
checks the signature; which policies they have is its answer too, what these say is ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from moto.iam.access_control import IAMRequest
from werkzeug.exceptions import HTTPException

from ..aws_json.errors import WireError
from ..aws_json.iam import Decision, Permission, decide, statements_of
from ..simulation.kernel.errors import ServiceError
from ..simulation.plans.registry import TrainingPlanRegistry
from .models import SageMakerBackend

Members = Mapping[str, Any]
Needs = Callable[[], Iterable[Permission]]

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


def authorize(response: Any, needs: Needs) -> None:
    """Have moto authenticate the caller of a response of its, if it is told to, then authorize.

    `needs` is only asked for once the caller is known. Raises WireError for callers who may not.
    """
    try:
        response._authenticate_and_authorize_action(partial(AuthorizedRequest, needs))
    except HTTPException as denied:
        # moto answers in XML what a JSON service must answer in JSON.
        raise WireError(denied.error_type, denied.message) from None  # type: ignore[attr-defined]


class AuthorizedRequest(IAMRequest):
    """A request whose caller moto knows, and which needs several permissions at once."""

    def __init__(self, needs: Needs, **request: Any) -> None:
        if "Authorization" not in request["headers"]:
            raise WireError("MissingAuthenticationTokenException", "Missing Authentication Token")
        self._needs = needs
        super().__init__(**request)

    def check_signature(self) -> None:
        """Whether the caller has the secret key."""
        try:
            super().check_signature()
        except KeyError as missing:
            raise WireError(
                "IncompleteSignatureException", f"The request must be signed with {missing}."
            ) from None

    def check_action_permitted(self, resource: str) -> None:  # noqa: ARG002
        """Whether the caller's policies give every permission that is needed."""
        statements = list(statements_of(self._access_key.collect_policies()))
        caller = {
            "aws:principalarn": [self._access_key.arn],
            "aws:principalaccount": [self.account_id],
            "aws:requestedregion": [self._region],
        }
        for permission in self._needs():
            keys = {**caller, **permission.keys}
            decision = decide(statements, Permission(permission.action, permission.resource, keys))
            if decision is not Decision.ALLOWED:
                raise _denial(self._access_key.arn, permission, decision)


def _denial(caller: str, permission: Permission, decision: Decision) -> WireError:
    because = (
        "with an explicit deny in an identity-based policy"
        if decision is Decision.DENIED
        else f"because no identity-based policy allows the {permission.action} action"
    )
    return WireError(
        "AccessDeniedException",
        f"User: {caller} is not authorized to perform: {permission.action} "
        f"on resource: {permission.resource} {because}",
    )


# -- what a request needs ----------------------------------------------------------------------


def permissions(
    operation: str, members: Members, backend: SageMakerBackend
) -> Iterable[Permission]:
    """The permissions that a request to SageMaker needs."""
    if operation == "CreateTrainingPlan":
        yield from _to_buy(members, backend.plans)
        return
    keys = _request_tags(members)
    for resource in _resources(operation, members, backend):
        tagged = _tags("resource", backend.tags_of(resource))
        yield Permission(f"sagemaker:{operation}", resource, {**keys, **tagged})


def _to_buy(members: Members, plans: TrainingPlanRegistry) -> Iterable[Permission]:
    """A plan and its reserved capacities are created, and tagged by that. source: documented"""
    keys = _request_tags(members)
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
    """The plans on which a job, an app, or groups of a cluster, are to run."""
    resources = members.get("ResourceConfig", {})
    spec = members.get("ResourceSpec", {})
    groups = (*members.get("InstanceGroups", []), *members.get("RestrictedInstanceGroups", []))
    for user in (resources, spec, *groups):
        if user.get("TrainingPlanArn", "None") != "None":
            yield user["TrainingPlanArn"]
    for preference in resources.get("InstancePreferences", []):
        yield from preference.get("TrainingPlanArns", [])


def _request_tags(members: Members) -> dict[str, list[str]]:
    """The keys of a request that tags something."""
    tags = {tag["Key"]: tag["Value"] for tag in members.get("Tags", [])}
    names = [*tags, *members.get("TagKeys", [])]
    return {**_tags("request", tags), **({"aws:tagkeys": names} if names else {})}


def _tags(of: str, tags: Mapping[str, str]) -> dict[str, list[str]]:
    return {f"aws:{of}tag/{key}".lower(): [value] for key, value in tags.items()}
