"""Random stories of everything at once: what always holds, however it comes.

`nox -s machine` tells many more, and other ones each time.
"""

from __future__ import annotations

import os
from datetime import datetime

import pytest
from botocore import xform_name
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, run_state_machine_as_test

from moto_trainingplans.aws_json.validation import is_operation
from moto_trainingplans.control.calls import CHANGING
from moto_trainingplans.sagemaker.operations import HANDLERS
from tests.machine.book import SERVER_TYPE, SERVER_ZONE, TARGETS, TYPE, Sale
from tests.machine.cluster_rules import ClusterRules
from tests.machine.invariants.statuses import edges
from tests.machine.job_rules import JobRules
from tests.machine.order_rules import OrderRules, knows_reports
from tests.machine.plan_rules import PlanRules
from tests.machine.serving_rules import ServingRules
from tests.machine.story import EAST, HERE, NOW, OTHER, READS, bitten, only_when, step

EXAMPLES = int(os.environ.get("MACHINE_EXAMPLES", "0"))
STEPS = int(os.environ.get("MACHINE_STEPS", "45"))
SETTINGS = settings(
    max_examples=EXAMPLES or 8,
    stateful_step_count=STEPS,
    # The same stories in every run of CI, other ones by hand.
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    # To find the shortest story that fails takes minutes: each is told as it was found.
    phases=[Phase.generate],
    print_blob=True,
)
FOR_SALE = 10
LISTS = {
    "list_training_plans": "TrainingPlanSummaries",
    "list_training_jobs": "TrainingJobSummaries",
    "list_clusters": "ClusterSummaries",
    "list_apps": "Apps",
}


class Everything(PlanRules, JobRules, ClusterRules, ServingRules, OrderRules):
    """All rules together, in a small world in which much is bought and runs from the beginning."""

    @initialize(
        started=st.sampled_from([True, True, False]),
        servers=st.integers(1, 2),
        spares=st.integers(0, 2),
        slow=st.sampled_from([None, "sagemaker::cluster_node", "sagemaker::training_job"]),
    )
    def begin(self, started: bool, servers: int, spares: int, slow: str | None) -> None:
        self.has_begun_anew = False
        self.populate(started, servers, spares)
        if slow is not None:
            self.pace(slow, {"progression": "time", "seconds": 600})

    def populate(self, started: bool, servers: int, spares: int) -> None:
        self.control("capacity/clear")
        for zone in ("us-west-2a", "us-west-2b", "us-east-1a", "us-east-1b"):
            self.sell(Sale(zone, TYPE, None, FOR_SALE))
        self.sell(Sale(SERVER_ZONE, SERVER_TYPE, None, 3))
        for target in TARGETS:
            self.buy_of(HERE, target, 4, 48 if target != "endpoint" else 24, 0)
        self.buy_of(OTHER, "training-job", 2, 24, 0)
        self.buy_servers_of(servers, spares, 0)
        self.train(0, 2, 12, checkpoints=True)
        self.train(0, 2, 1, keep_alive=60)
        self.train(1, 1, 2)
        self.begin_cluster(0, (2, 1), continuous=True)
        self.begin_cluster(0, (1, 1), continuous=False)
        self.begin_servers(0, 9)
        if started:
            self.move_by(45)
            self.deploy(0, 1)
            self.use_endpoint(0, 2, "update")
            self.use_endpoint(0, 1, "scale")
            self.open_app(0)
            self.handle_things()

    def handle_things(self) -> None:
        """What most easily comes too late in a story: by then much is over or gone."""
        jobs, cluster = self.book.plans[0].arn, self.book.clusters[0]
        if is_operation("MoveClusterNodes"):
            self.move_nodes(cluster, cluster, "a")
        self.control("jobs/environment", job_name=self.book.jobs[0].arn)
        self.control("faults/fail_instances", resource=jobs, count=1)
        self.control("faults/repair", resource=jobs)
        for what in ("update", "stop", "delete"):
            self.everything_holds()
            self.use_job(0, what, 10)

    @only_when(lambda self: len(self.book.record) > 60 and not self.has_begun_anew)
    @step(started=st.booleans())
    def begin_anew(self, started: bool) -> None:
        """Once a story: nothing is left, and the clock stands where it stood at first."""
        self.has_begun_anew = True
        self.control("reset")
        self.book.begin_anew()
        self.seen = None
        self.nothing_is_left()
        self.populate(started, 1, 1)

    def when_all_is_over(self) -> None:
        if knows_reports(self):
            for place in sorted({plan.place for plan in self.book.plans}):
                self.look_at_the_report_of_quotas(place)

    def nothing_is_left(self) -> None:
        plans = self.steps.plans
        assert (plans.history(), plans.calls(), plans.timeline().view.lanes) == ([], [], [])
        assert plans.clock.now() == datetime.fromisoformat(NOW.replace("Z", "+00:00"))
        for zone in ("us-west-2a", "us-east-1b"):
            assert plans.capacity.free(zone, TYPE, target="training-job") == 64
        for place in (HERE, EAST, OTHER):
            for operation, member in LISTS.items():
                assert self.look(place, operation)[member] == [], operation


# Every operation of AWS's that changes something, and every control call.
KINDS = {
    *(
        xform_name(operation)
        for operation in HANDLERS
        if is_operation(operation) and not xform_name(operation).startswith((*READS, "search"))
    ),
    *(CHANGING - {"load"}),
    *("search_training_plan_offerings", "create_endpoint_config", "set_transition"),
    *(["start_quota_utilization_report"] if knows_reports(None) else []),
    *("request_service_quota_increase", "jobs/environment", "refusal", "save", "load", "reset"),
}
# What must have become of plans and workloads on the way, besides what all of them go through.
HAPPENED = {
    ("training-plan", "Pending", "Failed"),
    ("training-plan", "Active", "Expired"),
    ("training-job", "Training", "Pending"),
    ("training-job", "Training", "Restarting"),
    ("training-job", "Training", "Failed"),
    ("training-job", "Training", "Stopping"),
    ("training-job", "Uploading", "Completed"),
    ("node", "Running", "ShuttingDown"),
    ("node", "Running", "Failure"),
    ("node", "Running", "Pending"),
    ("cluster", "InService", "Deleting"),
    ("app", "InService", "Deleted"),
}


@pytest.mark.in_process("makes thousands of calls, and sets the state manager")
@pytest.mark.rule("CAPACITY-02", "PLAN-06", "PLAN-08", "TIME-03", "TIME-06")
def test_whatever_happens_all_is_in_order_and_everything_happens() -> None:
    bitten.clear()
    edges.clear()
    run_state_machine_as_test(Everything, settings=SETTINGS)
    assert sorted(KINDS - bitten.keys()) == []
    assert sorted(HAPPENED - edges.keys()) == []
