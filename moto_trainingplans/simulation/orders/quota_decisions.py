"""How requests to increase a quota go, and how fast."""

from __future__ import annotations

from ..kernel.pacing import Pace, Pacing

MODEL_NAME = "servicequotas::quota_increase_request"  # the state manager's name. source: choice


class QuotaDecisions:
    """Decides how coming requests go: approved unless denied, at the state manager's pace."""

    def __init__(self, pacing: Pacing) -> None:
        self._pacing = pacing
        self._denials = 0

    def deny_next(self, times: int) -> None:
        """Have the next requests denied."""
        self._denials += times

    def next_is_denied(self) -> bool:
        """Whether the request that is made now will be denied."""
        denied = self._denials > 0
        self._denials -= denied
        return denied

    def pace(self) -> Pace:
        """How long a request stays in each status."""
        return self._pacing.of(MODEL_NAME)
