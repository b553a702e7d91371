"""What a test may do to a server that other workers use too: what it orders, all feel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..simulation.kernel.errors import TrainingPlansError
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
        "state",
        "mock/summary",
    }
)


def check_shared(call: str, shares: frozenset[str], arguments: Mapping[str, Any]) -> None:
    """Raises TrainingPlansError for a call that others would feel, and the test does not share.

    To load a scenario the test must share each group that it has calls of.
    """
    if call == "load" and arguments["source"] and set(arguments["source"]) <= {*GROUPS}:
        for group in arguments["source"]:
            check_shared(f"{group}/*", shares, {})
        return
    group = call.partition("/")[0]
    if call in LOOKING or group in shares:
        return
    said = ", ".join(sorted(shares)) or "nothing"
    remedy = (
        f"let it say so, as @pytest.mark.shares_training_plans({group!r})"
        if group in GROUPS
        else "this cannot be shared"
    )
    raise TrainingPlansError(
        f"{call.replace('/', '.')} is felt by all workers on this server, and the test shares "
        f"{said} of it: {remedy}"
    )
