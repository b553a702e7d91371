"""The operator through broken nodes, lost zones, and the days on which plans end and begin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
import pytest
from moto_trainingplans import TrainingPlans

from hyperpod_operator import Action, Kind, Operator

pytestmark = pytest.mark.training_plans(now="2025-01-21T12:00:00Z")

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# When the first plan begins, and when the second one does.
FIRST = datetime(2025, 1, 22, 11, 30, tzinfo=timezone.utc)
SECOND = FIRST + 2 * DAY


@pytest.fixture(scope="session")
def session() -> boto3.Session:
    """One for all tests: it reads botocore's large model of SageMaker once."""
    return boto3.Session(region_name="us-west-2")


@pytest.fixture
def sagemaker(session: boto3.Session) -> Any:
    return session.client("sagemaker")


@pytest.fixture
def buy(training_plans: TrainingPlans, sagemaker: Any) -> Callable[..., str]:
    """Buys a plan of two days that begins at a time: a market of its own, sold out afterwards."""

    def run(name: str, start: datetime, instances: int = 4, zone: str = "us-west-2a") -> str:
        training_plans.capacity.clear()
        training_plans.capacity.set(
            zone, "ml.p4d.24xlarge", instances, start=start, end=start + 2 * DAY
        )
        offering = sagemaker.search_training_plan_offerings(
            InstanceType="ml.p4d.24xlarge",
            InstanceCount=instances,
            DurationHours=48,
            TargetResources=["hyperpod-cluster"],
        )["TrainingPlanOfferings"][0]
        arn: str = sagemaker.create_training_plan(
            TrainingPlanName=name, TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
        )["TrainingPlanArn"]
        training_plans.capacity.clear()
        return arn

    return run


@pytest.fixture
def cluster(sagemaker: Any, buy: Callable[..., str]) -> Callable[..., str]:
    """Makes a cluster whose failed nodes are the operator's to replace, on a first plan."""

    def run(nodes: int = 3) -> str:
        plan = buy("first", FIRST)
        role = "arn:aws:iam::123456789012:role/cluster"
        worker = {"InstanceType": "ml.p4d.24xlarge", "ExecutionRole": role}
        login = {"InstanceType": "ml.m5.large", "ExecutionRole": role, "InstanceCount": 1}
        sagemaker.create_cluster(
            ClusterName="research",
            NodeRecovery="None",
            InstanceGroups=[
                {
                    "InstanceGroupName": "workers",
                    "InstanceCount": nodes,
                    "TrainingPlanArn": plan,
                    "ThreadsPerCore": 2,
                    **worker,
                },
                {"InstanceGroupName": "login", **login},
            ],
        )
        return plan

    return run


@pytest.fixture
def operator(training_plans: TrainingPlans, sagemaker: Any) -> Callable[..., Operator]:
    def run(*plans: str, **settings: Any) -> Operator:
        settings = {"now": training_plans.clock.now, **settings}
        return Operator(sagemaker, "research", "workers", plans or ("first",), **settings)

    return run


def workers(sagemaker: Any) -> list[dict[str, Any]]:
    listed = sagemaker.list_cluster_nodes(
        ClusterName="research", InstanceGroupNameContains="workers"
    )
    nodes: list[dict[str, Any]] = listed["ClusterNodeSummaries"]
    return nodes


def statuses(sagemaker: Any) -> list[str]:
    return sorted(each["InstanceStatus"]["Status"] for each in workers(sagemaker))


def group(sagemaker: Any) -> dict[str, Any]:
    described = sagemaker.describe_cluster(ClusterName="research")["InstanceGroups"]
    found: dict[str, Any] = next(
        each for each in described if each["InstanceGroupName"] == "workers"
    )
    return found


def test_a_broken_node_is_replaced_by_the_plans_free_instance(
    training_plans: TrainingPlans,
    sagemaker: Any,
    cluster: Callable[..., str],
    operator: Callable[..., Operator],
) -> None:
    cluster()
    training_plans.clock.move_to(FIRST)
    assert operator().step() == []
    broken = workers(sagemaker)[0]["InstanceId"]
    training_plans.faults.fail_instances(broken)
    assert group(sagemaker)["Status"] == "Degraded"
    assert operator().step() == [Action(Kind.REPLACED, broken)]
    assert statuses(sagemaker) == ["Running"] * 3
    assert broken not in [each["InstanceId"] for each in workers(sagemaker)]
    assert operator().step() == []


def test_more_broken_nodes_than_a_request_can_name_are_replaced_in_several(
    training_plans: TrainingPlans,
    sagemaker: Any,
    buy: Callable[..., str],
    operator: Callable[..., Operator],
) -> None:
    large = buy("first", FIRST, instances=64)
    sagemaker.create_cluster(
        ClusterName="research",
        NodeRecovery="None",
        InstanceGroups=[
            {
                "InstanceGroupName": "workers",
                "InstanceType": "ml.p4d.24xlarge",
                "InstanceCount": 32,
                "ExecutionRole": "arn:aws:iam::123456789012:role/cluster",
                "TrainingPlanArn": large,
            }
        ],
    )
    training_plans.clock.move_to(FIRST)
    training_plans.faults.fail_instances(large, 30)
    assert [each.kind for each in operator().step()] == [Kind.REPLACED] * 30
    assert len(training_plans.calls("BatchReplaceClusterNodes")) == 2
    assert statuses(sagemaker) == ["Running"] * 32


