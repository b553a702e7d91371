"""How a plan tells those who work on its capacity what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Protocol

from .reserved_capacity import ReservedCapacity


class Closing(str, Enum):
    """Why a block's instances were taken away."""

    CUT_OFF = "cut-off"
    ZONE_DOWN = "zone down"


class PlanListener(Protocol):
    """Somebody who takes a plan's instances; the listeners of a plan are told in their order.

    Whoever holds instances lets go of them when it is told that they are gone. Statuses have
    changed already when the listeners are told.
    """

    def block_opened(self, reserved: ReservedCapacity) -> None:
        """A block has started, or its zone is back: instances can be taken if it is open.

        One that starts while its zone is down is not.
        """

    def block_closed(self, reserved: ReservedCapacity, closing: Closing) -> None:
        """No instance of a block can be held any longer."""

    def block_ended(self, reserved: ReservedCapacity) -> None:
        """A block is over; the plan may be between blocks now, or over itself."""

    def instances_broken(self, reserved: ReservedCapacity, numbers: Sequence[int]) -> None:
        """Instances of a block have broken, whoever held them."""

    def instances_repaired(self, reserved: ReservedCapacity) -> None:
        """Instances of a block can be taken again."""
