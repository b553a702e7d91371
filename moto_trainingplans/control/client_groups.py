"""The groups of the control object's calls."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime

from .tracebacks import hide_misuse
from .transport.in_process import Transport
from .types import Duration, Operation, Rate, Target, Time, Unit
from .values import to_optional_time, to_time

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
