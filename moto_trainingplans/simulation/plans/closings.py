"""When the blocks of a plan were closed to all workloads, and why: what reports are made from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from .listeners import Closing
from .reserved_capacity import ReservedCapacity


class Closings:
    """The closings and openings of a plan's blocks so far; listens to the plan."""

    __slots__ = ("_now", "_of_block")

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._of_block: dict[str, list[tuple[datetime, Closing | None]]] = {}

    def of(self, reserved: ReservedCapacity) -> Sequence[tuple[datetime, Closing | None]]:
        """When a block was closed, and why; None when it was opened (again)."""
        return self._of_block.get(reserved.arn, ())

    def block_opened(self, reserved: ReservedCapacity) -> None:
        """A block can be used, unless its zone is down at its start."""
        closing = None if reserved.is_open(self._now()) else Closing.ZONE_DOWN
        self._note(reserved, closing)

    def block_closed(self, reserved: ReservedCapacity, closing: Closing) -> None:
        """A block can be used no longer."""
        self._note(reserved, closing)

    def _note(self, reserved: ReservedCapacity, closing: Closing | None) -> None:
        self._of_block.setdefault(reserved.arn, []).append((self._now(), closing))

    def block_ended(self, reserved: ReservedCapacity) -> None:
        """Nothing is left to note: the block has been closed."""

    def instances_broken(self, reserved: ReservedCapacity, numbers: Sequence[int]) -> None:
        """Nothing is to be noted: the block's instances note it."""

    def instances_repaired(self, reserved: ReservedCapacity) -> None:
        """Nothing is to be noted: the block's instances note it."""
