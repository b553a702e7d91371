"""Orders that never came about: what `strict` looks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class UnusedOrder:
    """One of them: how it was written, where (None if nobody knows), and what it awaited."""

    call: str
    ordered_at: str | None
    awaits: str

    def __str__(self) -> str:
        where = f"{self.ordered_at}: " if self.ordered_at else ""
        return f"{where}{self.call} awaited {self.awaits}"


class UnusedOrders(AssertionError):
    """A test ordered what never happened, so that it may have passed for the wrong reason.

    `orders` are those that were not met even once. Raised at the end of a mock that is
    `strict` and has no error of its own.
    """

    def __init__(self, orders: Sequence[UnusedOrder], happened: Sequence[str]) -> None:
        self.orders: tuple[UnusedOrder, ...] = tuple(orders)
        self.happened: tuple[str, ...] = tuple(happened)
        super().__init__(str(self))

    def __str__(self) -> str:
        lines = [
            "never happened, though it was ordered (strict=False allows that):",
            *(f"  {order}" for order in self.orders),
            *self.happened,
        ]
        return "\n".join(lines)


def unused_orders(told: Mapping[str, Any]) -> UnusedOrders | None:
    """The error for what the call "mock/unmet_orders" tells; None where there is nothing."""
    if not told["orders"]:
        return None
    orders = [UnusedOrder(**order) for order in told["orders"]]
    return UnusedOrders(orders, told["happened"])
