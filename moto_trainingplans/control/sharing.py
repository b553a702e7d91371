"""The way of a call to a server that several workers use: what one of them orders, all feel."""

from __future__ import annotations

from typing import Any

from ..simulation.kernel.errors import TrainingPlansError
from .connect import ToServer
from .tracebacks import hide_misuse

__tracebackhide__ = hide_misuse

GROUPS = ("clock", "capacity", "payments", "prices", "quotas", "jobs", "faults")
# What changes nothing for anybody.
LOOKING = frozenset(
    {
        "clock/now",
        "capacity/free",
        "jobs/environment",
        "history",
        "calls",
        "timeline",
        "report",
        "save",
        "mock/summary",
    }
)


class ToSharedServer(ToServer):
    """To a simulation that others use too: only looks, and orders of the groups in `shares`."""

    def __init__(self, url: str, shares: frozenset[str]) -> None:
        super().__init__(url)
        self._shares = shares

    def perform(self, name: str, arguments: dict[str, Any], ordered_at: str | None) -> Any:
        """Make a call. Raises TrainingPlansError for one that the test does not share."""
        group = name.partition("/")[0]
        if name not in LOOKING and group not in self._shares:
            said = ", ".join(sorted(self._shares)) or "nothing"
            remedy = (
                f"let it say so, as @pytest.mark.shares_training_plans({group!r})"
                if group in GROUPS
                else "this cannot be shared"
            )
            raise TrainingPlansError(
                f"{name.replace('/', '.')} is felt by all workers on this server, and the test "
                f"shares {said} of it: {remedy}"
            )
        return super().perform(name, arguments, ordered_at)
