"""The control object: what a test does that no AWS client can."""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..host.outside import outside
from ..simulation.kernel.calls import Call
from ..simulation.kernel.errors import TrainingPlansError, in_short
from ..simulation.kernel.history import Change
from .client_groups import (
    CapacityControl,
    ClockControl,
    FaultsControl,
    JobsControl,
    PaymentsControl,
    PricesControl,
    QuotasControl,
)
from .tracebacks import hide_misuse
from .transport.in_process import InProcess, Transport
from .transport.to_server import ToServer, ToSharedServer
from .types import Operation, Source, Time
from .unused_orders import UnusedOrders, unused_orders
from .values import to_optional_time, to_time

if TYPE_CHECKING:
    from ..host.journaled_world import Scenario
    from ..views.report import PlanReport
    from ..views.timeline import Timeline

# pytest shows the line of the user who misused a call, not what is below it.
__tracebackhide__ = hide_misuse


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
        if not isinstance(path, (str, os.PathLike)):
            raise TrainingPlansError(f"path must be the path of a file, not {in_short(path)}")
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
    if not plans._call.was_used:
        return None
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
