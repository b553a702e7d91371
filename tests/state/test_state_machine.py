"""Random stories, saved at a random moment: what is loaded goes on as if nothing had happened."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from moto_trainingplans import mock_training_plans
from moto_trainingplans.control.states.saved import load_state, saved_state
from tests.support.steps import Steps, a_cluster, a_job

NOW = "2025-01-21T19:08:27.704Z"
TYPE = "ml.p4d.24xlarge"
ACCOUNTS = st.sampled_from([0, 0, 1])
REGIONS = st.sampled_from(["us-west-2", "us-west-2", "us-east-1"])
COUNTS = st.sampled_from([1, 2, 4])
HOUR = 3600
MODELS = (
    "sagemaker::training_plan",
    "sagemaker::training_job",
    "sagemaker::cluster",
    "sagemaker::cluster_node",
    "servicequotas::quota_increase_request",
)
TRANSITIONS = st.sampled_from(
    [
        {"progression": "immediate"},
        {"progression": "time", "seconds": 600},
        {"progression": "manual", "times": 2},
    ]
)


class StateMachine(RuleBasedStateMachine):
    """Keeps all steps since it was saved, to do them again after it is loaded."""

    def __init__(self):
        super().__init__()
        self.mock = mock_training_plans(now=NOW, strict=False)
        self.steps = Steps(self.mock.start())
        self.saved = None
        self.since = []
        self.plans, self.jobs, self.clusters = [], [], []

    def do(self, *step):
        answer = self.steps.do(step)
        self.since.append((step, answer))
        return answer

    def aws(self, account, region, operation, service="sagemaker", /, **members):
        return self.do("aws", account, region, service, operation, members)

    def control(self, name, /, **arguments):
        return self.do("control", name, arguments)

    def one_of(self, things, number):
        return things[number % len(things)]

    # -- what happens ----------------------------------------------------------------------

    @initialize()
    def begin(self):
        self.steps.enter_other_account()
        for target in ("training-job", "hyperpod-cluster"):
            self.buy(0, "us-west-2", target, 4, 48)

    @rule(
        account=ACCOUNTS,
        region=REGIONS,
        resource=st.sampled_from(["training-job", "hyperpod-cluster"]),
        count=COUNTS,
        hours=st.sampled_from([24, 48]),
    )
    def buy(self, account, region, resource, count, hours):
        found = self.aws(
            account,
            region,
            "search_training_plan_offerings",
            InstanceType=TYPE,
            InstanceCount=count,
            DurationHours=hours,
            TargetResources=[resource],
        ).get("TrainingPlanOfferings")
        if found:
            name = f"plan-{len(self.plans)}"
            arn = self.aws(
                account,
                region,
                "create_training_plan",
                TrainingPlanName=name,
                TrainingPlanOfferingId=found[0]["TrainingPlanOfferingId"],
            ).get("TrainingPlanArn")
            if arn:
                self.plans.append((account, region, resource, arn))

    @rule(number=st.integers(0, 9), buys=st.booleans())
    def extend(self, number, buys):
        account, region, _, arn = self.one_of(self.plans, number)
        found = self.aws(
            account,
            region,
            "search_training_plan_offerings",
            TrainingPlanArn=arn,
            DurationHours=24,
        ).get("TrainingPlanExtensionOfferings")
        if found and buys:
            self.aws(
                account,
                region,
                "extend_training_plan",
                TrainingPlanExtensionOfferingId=found[0]["TrainingPlanExtensionOfferingId"],
            )

    @rule(
        number=st.integers(0, 9),
        count=COUNTS,
        hours=st.sampled_from([1, 12, 40]),
        keep_alive=st.sampled_from([0, HOUR]),
    )
    def start_job(self, number, count, hours, keep_alive):
        account, region, _, arn = self.one_of(self.plans, number)
        name = f"job-{len(self.jobs)}"
        self.control("jobs/run_for", duration=hours * HOUR, job_name=name)
        members = a_job(name, arn, count, resources={"KeepAlivePeriodInSeconds": keep_alive})
        self.aws(account, region, "create_training_job", **members)
        self.jobs.append((account, region, name))

    @precondition(lambda self: self.jobs)
    @rule(
        number=st.integers(0, 9),
        what=st.sampled_from(
            ["stop_training_job", "delete_training_job", *["describe_training_job"] * 3]
        ),
    )
    def use_job(self, number, what):
        account, region, name = self.one_of(self.jobs, number)
        self.aws(account, region, what, TrainingJobName=name)

    @rule(number=st.integers(0, 9), count=COUNTS)
    def start_cluster(self, number, count):
        account, region, _, arn = self.one_of(self.plans, number)
        name = f"cluster-{len(self.clusters)}"
        self.aws(account, region, "create_cluster", **a_cluster(name, arn, count))
        self.clusters.append((account, region, name, arn))

    @precondition(lambda self: self.clusters)
    @rule(number=st.integers(0, 9), count=st.sampled_from([0, 1, 4]), keeps=st.booleans())
    def update_cluster(self, number, count, keeps):
        account, region, name, arn = self.one_of(self.clusters, number)
        self.aws(
            account, region, "update_cluster", **a_cluster(name, arn if keeps else None, count)
        )

    @precondition(lambda self: self.clusters)
    @rule(number=st.integers(0, 9), what=st.sampled_from(["describe_cluster", "delete_cluster"]))
    def use_cluster(self, number, what):
        account, region, name, _ = self.one_of(self.clusters, number)
        self.aws(account, region, what, ClusterName=name)

    @rule(number=st.integers(0, 9))
    def describe_plan(self, number):
        account, region, _, arn = self.one_of(self.plans, number)
        self.aws(account, region, "describe_training_plan", TrainingPlanName=arn)

    @rule(account=ACCOUNTS, region=REGIONS, number=st.integers(0, 99))
    def use_neighbours(self, account, region, number):
        self.aws(
            account,
            region,
            "create_model",
            ModelName=f"model-{number}",
            ExecutionRoleArn="arn:aws:iam::123456789012:role/r",
        )
        self.aws(
            account, region, "create_security_group", "ec2", GroupName=f"g{number}", Description="-"
        )

    @rule(value=st.sampled_from([10, 30, 400]), region=REGIONS)
    def ask_for_quota(self, value, region):
        self.aws(
            0,
            region,
            "request_service_quota_increase",
            "service-quotas",
            ServiceCode="sagemaker",
            QuotaCode="L-867702E6",
            DesiredValue=value,
        )
        self.aws(
            0,
            region,
            "list_requested_service_quota_change_history",
            "service-quotas",
            ServiceCode="sagemaker",
        )

    @rule(
        order=st.sampled_from(
            [
                ("payments/fail_next", {"times": 1}),
                ("payments/delay", {"delta": 2 * HOUR}),
                ("payments/delay", {"delta": 0}),
                ("quotas/deny_next", {}),
                ("faults/throttle", {"operation": "DescribeTrainingPlan"}),
                ("faults/throttle", {"operation": "CreateTrainingJob"}),
                ("prices/set", {"instance_type": TYPE, "rate": 7.5}),
                ("capacity/set", {"zone": "us-west-2a", "instance_type": TYPE, "count": 3}),
                ("capacity/clear", {"region": "us-east-1"}),
                ("quotas/set", {"name": TYPE, "value": 5, "region": "us-east-1"}),
                ("jobs/expiration_in", {"unit": "milliseconds"}),
            ]
        )
    )
    def order(self, order):
        name, arguments = order
        self.control(name, **arguments)

    @rule(number=st.integers(0, 9), what=st.sampled_from(["fail_instances", "repair"]))
    def break_instances(self, number, what):
        self.control(f"faults/{what}", resource=self.one_of(self.plans, number)[3])

    @rule(hours=st.integers(1, 30))
    def outage(self, hours):
        now = self.steps.plans.clock.now().timestamp()
        self.control(
            "faults/zone_outage", zone="us-west-2a", start=now + HOUR, end=now + hours * HOUR + HOUR
        )

    @rule(model=st.sampled_from(MODELS), transition=TRANSITIONS)
    def pace(self, model, transition):
        self.do("manager", "set_transition", (model, transition))

    @rule(minutes=st.sampled_from([1, 30, 60, 600, 1440]))
    def tick(self, minutes):
        self.control("clock/tick", delta=minutes * 60)

    @rule()
    def next_event(self):
        self.control("clock/next_event")

    @rule()
    def begin_anew(self):
        """What moto has of its own stays, as endpoints and networks do."""
        self.control("reset")
        self.plans.clear()
        self.jobs.clear()
        self.clusters.clear()
        self.buy(0, "us-west-2", "training-job", 2, 24)

    @rule()
    def save(self):
        self.saved, self.since = json.dumps(saved_state()), []

    # -- what holds in the end -------------------------------------------------------------

    def teardown(self):
        try:
            if self.saved is None:
                return
            self.control("clock/tick", delta=20 * 24 * HOUR)
            went_on = self.all_there_is()
            load_state(json.loads(self.saved))
            assert saved_state() == json.loads(self.saved)
            for step, answer in self.since:
                assert self.steps.do(step) == answer, step
            assert self.all_there_is() == went_on
        finally:
            for model in MODELS:
                self.steps.do(("manager", "unset_transition", (model,)))
            self.mock.stop()

    def all_there_is(self):
        plans = self.steps.plans
        answers = []
        for account in (0, 1):
            for region in ("us-west-2", "us-east-1"):
                for operation in ("list_training_plans", "list_training_jobs", "list_clusters"):
                    answers.append(self.steps.aws(account, region, operation))
        return (answers, plans.history(), plans.calls(), plans.clock.now(), saved_state())


StateMachine.TestCase.settings = settings(
    max_examples=8,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    # To find the shortest story that fails takes minutes: each is told as it was found.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@pytest.mark.in_process("saves and loads without files, and sets the state manager")
@pytest.mark.rule("TIME-03", "TIME-06")
class TestStateMachine(StateMachine.TestCase):
    """Run by pytest."""
