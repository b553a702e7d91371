"""What pytest shows of a misuse: the user's line, and nothing of this package below it."""

from __future__ import annotations

from typing import Any

from ..simulation.kernel.errors import TrainingPlansError
from .unused_orders import UnusedOrders


def hide_misuse(excinfo: Any) -> bool:
    """Whether a frame is to be hidden, for a module's `__tracebackhide__`.

    Only under errors that are the user's: our own mistakes are shown in full.
    """
    hidden: bool = excinfo is None or excinfo.errisinstance((TrainingPlansError, UnusedOrders))
    return hidden
