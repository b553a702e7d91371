"""Every change of state of a simulation, in the order in which they happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Change:
    """One change of state.

    `time` is aware and in UTC; `resource` is an ARN or a node id, a plan's ARN for its
    invoice and payment; `before` and `after` are status names, `before` None at creation.
    """

    time: datetime
    resource: str
    before: str | None
    after: str
    reason: str


Row = tuple[datetime, str, str | None, str, str]


class History:
    """The log of all changes, and of each resource's own."""

    def __init__(self) -> None:
        # As tuples: most changes are never looked at, and a Change takes longer to make.
        self._all: list[Row] = []
        self._of_resource: defaultdict[str, list[Row]] = defaultdict(list)

    def record(
        self, time: datetime, resource: str, before: str | None, after: str, reason: str
    ) -> None:
        """Add a change."""
        row = (time, resource, before, after, reason)
        self._all.append(row)
        self._of_resource[resource].append(row)

    def rows(self, resource: str) -> Sequence[Row]:
        """One resource's changes as they are kept, not copied; none for an unknown one."""
        return self._of_resource.get(resource, ())

    def resources(self) -> Iterable[str]:
        """Every resource that has changed, in the order of their first changes."""
        return self._of_resource

    def changes(self, resource: str | None = None, last: int | None = None) -> list[Change]:
        """All changes so far, or one resource's; empty for a resource that has none.

        Where a number is given, the last ones alone.
        """
        rows = self._all if resource is None else self._of_resource.get(resource, ())
        return [Change(*row) for row in (rows if last is None else rows[-last:])]
