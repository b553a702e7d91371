"""Every call of the control object: what it takes, and what it does to the simulation.

The control object in Python and its HTTP twin both come here, so neither can do what the
other cannot.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from importlib import metadata
from typing import Any

from ..host.backend import reset_world, serving_world, start_world
from ..simulation.kernel.errors import TrainingPlansError
from ..simulation.orders.call_faults import THROTTLED, CallFault
from ..simulation.world import World
from ..views.lanes import View
from ..views.ledger import Ledger
from ..views.reading import read_ledger, read_view
from .values import (
    to_count,
    to_duration,
    to_number,
    to_operation,
    to_optional_target,
    to_optional_text,
    to_optional_time,
    to_rate,
    to_target,
    to_text,
    to_time,
)


def perform(name: str, arguments: Mapping[str, Any]) -> Any:
    """Make a call, as "clock/tick", with the arguments that the control object takes.

    Raises TrainingPlansError for an unknown call, wrong arguments, or misuse.
    """
    if name in WITHOUT_WORLD:
        return WITHOUT_WORLD[name](**_bound(name, WITHOUT_WORLD[name], arguments))
    if name not in CALLS:
        known = ", ".join(sorted((*CALLS, *WITHOUT_WORLD)))
        raise TrainingPlansError(f"there is no call {name!r}: there are {known}")
    call = CALLS[name]
    bound = _bound(name, partial(call, None), arguments)
    with serving_world() as world, world.undisturbed():
        return call(world, **bound)


def _bound(name: str, call: Callable[..., Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments as a call takes them; raises TrainingPlansError where it does not."""
    try:
        return inspect.signature(call).bind(**arguments).arguments
    except TypeError as wrong:
        raise TrainingPlansError(f"{name}: {wrong}") from None


def clock_now(world: World) -> Any:
    """The simulation's time."""
    return world.bring_to_now()


def clock_move_to(world: World, when: Any) -> None:
    """Move the clock forward."""
    world.move_to(to_time("when", when))


def clock_tick(world: World, delta: Any) -> None:
    """Move the clock forward by a duration."""
    world.tick(to_duration("delta", delta))


def clock_next_event(world: World) -> Any:
    """Move the clock to the next due event."""
    return world.next_event()


def clock_speed(world: World, n: Any) -> None:
    """Set how fast the clock flows."""
    world.bring_to_now()
    world.clock.set_speed(to_number("n", n))


def clock_freeze(world: World, at: Any = None) -> None:
    """Stop the clock."""
    world.freeze(to_optional_time("at", at))


def clock_resume(world: World) -> None:
    """Let the clock flow on."""
    world.bring_to_now()
    world.clock.resume()


def capacity_set(
    world: World,
    zone: Any,
    instance_type: Any,
    count: Any,
    target: Any = None,
    start: Any = None,
    end: Any = None,
) -> None:
    """Set what AWS has to sell."""
    world.set_capacity(
        to_text("zone", zone),
        to_text("instance_type", instance_type),
        to_count("count", count),
        to_optional_target("target", target),
        to_optional_time("start", start),
        to_optional_time("end", end),
    )


def capacity_free(
    world: World, zone: Any, instance_type: Any, target: Any, start: Any = None, end: Any = None
) -> int:
    """Read what is free."""
    return world.free_capacity(
        to_text("zone", zone),
        to_text("instance_type", instance_type),
        to_target("target", target),
        to_optional_time("start", start),
        to_optional_time("end", end),
    )


def capacity_clear(world: World, region: Any = None) -> None:
    """Be sold out."""
    world.clear_capacity(to_optional_text("region", region))


def prices_set(
    world: World, instance_type: Any, rate: Any, region: Any = None, start: Any = None
) -> None:
    """Set what AWS asks."""
    world.prices.set(
        to_text("instance_type", instance_type),
        to_rate("rate", rate),
        to_optional_text("region", region),
        to_optional_time("start", start) or world.bring_to_now(),
    )


def payments_delay(world: World, delta: Any) -> None:
    """Have payments take so long."""
    world.payments.delay(to_duration("delta", delta))


def payments_fail_next(world: World, times: Any = 1, message: Any = None) -> None:
    """Have the next payments fail."""
    world.payments.fail_next(
        to_count("times", times, least=1), to_optional_text("message", message)
    )


def quotas_set(world: World, name: Any, value: Any, region: Any, account: Any = None) -> None:
    """Set a quota."""
    world.quotas.set(
        to_text("name", name),
        to_count("value", value),
        world.catalog.region(to_text("region", region)),
        to_optional_text("account", account),
    )


