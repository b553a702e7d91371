"""Who had how many instances of a block, from when until when: what reports are made from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Unused(str, Enum):
    """What instances are that no workload holds."""

    FREE = "free"
    SPARE = "spare"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, eq=False)
class Holder:
    """A workload, or the part of one, that holds instances.

    `kind` is training-job, instance-group, endpoint or app; `part` names an instance group or a
    variant. `tags` are the workload's own, as they are now. `keeps_work` False is a job whose
    work is lost with its instances.
    """

    kind: str
    resource: str
    name: str
    part: str
    tags: Mapping[str, str]
    keeps_work: bool = True


Use = Holder | Unused
# At a time, so many instances went from one use to another.
Row = tuple[datetime, Use, Use, int]


class UsageLog:
    """The uses of the instances of one block over time. Costs a row a change, and tells nobody.

    `initial` are the uses at the beginning, by the instances' numbers. What is changed and
    changed back at one instant leaves no row.
    """

    def __init__(self, now: Callable[[], datetime], initial: Sequence[Unused]) -> None:
        self._now = now
        self.initial = tuple(initial)
        self._uses: list[Use] = list(initial)
        self._rows: list[Row] = []
        # Of the present instant: how the instances that have changed were used before it.
        self._instant: datetime | None = None
        self._before: dict[int, Use] = {}

    def change(self, numbers: Iterable[int], use: Use) -> None:
        """Instances are used otherwise from now on."""
        now = self._now()
        if now != self._instant:
            self._settle()
            self._instant = now
        uses, before = self._uses, self._before
        for number in numbers:
            before.setdefault(number, uses[number])
            uses[number] = use

    def rows(self) -> Sequence[Row]:
        """The changes so far, in the order of time. What is still changing now is among them."""
        self._settle()
        return self._rows

    def _settle(self) -> None:
        """Put down what has become of the last instant at which something changed."""
        if self._instant is None or not self._before:
            return
        counts: dict[tuple[Use, Use], int] = {}
        for number, before in self._before.items():
            after = self._uses[number]
            if after is not before:
                counts[before, after] = counts.get((before, after), 0) + 1
        self._rows.extend(
            (self._instant, before, after, count) for (before, after), count in counts.items()
        )
        self._before.clear()
