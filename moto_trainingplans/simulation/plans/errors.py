"""What purchases and uses of plans, and extensions of them, can be refused for."""

from __future__ import annotations

from datetime import datetime

from ..kernel.errors import ServiceError


class UnknownOffering(ServiceError):
    """An offering id that no search of this account and Region gave, or one already begun."""

    offering_id: str


class UnknownTrainingPlan(ServiceError):
    """A name or ARN of no plan of this account and Region."""

    plan: str


class UnknownReservedCapacity(ServiceError):
    """An ARN of no reserved capacity of this account and Region."""

    arn: str


class NoPlanToExtend(ServiceError):
    """A search for extensions of no plan of this account and Region."""

    arn: str


class ExtensionTooLong(ServiceError):
    """More days than one extension can have."""

    hours: int
    days_allowed: int


class NotAsThePlan(ServiceError):
    """A search for extensions that asks for something else than the plan consists of."""

    member: str
    given: str
    arn: str
    expected: str


class UnknownExtensionOffering(ServiceError):
    """An extension that no search gave, that was bought, or that no longer fits its plan."""

    offering_id: str


class NotExtendable(ServiceError):
    """A plan that cannot be extended now."""


class NotOpenForExtension(NotExtendable):
    """A plan that is neither Scheduled nor Active."""

    arn: str
    status: str


class ExtensionAwaitsPayment(NotExtendable):
    """A plan with an extension that is not paid yet."""

    arn: str


class ExtensionOutOfTime(NotExtendable):
    """A plan that expires too soon to be extended, or too late."""

    arn: str
    end: datetime
    hours_least: int
    days_most: int


class TrainingPlanNameTaken(ServiceError):
    """A name that a plan of the account and Region has, or once had."""

    name: str


class TooManySpares(ServiceError):
    """More spares than one UltraServer has instances."""

    spares: int
    instances: int
    ultra_server_type: str


class PlanNotUsable(ServiceError):
    """A plan that no workload can use now."""

    plan: str
    status: str


class PlanHasOtherTarget(ServiceError):
    """A plan for another kind of workload."""

    plan: str
    target: str
    expected: str


class PlanHasOtherType(ServiceError):
    """A plan of another instance type."""

    plan: str
    instance_type: str
    requested: str


class PlanTooSmall(ServiceError):
    """A plan that will never have so many instances."""

    plan: str
    count: int
    total: int


class PlanIsPastItsCutOff(ServiceError):
    """A plan whose last instances have been taken away."""

    plan: str
    end: datetime
    minutes: int


class SubnetsMissZone(ServiceError):
    """Subnets none of which is in a zone that is needed."""

    plan: str
    zone: str
    subnets: str


class NamedPlanNotFound(ServiceError):
    """A variant or an app on no plan of this account and Region."""

    plan: str


class PlanNotActive(ServiceError):
    """An endpoint or an app on a plan that does not run."""

    plan: str
    status: str
