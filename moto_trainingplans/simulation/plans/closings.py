"""When the blocks of a plan were closed to all workloads, and why: what reports are made from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ..kernel.events import EventQueue
from .listeners import Closing
from .reserved_capacity import ReservedCapacity


class Closings:
    """The closings and openings of a plan's blocks so far; listens to the plan."""

    __slots__ = ("_events", "_noted")

    def __init__(self, events: EventQueue) -> None:
        self._events = events
        # Of most plans two, and there are very many plans: no list, whose ends are left free.
        self._noted: tuple[tuple[ReservedCapacity, datetime, Closing | None], ...] = ()

    def of(self, reserved: ReservedCapacity) -> Sequence[tuple[datetime, Closing | None]]:
        """When a block was closed, and why; None when it was opened (again)."""
        return [(time, closing) for block, time, closing in self._noted if block is reserved]

    def block_opened(self, reserved: ReservedCapacity) -> None:
        """A block can be used, unless its zone is down at its start."""
        closing = None if reserved.is_open(self._events.now) else Closing.ZONE_DOWN
        self._note(reserved, closing)

    def block_closed(self, reserved: ReservedCapacity, closing: Closing) -> None:
        """A block can be used no longer."""
        self._note(reserved, closing)

    def _note(self, reserved: ReservedCapacity, closing: Closing | None) -> None:
        self._noted = (*self._noted, (reserved, self._events.now, closing))

    def block_ended(self, reserved: ReservedCapacity) -> None:
        """Nothing is left to note: the block has been closed."""

    def instances_broken(self, reserved: ReservedCapacity, numbers: Sequence[int]) -> None:
        """Nothing is to be noted: the block's instances note it."""

    def instances_repaired(self, reserved: ReservedCapacity) -> None:
        """Nothing is to be noted: the block's instances note it."""
