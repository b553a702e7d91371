"""Every change of state of a simulation, in the order in which they happened."""

from __future__ import annotations

from collections import defaultdict
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


class History:
    """The log of all changes, and of each resource's own."""

    def __init__(self) -> None:
        self._all: list[Change] = []
        self._of_resource: defaultdict[str, list[Change]] = defaultdict(list)

    def record(
        self, time: datetime, resource: str, before: str | None, after: str, reason: str
    ) -> None:
        """Add a change."""
        change = Change(time, resource, before, after, reason)
        self._all.append(change)
        self._of_resource[resource].append(change)

    def changes(self, resource: str | None = None) -> list[Change]:
        """All changes so far, or one resource's; empty for a resource that has none."""
        if resource is None:
            return list(self._all)
        return list(self._of_resource.get(resource, ()))
