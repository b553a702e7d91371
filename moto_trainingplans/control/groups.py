"""What the calls of each group of the control object do to the simulation.

Each takes the simulation, and an order to place where it orders something to happen; then its
arguments, of the kinds that their annotations name, as `calls` has converted them.
"""

# Not `from __future__ import annotations`: the annotations are read when calls are made.
from datetime import datetime
from typing import Annotated

from ..simulation.market.inventory import ALWAYS
from ..simulation.orders.call_faults import THROTTLED, CallFault
from ..simulation.orders.order_book import Order
from ..simulation.world import World
from . import kinds
from .tracebacks import hide_misuse

__tracebackhide__ = hide_misuse


def clock_now(world: World) -> datetime:
    """The simulation's time."""
    return world.look()


def clock_move_to(
    world: World, when: Annotated[kinds.Time, "Not before now, from the year 1970 to 8999."]
) -> None:
    """Move the clock forward to a time, and do all that is due on the way."""
    world.move_to(when)


def clock_tick(
    world: World, delta: Annotated[kinds.Duration, "How much further, in seconds."]
) -> None:
    """Move the clock forward by a duration, and do all that is due on the way."""
    world.tick(delta)


def clock_next_event(world: World) -> datetime | None:
    """Move the clock to what is due next and do it: its time, null if nothing is due."""
    return world.next_event()


def clock_speed(
    world: World, n: Annotated[kinds.Speed, "Simulated seconds in a real one; 0 stands still."]
) -> None:
    """Set how fast the clock flows."""
    world.look()
    world.clock.set_speed(n)


def clock_freeze(
    world: World,
    at: Annotated[kinds.Time | None, "Where it stands still, not before now; now if null."] = None,
) -> None:
    """Stop the clock."""
    world.freeze(at)


def clock_resume(world: World) -> None:
    """Let the clock flow on, as fast as before."""
    world.look()
    world.clock.resume()


def capacity_set(
    world: World,
    zone: Annotated[kinds.Zone, "The zone that sells them."],
    instance_type: Annotated[kinds.InstanceType, "An instance type, or an UltraServer type."],
    count: Annotated[kinds.Count, "How many instances, or UltraServers."],
    target: Annotated[kinds.Target | None, "What they are sold for; each target if null."] = None,
    start: Annotated[kinds.Time | None, "From when on; always if null."] = None,
    end: Annotated[kinds.EndTime | None, "Until when; for ever if null."] = None,
) -> None:
    """Set what AWS has to sell."""
    world.set_capacity(zone, instance_type, count, target, start, end)


def capacity_free(
    world: World,
    zone: Annotated[kinds.Zone, "The zone that sells them."],
    instance_type: Annotated[kinds.InstanceType, "An instance type, or an UltraServer type."],
    target: Annotated[kinds.Target, "What they are sold for."],
    start: Annotated[kinds.Time | None, "From when on; now if null."] = None,
    end: Annotated[kinds.EndTime | None, "Until when; for ever if null."] = None,
) -> int:
    """Read how much is free at every instant of a window."""
    return world.free_capacity(zone, instance_type, target, start, end)


def capacity_clear(
    world: World, region: Annotated[kinds.Region | None, "Where; everywhere if null."] = None
) -> None:
    """Have nothing to sell, until set anew."""
    world.clear_capacity(region)


def prices_set(
    world: World,
    instance_type: Annotated[kinds.InstanceType, "An instance type, or an UltraServer type."],
    rate: Annotated[kinds.Rate, "USD an hour for each of them."],
    region: Annotated[kinds.Region | None, "Where; everywhere if null."] = None,
    start: Annotated[kinds.Time | None, "For searches from when on; now if null."] = None,
) -> None:
    """Set what AWS asks."""
    # Until somebody has searched, the clock may still be set to any time.
    now = world.look() if world.has_begun else ALWAYS
    world.prices.set(instance_type, rate, region, start or now)


def payments_delay(
    world: World, delta: Annotated[kinds.Duration, "Seconds from the purchase."]
) -> None:
    """Have the payments of coming plans and extensions take so long, until set anew."""
    world.payments.delay(delta)


def payments_fail_next(
    world: World,
    order: Order,
    times: Annotated[kinds.CountFrom1, "How many purchases."] = 1,
    message: Annotated[kinds.Message | None, "The plan's StatusMessage."] = None,
) -> None:
    """Have the next payments fail when they are due."""
    world.order_book.place(order, "the purchase of a plan or an extension")
    world.payments.fail_next(times, message, order)


