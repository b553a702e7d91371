"""Zones that are down."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class Outage:
    """A time in which a zone was down; `end` None is one that it still is in."""

    start: datetime
    end: datetime | None = None


class Outages:
    """The zones that are down; one can be down for several reasons at once."""

    def __init__(self) -> None:
        self._down: Counter[str] = Counter()
        self._so_far: defaultdict[str, list[Outage]] = defaultdict(list)

    @property
    def so_far(self) -> Mapping[str, Sequence[Outage]]:
        """The outages of each zone that has had any, in the order of time."""
        return self._so_far

    def is_down(self, zone: str) -> bool:
        """Whether a zone is down now."""
        return self._down[zone] > 0

    def begin(self, zone: str, now: datetime) -> bool:
        """One more reason for a zone to be down; True if it has just gone down."""
        self._down[zone] += 1
        if self._down[zone] > 1:
            return False
        self._so_far[zone].append(Outage(now))
        return True

    def end(self, zone: str, now: datetime) -> bool:
        """One reason less; True if the zone has just come back."""
        self._down[zone] -= 1
        if self._down[zone]:
            return False
        self._so_far[zone][-1].end = now
        return True
