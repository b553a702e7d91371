"""What very many plans, jobs and nodes cost: time for each event, memory, the longest step.

    python -m tests.benchmarks.bench_scale

All of it straight in the simulation, in processor time. The program fails if a figure is worse
than the project promises.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import process_time

from moto_trainingplans.sagemaker.operations import CLUSTER_HANDLERS
from moto_trainingplans.simulation.market.catalog import Target
from moto_trainingplans.simulation.market.offerings import OfferingRequest
from tests.benchmarks.bench_training_jobs import InTheSimulation, seconds, workload
from tests.benchmarks.bench_training_plans import report
from tests.support.clusters import PLAN_TYPE, group
from tests.support.jobs import DAY, job_request
from tests.support.simulated_clusters import BEGIN as CLUSTERS_BEGIN
from tests.support.simulated_clusters import ZONE, SimulatedClusters
from tests.support.simulated_jobs import BEGIN, TYPE, ZONES, SimulatedJobs

MANY = 100_000
LIFE = 60 * DAY
JOBS_A_PLAN = 100
CLUSTERS = 1600
GROUP = 32  # as many nodes as a plan has instances
GROUPS = 2
PAGE = 4096  # bytes
EKS = {"Eks": {"ClusterArn": "arn:aws:eks:us-east-1:123456789012:cluster/eks"}}
SCRIPTS = {"LifeCycleConfig": {"SourceS3Uri": "s3://sagemaker-scripts", "OnCreate": "create.sh"}}


def resident() -> int:
    """Bytes of this process that are in memory, after a collection."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


def kibibytes(what: str, before: int, count: int, allowed: float) -> bool:
    """Report what each of so many has added to this process."""
    return report(
        f"KiB for each of {count:,} {what}", (resident() - before) / count / 1024, allowed
    )


def cost_of_an_event() -> bool:
    """An event among 1,000,000 beside one among 10,000."""
    costs: dict[int, list[float]] = {}
    for plans in (22, 2200, 22, 2200, 22, 2200):
        simulated = InTheSimulation(workload(plans))
        before = simulated.changes
        took = seconds(simulated)
        costs.setdefault(plans, []).append(took / (simulated.changes - before))
    few, many = (median(of_one) for of_one in costs.values())
    # Python looks through ever more objects for garbage, and the processor's caches hold ever less.
    return report("cost of an event among 1,000,000 / among 10,000", many / few, 2.0)


def well_stocked() -> SimulatedJobs:
    """A simulation in which nothing is short."""
    simulated = SimulatedJobs()
    for name in ("training-plan-total_count", TYPE):
        simulated.world.quotas.set(name, 10**6, "us-west-2", None)
    simulated.world.set_capacity(ZONES[0], TYPE, 10**6, None, None, None)
    return simulated


def memory_of_plans() -> bool:
    """Plans, from their purchase to their end."""
    simulated = well_stocked()
    before = resident()
    for number in range(MANY):
        start = BEGIN + (1 + number % 49) * DAY
        simulated.buy(f"plan-{number:06}", 8, 1 + number % 7, start)
    made = kibibytes("plans that are bought", before, MANY, 4.0)
    simulated.world.move_to(BEGIN + LIFE)
    return made & kibibytes("plans that are over", before, MANY, 4.0)


def memory_of_jobs() -> bool:
    """Jobs, with their requests, from their creation to their end."""
    simulated = well_stocked()
    plans = [
        simulated.buy(f"plan-{number}", 8, 1 + number % 7, BEGIN + (1 + number % 49) * DAY)
        for number in range(MANY // JOBS_A_PLAN)
    ]
    before = resident()
    for number in range(MANY):
        name, plan = f"job-{number:06}", plans[number % len(plans)]
        simulated.create(
            name,
            plan,
            (1, 1, 2, 4, 8)[number % 5],
            timedelta(seconds=600 + number * 7 % 13_400, microseconds=number % JOBS_A_PLAN),
            described=json.dumps(job_request(name, plan.arn)),
        )
    simulated.world.move_to(BEGIN + LIFE)
    return kibibytes("jobs that have ended", before, MANY, 4.0)


def clusters_at_one_instant() -> bool:
    """All plans of 1,600 clusters begin at one instant, and end at another."""
    simulated = SimulatedClusters(with_quotas=(PLAN_TYPE,))
    world = simulated.world
    for name in ("training-plan-total_count", PLAN_TYPE, f"{PLAN_TYPE} for cluster usage"):
        world.quotas.set(name, 10**6, "us-east-1", None)
    world.set_capacity(ZONE, PLAN_TYPE, 10**6, None, None, None)
    asked = OfferingRequest(
        target=Target.HYPERPOD_CLUSTER,
        instance_type=PLAN_TYPE,
        instance_count=GROUP,
        ultra_server_type=None,
        ultra_server_count=None,
        duration_hours=24,
        start_after=CLUSTERS_BEGIN + DAY,
        end_before=None,
    )
    plans = [
        simulated.plans.create(
            f"plan-{number}", simulated.plans.search(asked)[-1].offering_id, None, {}
        ).arn
        for number in range(CLUSTERS * GROUPS)
    ]
    before = resident()
    for number in range(CLUSTERS):
        CLUSTER_HANDLERS["CreateCluster"](
            simulated.service,
            {
                "ClusterName": f"cluster-{number}",
                "InstanceGroups": [
                    group(f"group-{each}", plans[number * GROUPS + each], GROUP, **SCRIPTS)
                    for each in range(GROUPS)
                ],
                "Orchestrator": EKS,
                "NodeProvisioningMode": "Continuous",
            },
        )
    nodes = CLUSTERS * GROUPS * GROUP
    longest, due = 0.0, CLUSTERS_BEGIN
    while due is not None:
        start = process_time()
        due = world.next_event()
        longest = max(longest, process_time() - start)
    return all(
        [
            report(f"seconds for the longest of the steps of {nodes:,} nodes", longest, 1.5),
            kibibytes("nodes that were started and are gone", before, nodes, 2.0),
        ]
    )


MEASURES = {
    each.__name__: each
    for each in (cost_of_an_event, memory_of_plans, memory_of_jobs, clusters_at_one_instant)
}


def main(names: list[str]) -> int:
    """Measure what is named, or everything, each in a process of its own; 1 for a broken promise.

    What one lets go of another would use again, and seem to need less.
    """
    if names:
        return 0 if all(MEASURES[name]() for name in names) else 1
    command = [sys.executable, "-m", "tests.benchmarks.bench_scale"]
    return max(subprocess.run([*command, name], check=False).returncode for name in MEASURES)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