def quotas_set(
    world: World,
    name: Annotated[
        kinds.QuotaName,
        "An instance type, for its instances that may be reserved; or a quota's name.",
    ],
    value: Annotated[kinds.QuotaValue, "How much may be in use."],
    region: Annotated[kinds.Region, "Where."],
    account: Annotated[
        kinds.Account | None, "Whose; of every account without its own if null."
    ] = None,
) -> None:
    """Set a quota."""
    world.act()  # a job that waits for the quota may start now
    world.quotas.set(name, value, world.catalog.region(region), account)


def quotas_deny_next(
    world: World,
    order: Order,
    times: Annotated[kinds.CountFrom1, "How many requests."] = 1,
) -> None:
    """Have the next requests for an increase denied."""
    world.order_book.place(order, "a request to increase a quota")
    world.quota_decisions.deny_next(times, order)


def jobs_run_for(
    world: World,
    order: Order,
    duration: Annotated[kinds.RunTime, "How long, in seconds."],
    job_name: Annotated[kinds.JobPattern, "A job's name or ARN, or a glob."] = "*",
) -> None:
    """Set how long training takes, for training that starts from now on."""
    # Training that has started already goes on as it was.
    world.look()
    # For every job it is a setting that awaits none.
    if job_name != "*":
        world.order_book.place(order, f"a job on a plan named {job_name!r}", job_name)
    world.run_times.set(job_name, duration)


def jobs_fail(
    world: World,
    job_name: Annotated[kinds.JobName, "The name or ARN of a job in Training."],
    reason: Annotated[kinds.Message, "Its FailureReason."],
) -> None:
    """Have the algorithm of a job fail now."""
    world.act()
    registry, job = world.job(job_name)
    registry.fail(job, reason)


def jobs_environment(
    world: World, job_name: Annotated[kinds.JobName, "The name or ARN of a job in Training."]
) -> dict[str, str]:
    """Read the environment that a job's containers see now."""
    world.act()
    registry, job = world.job(job_name)
    return registry.environment(job)


def jobs_expiration_in(
    world: World, unit: Annotated[kinds.Unit, "Of the timestamp in their environment."]
) -> None:
    """Set in which unit containers are told when their instances are taken."""
    world.environment.expiration_unit = unit


def faults_fail_instances(
    world: World,
    resource: Annotated[
        kinds.Resource, "The ARN of a plan, job or cluster; the id of a node or UltraServer."
    ],
    count: Annotated[kinds.CountFrom1, "How many; at most as many as run."] = 1,
) -> None:
    """Have running instances break, the lowest first."""
    world.act()
    world.faults.fail_instances(resource, count)


def faults_repair(
    world: World,
    resource: Annotated[
        kinds.Resource, "The ARN of a plan, job or cluster; the id of a node or UltraServer."
    ],
) -> None:
    """Have broken instances whole again."""
    world.act()
    world.faults.repair(resource)


def faults_zone_outage(
    world: World,
    zone: Annotated[kinds.Zone, "Which."],
    start: Annotated[kinds.Time, "From when on; now if that is past."],
    end: Annotated[kinds.EndTime, "Until when, later than the start and than now."],
) -> None:
    """Have a zone down for a while."""
    world.act()
    world.faults.zone_outage(zone, start, end)


def faults_error(
    world: World,
    order: Order,
    operation: Annotated[kinds.Operation, "As AWS writes it."],
    code: Annotated[kinds.ErrorCode, "AWS's code of the error."],
    message: Annotated[kinds.Text, "Its text."],
    times: Annotated[kinds.CountFrom1, "How many calls."] = 1,
) -> None:
    """Have the next calls of an operation fail, in any Region and account."""
    _fail_calls(world, order, operation, CallFault(code, message), times)


def faults_throttle(
    world: World,
    order: Order,
    operation: Annotated[kinds.Operation, "As AWS writes it."],
    times: Annotated[kinds.CountFrom1, "How many calls."] = 1,
) -> None:
    """Have the next calls of an operation throttled, in any Region and account."""
    _fail_calls(world, order, operation, THROTTLED, times)


def _fail_calls(world: World, order: Order, operation: str, fault: CallFault, times: int) -> None:
    world.order_book.place(order, f"a call of {operation}")
    world.call_faults.add(operation, fault, times, order)
