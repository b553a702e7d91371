"""The control object: what a test does that no AWS client can."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..host.outside import outside
from ..simulation.kernel.calls import Call
from ..simulation.kernel.errors import TrainingPlansError
from ..simulation.kernel.history import Change
from .tracebacks import hide_misuse
from .transport.in_process import InProcess, Transport
from .transport.to_server import ToServer, ToSharedServer
from .types import Duration, Operation, Rate, Source, Target, Time, Unit
from .unused_orders import UnusedOrders, unused_orders
from .values import to_optional_time, to_time

if TYPE_CHECKING:
    from ..host.backend import Scenario
    from ..views.report import PlanReport
    from ..views.timeline import Timeline

# pytest shows the line of the user who misused a call, not what is below it.
__tracebackhide__ = hide_misuse


class ClockControl:
    """The simulation's clock. It only goes forward."""

    def __init__(self, transport: Transport) -> None:
        self._call = transport

    def now(self) -> datetime:
        """The simulation's time, aware, in UTC."""
        return to_time("now", self._call("clock/now", {}))

    def move_to(self, when: Time) -> None:
        """Move forward to a time, executing all that is due on the way.

        A flowing clock goes on flowing from there. Raises TrainingPlansError for the past.
        """
        self._call("clock/move_to", {"when": when})

    def tick(self, delta: Duration) -> None:
        """Move forward by a timedelta or seconds, executing all that is due on the way.

        Raises TrainingPlansError for a negative duration.
        """
        self._call("clock/tick", {"delta": delta})

    def next_event(self) -> datetime | None:
        """Move to the next event that is due, and return its time; None if there is none."""
        return to_optional_time("next_event", self._call("clock/next_event", {}))

    def speed(self, n: float) -> None:
        """Flow `n` simulated seconds a real second, from 0, which freezes, to 1,000,000,000.

        Raises TrainingPlansError for any other number.
        """
        self._call("clock/speed", {"n": n})

    def freeze(self, at: Time | None = None) -> None:
        """Stand still, now or at a time, executing all that is due on the way to it.

        Raises TrainingPlansError for the past.
        """
        self._call("clock/freeze", {"at": at})

    def resume(self) -> None:
        """Flow on from the simulation's time, as fast as before `freeze`."""
        self._call("clock/resume", {})

    def sleeping(self) -> AbstractContextManager[None]:
        """A context in which whoever sleeps in this process moves the clock instead.

        `time.sleep(60)` and `await asyncio.sleep(60)` move the clock by a minute, executing
        all that is due on the way, and return: boto3's waiters and the wait loops of SDKs end
        at once. In all threads; tasks of one event loop wake in the order of their times.
        """
        from .sleeping import Sleeping

        self.now()  # Of a mock that has ended no clock can be moved.
        return Sleeping(self.now, self.tick)


class CapacityControl:
    """What AWS has to sell."""

    def __init__(self, transport: Transport) -> None:
        self._call = transport

    def set(
        self,
        zone: str,
        instance_type: str,
        count: int,
        *,
        target: Target | None = None,
        start: Time | None = None,
        end: Time | None = None,
    ) -> None:
        """Have `count` instances of a type to sell in a zone, or servers of an UltraServer type.

        For one target or each, in a window or for all time; a later call overwrites its
        window. What is sold already counts as part of it and stays sold. A type that the Region
        did not sell is sold there from now on.

        Raises TrainingPlansError for what is no zone, type or target, a negative count, and a
        window that does not end after it starts.
        """
        self._call(
            "capacity/set",
            {
                "zone": zone,
                "instance_type": instance_type,
                "count": count,
                "target": target,
                "start": start,
                "end": end,
            },
        )

    def free(
        self,
        zone: str,
        instance_type: str,
        *,
        target: Target,
        start: Time | None = None,
        end: Time | None = None,
    ) -> int:
        """The least count that is free at any time of a window; from now, for ever by default.

        Of instances, or of servers for an UltraServer type. Changes nothing. Raises
        TrainingPlansError as `set` does.
        """
        count: int = self._call(
            "capacity/free",
            {
                "zone": zone,
                "instance_type": instance_type,
                "target": target,
                "start": start,
                "end": end,
            },
        )
        return count

    def clear(self, region: str | None = None) -> None:
        """Be sold out, in a Region or everywhere: searches find nothing until more is set.

        Raises TrainingPlansError for what is no Region.
        """
        self._call("capacity/clear", {"region": region})


