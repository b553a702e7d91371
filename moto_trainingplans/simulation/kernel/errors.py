"""What can go wrong in the simulation, one class for one mistake, in the `errors` of its room.

`TrainingPlansError` tells a test's author that the control object was misused. The
subclasses of `ServiceError` are refusals that AWS itself would answer; their AWS codes and
texts are in the faces' `refusals`.
"""

from __future__ import annotations

from inspect import get_annotations
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform
else:
    # For type checkers alone, and newer than the oldest Python.
    dataclass_transform = lambda **_: lambda cls: cls  # noqa: E731


LONGEST_SHOWN = 200  # of a value, in characters


class TrainingPlansError(ValueError):
    """The control object was asked for something impossible; the text says what is allowed."""


@dataclass_transform(eq_default=False)
class ServiceError(Exception):
    """A request that AWS would refuse. Nothing has been changed.

    What a subclass annotates are its facts: attributes, and arguments of its constructor in their
    order. It is no real dataclass, since more than a hundred of those would be a twentieth of a
    server's start.
    """

    _names: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        cls._names += tuple(get_annotations(cls))

    def __init__(self, *values: Any, **named: Any) -> None:
        facts = dict(zip(self._names, values, strict=False), **named)
        if len(facts) != len(values) + len(named) or facts.keys() != set(self._names):
            raise TypeError(f"{type(self).__name__} takes {', '.join(self._names) or 'nothing'}")
        vars(self).update(facts)

    @property
    def facts(self) -> dict[str, Any]:
        """What it tells, by name."""
        return {name: getattr(self, name) for name in self._names}


class TooManyTags(ServiceError):
    """More tags than a resource can carry."""

    arn: str
    tags_allowed: int


class ReservedTagKey(ServiceError):
    """A tag key that only AWS itself may give."""

    key: str


class DuplicateTagKeys(ServiceError):
    """The same tag key twice in one request."""

    key: str


class UnknownResource(ServiceError):
    """An ARN of nothing that can be tagged."""

    arn: str


def in_short(value: object) -> str:
    """A value as it is written in Python, or the beginning of that, for a message."""
    try:
        shown = repr(value)
    except Exception:  # whatever somebody else's class does, and a number of too many digits
        return f"<{type(value).__name__}>"
    return shown if len(shown) <= LONGEST_SHOWN else shown[:LONGEST_SHOWN] + "..."