def test_the_group_changes_plans_when_the_next_one_is_there(
    training_plans: TrainingPlans,
    sagemaker: Any,
    cluster: Callable[..., str],
    buy: Callable[..., str],
    operator: Callable[..., Operator],
) -> None:
    cluster()
    second = buy("second", SECOND - DAY, zone="us-west-2b")
    looks_after = operator("first", "second")
    training_plans.clock.move_to(SECOND - 2 * HOUR - MINUTE)
    assert looks_after.step() == []
    training_plans.clock.tick(MINUTE)
    assert looks_after.step() == [Action(Kind.MOVED, "workers", "to second, 3 instances")]
    moved = group(sagemaker)
    assert (moved["TrainingPlanArn"], moved["CurrentCount"]) == (second, 3)
    # All else was sent back as it was, and nobody else was touched.
    (sent,) = training_plans.calls("UpdateCluster")[-1].parameters["InstanceGroups"]
    assert sent["ThreadsPerCore"] == moved["ThreadsPerCore"] == 2
    assert len(sagemaker.describe_cluster(ClusterName="research")["InstanceGroups"]) == 2
    assert looks_after.step() == []


def test_between_two_plans_the_group_waits_without_nodes(
    training_plans: TrainingPlans,
    sagemaker: Any,
    cluster: Callable[..., str],
    buy: Callable[..., str],
    operator: Callable[..., Operator],
) -> None:
    cluster()
    buy("second", SECOND + DAY)
    with training_plans.clock.sleeping():
        seen = list(operator("first", "second").watch(10 * MINUTE, until=SECOND + DAY - HOUR))
    # Not before its nodes were shut down: until then they could work.
    assert seen == [Action(Kind.MOVED, "workers", "to second, 3 instances")]
    (move,) = training_plans.calls("UpdateCluster")
    assert SECOND - HOUR <= move.time < SECOND - HOUR + 10 * MINUTE
    assert (group(sagemaker)["CurrentCount"], group(sagemaker)["TargetCount"]) == (0, 3)
    training_plans.clock.move_to(SECOND + DAY)
    assert statuses(sagemaker) == ["Running"] * 3


def test_a_smaller_plan_gets_as_many_nodes_as_it_has(
    training_plans: TrainingPlans,
    sagemaker: Any,
    cluster: Callable[..., str],
    buy: Callable[..., str],
    operator: Callable[..., Operator],
) -> None:
    cluster(nodes=4)
    buy("second", SECOND, instances=2)
    training_plans.clock.move_to(SECOND)
    assert operator("first", "second").step() == [
        Action(Kind.MOVED, "workers", "to second, 2 of 4 instances")
    ]
    assert statuses(sagemaker) == ["Running"] * 2


def test_a_plan_that_was_never_paid_is_passed_over_and_the_last_is_told(
    training_plans: TrainingPlans,
    sagemaker: Any,
    cluster: Callable[..., str],
    buy: Callable[..., str],
    operator: Callable[..., Operator],
) -> None:
    cluster()
    training_plans.payments.fail_next()
    buy("unpaid", SECOND)
    third = buy("third", SECOND)
    training_plans.clock.move_to(SECOND)
    looks_after = operator("first", "unpaid", "third")
    assert looks_after.step() == [Action(Kind.MOVED, "workers", "to third, 3 instances")]
    assert group(sagemaker)["TrainingPlanArn"] == third
    training_plans.clock.tick(3 * DAY)
    assert looks_after.step() == [Action(Kind.NO_PLAN_LEFT, "workers")]


def test_a_cluster_that_others_are_changing_is_left_for_the_next_look(
    training_plans: TrainingPlans,
    cluster: Callable[..., str],
    buy: Callable[..., str],
    operator: Callable[..., Operator],
) -> None:
    cluster()
    buy("second", SECOND)
    training_plans.clock.move_to(SECOND)
    training_plans.faults.error("UpdateCluster", "ConflictException", "It is Updating.")
    looks_after = operator("first", "second")
    assert looks_after.step() == [Action(Kind.BUSY, "research", "It is Updating.")]
    assert [each.kind for each in looks_after.step()] == [Kind.MOVED]


def test_a_zone_that_is_down_is_waited_out(
    training_plans: TrainingPlans,
    sagemaker: Any,
    cluster: Callable[..., str],
    operator: Callable[..., Operator],
) -> None:
    cluster()
    training_plans.clock.move_to(FIRST)
    training_plans.faults.zone_outage("us-west-2a", FIRST + HOUR, FIRST + 3 * HOUR)
    with training_plans.clock.sleeping():
        assert list(operator().watch(10 * MINUTE, until=FIRST + 2 * HOUR)) == []
    assert workers(sagemaker) == []
    training_plans.clock.move_to(FIRST + 3 * HOUR)
    assert statuses(sagemaker) == ["Running"] * 3


def test_an_overlap_shorter_than_the_cut_off_is_refused(operator: Callable[..., Operator]) -> None:
    with pytest.raises(ValueError, match="at least 1:00:00"):
        operator(overlap=30 * MINUTE)
