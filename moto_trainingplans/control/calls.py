"""Every call of the control object: what it takes, and what it does to the simulation.

The control object in Python and its HTTP twin both come here, so neither can do what the
other cannot.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..simulation.market.inventory import ALWAYS
from ..simulation.orders.call_faults import THROTTLED, CallFault
from ..simulation.orders.order_book import Order
from ..simulation.world import World
from ..version import __version__
from .tracebacks import hide_misuse
from .values import (
    to_count,
    to_duration,
    to_error_code,
    to_expiration_unit,
    to_message,
    to_number,
    to_operation,
    to_optional_account,
    to_optional_count,
    to_optional_emulated_operation,
    to_optional_target,
    to_optional_text,
    to_optional_time,
    to_quota_value,
    to_rate,
    to_run_time,
    to_target,
    to_text,
    to_time,
)

if TYPE_CHECKING:
    from ..views.lanes import View
    from ..views.ledger import Ledger

__tracebackhide__ = hide_misuse


def clock_now(world: World) -> Any:
    """The simulation's time."""
    return world.look()


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
    world.look()
    world.clock.set_speed(to_number("n", n))


def clock_freeze(world: World, at: Any = None) -> None:
    """Stop the clock."""
    world.freeze(to_optional_time("at", at))


def clock_resume(world: World) -> None:
    """Let the clock flow on."""
    world.look()
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
    # Until somebody has searched, the clock may still be set to any time.
    now = world.look() if world.has_begun else ALWAYS
    world.prices.set(
        to_text("instance_type", instance_type),
        to_rate("rate", rate),
        to_optional_text("region", region),
        to_optional_time("start", start) or now,
    )


def payments_delay(world: World, delta: Any) -> None:
    """Have payments take so long."""
    world.payments.delay(to_duration("delta", delta))


def payments_fail_next(world: World, order: Order, times: Any = 1, message: Any = None) -> None:
    """Have the next payments fail."""
    count = to_count("times", times, least=1)
    reason = None if message is None else to_message("message", message)
    world.order_book.place(order, "the purchase of a plan or an extension")
    world.payments.fail_next(count, reason, order)


def quotas_set(world: World, name: Any, value: Any, region: Any, account: Any = None) -> None:
    """Set a quota."""
    world.act()  # a job that waits for the quota may start now
    world.quotas.set(
        to_text("name", name),
        to_quota_value("value", value),
        world.catalog.region(to_text("region", region)),
        to_optional_account("account", account),
    )


def quotas_deny_next(world: World, order: Order, times: Any = 1) -> None:
    """Have the next requests for an increase denied."""
    count = to_count("times", times, least=1)
    world.order_book.place(order, "a request to increase a quota")
    world.quota_decisions.deny_next(count, order)


def jobs_run_for(world: World, order: Order, duration: Any, job_name: Any = "*") -> None:
    """Set how long training takes."""
    job, length = to_text("job_name", job_name), to_run_time("duration", duration)
    # Training that has started already goes on as it was.
    world.look()
    # For every job it is a setting that awaits none.
    if job != "*":
        world.order_book.place(order, f"a job on a plan named {job!r}", job)
    world.run_times.set(job, length)


def jobs_fail(world: World, job_name: Any, reason: Any) -> None:
    """Have an algorithm fail."""
    text = to_message("reason", reason)
    world.act()
    registry, job = world.job(to_text("job_name", job_name))
    registry.fail(job, text)


def jobs_environment(world: World, job_name: Any) -> dict[str, str]:
    """The environment of a job's containers."""
    world.act()
    registry, job = world.job(to_text("job_name", job_name))
    return registry.environment(job)


def jobs_expiration_in(world: World, unit: Any) -> None:
    """Set the unit of the time at which containers are told that their instances are taken."""
    world.environment.expiration_unit = to_expiration_unit("unit", unit)


def faults_fail_instances(world: World, resource: Any, count: Any = 1) -> None:
    """Have instances break."""
    world.act()
    world.faults.fail_instances(to_text("resource", resource), to_count("count", count, least=1))


def faults_repair(world: World, resource: Any) -> None:
    """Have broken instances whole again."""
    world.act()
    world.faults.repair(to_text("resource", resource))


def faults_zone_outage(world: World, zone: Any, start: Any, end: Any) -> None:
    """Have a zone down for a while."""
    world.act()
    world.faults.zone_outage(to_text("zone", zone), to_time("start", start), to_time("end", end))


def faults_error(
    world: World, order: Order, operation: Any, code: Any, message: Any, times: Any = 1
) -> None:
    """Have the next calls of an operation fail."""
    fault = CallFault(to_error_code("code", code), to_text("message", message))
    _fail_calls(world, order, operation, fault, times)


def faults_throttle(world: World, order: Order, operation: Any, times: Any = 1) -> None:
    """Have the next calls of an operation throttled."""
    _fail_calls(world, order, operation, THROTTLED, times)


def _fail_calls(world: World, order: Order, operation: Any, fault: CallFault, times: Any) -> None:
    name, count = to_operation("operation", operation), to_count("times", times, least=1)
    world.order_book.place(order, f"a call of {name}")
    world.call_faults.add(name, fault, count, order)


def history(world: World, resource: Any = None, last: Any = None) -> Any:
    """Every change of state so far."""
    world.look()
    return world.history.changes(
        to_optional_text("resource", resource), to_optional_count("last", last, least=1)
    )


def timeline(world: World, resource: Any = None, start: Any = None, end: Any = None) -> View:
    """What happened over time, of everything or of one resource."""
    from ..views.reading import read_view

    wanted = to_optional_text("resource", resource)
    since, until = to_optional_time("start", start), to_optional_time("end", end)
    world.look()
    return read_view(world, wanted, since, until)


def report(world: World, plan: Any) -> Ledger:
    """What the fee of a plan was spent on."""
    from ..views.reading import read_ledger

    wanted = to_text("plan", plan)
    world.look()
    return read_ledger(world, wanted)


def calls(world: World, operation: Any = None, last: Any = None) -> Any:
    """Every request so far."""
    return world.calls.calls(
        to_optional_emulated_operation("operation", operation),
        to_optional_count("last", last, least=1),
    )


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


def version() -> str:
    """The version of this package: tells that a server is one of ours, and changes nothing."""
    return __version__


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
    "jobs/expiration_in": jobs_expiration_in,
    "faults/fail_instances": faults_fail_instances,
    "faults/repair": faults_repair,
    "faults/zone_outage": faults_zone_outage,
    "faults/error": faults_error,
    "faults/throttle": faults_throttle,
    "history": history,
    "timeline": timeline,
    "report": report,
    "calls": calls,
    # For mocks alone.
    "mock/summary": mock_summary,
    "mock/unmet_orders": mock_unmet_orders,
}
# Those that order something to happen: they are handed an order to place.
ORDERS = {
    "payments/fail_next",
    "quotas/deny_next",
    "jobs/run_for",
    "faults/error",
    "faults/throttle",
}
