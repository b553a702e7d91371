"""Calls that a test has ordered to fail."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass

from .order_book import Order


@dataclass(frozen=True)
class CallFault:
    """How a call fails: the code and message of its error."""

    code: str
    message: str


THROTTLED = CallFault("ThrottlingException", "Rate exceeded")  # source: documented


# How many times more it will be met, and the order that it comes from.
Waiting = tuple[CallFault, int, Order | None]


class CallFaults:
    """The faults that wait for the next calls of each operation."""

    def __init__(self) -> None:
        # Each with how many times more: never a list as long as a caller may ask for.
        self._waiting: defaultdict[str, deque[Waiting]] = defaultdict(deque)

    def add(self, operation: str, fault: CallFault, times: int, order: Order | None = None) -> None:
        """Have the next calls of an operation fail, after those that already will."""
        self._waiting[operation].append((fault, times, order))

    def next(self, operation: str) -> CallFault | None:
        """How a call that is made now fails, None if it does not."""
        waiting = self._waiting.get(operation)
        if not waiting:
            return None
        fault, times, order = waiting.popleft()
        if times > 1:
            waiting.appendleft((fault, times - 1, order))
        if order is not None:
            order.met = True
        return fault