def quotas_deny_next(world: World, times: Any = 1) -> None:
    """Have the next requests for an increase denied."""
    world.quota_decisions.deny_next(to_count("times", times, least=1))


def jobs_run_for(world: World, duration: Any, job_name: Any = "*") -> None:
    """Set how long training takes."""
    # Training that has started already goes on as it was.
    world.bring_to_now()
    world.run_times.set(to_text("job_name", job_name), to_duration("duration", duration))


def jobs_fail(world: World, job_name: Any, reason: Any) -> None:
    """Have an algorithm fail."""
    text = to_text("reason", reason)
    world.bring_to_now()
    registry, job = world.job(to_text("job_name", job_name))
    registry.fail(job, text)


def jobs_environment(world: World, job_name: Any) -> dict[str, str]:
    """The environment of a job's containers."""
    world.bring_to_now()
    registry, job = world.job(to_text("job_name", job_name))
    return registry.environment(job)


def faults_fail_instances(world: World, resource: Any, count: Any = 1) -> None:
    """Have instances break."""
    world.bring_to_now()
    world.faults.fail_instances(to_text("resource", resource), to_count("count", count, least=1))


def faults_repair(world: World, resource: Any) -> None:
    """Have broken instances whole again."""
    world.bring_to_now()
    world.faults.repair(to_text("resource", resource))


def faults_zone_outage(world: World, zone: Any, start: Any, end: Any) -> None:
    """Have a zone down for a while."""
    world.bring_to_now()
    world.faults.zone_outage(to_text("zone", zone), to_time("start", start), to_time("end", end))


def faults_error(world: World, operation: Any, code: Any, message: Any, times: Any = 1) -> None:
    """Have the next calls of an operation fail."""
    world.call_faults.add(
        to_operation("operation", operation),
        CallFault(to_text("code", code), to_text("message", message)),
        to_count("times", times, least=1),
    )


def faults_throttle(world: World, operation: Any, times: Any = 1) -> None:
    """Have the next calls of an operation throttled."""
    world.call_faults.add(
        to_operation("operation", operation), THROTTLED, to_count("times", times, least=1)
    )


def history(world: World, resource: Any = None) -> Any:
    """Every change of state so far."""
    world.bring_to_now()
    return world.history.changes(to_optional_text("resource", resource))


def timeline(world: World, resource: Any = None, start: Any = None, end: Any = None) -> View:
    """What happened over time, of everything or of one resource."""
    wanted = to_optional_text("resource", resource)
    since, until = to_optional_time("start", start), to_optional_time("end", end)
    world.bring_to_now()
    return read_view(world, wanted, since, until)


def report(world: World, plan: Any) -> Ledger:
    """What the fee of a plan was spent on."""
    wanted = to_text("plan", plan)
    world.bring_to_now()
    return read_ledger(world, wanted)


def version() -> str:
    """The version of this package: tells that a server is one of ours, and changes nothing."""
    return metadata.version("moto-trainingplans")


def start_at(now: Any) -> None:
    """Begin frozen at a time; a reset begins so again."""
    start_world(to_time("now", now))


# Calls that do not work on the simulation there is.
WITHOUT_WORLD: dict[str, Callable[..., Any]] = {
    "reset": reset_world,
    "start_at": start_at,
    "version": version,
}
CALLS: dict[str, Callable[..., Any]] = {
    "clock/now": clock_now,
    "clock/move_to": clock_move_to,
    "clock/tick": clock_tick,
    "clock/next_event": clock_next_event,
    "clock/speed": clock_speed,
    "clock/freeze": clock_freeze,
    "clock/resume": clock_resume,
    "capacity/set": capacity_set,
    "capacity/free": capacity_free,
    "capacity/clear": capacity_clear,
    "prices/set": prices_set,
    "payments/delay": payments_delay,
    "payments/fail_next": payments_fail_next,
    "quotas/set": quotas_set,
    "quotas/deny_next": quotas_deny_next,
    "jobs/run_for": jobs_run_for,
    "jobs/fail": jobs_fail,
    "jobs/environment": jobs_environment,
    "faults/fail_instances": faults_fail_instances,
    "faults/repair": faults_repair,
    "faults/zone_outage": faults_zone_outage,
    "faults/error": faults_error,
    "faults/throttle": faults_throttle,
    "history": history,
    "timeline": timeline,
    "report": report,
}
