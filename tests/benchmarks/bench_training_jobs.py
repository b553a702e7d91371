"""How fast the queues of training jobs are, as ratios measured in one run.

    python -m tests.benchmarks.bench_training_jobs

The same jobs on the same plans run in the simulation and in a model written with SimPy, which
must agree on what becomes of every job. The program fails if a ratio is worse than what the
project promises.
"""

from __future__ import annotations

import gc
import heapq
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from statistics import median
from time import process_time
from typing import Any

import simpy
from moto import mock_aws

from moto_trainingplans import mock_training_plans
from tests.benchmarks.bench_training_plans import (
    NOW,
    beside_moto,
    buy,
    client,
    report,
    report_beside_moto,
)
from tests.support.jobs import DAY, job_request
from tests.support.simulated_jobs import BEGIN, TYPE, ZONES, SimulatedJobs

# When a job changes to a status.
Change = tuple[datetime, str, str]

JOBS_A_PLAN = 100
LIFE = 60 * DAY
MAX_PENDING = 2 * DAY
PLAN_COUNT = 8


@dataclass(frozen=True)
class PlannedJob:
    """A job of the benchmark."""

    name: str
    count: int
    run_time: timedelta


@dataclass(frozen=True)
class PlannedPlan:
    """A plan of the benchmark: one block, and its jobs in the order of their creation."""

    name: str
    day: int
    days: int
    jobs: tuple[PlannedJob, ...]


def workload(plans: int, jobs_a_plan: int = JOBS_A_PLAN) -> list[PlannedPlan]:
    """The same plans and jobs for the same numbers."""
    random = Random(20250121)
    # Primes of seconds, so that no two things happen in one instant.
    return [
        PlannedPlan(
            f"plan-{number}",
            random.randrange(1, 50),
            random.randrange(1, 8),
            tuple(
                PlannedJob(
                    f"job-{number}-{each}",
                    random.choice((1, 1, 2, 4, 8)),
                    timedelta(seconds=random.randrange(600, 14_000), microseconds=each + 1),
                )
                for each in range(jobs_a_plan)
            ),
        )
        for number in range(plans)
    ]


class InTheSimulation:
    """The benchmark's plans and jobs in the simulation, before the clock is moved."""

    def __init__(self, planned: list[PlannedPlan]) -> None:
        self._simulated = simulated = SimulatedJobs()
        world = simulated.world
        for name in ("training-plan-total_count", TYPE):
            world.quotas.set(name, 10**6, "us-west-2", None)
        world.set_capacity(ZONES[0], TYPE, 10**6, None, None, None)
        self.blocks = {}
        for plan in planned:
            bought = simulated.buy(plan.name, PLAN_COUNT, plan.days, BEGIN + plan.day * DAY)
            (capacity,) = bought.reserved_capacities
            self.blocks[plan.name] = capacity
            for job in plan.jobs:
                simulated.create(job.name, bought, job.count, job.run_time)

    @property
    def changes(self) -> int:
        """How many there have been until now."""
        return len(self._simulated.world.history)

    def run(self) -> None:
        """Move the clock, once."""
        self._simulated.world.move_to(BEGIN + LIFE)

    def history(self) -> set[Change]:
        """When each job has changed to which status."""
        return {
            (change.time, change.resource.rpartition("/")[2], change.after)
            for change in self._simulated.world.history.changes()
            if ":training-job/" in change.resource
        }


class SimPyQueue:
    """The queue of one plan as one would write it with SimPy, with a line for each count.

    Phases take no time in both, but could; each change of a job's status is written down.
    """

    def __init__(
        self,
        environment: simpy.Environment,
        plan: PlannedPlan,
        capacity: Any,
        history: list[tuple[float, str, str]],
    ) -> None:
        self._environment = environment
        self._start = (capacity.block.start - BEGIN).total_seconds()
        self._cut_off = (capacity.cut_off - BEGIN).total_seconds()
        self._free = PLAN_COUNT
        self._lines: dict[int, list[tuple[int, simpy.Event]]] = {}
        self._history = history
        for order, job in enumerate(plan.jobs):
            environment.process(self._job(order, job))
        environment.process(self._begin())

    def _begin(self) -> Any:
        yield self._environment.timeout(self._start)
        self._give()

    def _enter(self, job: PlannedJob, status: str) -> None:
        self._history.append((self._environment.now, job.name, status))

    def _job(self, order: int, job: PlannedJob) -> Any:
        environment = self._environment
        turn = environment.event()
        heapq.heappush(self._lines.setdefault(job.count, []), (order, turn))
        self._enter(job, "Pending")
        patience = min(self._start + MAX_PENDING.total_seconds(), self._cut_off)
        yield turn | environment.timeout(patience - environment.now)
        if not turn.triggered:
            turn.succeed()  # it leaves its line
            self._enter(job, "Failed")
            return
        for phase in ("Starting", "Downloading"):
            self._enter(job, phase)
            yield environment.timeout(0)
        self._enter(job, "Training")
        run_time = job.run_time.total_seconds()
        yield environment.timeout(min(run_time, self._cut_off - environment.now))
        if environment.now < self._cut_off:
            self._enter(job, "Uploading")
            yield environment.timeout(0)
            self._enter(job, "Completed")
        else:
            self._enter(job, "Stopped")
        self._free += job.count
        self._give()

    def _give(self) -> None:
        while self._environment.now < self._cut_off:
            first = None
            for count, line in self._lines.items():
                while line and line[0][1].triggered:
                    heapq.heappop(line)
                if count <= self._free and line and (first is None or line[0] < first[1]):
                    first = count, line[0]
            if first is None:
                return
            count, (_, turn) = first
            self._free -= count
            turn.succeed()


