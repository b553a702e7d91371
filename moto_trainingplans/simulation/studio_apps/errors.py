"""What requests on Studio apps can be refused for."""

from __future__ import annotations

from ..kernel.errors import ServiceError


class NoFreeInstance(ServiceError):
    """A Studio app on a plan whose instances all are in use, broken or in a zone that is down."""

    plan: str


class AppWithoutType(ServiceError):
    """A Studio app on a plan that names no instance type."""


class AppTypeWithoutPlans(ServiceError):
    """A Studio app on a plan, of a type that cannot be on one."""

    app_type: str


class NotOneOwner(ServiceError):
    """A Studio app of neither a user profile nor a space, or of both."""


class UnknownApp(ServiceError):
    """No Studio app of this account and Region."""

    app: str


class AppExists(ServiceError):
    """A Studio app that there is already."""

    app: str


class AppIsDeleted(ServiceError):
    """A Studio app that has been deleted already, and is only remembered."""

    app: str
