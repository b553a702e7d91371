"""Every call of the control object: what it takes, and what it does to the simulation.

The control object in Python and its HTTP twin both come here, so neither can do what the
other cannot.
"""

# Not `from __future__ import annotations`: the annotations are read when calls are made.
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

from ..simulation.kernel.calls import Call
from ..simulation.kernel.history import Change
from ..simulation.world import World
from . import groups, kinds
from .tracebacks import hide_misuse

if TYPE_CHECKING:
    from ..views.lanes import View
    from ..views.ledger import Ledger

__tracebackhide__ = hide_misuse


def history(
    world: World,
    resource: Annotated[
        kinds.Changing | None, "The ARN of a resource or the id of a node; all if null."
    ] = None,
    last: Annotated[kinds.CountFrom1 | None, "So many of the last; all if null."] = None,
) -> list[Change]:
    """Read every change of state so far."""
    world.look()
    return world.history.changes(resource, last)


def timeline(
    world: World,
    resource: Annotated[kinds.Resource | None, "A resource's ARN; everything if null."] = None,
    start: Annotated[kinds.Time | None, "From when on; the first that is known if null."] = None,
    end: Annotated[kinds.EndTime | None, "Until when; the last that is known if null."] = None,
) -> "View":
    """Read what happened over time, of everything or of one resource."""
    from ..views.reading import read_view

    world.look()
    return read_view(world, resource, start, end)


def report(world: World, plan: Annotated[kinds.Plan, "A plan's ARN or name."]) -> "Ledger":
    """Read what the fees of a plan were spent on."""
    from ..views.reading import read_ledger

    world.look()
    return read_ledger(world, plan)


def calls(
    world: World,
    operation: Annotated[kinds.EmulatedOperation | None, "As AWS writes it; all if null."] = None,
    last: Annotated[kinds.CountFrom1 | None, "So many of the last; all if null."] = None,
) -> list[Call]:
    """Read every request so far, the newest 100,000."""
    return world.calls.calls(operation, last)


def mock_summary(world: World) -> dict[str, Any]:
    """The time, and how much there is."""
    return {"now": world.look(), "speed": world.clock.flow, "counts": world.counts()}


def mock_unmet_orders(world: World) -> dict[str, Any]:
    """The orders that were never met, and what happened that could have met them."""
    unmet = world.unmet_orders()
    told = [
        {"call": each.call, "ordered_at": each.ordered_at, "awaits": each.awaits} for each in unmet
    ]
    return {"orders": told, "happened": world.what_happened() if told else []}


# In the order in which a scenario makes them.
CALLS: dict[str, Callable[..., Any]] = {
    "clock/now": groups.clock_now,
    "clock/move_to": groups.clock_move_to,
    "clock/tick": groups.clock_tick,
    "clock/next_event": groups.clock_next_event,
    "clock/speed": groups.clock_speed,
    "clock/freeze": groups.clock_freeze,
    "clock/resume": groups.clock_resume,
    "capacity/clear": groups.capacity_clear,
    "capacity/set": groups.capacity_set,
    "capacity/free": groups.capacity_free,
    "prices/set": groups.prices_set,
    "payments/delay": groups.payments_delay,
    "payments/fail_next": groups.payments_fail_next,
    "quotas/set": groups.quotas_set,
    "quotas/deny_next": groups.quotas_deny_next,
    "jobs/run_for": groups.jobs_run_for,
    "jobs/fail": groups.jobs_fail,
    "jobs/environment": groups.jobs_environment,
    "jobs/expiration_in": groups.jobs_expiration_in,
    "faults/fail_instances": groups.faults_fail_instances,
    "faults/repair": groups.faults_repair,
    "faults/zone_outage": groups.faults_zone_outage,
    "faults/error": groups.faults_error,
    "faults/throttle": groups.faults_throttle,
    "history": history,
    "timeline": timeline,
    "report": report,
    "calls": calls,
    # For mocks alone.
    "mock/summary": mock_summary,
    "mock/unmet_orders": mock_unmet_orders,
}
# Those that change something besides the clock, which the journal needs no calls of: each of its
# entries has its time.
CHANGING = frozenset(
    {
        "capacity/set",
        "capacity/clear",
        "prices/set",
        "payments/delay",
        "payments/fail_next",
        "quotas/set",
        "quotas/deny_next",
        "jobs/run_for",
        "jobs/fail",
        "jobs/expiration_in",
        "faults/fail_instances",
        "faults/repair",
        "faults/zone_outage",
        "faults/error",
        "faults/throttle",
        "load",
    }
)
# Those that order something to happen: they are handed an order to place.
ORDERS = {
    "payments/fail_next",
    "quotas/deny_next",
    "jobs/run_for",
    "faults/error",
    "faults/throttle",
}
# Those on something that must be there: when a simulation begins, nothing is.
NEEDS_RESOURCE = {"jobs/fail", "faults/fail_instances", "faults/repair"}
