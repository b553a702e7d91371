"""What can go wrong in the simulation, one class for one mistake.

`TrainingPlansError` tells a test's author that the control object was misused.
The subclasses of `ServiceError` are refusals that AWS itself would answer; their AWS
codes and texts are in `moto_trainingplans.sagemaker.exceptions`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


class TrainingPlansError(ValueError):
    """The control object was asked for something impossible; the text says what is allowed."""


class ServiceError(Exception):
    """A request that AWS would refuse. Nothing has been changed."""


@dataclass(eq=False)
class MissingMember(ServiceError):
    """A search without a member that this kind of search needs."""

    member: str


@dataclass(eq=False)
class NotOneTarget(ServiceError):
    """A search for several targets at once."""

    count: int


@dataclass(eq=False)
class DurationTooLong(ServiceError):
    """More days than a plan can have."""

    hours: int
    days_allowed: int


@dataclass(eq=False)
class WindowTooShort(ServiceError):
    """EndTimeBefore less than a day after StartTimeAfter."""

    start_after: datetime
    end_before: datetime


@dataclass(eq=False)
class InvalidInstanceCount(ServiceError):
    """A count of instances in which plans are not sold."""

    count: int
    instance_type: str


@dataclass(eq=False)
class TypeNotSold(ServiceError):
    """A type that the Region does not sell for the target."""

    compute_type: str
    target: str


@dataclass(eq=False)
class UnknownUltraServerType(ServiceError):
    """An UltraServer type that AWS does not have."""

    ultra_server_type: str


@dataclass(eq=False)
class SoldOnlyInUltraServers(ServiceError):
    """An instance type that is only sold as part of a whole UltraServer."""

    instance_type: str
    ultra_server_types: str


@dataclass(eq=False)
class ConflictingTypes(ServiceError):
    """An InstanceType beside an UltraServerType that is not made of it."""

    instance_type: str
    ultra_server_type: str


@dataclass(eq=False)
class UltraServerCountWithoutType(ServiceError):
    """UltraServerCount without UltraServerType."""

    count: int


@dataclass(eq=False)
class TooManyInstances(ServiceError):
    """More instances in UltraServers than one plan can have."""

    ultra_server_count: int
    ultra_server_type: str
    instances: int
    instances_allowed: int


@dataclass(eq=False)
class InstanceCountMismatch(ServiceError):
    """An InstanceCount that is not what the UltraServers hold."""

    count: int
    ultra_server_count: int
    ultra_server_type: str
    instances: int


@dataclass(eq=False)
class UnknownOffering(ServiceError):
    """An offering id that no search of this account and Region gave, or one already begun."""

    offering_id: str


@dataclass(eq=False)
class UnknownTrainingPlan(ServiceError):
    """A name or ARN of no plan of this account and Region."""

    plan: str


@dataclass(eq=False)
class UnknownReservedCapacity(ServiceError):
    """An ARN of no reserved capacity of this account and Region."""

    arn: str


@dataclass(eq=False)
class NotUltraServers(ServiceError):
    """UltraServers of a reserved capacity that is made of single instances."""

    arn: str


@dataclass(eq=False)
class NoPlanToExtend(ServiceError):
    """A search for extensions of no plan of this account and Region."""

    arn: str


@dataclass(eq=False)
class ExtensionTooLong(ServiceError):
    """More days than one extension can have."""

    hours: int
    days_allowed: int


@dataclass(eq=False)
class NotAsThePlan(ServiceError):
    """A search for extensions that asks for something else than the plan consists of."""

    member: str
    given: str
    arn: str
    expected: str


@dataclass(eq=False)
class UnknownExtensionOffering(ServiceError):
    """An extension that no search gave, that was bought, or that no longer fits its plan."""

    offering_id: str


class NotExtendable(ServiceError):
    """A plan that cannot be extended now."""


@dataclass(eq=False)
class NotOpenForExtension(NotExtendable):
    """A plan that is neither Scheduled nor Active."""

    arn: str
    status: str


@dataclass(eq=False)
class ExtensionAwaitsPayment(NotExtendable):
    """A plan with an extension that is not paid yet."""

    arn: str


@dataclass(eq=False)
class ExtensionOutOfTime(NotExtendable):
    """A plan that expires too soon to be extended, or too late."""

    arn: str
    end: datetime
    hours_least: int
    days_most: int


@dataclass(eq=False)
class TrainingPlanNameTaken(ServiceError):
    """A name that a plan of the account and Region has, or once had."""

    name: str


@dataclass(eq=False)
class TooManySpares(ServiceError):
    """More spares than one UltraServer has instances."""

    spares: int
    instances: int
    ultra_server_type: str


@dataclass(eq=False)
class TooManyTags(ServiceError):
    """More tags than a resource can carry."""

    arn: str
    tags_allowed: int


@dataclass(eq=False)
class DuplicateTagKeys(ServiceError):
    """The same tag key twice in one request."""

    key: str


@dataclass(eq=False)
class QuotaExceeded(ServiceError):
    """A purchase past a service quota. `unit` is what the quota counts."""

    quota_name: str
    limit: int
    used: int
    requested: int
    unit: str


@dataclass(eq=False)
class ReservedCapacityQuotaTooSmall(ServiceError):
    """A search for more instances than the account may still reserve."""

    instance_type: str
    limit: int
    used: int
    requested: int


@dataclass(eq=False)
class NoSuchQuota(ServiceError):
    """A code of no quota."""

    code: str


@dataclass(eq=False)
class NoSuchQuotaRequest(ServiceError):
    """An id of no request of this account and Region to increase a quota."""

    request_id: str


@dataclass(eq=False)
class NoSuchReport(ServiceError):
    """An id of no report on the use of quotas of this account and Region."""

    report_id: str


@dataclass(eq=False)
class QuotaNotIncreased(ServiceError):
    """A request for a value that is not above the present one."""

    quota_name: str
    desired: int
    value: int


@dataclass(eq=False)
class QuotaNotWhole(ServiceError):
    """A request for a part of an instance or plan."""

    quota_name: str
    desired: float


@dataclass(eq=False)
class QuotaRequestOpen(ServiceError):
    """A request for a quota that another request is open for."""

    quota_name: str


@dataclass(eq=False)
class NotAResourceQuota(ServiceError):
    """One resource's share of a quota that is the whole account's."""

    code: str
    context_id: str


# -- workloads on a plan -----------------------------------------------------------------------


@dataclass(eq=False)
class PlanNotUsable(ServiceError):
    """A plan that no workload can use now."""

    plan: str
    status: str


@dataclass(eq=False)
class PlanHasOtherTarget(ServiceError):
    """A plan for another kind of workload."""

    plan: str
    target: str
    expected: str


@dataclass(eq=False)
class PlanHasOtherType(ServiceError):
    """A plan of another instance type."""

    plan: str
    instance_type: str
    requested: str


@dataclass(eq=False)
class PlanTooSmall(ServiceError):
    """A plan that will never have so many instances."""

    plan: str
    count: int
    total: int


@dataclass(eq=False)
class PlanIsPastItsCutOff(ServiceError):
    """A plan whose last instances have been taken away."""

    plan: str
    end: datetime
    minutes: int


@dataclass(eq=False)
class SubnetsMissZone(ServiceError):
    """Subnets none of which is in a zone that is needed."""

    plan: str
    zone: str
    subnets: str


# -- training jobs -----------------------------------------------------------------------------


@dataclass(eq=False)
class UnknownTrainingJob(ServiceError):
    """A name or ARN of no training job of this account and Region."""

    job: str


@dataclass(eq=False)
class TrainingJobNameTaken(ServiceError):
    """A name that another training job of the account and Region has."""

    name: str


@dataclass(eq=False)
class TrainingJobHasEnded(ServiceError):
    """A change to a training job of which nothing will come any more."""

    name: str
    status: str


@dataclass(eq=False)
class TrainingJobInUse(ServiceError):
    """A deletion of a training job that has not ended."""

    name: str
    status: str


@dataclass(eq=False)
class WarmPoolInUse(ServiceError):
    """A deletion of a training job whose warm pool is still available."""

    name: str


@dataclass(eq=False)
class NoWarmPool(ServiceError):
    """A new period for a warm pool that is not there."""

    name: str


@dataclass(eq=False)
class NoRemoteDebugging(ServiceError):
    """A change of remote debugging while there is nothing to debug."""

    name: str
    secondary_status: str


@dataclass(eq=False)
class MissingJobMember(ServiceError):
    """A job on a plan without a member that it needs."""

    member: str


@dataclass(eq=False)
class ConflictingMembers(ServiceError):
    """Two things in a request that exclude each other."""

    one: str
    other: str


@dataclass(eq=False)
class InvalidTrainingInstanceCount(ServiceError):
    """A job of no instances."""

    count: int


@dataclass(eq=False)
class DuplicatePreference(ServiceError):
    """The same instance type twice in InstancePreferences."""

    instance_type: str


@dataclass(eq=False)
class PreferenceCounts(ServiceError):
    """InstancePreferences in which a count is missing, or given twice."""


@dataclass(eq=False)
class InvalidPlacement(ServiceError):
    """An InstancePlacementConfig that the plan cannot satisfy."""

    problem: str


@dataclass(eq=False)
class NamedPlanNotFound(ServiceError):
    """A variant or an app on no plan of this account and Region."""

    plan: str


@dataclass(eq=False)
class PlanNotActive(ServiceError):
    """An endpoint or an app on a plan that does not run."""

    plan: str
    status: str


@dataclass(eq=False)
class TooFewReserved(ServiceError):
    """More instances for the variants of an endpoint than their plan has."""

    count: int
    reserved: int


@dataclass(eq=False)
class TooFewAvailable(ServiceError):
    """More instances for the variants of an endpoint than their plan has left now."""

    count: int
    available: int


@dataclass(eq=False)
class ReservationWithoutType(ServiceError):
    """A production variant on a plan that names no instance type."""

    variant: str


@dataclass(eq=False)
class EndpointConfigExists(ServiceError):
    """The name of an endpoint configuration that there is, where either is on a plan."""

    arn: str


@dataclass(eq=False)
class EndpointExists(ServiceError):
    """The name of an endpoint that there is, where either is on a plan."""

    arn: str


@dataclass(eq=False)
class UnknownEndpoint(ServiceError):
    """A name of no endpoint of this account and Region."""

    arn: str


@dataclass(eq=False)
class VariantNamedTwice(ServiceError):
    """The same production variant twice in one request."""

    variant: str


@dataclass(eq=False)
class UnknownVariant(ServiceError):
    """A name of no production variant of the endpoint."""

    variant: str
    config: str


@dataclass(eq=False)
class OnlyServerless(ServiceError):
    """Serverless settings for a variant that has instances."""

    variant: str


@dataclass(eq=False)
class NoFreeInstance(ServiceError):
    """A Studio app on a plan whose instances all are in use, broken or in a zone that is down."""

    plan: str


@dataclass(eq=False)
class AppWithoutType(ServiceError):
    """A Studio app on a plan that names no instance type."""


@dataclass(eq=False)
class AppTypeWithoutPlans(ServiceError):
    """A Studio app on a plan, of a type that cannot be on one."""

    app_type: str


@dataclass(eq=False)
class NotOneOwner(ServiceError):
    """A Studio app of neither a user profile nor a space, or of both."""


@dataclass(eq=False)
class UnknownApp(ServiceError):
    """No Studio app of this account and Region."""

    app: str


@dataclass(eq=False)
class AppExists(ServiceError):
    """A Studio app that there is already."""

    app: str


@dataclass(eq=False)
class AppIsDeleted(ServiceError):
    """A Studio app that has been deleted already, and is only remembered."""

    app: str
