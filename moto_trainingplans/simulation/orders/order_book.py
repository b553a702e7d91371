"""What a test has ordered to happen, and whether it has happened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

_FEWEST_BEFORE_CLEARING = 64


@dataclass(eq=False)
class Order:
    """One order.

    `call` is how it was written, `ordered_at` where, as "tests/test_launch.py:12", None if
    nobody knows; `awaits` says what it takes for it to be met. One that `is_setting` was made
    for whoever may meet it, and nobody waits for that.
    """

    call: str
    ordered_at: str | None = None
    awaits: str = ""
    job: str | None = None
    met: bool = False
    is_setting: bool = False


class OrderBook:
    """The orders of a simulation. One that has been met at least once is let go."""

    def __init__(self) -> None:
        self._orders: list[Order] = []
        self._clear_at = _FEWEST_BEFORE_CLEARING

    def place(self, order: Order, awaits: str, job: str | None = None) -> Order:
        """Enter an order. One with `job` is met as soon as there is a job of that name or ARN.

        `job` may be a glob.
        """
        order.awaits, order.job = awaits, job
        if order.is_setting:
            return order
        if len(self._orders) >= self._clear_at:
            self._orders = [each for each in self._orders if not each.met]
            self._clear_at = max(_FEWEST_BEFORE_CLEARING, 2 * len(self._orders))
        self._orders.append(order)
        return order

    def unmet(self, jobs: Iterable[str]) -> list[Order]:
        """The orders that have not been met, when `jobs` are the ARNs of all jobs there were."""
        found = list(jobs)
        return [
            order
            for order in self._orders
            if not order.met and not (order.job is not None and _is_among(order.job, found))
        ]


def _is_among(job: str, arns: Iterable[str]) -> bool:
    return any(fnmatchcase(name_of(arn), job) or fnmatchcase(arn, job) for arn in arns)


def name_of(arn: str) -> str:
    """The name at the end of an ARN."""
    return arn.rpartition("/")[2]