class PricesControl:
    """What AWS asks for what it sells."""

    def __init__(self, transport: Transport) -> None:
        self._call = transport

    def set(
        self,
        instance_type: str,
        rate: Rate,
        *,
        region: str | None = None,
        start: Time | None = None,
    ) -> None:
        """Have a type cost `rate` USD an instance-hour, or an UltraServer-hour by such a type.

        For searches from `start` on, now if it is None, in one Region or in all. Of the rates
        that were set the one that started last holds; where several did, the Region's own.

        Raises TrainingPlansError for what is no type or Region, and for a rate that is not from
        0 to 1,000,000.
        """
        self._call(
            "prices/set",
            {"instance_type": instance_type, "rate": rate, "region": region, "start": start},
        )


class PaymentsControl:
    """How purchases are paid for."""

    def __init__(self, transport: Transport) -> None:
        self._call = transport

    def delay(self, delta: Duration) -> None:
        """Have the payments of coming plans and extensions take so long, until set anew.

        Counted from the purchase, as a timedelta or seconds; it wins over moto's state manager.
        Raises TrainingPlansError for a negative duration.
        """
        self._call("payments/delay", {"delta": delta})

    def fail_next(self, times: int = 1, *, message: str | None = None) -> None:
        """Have the payments of the next `times` purchases fail when they are due.

        `message` becomes the StatusMessage. Raises TrainingPlansError for fewer than one; one
        that nobody meets is an `UnusedOrders` at the end of a strict mock.
        """
        self._call("payments/fail_next", {"times": times, "message": message})


class QuotasControl:
    """Service quotas."""

    def __init__(self, transport: Transport) -> None:
        self._call = transport

    def set(self, name: str, value: int, *, region: str, account: str | None = None) -> None:
        """Set a quota in a Region, for one account or for every account without its own.

        `name` is a limit name or display name of the developer guide, the name of a usage
        quota, as "ml.p5.48xlarge for cluster usage", or an instance type for the instances of
        it that may be reserved. `value` counts plans or instances, from 0. Raises
        TrainingPlansError for any other name or value.
        """
        self._call(
            "quotas/set", {"name": name, "value": value, "region": region, "account": account}
        )

    def deny_next(self, times: int = 1) -> None:
        """Have the next `times` requests to increase a quota denied.

        Raises TrainingPlansError for fewer than one; one that nobody meets is an `UnusedOrders`
        at the end of a strict mock.
        """
        self._call("quotas/deny_next", {"times": times})


class JobsControl:
    """Training jobs on plans."""

    def __init__(self, transport: Transport) -> None:
        self._call = transport

    def run_for(self, duration: Duration, job_name: str = "*") -> None:
        """Have training take so long: by name, ARN or glob, from the next training on.

        A timedelta or seconds, an hour without this call. Of several calls that match a job the
        last one counts. Raises TrainingPlansError for a negative duration; a name that no job
        had is an `UnusedOrders` at the end of a strict mock.
        """
        self._call("jobs/run_for", {"duration": duration, "job_name": job_name})

    def fail(self, job_name: str, reason: str) -> None:
        """Have the algorithm of a running job fail now; the job by name or ARN.

        `reason` is in its FailureReason, after "AlgorithmError: ". Raises TrainingPlansError for a
        job that is not running, is on no plan, or whose name is in several Regions or accounts.
        """
        self._call("jobs/fail", {"job_name": job_name, "reason": reason})

    def environment(self, job_name: str) -> dict[str, str]:
        """The environment that a running job's containers see now; the job by name or ARN.

        By variable name. Raises TrainingPlansError for a job that is not running, is on no plan,
        or whose name is in several Regions or accounts.
        """
        environment: dict[str, str] = self._call("jobs/environment", {"job_name": job_name})
        return environment

    def expiration_in(self, unit: Unit) -> None:
        """Tell containers in "seconds" (as without this call) or "milliseconds" of their end.

        That is `SAGEMAKER_CURRENT_CAPACITY_BLOCK_EXPIRATION_TIMESTAMP`, on which AWS's own
        pages do not agree. Raises TrainingPlansError for any other unit.
        """
        self._call("jobs/expiration_in", {"unit": unit})


