"""How requests to increase a quota go, and how fast."""

from __future__ import annotations

from collections import deque

from ..kernel.pacing import Pace, Pacing
from .order_book import Order

MODEL_NAME = "servicequotas::quota_increase_request"  # the state manager's name. source: choice


class QuotaDecisions:
    """Decides how coming requests go: approved unless denied, at the state manager's pace."""

    def __init__(self, pacing: Pacing) -> None:
        self._pacing = pacing
        self._denials: deque[tuple[int, Order | None]] = deque()

    def deny_next(self, times: int, order: Order | None = None) -> None:
        """Have the next requests denied."""
        self._denials.append((times, order))

    def next_is_denied(self) -> bool:
        """Whether the request that is made now will be denied."""
        if not self._denials:
            return False
        times, order = self._denials.popleft()
        if times > 1:
            self._denials.appendleft((times - 1, order))
        if order is not None:
            order.met = True
        return True

    def pace(self) -> Pace:
        """How long a request stays in each status."""
        return self._pacing.of(MODEL_NAME)
