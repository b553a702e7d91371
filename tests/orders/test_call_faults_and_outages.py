"""Calls that are to fail, and zones that are to be down: which, in which order, for how long."""

from __future__ import annotations

import pytest
from botocore.config import Config

from tests.support.clusters import Clusters, group
from tests.support.jobs import CHECKPOINTS, HOUR, MINUTE, START, Jobs

ONCE = Config(retries={"total_max_attempts": 1})
OTHER_ROLE = "arn:aws:iam::222222222222:role/other"


@pytest.fixture
def other_account(client):
    """The keys of another account."""
    given = client("sts").assume_role(RoleArn=OTHER_ROLE, RoleSessionName="other")["Credentials"]
    return {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }


@pytest.mark.rule("CLIENT-07")
def test_the_next_calls_fail_in_the_order_in_which_that_was_ordered_whoever_makes_them(
    plans, client, refusal, other_account
):
    own, elsewhere = (
        client("sagemaker", region, config=ONCE) for region in ("us-west-2", "us-east-1")
    )
    other = client("sagemaker", config=ONCE, **other_account)
    plans.faults.error("ListTrainingPlans", "First", "The first.", times=2)
    plans.faults.throttle("ListTrainingPlans")
    plans.faults.error("ListClusters", "Another", "Of another operation.")
    plans.faults.error("ListTrainingPlans", "Last", "The last.")
    assert refusal(elsewhere.list_training_plans) == ("First", "The first.")
    assert refusal(other.list_training_plans) == ("First", "The first.")
    assert refusal(own.list_training_plans) == ("ThrottlingException", "Rate exceeded")
    assert refusal(other.list_training_plans) == ("Last", "The last.")
    for each in (own, elsewhere, other):
        assert each.list_training_plans()["TrainingPlanSummaries"] == []
    assert refusal(own.list_clusters) == ("Another", "Of another operation.")
    assert own.list_clusters()["ClusterSummaries"] == []


@pytest.mark.rule("JOB-11", "CLUSTER-04")
def test_a_zone_that_is_down_for_several_reasons_is_back_when_the_last_has_ended(
    plans, jobs, buy, clusters
):
    plan = buy()
    plans.jobs.run_for(2 * HOUR)
    jobs.create("job", plan, **CHECKPOINTS)
    clusters.create("cluster", group("workers"))
    for first, last in ((1, 4), (2, 3), (3, 5), (5, 6)):
        plans.faults.zone_outage("us-west-2a", START + first * HOUR, START + last * HOUR)
    plans.clock.move_to(START + HOUR - MINUTE)
    assert jobs.states("job") == ["Training"]
    plans.clock.move_to(START + HOUR)
    gone = plans.history()
    # Where one begins as the last ends, the zone is down without a break.
    for hour in range(1, 6):
        plans.clock.move_to(START + hour * HOUR)
        assert plans.history() == gone
        assert jobs.states("job") == ["Pending"]
        assert clusters.counts("cluster") == {"workers": (0, 1)}
        plans.clock.tick(HOUR - MINUTE)
        assert jobs.states("job") == ["Pending"]
        assert clusters.counts("cluster") == {"workers": (0, 1)}
    plans.clock.move_to(START + 6 * HOUR)
    (lane,) = plans.timeline("us-west-2a").view.lanes
    assert [(span.start, span.end) for span in lane.spans] == [(START + HOUR, START + 6 * HOUR)]
    assert jobs.states("job") == ["Training"]
    assert clusters.counts("cluster") == {"workers": (1, 1)}
    plans.clock.tick(HOUR)
    assert jobs.states("job") == ["Completed"]


@pytest.mark.rule("JOB-11", "CLUSTER-04")
def test_a_zone_is_down_for_every_account(plans, client, buy, other_account):
    stories = []
    for keys in ({}, other_account):
        sagemaker = client("sagemaker", **keys)
        Jobs(sagemaker).create("job", buy(using=sagemaker))
        Clusters(sagemaker).create("cluster", group("workers"))
        stories.append((Jobs(sagemaker), Clusters(sagemaker)))
    plans.clock.move_to(START)
    plans.faults.zone_outage("us-west-2a", START, START + HOUR)
    for jobs, clusters in stories:
        assert jobs.states("job") == ["Pending"]
        assert clusters.counts("cluster") == {"workers": (0, 1)}
    plans.clock.tick(HOUR)
    for jobs, clusters in stories:
        assert jobs.states("job") == ["Training"]
        assert clusters.counts("cluster") == {"workers": (1, 1)}


@pytest.mark.rule("CLUSTER-08")
def test_of_the_running_instances_of_a_cluster_or_plan_the_lowest_break_first(plans, clusters, buy):
    plan = buy("nodes", InstanceCount=4, TargetResources=["hyperpod-cluster"])
    arn = clusters.create("cluster", group("workers", plan, 4), NodeRecovery="None")
    plans.clock.move_to(START)

    def statuses():
        return [node["InstanceStatus"]["Status"] for node in clusters.nodes("cluster")]

    plans.faults.fail_instances(arn)
    assert statuses() == ["Failure", "Running", "Running", "Running"]
    plans.faults.fail_instances(plan, 2)
    assert statuses() == ["Failure", "Failure", "Failure", "Running"]
    plans.faults.repair(clusters.ids("cluster")[1])
    assert statuses() == ["Failure", "Running", "Failure", "Running"]
    plans.faults.fail_instances(arn)
    assert statuses() == ["Failure", "Failure", "Failure", "Running"]
    plans.faults.repair(arn)
    assert statuses() == ["Running"] * 4
