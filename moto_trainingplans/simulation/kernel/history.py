"""Every change of state of a simulation, in the order in which they happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice


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
        # Of the first `_indexed` of them, since not all simulations are asked for one resource's.
        self._of_resource: defaultdict[str, list[Row]] = defaultdict(list)
        self._indexed = 0
        #: Adds a change, which is the most frequent thing that a simulation does.
        self.add: Callable[[Row], None] = self._all.append

    def __len__(self) -> int:
        return len(self._all)

    def all_rows(self) -> Sequence[Row]:
        """All changes as they are kept, not copied."""
        return self._all

    def rows(self, resource: str) -> Sequence[Row]:
        """One resource's changes as they are kept, not copied; none for an unknown one."""
        return self._index().get(resource, ())

    def resources(self) -> Iterable[str]:
        """Every resource that has changed, in the order of their first changes."""
        return self._index()

    def _index(self) -> Mapping[str, list[Row]]:
        """The changes of each resource, all those that there are now."""
        for row in islice(self._all, self._indexed, None):
            self._of_resource[row[1]].append(row)
        self._indexed = len(self._all)
        return self._of_resource

    def changes(self, resource: str | None = None, last: int | None = None) -> list[Change]:
        """All changes so far, or one resource's; empty for a resource that has none.

        Where a number is given, the last ones alone.
        """
        rows = self._all if resource is None else self.rows(resource)
        return [Change(*row) for row in (rows if last is None else rows[-last:])]
