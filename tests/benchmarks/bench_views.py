"""How long a timeline of 10,000 jobs and a report over 100,000 changes take.

    python -m tests.benchmarks.bench_views

The program fails if either takes longer than the project promises.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta
from statistics import median
from time import process_time
from typing import Any

from moto_trainingplans.simulation.market.catalog import Target
from moto_trainingplans.simulation.market.offerings import OfferingRequest
from moto_trainingplans.simulation.plans.plan import TrainingPlan
from moto_trainingplans.views.reading import read_ledger, read_view
from moto_trainingplans.views.report import PlanReport
from moto_trainingplans.views.timeline import Timeline
from tests.support.jobs import DAY, START
from tests.support.simulated_jobs import TYPE, ZONES, SimulatedJobs

ROUNDS = 5
MINUTE = timedelta(minutes=1)


def simulate(jobs: int) -> tuple[SimulatedJobs, TrainingPlan]:
    """A plan of half a year that so many jobs have used, half of them without checkpoints."""
    simulated = SimulatedJobs()
    simulated.world.set_capacity(ZONES[0], TYPE, 64, None, START, None)
    offerings = simulated.plans.search(
        OfferingRequest(
            target=Target.TRAINING_JOB,
            instance_type=TYPE,
            instance_count=64,
            duration_hours=182 * 24,
        )
    )
    plan = simulated.plans.create("plan", offerings[-1].offering_id, None, {})
    for number in range(jobs):
        simulated.create(
            f"job-{number}",
            plan,
            1 + number % 4,
            (30 + number % 90) * MINUTE,
            checkpoints=bool(number % 2),
            max_pending=400 * DAY,
        )
    simulated.world.move_to(plan.end)
    return simulated, plan


def seconds(action: Callable[[], Any]) -> float:
    """The median time that something takes, of this process alone."""
    times = []
    for _ in range(ROUNDS):
        begun = process_time()
        action()
        times.append(process_time() - begun)
    return median(times)


def main() -> int:
    """Measure, print, and say whether it was fast enough."""
    simulated, _ = simulate(10_000)
    world = simulated.world

    def draw() -> None:
        timeline = Timeline(read_view(world, None, None, None))
        timeline.text(80, colours=False)
        timeline.svg()

    drawn = seconds(draw)
    print(f"a timeline of 10,000 jobs, as text and as a picture: {drawn:.2f} s (at most 2)")
    simulated, plan = simulate(17_000)
    changes = len(simulated.world.history.changes())
    told = seconds(lambda: str(PlanReport(read_ledger(simulated.world, plan.arn))))
    print(f"a report over {changes:,} changes: {told:.2f} s (at most 1)")
    return 0 if drawn <= 2 and told <= 1 and changes >= 100_000 else 1


if __name__ == "__main__":
    sys.exit(main())
