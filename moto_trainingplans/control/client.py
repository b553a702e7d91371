"""The control object: what a test does that no AWS client can."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from ..simulation.kernel.errors import TrainingPlansError
from ..simulation.kernel.history import Change
from ..views.lanes import View
from ..views.ledger import Ledger
from ..views.report import PlanReport
from ..views.timeline import Timeline
from .calls import perform
from .http import PREFIX
from .values import to_optional_time, to_time

Time = datetime | str | float
Duration = timedelta | float
# USD; as a Decimal or text where each digit counts.
Rate = float | Decimal | str
# Makes a call, as ("clock/tick", {"delta": 60}), and returns its result.
Transport = Callable[[str, dict[str, Any]], Any]


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
        """Move forward by a timedelta or seconds, executing all that is due on the way."""
        self._call("clock/tick", {"delta": delta})

    def next_event(self) -> datetime | None:
        """Move to the next event that is due, and return its time; None if there is none."""
        return to_optional_time("next_event", self._call("clock/next_event", {}))

    def speed(self, n: float) -> None:
        """Flow `n` simulated seconds a real second; 0 freezes."""
        self._call("clock/speed", {"n": n})

    def freeze(self, at: Time | None = None) -> None:
        """Stand still, now or at a time that is not in the past."""
        self._call("clock/freeze", {"at": at})

    def resume(self) -> None:
        """Flow on from the simulation's time."""
        self._call("clock/resume", {})


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
        target: str | None = None,
        start: Time | None = None,
        end: Time | None = None,
    ) -> None:
        """Have `count` instances of a type to sell in a zone, or servers of an UltraServer type.

        For one target or each, in a window or for all time; a later call overwrites its
        window. What is sold already counts as part of it and stays sold.
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
        target: str,
        start: Time | None = None,
        end: Time | None = None,
    ) -> int:
        """The least count that is free at any time of a window; from now, for ever by default."""
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
        """Be sold out, in a Region or everywhere: searches find nothing."""
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
        """Have the payments of coming purchases take so long, until set anew."""
        self._call("payments/delay", {"delta": delta})

    def fail_next(self, times: int = 1, *, message: str | None = None) -> None:
        """Have the payments of the next purchases fail when they are due.

        `message` becomes the StatusMessage.
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
        it that may be reserved.
        """
        self._call(
            "quotas/set", {"name": name, "value": value, "region": region, "account": account}
        )

    def deny_next(self, times: int = 1) -> None:
        """Have the next requests to increase a quota denied."""
        self._call("quotas/deny_next", {"times": times})


class JobsControl:
    """Training jobs on plans."""

    def __init__(self, transport: Transport) -> None:
        self._call = transport

    def run_for(self, duration: Duration, job_name: str = "*") -> None:
        """Have training take so long: by name, ARN or glob, from the next training on.

        Of several calls that match a job the last one counts.
        """
        self._call("jobs/run_for", {"duration": duration, "job_name": job_name})

    def fail(self, job_name: str, reason: str) -> None:
        """Have the algorithm of a running job fail now; the job by name or ARN."""
        self._call("jobs/fail", {"job_name": job_name, "reason": reason})

    def environment(self, job_name: str) -> dict[str, str]:
        """The environment that a running job's containers see now; the job by name or ARN."""
        environment: dict[str, str] = self._call("jobs/environment", {"job_name": job_name})
        return environment


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

        For a job or cluster those of its plans.
        """
        self._call("faults/repair", {"resource": resource})

    def zone_outage(self, zone: str, start: Time, end: Time) -> None:
        """Have a zone down for a while, from now if the start is in the past."""
        self._call("faults/zone_outage", {"zone": zone, "start": start, "end": end})

    def error(self, operation: str, code: str, message: str, *, times: int = 1) -> None:
        """Have the next calls of an operation fail, in any Region and account."""
        self._call(
            "faults/error",
            {"operation": operation, "code": code, "message": message, "times": times},
        )

    def throttle(self, operation: str, times: int = 1) -> None:
        """Have the next calls of an operation throttled; boto3 repeats them by itself."""
        self._call("faults/throttle", {"operation": operation, "times": times})


class TrainingPlans:
    """The control object of a simulation, in this process or behind a server.

    Times are datetimes (UTC if naive), ISO 8601 strings or epoch seconds; durations are
    timedeltas or seconds. Misuse raises TrainingPlansError, and changes nothing.
    """

    def __init__(self, transport: Transport) -> None:
        self._call = transport
        self.clock = ClockControl(transport)
        self.capacity = CapacityControl(transport)
        self.prices = PricesControl(transport)
        self.payments = PaymentsControl(transport)
        self.quotas = QuotasControl(transport)
        self.jobs = JobsControl(transport)
        self.faults = FaultsControl(transport)

    def history(self, resource: str | None = None) -> list[Change]:
        """Every change of state so far, or one resource's, in the order they happened."""
        changes = self._call("history", {"resource": resource})
        return [_change(change) for change in changes]

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
        arguments = {"resource": resource, "start": start, "end": end}
        return Timeline(_read(View, self._call("timeline", arguments)))

    def report(self, plan: str) -> PlanReport:
        """What the fees of a plan, by its ARN or name, were spent on so far, and what is left.

        Raises TrainingPlansError where there is no such plan, or several of a name. Changes
        nothing.
        """
        return PlanReport(_read(Ledger, self._call("report", {"plan": plan})))

    def reset(self) -> None:
        """Begin anew: back to the start-up time and speed, with nothing bought or set."""
        self._call("reset", {})

    def start_at(self, now: datetime) -> None:
        """Begin frozen at a time, and again at each reset. For `mock_training_plans`."""
        self._call("start_at", {"now": now})


R = TypeVar("R", View, Ledger)


def _read(kind: type[R], answer: Any) -> R:
    """An answer as it is in this process; from a server it comes as JSON."""
    return answer if isinstance(answer, kind) else kind.from_json(answer)


def _change(change: Any) -> Change:
    if isinstance(change, Change):
        return change
    return Change(**{**change, "time": to_time("time", change["time"])})


def in_process() -> TrainingPlans:
    """The control object of this process's simulation."""
    return TrainingPlans(perform)


def connect(url: str) -> TrainingPlans:
    """The control object of a running server, as "http://127.0.0.1:5000".

    Raises TrainingPlansError if there is none, or it is none of ours.
    """
    import requests

    session = requests.Session()
    root = url.rstrip("/") + PREFIX

    def transport(name: str, arguments: dict[str, Any]) -> Any:
        sent = {key: _sendable(value) for key, value in arguments.items()}
        try:
            response = session.post(root + name, json=sent, timeout=60)
            answer = response.json()
        except (requests.RequestException, ValueError) as problem:
            raise TrainingPlansError(f"no moto-trainingplans server at {url}: {problem}") from None
        if response.status_code == 400:
            raise TrainingPlansError(answer["message"])
        if not response.ok:
            raise TrainingPlansError(f"no moto-trainingplans server at {url}: {answer}")
        return answer

    transport("version", {})
    return TrainingPlans(transport)


def _sendable(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Decimal):
        return str(value)
    return value
