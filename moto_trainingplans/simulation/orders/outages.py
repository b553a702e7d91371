"""Zones that are down."""

from __future__ import annotations

from collections import Counter


class Outages:
    """The zones that are down; one can be down for several reasons at once."""

    def __init__(self) -> None:
        self._down: Counter[str] = Counter()

    def is_down(self, zone: str) -> bool:
        """Whether a zone is down now."""
        return self._down[zone] > 0

    def begin(self, zone: str) -> bool:
        """One more reason for a zone to be down; True if it has just gone down."""
        self._down[zone] += 1
        return self._down[zone] == 1

    def end(self, zone: str) -> bool:
        """One reason less; True if the zone has just come back."""
        self._down[zone] -= 1
        return self._down[zone] == 0