class FaultsControl:
    """What goes wrong."""

    def __init__(self, transport: Transport) -> None:
        self._call = transport

    def fail_instances(self, resource: str, count: int = 1) -> None:
        """Have running instances of a plan, job or cluster (ARNs) or UltraServer (id) break.

        The lowest first; or the instance of a cluster's node (id). Raises TrainingPlansError
        where fewer than `count` run.
        """
        self._call("faults/fail_instances", {"resource": resource, "count": count})

    def repair(self, resource: str) -> None:
        """Have the broken instances whole again, named as for `fail_instances`.

        For a job or cluster those of its plans. Raises TrainingPlansError for what has no
        instances.
        """
        self._call("faults/repair", {"resource": resource})

    def zone_outage(self, zone: str, start: Time, end: Time) -> None:
        """Have a zone down for a while, from now if the start is in the past.

        Its blocks' instances are gone, and jobs wait until it is back. Raises TrainingPlansError
        for what is no zone, and for an end that is not after the start and after now.
        """
        self._call("faults/zone_outage", {"zone": zone, "start": start, "end": end})

    def error(self, operation: Operation, code: str, message: str, *, times: int = 1) -> None:
        """Have the next `times` calls of an operation fail, in any Region and account.

        They are answered with AWS's `code` and the message before anything changes. Raises
        TrainingPlansError for what is no emulated operation, an empty code, or fewer than one; one
        that nobody meets is an `UnusedOrders` at the end of a strict mock.
        """
        self._call(
            "faults/error",
            {"operation": operation, "code": code, "message": message, "times": times},
        )

    def throttle(self, operation: Operation, times: int = 1) -> None:
        """Have the next `times` calls of an operation throttled; boto3 repeats them by itself.

        They are answered with ThrottlingException. Raises TrainingPlansError as `error` does.
        """
        self._call("faults/throttle", {"operation": operation, "times": times})


class TrainingPlans:
    """The control object of a simulation, in this process or behind a server.

    Times are datetimes (UTC if naive), ISO 8601 strings or epoch seconds; durations are
    timedeltas or seconds. Misuse raises TrainingPlansError, and changes nothing. Once its mock
    has ended it still tells `history()`, `calls()`, `timeline()` and `report()` of what was;
    all else is misuse.
    """

    def __init__(self, transport: Transport) -> None:
        self._call = transport
        self._clock = ClockControl(transport)
        self._capacity = CapacityControl(transport)
        self._prices = PricesControl(transport)
        self._payments = PaymentsControl(transport)
        self._quotas = QuotasControl(transport)
        self._jobs = JobsControl(transport)
        self._faults = FaultsControl(transport)

    @property
    def clock(self) -> ClockControl:
        """The simulation's clock: read it, move it, let it flow or stand still."""
        return self._clock

    @property
    def capacity(self) -> CapacityControl:
        """What AWS has to sell, by zone, instance type and target."""
        return self._capacity

    @property
    def prices(self) -> PricesControl:
        """What AWS asks for an hour of each type."""
        return self._prices

    @property
    def payments(self) -> PaymentsControl:
        """How purchases are paid for: late, or not at all."""
        return self._payments

    @property
    def quotas(self) -> QuotasControl:
        """Service quotas, and how requests to increase them end."""
        return self._quotas

    @property
    def jobs(self) -> JobsControl:
        """Training jobs on plans: how long they train, when they fail, what they see."""
        return self._jobs

    @property
    def faults(self) -> FaultsControl:
        """What goes wrong: instances, zones, calls."""
        return self._faults

    def history(self, resource: str | None = None, *, last: int | None = None) -> list[Change]:
        """Every change of state so far, or one resource's, in the order they happened.

        `resource` is an ARN or a node's id; one that nothing happened to has no changes. The
        last so many of them where `last` is given.
        """
        changes = self._call("history", {"resource": resource, "last": last})
        return [_change(change) for change in changes]

    def calls(self, operation: Operation | None = None, *, last: int | None = None) -> list[Call]:
        """Every request to the emulated operations so far, or to one of them, in order.

        Those that moto answered are among them, such as jobs without a plan, and those that
        were refused. The newest 100,000 are kept; `last` asks for the last so many of them.
        Raises TrainingPlansError for what is no emulated operation.
        """
        calls = self._call("calls", {"operation": operation, "last": last})
        return [_made_call(call) for call in calls]

    def timeline(
        self,
        resource: str | None = None,
        *,
        start: Time | None = None,
        end: Time | None = None,
    ) -> Timeline:
        """What happened over time, in lanes: of everything, or of one resource by its ARN.

        From the first to the last thing that is known by default, what is to come of plans
        included. Raises TrainingPlansError for a resource of which nothing is known, or a
        window that does not end after it starts. Changes nothing.
        """
        from ..views.lanes import View
        from ..views.timeline import Timeline

        answer = self._call("timeline", {"resource": resource, "start": start, "end": end})
        return Timeline(answer if isinstance(answer, View) else View.from_json(answer))

    def report(self, plan: str) -> PlanReport:
        """What the fees of a plan, by its ARN or name, were spent on so far, and what is left.

        Raises TrainingPlansError where there is no such plan, or several of a name. Changes
        nothing.
        """
        from ..views.ledger import Ledger
        from ..views.report import PlanReport

        answer = self._call("report", {"plan": plan})
        return PlanReport(answer if isinstance(answer, Ledger) else Ledger.from_json(answer))

    def load(self, source: Source) -> None:
        """Set and order all that a scenario says, or go on where a saved state left off.

        The path of a file, which is read here also where the simulation is a server's, or a
        dictionary of the same keys. What a scenario says is done now and at its times, a saved
        state takes the place of the simulation and of what belongs to it in moto: all of it or,
        with a TrainingPlansError that tells the file, what is wrong and what is allowed, nothing.
        """
        from .scenarios.files import read_source

        content, name = read_source(source)
        self._call("load", {"source": content, "name": name})

    def save(self, path: str | os.PathLike[str] | None = None) -> None:
        """Save the simulation to a file, that `load` reads: all that it is, its clock included.

        The file is written here also where the simulation is a server's; without a path the
        server writes the file that it was started with, as `--state`. What was there before is
        there still, whole, if anything goes wrong. Raises TrainingPlansError where it cannot be
        written.
        """
        if path is None:
            self._call("save", {})
            return
        from .states.file import write_state

        write_state(path, self._call("state", {}))

    def reset(self) -> None:
        """Begin anew: back to the start-up time, speed and scenario, and nothing else."""
        self._call("reset", {})

    def __repr__(self) -> str:
        try:
            told = self._call("mock/summary", {})
        except (TrainingPlansError, OSError):
            return f"<TrainingPlans {self._call.where}, which cannot be reached>"
        now = to_time("now", told["now"])
        counts = ", ".join(
            f"{count} {name if count != 1 else name[:-1]}" for name, count in told["counts"].items()
        )
        ended = "ended, " if self._call.has_ended else ""
        return f"<TrainingPlans {self._call.where}: {ended}{now:%Y-%m-%dT%H:%M:%SZ}, {counts}>"


