"""Random plans, jobs, stops, failures and clock moves: what always holds, however it comes."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from moto_trainingplans.simulation.jobs.job import WarmPoolStatus
from moto_trainingplans.simulation.quotas.limits import Usage, usage_quota
from tests.support.jobs import DAY, HOUR, MINUTE, START
from tests.support.simulated_jobs import TYPE, ZONES, SimulatedJobs

COUNTS = st.sampled_from([1, 2, 3, 4, 8])
HOURS = st.sampled_from([0, 1, 3, 12, 23, 24, 30]).map(lambda hours: hours * HOUR)
PLANS = st.sampled_from(["one", "two"])
END = START + 4 * DAY
MAX_PENDING = st.sampled_from([None, timedelta(hours=1), timedelta(days=1)])


def arn(plan):
    return f"arn:aws:sagemaker:us-west-2:123456789012:training-plan/{plan}"


class TrainingJobsMachine(RuleBasedStateMachine):
    """Keeps all its calls, to make them again with a clock that moves otherwise."""

    def __init__(self):
        super().__init__()
        self.simulated = SimulatedJobs()
        self.calls = []
        self.created = 0
        self.limits = dict.fromkeys(Usage, 10000)
        self.over = dict.fromkeys(Usage, 0)  # what was used when a limit was set below it

    def call(self, *call, **more):
        self.calls.append((self.now, call, more))
        self.simulated.call(*call, **more)

    @property
    def now(self):
        return self.simulated.world.clock.now()

    # -- what happens ----------------------------------------------------------------------

    @initialize(one=st.sampled_from([1, 2, 4, 8]), two=st.sampled_from([1, 4, 8]))
    def buy(self, one, two):
        self.call("buy", "one", one, 1)
        self.call("buy", "two", two, 2)

    @rule(
        plan=PLANS,
        count=COUNTS,
        run_time=HOURS,
        max_pending=MAX_PENDING,
        max_runtime=st.sampled_from([2 * HOUR, 28 * DAY]),
        keep_alive=st.sampled_from([0, 0, 1, 6]),
        checkpoints=st.booleans(),
        role=st.sampled_from("ab"),
    )
    def create(self, plan, count, run_time, keep_alive, **asked):
        self.created += 1
        self.call(
            "create",
            f"job-{self.created}",
            arn(plan),
            count,
            run_time,
            keep_alive=keep_alive * HOUR,
            **asked,
        )

    @precondition(lambda self: self.created)
    @rule(number=st.integers(1, 40), what=st.sampled_from(["stop", "fail", "delete"]))
    def end(self, number, what):
        self.call(what, f"job-{number % self.created + 1}")

    @rule(
        usage=st.sampled_from([Usage.TRAINING_JOB, Usage.TRAINING_WARM_POOL]),
        count=st.sampled_from([0, 2, 4, 8, 10_000]),
    )
    def allow(self, usage, count):
        self.limits[usage] = count
        self.call("allow", count, usage.value)

    @rule(plan=PLANS, count=st.integers(1, 3))
    def break_instances(self, plan, count):
        self.call("fail_instances", arn(plan), count)

    @rule(plan=PLANS)
    def repair(self, plan):
        self.call("repair", arn(plan))

    @rule(zone=st.sampled_from(ZONES), after=st.integers(0, 48), hours=st.integers(1, 30))
    def zone_outage(self, zone, after, hours):
        start = self.now + after * HOUR
        self.call("zone_outage", zone, start, start + hours * HOUR)

    @rule(minutes=st.sampled_from([1, 2, 30, 60, 90, 600, 960, 1440]))
    def move(self, minutes):
        self.simulated.move_to(min(END, self.now + minutes * MINUTE))

    # -- what always holds -----------------------------------------------------------------

    @invariant()
    def no_instance_serves_two_jobs(self):
        held = defaultdict(list)
        for job in self.simulated.jobs.jobs():
            if job.allocation is not None:
                held[job.allocation.reserved.arn].extend(job.allocation.numbers)
        for plan in self.simulated.plans.plans():
            for block in plan.reserved_capacities:
                instances, numbers = block.instances, held[block.arn]
                assert len(set(numbers)) == len(numbers) == instances.in_use()
                assert instances.total == (
                    instances.in_use() + instances.available() + instances.unhealthy()
                )
                assert not numbers or block.is_open(self.now)

    @invariant()
    def nobody_waits_who_fits(self):
        left = self.limits[Usage.TRAINING_JOB] - self.used(Usage.TRAINING_JOB)
        for job, block in self.waiting():
            count = job.choice.count
            assert block is None or count > block.instances.available() or count > left
            assert not self.pools(job)

    @invariant()
    def quotas_hold_and_count_what_there_is(self):
        jobs = self.simulated.jobs.jobs()
        counted = {usage: self.used(usage) for usage in self.over}
        assert counted[Usage.TRAINING_JOB] == sum(
            len(job.allocation.numbers) for job in jobs if job.allocation is not None
        )
        assert counted[Usage.TRAINING_WARM_POOL] == sum(
            job.choice.count
            for job in jobs
            if job.warm_pool is not None and job.warm_pool.status is WarmPoolStatus.AVAILABLE
        )
        for usage, used in counted.items():
            assert used <= max(self.limits[usage], self.over[usage])
            self.over[usage] = used

    def used(self, usage):
        return self.simulated.jobs.quota_use().get(usage_quota(TYPE, usage), 0)

    def waiting(self):
        for job in self.simulated.jobs.jobs():
            if job.secondary_status == "Pending":
                yield job, job.choice.plan.open_capacity(self.now)

    def pools(self, job):
        """The warm pools that would be for a job."""
        return [
            other
            for other in self.simulated.jobs.jobs()
            if other.warm_pool is not None
            and other.warm_pool.status is WarmPoolStatus.AVAILABLE
            and other.choice.plan is job.choice.plan
            and other.demand == job.demand
        ]

    # -- what holds in the end -------------------------------------------------------------

    def teardown(self):
        self.simulated.move_to(END)
        assert all(job.has_ended for job in self.simulated.jobs.jobs())
        self.nobody_overtook_a_job_that_fitted()
        history = self.simulated.world.history.changes()
        for step in (None, 7 * MINUTE):
            again = SimulatedJobs()
            for when, call, more in self.calls:
                again.move_to(when, step)
                again.call(*call, **more)
            again.move_to(END, step)
            assert again.world.history.changes() == history

    def nobody_overtook_a_job_that_fitted(self):
        """No job started beside an older one of its plan that needed no more and waited on."""
        jobs = {job.arn: job for job in self.simulated.jobs.jobs()}
        reusing = {job.warm_pool.reused_by for job in jobs.values() if job.warm_pool}
        for job in jobs.values():
            if job.name in reusing:
                continue
            starts = [each.start for each in job.transitions if each.status == "Starting"]
            for other in jobs.values():
                if (
                    other.order < job.order
                    and other.choice.plan is job.choice.plan
                    and other.choice.count <= job.choice.count
                ):
                    for each in other.transitions:
                        assert each.status != "Pending" or not any(
                            each.start < start < each.end for start in starts
                        )


TrainingJobsMachine.TestCase.settings = settings(
    max_examples=40,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.mark.in_process("looks into the simulation of this process")
@pytest.mark.rule("JOB-03", "JOB-06", "QUOTA-04", "QUOTA-05", "TIME-03", "TIME-06")
class TestTrainingJobsMachine(TrainingJobsMachine.TestCase):
    """Run by pytest."""
