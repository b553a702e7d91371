"""Of several who want the same at the same moment one gets it, and nothing is lost or hangs.

Run a few times each; `nox -s races` runs them a thousand times, in process and against a server.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from moto_trainingplans.aws_json.validation import is_operation
from tests.support.clusters import CONTINUOUS, group
from tests.support.jobs import DAY, HOUR, START, counts, job_request
from tests.support.races import RACERS, refused, together, won

TYPE = "ml.p4d.24xlarge"
ZONE = "us-west-2a"
PLANS_QUOTA = "L-867702E6"
FEW = 3
EVERYBODY = range(RACERS)


@pytest.fixture
def turns(plans, rounds):
    """So many turns, each in a simulation of its own that has `count` instances to sell."""

    def take(count: int = 64):
        for turn in range(rounds(FEW)):
            plans.reset()
            plans.capacity.clear()
            plans.capacity.set(ZONE, TYPE, count)
            yield turn

    return take


def app(name: str, plan: str) -> dict[str, Any]:
    return {
        "DomainId": "d-domain",
        "SpaceName": "space",
        "AppType": "JupyterLab",
        "AppName": name,
        "ResourceSpec": {"InstanceType": TYPE, "TrainingPlanArn": plan},
    }


@pytest.mark.rule("CAPACITY-02", "PLAN-06")
def test_one_buyer_gets_the_last_instance(plans, turns, search, sagemaker):
    for _ in turns(count=1):
        offering = search()[-1]["TrainingPlanOfferingId"]
        together(
            *(
                partial(
                    sagemaker.create_training_plan,
                    TrainingPlanName=f"plan-{buyer}",
                    TrainingPlanOfferingId=offering,
                )
                for buyer in EVERYBODY
            )
        )
        listed = sagemaker.list_training_plans()["TrainingPlanSummaries"]
        assert Counter(each["Status"] for each in listed) == {
            "Scheduled": 1,
            "Failed": RACERS - 1,
        }
        assert plans.capacity.free(ZONE, TYPE, target="training-job", start=START) == 0


@pytest.mark.rule("PLAN-01")
def test_one_plan_gets_a_name(turns, search, sagemaker):
    for _ in turns():
        offering = search()[-1]["TrainingPlanOfferingId"]
        buy = partial(
            sagemaker.create_training_plan,
            TrainingPlanName="plan",
            TrainingPlanOfferingId=offering,
        )
        outcomes = together(*[buy] * RACERS)
        assert len(won(outcomes)) == 1
        assert refused(outcomes) == ["ResourceInUse"] * (RACERS - 1)
        assert len(sagemaker.list_training_plans()["TrainingPlanSummaries"]) == 1


@pytest.mark.rule("JOB-02", "JOB-09")
def test_one_job_gets_a_name_and_one_the_last_instance(plans, turns, buy, jobs, sagemaker):
    for _ in turns():
        arn = buy(InstanceCount=1)
        plans.clock.move_to(START)
        create = partial(sagemaker.create_training_job, **job_request("job", arn))
        outcomes = together(*[create] * RACERS)
        assert len(won(outcomes)) == 1
        assert refused(outcomes) == ["ResourceInUse"] * (RACERS - 1)
        plans.clock.tick(2 * HOUR)
        names = [f"job-{racer}" for racer in EVERYBODY]
        create_each = (
            partial(sagemaker.create_training_job, **job_request(name, arn)) for name in names
        )
        assert len(won(together(*create_each))) == RACERS
        states = Counter(jobs.states(*names))
        assert states == {"Training": 1, "Pending": RACERS - 1}
        assert counts(sagemaker, "plan") == (1, 0)


@pytest.mark.rule("JOB-08")
def test_one_job_gets_a_warm_pool(plans, turns, buy, jobs, sagemaker):
    for _ in turns():
        arn = buy(InstanceCount=1)
        plans.clock.move_to(START)
        warm = {"resources": {"KeepAlivePeriodInSeconds": 3600}}
        jobs.create("first", arn, **warm)
        plans.clock.tick(HOUR)
        names = [f"job-{racer}" for racer in EVERYBODY]
        together(
            *(
                partial(sagemaker.create_training_job, **job_request(name, arn, **warm))
                for name in names
            )
        )
        (taker,) = (name for name in names if jobs.status(name)[1] == "Training")
        pool = jobs.describe("first")["WarmPoolStatus"]
        assert (pool["Status"], pool["ReusedByJob"]) == ("Reused", taker)


@pytest.mark.skipif(not is_operation("ExtendTrainingPlan"), reason="botocore's model lacks it")
@pytest.mark.rule("EXTEND-03")
def test_an_extension_is_bought_once(turns, buy, sagemaker):
    for _ in turns():
        arn = buy()
        (offering,) = sagemaker.search_training_plan_offerings(
            TrainingPlanArn=arn, DurationHours=24
        )["TrainingPlanExtensionOfferings"]
        extend = partial(
            sagemaker.extend_training_plan,
            TrainingPlanExtensionOfferingId=offering["TrainingPlanExtensionOfferingId"],
        )
        outcomes = together(*[extend] * RACERS)
        assert len(won(outcomes)) == 1
        assert refused(outcomes) == ["ResourceNotFound"] * (RACERS - 1)
        plan = sagemaker.describe_training_plan(TrainingPlanName="plan")
        assert plan["EndTime"] == START + 2 * DAY


@pytest.mark.rule("CLUSTER-05", "CLUSTER-10")
def test_a_cluster_is_created_once_and_deleted_once(plans, turns, reserve, sagemaker):
    for _ in turns():
        arn = reserve(count=4)
        plans.clock.move_to(START)
        create = partial(
            sagemaker.create_cluster,
            ClusterName="cluster",
            InstanceGroups=[group("workers", arn, 3)],
        )
        outcomes = together(*[create] * RACERS)
        assert len(won(outcomes)) == 1
        assert refused(outcomes) == ["ResourceInUse"] * (RACERS - 1)
        assert counts(sagemaker, "plan") == (3, 1)
        outcomes = together(*[partial(sagemaker.delete_cluster, ClusterName="cluster")] * RACERS)
        assert len(won(outcomes)) == 1
        assert refused(outcomes) == ["ResourceNotFound"] * (RACERS - 1)
        assert counts(sagemaker, "plan") == (0, 4)


@pytest.mark.rule("CLUSTER-05", "CLUSTER-09")
def test_no_change_of_a_cluster_is_lost(plans, turns, reserve, clusters, sagemaker):
    for _ in turns():
        arn = reserve(count=16)
        plans.clock.move_to(START)
        clusters.create("cluster", group("a", arn, 1), group("b", arn, 1), **CONTINUOUS)
        node = {"InstanceGroupName": "a", "IncrementTargetCountBy": 1}
        add = partial(sagemaker.batch_add_cluster_nodes, ClusterName="cluster", NodesToAdd=[node])
        updates = [
            partial(clusters.update, "cluster", group("b", arn, count)) for count in (2, 3, 4)
        ]
        outcomes = together(*[add] * RACERS, *updates)
        assert refused(outcomes) == []
        found = clusters.counts("cluster")
        assert found["a"] == (1 + RACERS, 1 + RACERS)
        current, target = found["b"]
        assert current == target
        assert target in (2, 3, 4)
        assert counts(sagemaker, "plan") == (1 + RACERS + target, 15 - RACERS - target)


@pytest.mark.rule("OTHER-01", "OTHER-02")
def test_one_app_and_one_endpoint_get_the_last_instance(plans, turns, buy, sagemaker):
    for turn in turns():
        apps = buy("apps", TargetResources=["studio-apps"])
        endpoints = buy("endpoints", TargetResources=["endpoint"])
        plans.clock.move_to(START)
        outcomes = together(
            *(partial(sagemaker.create_app, **app(f"app-{racer}", apps)) for racer in EVERYBODY)
        )
        assert len(won(outcomes)) == 1
        assert refused(outcomes) == ["ValidationException"] * (RACERS - 1)
        # What moto has of its own stays when a simulation begins anew.
        names = [f"endpoint-{turn}-{racer}" for racer in EVERYBODY]
        for name in names:
            configure(sagemaker, name, endpoints)
        together(
            *(
                partial(sagemaker.create_endpoint, EndpointName=name, EndpointConfigName=name)
                for name in names
            )
        )
        statuses = [
            sagemaker.describe_endpoint(EndpointName=name)["EndpointStatus"] for name in names
        ]
        assert Counter(statuses) == {"InService": 1, "Failed": RACERS - 1}
        assert counts(sagemaker, "endpoints") == (1, 0)
        for name in names:
            sagemaker.delete_endpoint(EndpointName=name)


def configure(sagemaker: Any, name: str, plan: str) -> None:
    sagemaker.create_model(
        ModelName=name, ExecutionRoleArn="arn:aws:iam::123456789012:role/inference"
    )
    reservation = {
        "CapacityReservationPreference": "capacity-reservations-only",
        "MlReservationArn": plan,
    }
    variant = {
        "VariantName": "main",
        "ModelName": name,
        "InstanceType": TYPE,
        "InitialInstanceCount": 1,
        "CapacityReservationConfig": reservation,
    }
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])


@pytest.mark.rule("QUOTA-02", "QUOTA-03")
def test_one_plan_fits_a_quota_and_one_request_raises_it(plans, turns, search, sagemaker, client):
    for _ in turns():
        plans.quotas.set("training-plan-total_count", 1, region="us-west-2")
        offering = search()[-1]["TrainingPlanOfferingId"]
        outcomes = together(
            *(
                partial(
                    sagemaker.create_training_plan,
                    TrainingPlanName=f"plan-{buyer}",
                    TrainingPlanOfferingId=offering,
                )
                for buyer in EVERYBODY
            )
        )
        assert len(won(outcomes)) == 1
        assert refused(outcomes) == ["ResourceLimitExceeded"] * (RACERS - 1)
        ask = partial(
            client("service-quotas").request_service_quota_increase,
            ServiceCode="sagemaker",
            QuotaCode=PLANS_QUOTA,
            DesiredValue=2,
        )
        outcomes = together(*[ask] * RACERS)
        assert len(won(outcomes)) == 1
        assert refused(outcomes) == ["IllegalArgumentException"] * (RACERS - 1)


@pytest.mark.rule("TIME-02", "TIME-04")
def test_no_move_of_the_clock_is_lost_and_each_is_answered_with_its_own_time(plans, turns):
    for _ in turns():
        before = plans.clock.now()
        together(*[partial(plans.clock.tick, timedelta(hours=1))] * RACERS)
        assert plans.clock.now() == before + RACERS * HOUR


@pytest.mark.rule("CLIENT-07", "CLIENT-08")
def test_who_buys_while_all_begins_anew_buys_before_or_after_it(plans, turns, search, sagemaker):
    for _ in turns():
        offering = search()[-1]["TrainingPlanOfferingId"]
        outcomes = together(
            *(
                partial(
                    sagemaker.create_training_plan,
                    TrainingPlanName=f"plan-{buyer}",
                    TrainingPlanOfferingId=offering,
                )
                for buyer in EVERYBODY
            ),
            plans.reset,
        )
        # What is bought after it was never offered there.
        assert set(refused(outcomes)) <= {"ResourceNotFound"}
        assert sagemaker.list_training_plans()["TrainingPlanSummaries"] == []
        assert plans.history() == []
        free = plans.capacity.free(ZONE, TYPE, target="training-job", start=START)
        assert free == 64


@pytest.mark.rule("CLIENT-07", "TIME-03")
def test_what_is_saved_while_others_buy_is_a_moment_of_it(
    plans, turns, search, sagemaker, tmp_path
):
    for turn in turns():
        offering = search()[-1]["TrainingPlanOfferingId"]
        file = tmp_path / f"{turn}.json"
        outcomes = together(
            *(
                partial(
                    sagemaker.create_training_plan,
                    TrainingPlanName=f"plan-{buyer}",
                    TrainingPlanOfferingId=offering,
                )
                for buyer in EVERYBODY
            ),
            partial(plans.save, file),
        )
        assert refused(outcomes) == []
        whole = plans.history()
        plans.load(file)
        saved = plans.history()
        assert saved == whole[: len(saved)]
        assert sold(plans) == len(sagemaker.list_training_plans()["TrainingPlanSummaries"])


def sold(plans: Any) -> int:
    """How many instances are no longer to be had."""
    return 64 - int(plans.capacity.free(ZONE, TYPE, target="training-job", start=START))


@pytest.mark.rule("CLIENT-07", "TIME-03")
def test_who_buys_while_a_state_is_loaded_buys_before_or_after_it(
    plans, turns, search, sagemaker, tmp_path
):
    for turn in turns():
        offering = search()[-1]["TrainingPlanOfferingId"]
        sagemaker.create_training_plan(TrainingPlanName="saved", TrainingPlanOfferingId=offering)
        file = tmp_path / f"{turn}.json"
        plans.save(file)
        sagemaker.create_training_plan(TrainingPlanName="unsaved", TrainingPlanOfferingId=offering)
        outcomes = together(
            *(
                partial(
                    sagemaker.create_training_plan,
                    TrainingPlanName=f"plan-{buyer}",
                    TrainingPlanOfferingId=offering,
                )
                for buyer in EVERYBODY
            ),
            partial(plans.load, file),
        )
        assert refused(outcomes) == []
        listed = sagemaker.list_training_plans()["TrainingPlanSummaries"]
        names = {each["TrainingPlanName"] for each in listed}
        assert names <= {"saved", *(f"plan-{buyer}" for buyer in EVERYBODY)}
        assert "saved" in names
        assert sold(plans) == len(names)