class InSimPy:
    """The benchmark's plans and jobs in SimPy, before it runs."""

    def __init__(self, planned: list[PlannedPlan], blocks: dict[str, Any]) -> None:
        self._environment = simpy.Environment()
        self._history: list[tuple[float, str, str]] = []
        for plan in planned:
            SimPyQueue(self._environment, plan, blocks[plan.name], self._history)

    def run(self) -> None:
        """Run to the end."""
        self._environment.run(until=LIFE.total_seconds())

    def history(self) -> set[Change]:
        """When each job has changed to which status."""
        return {
            (BEGIN + timedelta(seconds=time), job, status) for time, job, status in self._history
        }


def seconds(what: InTheSimulation | InSimPy) -> float:
    """How long it runs, in seconds of this process alone."""
    gc.collect()
    gc.freeze()  # what was made before is not to be looked through again and again
    start = process_time()
    what.run()
    took = process_time() - start
    gc.unfreeze()
    return took


def beside_simpy() -> bool:
    """10,000 jobs on 100 plans through 60 days by one move of the clock."""
    planned = workload(100)
    ratios = []
    for _ in range(9):
        ours = InTheSimulation(planned)
        theirs = InSimPy(planned, ours.blocks)
        ratios.append(seconds(ours) / seconds(theirs))
        if ours.history() != theirs.history():
            raise SystemExit("the simulation and SimPy do not agree on what becomes of the jobs")
    print("changes:", dict(Counter(status for _, _, status in ours.history())))
    return report("10,000 jobs on 100 plans / the same in SimPy", median(ratios), 0.7)


def doubling(what: str, once: list[PlannedPlan], twice: list[PlannedPlan]) -> bool:
    """Twice the jobs cost about twice the time."""
    ratios = [seconds(InTheSimulation(twice)) / seconds(InTheSimulation(once)) for _ in range(5)]
    return report(what, median(ratios), 2.3)


@contextmanager
def describing_on_a_plan() -> Iterator[Callable[[], Any]]:
    """DescribeTrainingJob of a job on a plan, with all statuses that it has had."""
    with mock_training_plans(now=NOW) as plans:
        sagemaker = client()
        buy(sagemaker, "plan")
        arn = sagemaker.describe_training_plan(TrainingPlanName="plan")["TrainingPlanArn"]
        sagemaker.create_training_job(**job_request("job", arn))
        plans.clock.tick(2 * DAY)
        yield lambda: sagemaker.describe_training_job(TrainingJobName="job")


@contextmanager
def describing_without_a_plan() -> Iterator[Callable[[], Any]]:
    """DescribeTrainingJob of a job without a plan in our mock: what it has is moto's."""
    with mock_training_plans(now=NOW):
        yield describing_in_this_mock()


@contextmanager
def describing_in_moto() -> Iterator[Callable[[], Any]]:
    """DescribeTrainingJob of the same job in plain moto."""
    with mock_aws():
        yield describing_in_this_mock()


def describing_in_this_mock() -> Callable[[], Any]:
    """DescribeTrainingJob of a new job without a plan."""
    sagemaker = client()
    sagemaker.create_training_job(**job_request("job", None))
    return lambda: sagemaker.describe_training_job(TrainingJobName="job")


def describing() -> bool:
    """DescribeTrainingJob beside plain moto's.

    What botocore needs to read the sixteen times of a job on a plan is part of it: moto's has
    seven.
    """
    on_a_plan = beside_moto(describing_on_a_plan, describing_in_moto)
    without = beside_moto(describing_without_a_plan, describing_in_moto)
    return all(
        [
            report_beside_moto("DescribeTrainingJob / plain moto's", on_a_plan, 0.5),
            report_beside_moto("DescribeTrainingJob without a plan / the same", without, 0.45),
        ]
    )


def main() -> int:
    """Measure everything; 1 if a promise is broken."""
    kept = [
        describing(),
        beside_simpy(),
        doubling("20,000 jobs on 200 plans / 10,000 on 100", workload(100), workload(200)),
        doubling("2,000 jobs on one plan / 1,000", workload(1, 1000), workload(1, 2000)),
    ]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
