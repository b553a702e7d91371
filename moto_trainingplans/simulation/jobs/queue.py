"""The jobs of one plan: who waits, who has instances, and who gets them next.

Jobs with equal demands wait in one line, and only the heads of the lines are compared, so
that a change costs what the number of lines says and not how many wait.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from datetime import timedelta

from ..context import Context
from ..kernel.deadlines import Deadlines
from ..plans.allocation import assign
from ..plans.listeners import Closing
from ..plans.plan import TrainingPlan
from ..plans.reserved_capacity import ReservedCapacity
from ..plans.statuses import ACTIVE
from . import messages
from .held import HeldInstances
from .job import ZERO, TrainingJob
from .journal import JobJournal
from .placement import Demand, find_place, find_replacement
from .runner import JobRunner
from .statuses import FAILED, PENDING, STOPPED, STOPPING
from .warm_pools import WarmPools

MAX_PENDING = timedelta(days=2)  # unless the job says otherwise. source: documented

# source: observed
NO_CAPACITY = (
    "Unable to provision requested ML compute capacity. "
    "Please retry using a different ML instance type."
)
PENDING_TOO_LONG = f"CapacityError: InsufficientCapacityError: {NO_CAPACITY}"
NEVER_STARTED = f"CapacityError: {NO_CAPACITY}"


class JobQueue:
    """Gives a plan's instances to its jobs; listens to the plan.

    First in, first out, except that a later job may start when no earlier one fits. What has
    become free at an instant is given once all that happens at it has happened.
    """

    __slots__ = (
        "_context",
        "_counts_waiting",
        "_dispatching",
        "_events",
        "_held",
        "_holders",
        "_in_ultra_servers",
        "_journal",
        "_lines",
        "_patience",
        "_plan",
        "_pools",
        "_runner",
        "_waiting",
    )

    def __init__(
        self,
        context: Context,
        plan: TrainingPlan,
        held: HeldInstances,
        journal: JobJournal,
        runner: JobRunner,
    ) -> None:
        self._context = context
        self._events = context.events
        self._plan = plan
        self._held = held
        self._journal = journal
        self._runner = runner
        self._waiting: dict[int, TrainingJob] = {}
        # Heaps of places in the queue; those that have left it are passed over.
        self._lines: dict[Demand, list[int]] = {}
        # Until when those whose waiting counts go on with it.
        self._patience = Deadlines[TrainingJob](context.events, self._give_up)
        # The jobs that have instances, running or kept warm.
        self._holders: dict[int, TrainingJob] = {}
        self._pools = WarmPools(context, held, self._release)
        self._counts_waiting = False
        self._dispatching = False
        self._in_ultra_servers = plan.compute_type.is_ultra_server
        plan.listeners.append(self)

    @property
    def pools(self) -> WarmPools:
        """The instances that are kept warm."""
        return self._pools

    def holders(self) -> list[TrainingJob]:
        """The jobs that have instances, in the order of their creation."""
        return [self._holders[order] for order in sorted(self._holders)]

    # -- coming and going ------------------------------------------------------------------

    def can_start(self, demand: Demand) -> bool:
        """Whether a job with a demand would start at once."""
        reserved = self._plan.open_capacity(self._events.now)
        return reserved is not None and self._fits(reserved, demand)

    def submit(self, job: TrainingJob) -> None:
        """A job comes: it starts, or waits."""
        self._put_in_line(job)
        self.dispatch()
        if job.order in self._waiting:
            self._journal.enter(job, PENDING, messages.PENDING, self._why_waiting())
            self._count(job)

    def leave(self, job: TrainingJob) -> None:
        """A job has ended: it waits no longer, and its instances stay warm or go on."""
        if self._waiting.pop(job.order, None) is not None:
            self._patience.lift(job)
            return
        if job.allocation is None:
            return
        if job.warm_pool is not None and self._pools.keep(job):
            self._held.request_dispatch(self)  # for who waits for such instances
        else:
            self._release(job)

    def _put_in_line(self, job: TrainingJob) -> None:
        self._waiting[job.order] = job
        heapq.heappush(self._lines.setdefault(job.demand, []), job.order)

    def _back_in_line(self, job: TrainingJob, reason: str) -> None:
        """A job that has lost its instances waits again, where it came."""
        job.cancel_step()
        self._let_go(job)
        self._journal.enter(job, PENDING, messages.PENDING, reason)
        job.warm_pool = None
        self._put_in_line(job)
        self._count(job)

    # -- dispatching -----------------------------------------------------------------------

    @property
    def head_of_line(self) -> float:
        """The place of the first job that waits, among all of the account and Region."""
        return min(self._waiting, default=math.inf)

    def dispatch(self) -> None:
        """Start all that fits, one after the other; the others' waiting counts if it is due."""
        if self._dispatching:  # a job that took no time has ended while others are being started
            return
        reserved = self._plan.open_capacity(self._events.now) if self._waiting else None
        if reserved is not None:
            self._dispatching = True
            try:
                while (job := self._first_that_fits(reserved)) is not None:
                    self._start(job, reserved)
            finally:
                self._dispatching = False
        if self._counts_waiting:
            self._counts_waiting = False
            for job in self._waiting_in_order():
                self._count(job)

    def _first_that_fits(self, reserved: ReservedCapacity) -> TrainingJob | None:
        room = math.inf if self._pools else reserved.instances.free_count
        if not room:
            return None
        first: int | None = None
        empty = []
        waiting = self._waiting
        for demand, line in self._lines.items():
            if demand.count > room:
                continue
            while line and line[0] not in waiting:
                heapq.heappop(line)
            if not line:
                empty.append(demand)
            elif (first is None or line[0] < first) and self._fits(reserved, demand):
                first = line[0]
        for demand in empty:
            del self._lines[demand]
        return None if first is None else waiting[first]

    def _fits(self, reserved: ReservedCapacity, demand: Demand) -> bool:
        if self._pools and self._pools.matching(demand) is not None:
            return True
        if demand.count > reserved.instances.free_count:
            return False
        if self._in_ultra_servers and (
            find_place(reserved.instances, demand, self._closed_servers(reserved)) is None
        ):
            return False
        if not self._held.allows(demand.instance_type, demand.count):
            self._held.await_quota(self)
            return False
        return True

    def _start(self, job: TrainingJob, reserved: ReservedCapacity) -> None:
        del self._waiting[job.order]
        self._stop_counting(job)
        pool = self._pools.matching(job.demand)
        if pool is not None:
            self._pools.reuse(pool, job)
            del self._holders[pool.order]
            assert pool.allocation is not None
            job.allocation, pool.allocation = pool.allocation.passed_to(job.holder), None
        else:
            numbers = self._take(reserved, job.demand)
            job.allocation = assign(self._plan.arn, reserved, tuple(numbers), job.holder)
            self._held.hold(job.choice.instance_type, job.choice.count)
        self._holders[job.order] = job
        self._pools.begin(job, pool)
        self._runner.launch(job, warm=pool is not None)

    def _take(self, reserved: ReservedCapacity, demand: Demand) -> list[int]:
        """Hold instances for a demand that fits."""
        if self._in_ultra_servers:
            numbers = find_place(reserved.instances, demand, self._closed_servers(reserved))
            assert numbers is not None
            reserved.instances.hold(numbers)
        else:
            numbers = reserved.instances.take(demand.count)
            assert numbers is not None
        return numbers

    def _closed_servers(
        self, reserved: ReservedCapacity, but: TrainingJob | None = None
    ) -> frozenset[int]:
        """The UltraServers that one job has for itself."""
        if not self._in_ultra_servers:
            return frozenset()
        return frozenset(
            number // reserved.instances.per_server
            for job in self._holders.values()
            if job is not but
            and job.demand.placement is not None
            and job.demand.placement.exclusive
            and job.allocation is not None
            for number in job.allocation.numbers
        )

    def _release(self, job: TrainingJob) -> None:
        """A job's instances go to others."""
        self._let_go(job)
        self._held.request_dispatch(self)

    def _let_go(self, job: TrainingJob) -> None:
        assert job.allocation is not None
        job.allocation.release()
        job.allocation = None
        del self._holders[job.order]
        self._held.release(job.choice.instance_type, job.choice.count)

    # -- waiting ---------------------------------------------------------------------------

    def _why_waiting(self) -> str:
        if self._plan.status is ACTIVE:
            return "Waiting for capacity of the training plan"
        return "Waiting for the training plan to be active"

    def _waiting_in_order(self) -> list[TrainingJob]:
        return [self._waiting[order] for order in sorted(self._waiting)]

    def _count(self, job: TrainingJob) -> None:
        """Count a job's waiting, if it is the kind that counts."""
        if self._plan.status is not ACTIVE or job.pending_since is not None:
            return
        now = self._events.now
        job.pending_since = now
        left = (job.request.max_pending or MAX_PENDING) - job.pending_time
        if left <= ZERO:
            self._give_up(job)
        else:
            self._patience.set(job, now + left)

    def _stop_counting(self, job: TrainingJob) -> None:
        if job.pending_since is not None:
            job.pending_time += self._events.now - job.pending_since
            job.pending_since = None
            self._patience.lift(job)

    def _give_up(self, job: TrainingJob) -> None:
        """A job has waited as long as it may."""
        self._stop_counting(job)
        if job.request.max_pending is not None:
            message = f"{messages.STOPPED} It was pending for MaxPendingTimeInSeconds."
            self._runner.end(job, STOPPED, message)
        else:
            self._runner.end(job, FAILED, messages.FAILED, PENDING_TOO_LONG)

    # -- what the plan tells ---------------------------------------------------------------

    def block_opened(self, reserved: ReservedCapacity) -> None:  # noqa: ARG002
        """Start whom there is room for; the others' waiting counts."""
        self._counts_waiting = True
        self._held.request_dispatch(self)

    def block_closed(self, reserved: ReservedCapacity, closing: Closing) -> None:
        """Take the instances of all who have some."""
        ends = f"training plan {self._plan.name}, which ends at {self._plan.end.isoformat()}"
        is_last = closing is Closing.CUT_OFF and not self._plan.has_block_after(reserved)
        for job in self.holders():
            if not self._needs_others(job, reserved):
                continue
            if is_last:
                message = f"{messages.STOPPED} Its instances were taken at the cut-off of {ends}."
                self._pools.drop(job)
                self._runner.end(job, STOPPED, message)
            elif closing is Closing.CUT_OFF:
                self._back_in_line(job, "Waiting for the next block of the training plan")
            else:
                self._back_in_line(job, f"Waiting for capacity: zone {reserved.block.zone} is down")
        if is_last:
            for job in self._waiting_in_order():
                self._stop_counting(job)
                reason = f"{NEVER_STARTED} No capacity is left of {ends}."
                self._runner.end(job, FAILED, messages.FAILED, reason)

    def block_ended(self, reserved: ReservedCapacity) -> None:  # noqa: ARG002
        """Between blocks waiting does not count."""
        if self._plan.status is not ACTIVE:
            for job in self._waiting_in_order():
                self._stop_counting(job)

    def instances_broken(self, reserved: ReservedCapacity, numbers: Sequence[int]) -> None:
        """Replace what a job has lost, or let it wait."""
        self._dispatching = True  # whoever lost an instance comes before those who wait
        try:
            for job in self.holders():
                self._lose(job, reserved, set(numbers))
        finally:
            self._dispatching = False
        self._held.request_dispatch(self)

    def _lose(self, job: TrainingJob, reserved: ReservedCapacity, broken: set[int]) -> None:
        if job.allocation is None or not broken.intersection(job.allocation.numbers):
            return
        if not self._needs_others(job, reserved):
            return
        if self._replace(job, broken):
            self._runner.restart(job)
        else:
            self._back_in_line(job, "Waiting for capacity: an instance failed")

    def _needs_others(self, job: TrainingJob, reserved: ReservedCapacity) -> bool:
        """Whether a job that loses instances of a block is to go on elsewhere.

        A warm pool and a job that is stopping are not: they end.
        """
        job.take_due_step(self._events.now)
        if job.allocation is None or job.allocation.reserved is not reserved:
            return False
        if job in self._pools:
            self._pools.terminate(job)
            return False
        if job.secondary_status is STOPPING:
            self._pools.drop(job)
            self._runner.stopped(job)
            return False
        return True

    def _replace(self, job: TrainingJob, broken: set[int]) -> bool:
        """Give a job other instances for its broken ones; False if there are not enough."""
        assert job.allocation is not None
        reserved, numbers = job.allocation.reserved, list(job.allocation.numbers)
        closed = self._closed_servers(reserved, but=job)
        for index, number in enumerate(numbers):
            if number in broken:
                found = None
                if reserved.is_open(self._events.now):
                    others = [each for each in numbers if each not in broken]
                    found = find_replacement(
                        reserved.instances, number, others, job.demand.placement, closed
                    )
                if found is None:
                    job.allocation = job.allocation.with_numbers(numbers)
                    return False
                numbers[index] = found
        job.allocation = job.allocation.with_numbers(sorted(numbers))
        return True

    def instances_repaired(self, reserved: ReservedCapacity) -> None:  # noqa: ARG002
        """There may be room again."""
        self._held.request_dispatch(self)
