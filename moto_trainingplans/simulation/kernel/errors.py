"""What can go wrong in the simulation, one class for one mistake, in the `errors` of its room.

`TrainingPlansError` tells a test's author that the control object was misused. The
subclasses of `ServiceError` are refusals that AWS itself would answer; their AWS codes and
texts are in the faces' `refusals`.
"""

from __future__ import annotations

from dataclasses import dataclass


class TrainingPlansError(ValueError):
    """The control object was asked for something impossible; the text says what is allowed."""


class ServiceError(Exception):
    """A request that AWS would refuse. Nothing has been changed."""


@dataclass(eq=False)
class TooManyTags(ServiceError):
    """More tags than a resource can carry."""

    arn: str
    tags_allowed: int


@dataclass(eq=False)
class ReservedTagKey(ServiceError):
    """A tag key that only AWS itself may give."""

    key: str


@dataclass(eq=False)
class DuplicateTagKeys(ServiceError):
    """The same tag key twice in one request."""

    key: str


@dataclass(eq=False)
class UnknownResource(ServiceError):
    """An ARN of nothing that can be tagged."""

    arn: str
