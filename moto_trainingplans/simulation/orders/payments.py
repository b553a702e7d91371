"""When the payment of a purchase is due, and whether it succeeds."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import timedelta

from ..kernel.pacing import Pace, Pacing
from .order_book import Order

MODEL_NAME = "sagemaker::training_plan"  # the state manager's name for what is paid for
PAYMENT_DEADLINE = timedelta(minutes=5)  # before what is paid for starts. source: documented
DECLINED = "Payment failed, training plan cannot be scheduled."


@dataclass(frozen=True)
class Payment:
    """How one payment will go: how long it takes from the purchase, and why it fails if it does.

    `failure` None succeeds.
    """

    pace: Pace
    failure: str | None


class Payments:
    """Decides how the payments of coming purchases go.

    A delay set by the control object wins over the state manager's pace.
    """

    def __init__(self, pacing: Pacing) -> None:
        self._pacing = pacing
        self._delay: timedelta | None = None
        # What fails, and how many times more: never a list as long as a caller may ask for.
        self._failures: deque[tuple[str, int, Order | None]] = deque()

    def delay(self, delay: timedelta) -> None:
        """Have payments of coming purchases take so long."""
        self._delay = delay

    def fail_next(self, times: int, message: str | None, order: Order | None = None) -> None:
        """Have the next payments fail when they are due."""
        self._failures.append((DECLINED if message is None else message, times, order))

    def next(self) -> Payment:
        """The payment of a purchase that is made now."""
        pace = self._pacing.of(MODEL_NAME) if self._delay is None else Pace(self._delay)
        return Payment(pace, self._next_failure())

    def _next_failure(self) -> str | None:
        if not self._failures:
            return None
        message, times, order = self._failures.popleft()
        if times > 1:
            self._failures.appendleft((message, times - 1, order))
        if order is not None:
            order.met = True
        return message
