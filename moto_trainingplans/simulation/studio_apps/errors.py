"""What requests on Studio apps can be refused for."""

from __future__ import annotations

from dataclasses import dataclass

from ..kernel.errors import ServiceError


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
