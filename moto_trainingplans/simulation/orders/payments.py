"""When the payment of a purchase is due, and whether it succeeds."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

MODEL_NAME = "sagemaker::training_plan"  # the state manager's name for what is paid for
PAYMENT_DEADLINE = timedelta(minutes=5)  # before what is paid for starts. source: documented
DECLINED = "Payment failed, training plan cannot be scheduled."


@dataclass(frozen=True)
class Payment:
    """How one payment will go.

    It is due `delay` after the purchase, or, where that is None, once the plan has been
    described `describes` times. `failure` is the message of one that fails.
    """

    delay: timedelta | None
    describes: int
    failure: str | None


@dataclass
class PaidByDescribing:
    """A payment that goes through once the plan has been described so many times more."""

    remaining: int
    settle: Callable[[], None]


class Payments:
    """Decides how the payments of coming purchases go.

    `transition` gives the state manager's setting for a model, as `{"progression": "time",
    "seconds": 30}`; a delay set by the control object wins over it.
    """

    def __init__(self, transition: Callable[[str], Mapping[str, Any]]) -> None:
        self._transition = transition
        self._delay: timedelta | None = None
        # What fails, and how many times more: never a list as long as a caller may ask for.
        self._failures: deque[tuple[str, int]] = deque()

    def delay(self, delay: timedelta) -> None:
        """Have payments of coming purchases take so long."""
        self._delay = delay

    def fail_next(self, times: int, message: str | None) -> None:
        """Have the next payments fail when they are due."""
        self._failures.append((DECLINED if message is None else message, times))

    def next(self) -> Payment:
        """The payment of a purchase that is made now."""
        failure = self._next_failure()
        if self._delay is not None:
            return Payment(self._delay, 0, failure)
        setting = self._transition(MODEL_NAME)
        if setting["progression"] == "manual":
            return Payment(None, int(setting["times"]), failure)
        seconds = setting["seconds"] if setting["progression"] == "time" else 0
        return Payment(timedelta(seconds=seconds), 0, failure)

    def _next_failure(self) -> str | None:
        if not self._failures:
            return None
        message, times = self._failures.popleft()
        if times > 1:
            self._failures.appendleft((message, times - 1))
        return message
