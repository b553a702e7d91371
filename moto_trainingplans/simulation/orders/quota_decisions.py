"""How requests to increase a quota go, and how fast."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

MODEL_NAME = "servicequotas::quota_increase_request"  # the state manager's name. source: choice


class QuotaDecisions:
    """Decides how requests go, and how fast.

    `transition` gives the state manager's setting for a model, as `{"progression": "time",
    "seconds": 30}`: so long, or so many looks, a request stays in each status.
    """

    def __init__(self, transition: Callable[[str], Mapping[str, Any]]) -> None:
        self._transition = transition
        self._denials = 0

    def deny_next(self, times: int) -> None:
        """Have the next requests denied."""
        self._denials += times

    def next_is_denied(self) -> bool:
        """Whether the request that is made now will be denied."""
        denied = self._denials > 0
        self._denials -= denied
        return denied

    def pace(self) -> tuple[timedelta | None, int]:
        """How long a status lasts, or, where that is None, for how many looks."""
        setting = self._transition(MODEL_NAME)
        if setting["progression"] == "manual":
            return None, int(setting["times"])
        seconds = setting["seconds"] if setting["progression"] == "time" else 0
        return timedelta(seconds=seconds), 0
