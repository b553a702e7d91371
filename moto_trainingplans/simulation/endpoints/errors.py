"""What requests on endpoints can be refused for."""

from __future__ import annotations

from datetime import timedelta

from ..kernel.errors import ServiceError


class TooFewReserved(ServiceError):
    """More instances for the variants of an endpoint than their plan has."""

    count: int
    reserved: int


class InsufficientCapacity(Exception):
    """More instances for the variants of an endpoint than others have left of their plan.

    No refusal: an endpoint that is created so fails, and one that is updated stays as it was,
    unless it has them within `patience`.
    """

    def __init__(self, plan: str, count: int, available: int, patience: timedelta) -> None:
        self.patience = patience
        super().__init__(
            # source: choice
            f"Insufficient capacity: {count} instances were requested of training plan {plan}, "
            f"of which {available} are available."
        )


class SeveralPlans(ServiceError):
    """Variants of one endpoint on different plans."""

    plan: str
    other: str


class EndpointInProgress(ServiceError):
    """A change of an endpoint that is being created or changed."""

    arn: str


class EndpointHasFailed(ServiceError):
    """A change of an endpoint that has failed."""

    arn: str


class ReservationWithoutType(ServiceError):
    """A production variant on a plan that names no instance type."""

    variant: str


class EndpointConfigExists(ServiceError):
    """The name of an endpoint configuration that there is, where either is on a plan."""

    arn: str


class EndpointExists(ServiceError):
    """The name of an endpoint that there is, where either is on a plan."""

    arn: str


class UnknownEndpoint(ServiceError):
    """A name of no endpoint of this account and Region."""

    arn: str


class VariantNamedTwice(ServiceError):
    """The same production variant twice in one request."""

    variant: str


class UnknownVariant(ServiceError):
    """A name of no production variant of the endpoint."""

    variant: str
    config: str


class OnlyServerless(ServiceError):
    """Serverless settings for a variant that has instances."""

    variant: str