def unmet_orders(plans: TrainingPlans) -> UnusedOrders | None:
    """What a test has ordered and never got, as the error that `strict` raises."""
    return unused_orders(plans._call("mock/unmet_orders", {}))


def end(plans: TrainingPlans, *, of_simulation: bool) -> None:
    """Let a control object tell what was, and nothing else, as its mock has ended."""
    plans._call.end(of_simulation=of_simulation)


def _change(change: Any) -> Change:
    if isinstance(change, Change):
        return change
    return Change(**{**change, "time": to_time("time", change["time"])})


def _made_call(call: Any) -> Call:
    if isinstance(call, Call):
        return call
    return Call(**{**call, "time": to_time("time", call["time"])})


def show_time_of(plans: TrainingPlans) -> None:
    """Let freezegun show the simulation's time to the whole process."""
    outside.show(plans._call.shown_time)


def start_at(
    plans: TrainingPlans, now: datetime | None, scenario: Scenario | None
) -> datetime | None:
    """Freeze the clock, and begin with a scenario, and so at each reset: for mocks.

    The time at which the clock stays instead, where it cannot go back.
    """
    # Within a freeze of freezegun's the clock stands as still as that does, and goes on with it.
    speed = 1.0 if outside.follows_another_freeze else 0.0
    begin: dict[str, Any] = {"now": now, "speed": speed}
    if scenario is not None:
        begin.update(scenario=scenario.content, name=scenario.name)
    return to_optional_time("now", plans._call("mock/start_at", begin))


def in_process() -> TrainingPlans:
    """The control object of this process's simulation."""
    return TrainingPlans(InProcess())


def connect(url: str) -> TrainingPlans:
    """The control object of a running server, as "http://127.0.0.1:5000".

    Raises TrainingPlansError if there is none, it is none of ours or of another version, and
    says how to start one.
    """
    return TrainingPlans(ToServer(url))


def connect_shared(url: str, shares: frozenset[str]) -> TrainingPlans:
    """As `connect`, for a test that shares these groups of calls with others, and no more."""
    return TrainingPlans(ToSharedServer(url, shares))
