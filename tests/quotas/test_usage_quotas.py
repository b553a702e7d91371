"""Quotas on what jobs, warm pools and clusters hold."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.clusters import group
from tests.support.jobs import START, job_request
from tests.support.quotas import ACCOUNT

REACHED = (
    "The account-level service limit 'ml.p4d.24xlarge for {usage} usage' is {limit} Instances, "
    "with current utilization of {used} Instances and a request delta of {more} Instances. "
    "Please use AWS Service Quotas to request an increase for this quota. If AWS Service Quotas "
    "is not available, contact AWS support to request an increase for this quota."
)


@pytest.fixture
def allow(plans):
    """Sets how many instances of the plans' type jobs may hold, or keep warm."""

    def run(count, usage="training job"):
        plans.quotas.set(f"ml.p4d.24xlarge for {usage} usage", count, region="us-west-2")

    return run


@pytest.mark.rule("QUOTA-04")
@pytest.mark.in_process("jobs and clusters ask the domain")
def test_instances_in_use_are_limited_for_each_account_region_and_type(plans):
    from moto_trainingplans.host.backend import current_world
    from moto_trainingplans.simulation.kernel.scope import Scope
    from moto_trainingplans.simulation.quotas.errors import QuotaExceeded
    from moto_trainingplans.simulation.quotas.limits import Usage

    plans.quotas.set("ml.p5.48xlarge for cluster usage", 4, region="us-west-2", account=ACCOUNT)
    quotas = current_world().quotas
    where = (Usage.CLUSTER, Scope(ACCOUNT, "us-west-2", "aws"), "ml.p5.48xlarge")
    quotas.check_usage(*where, held=3, requested=1)
    with pytest.raises(QuotaExceeded) as refused:
        quotas.check_usage(*where, held=3, requested=2)
    exceeded = refused.value
    assert exceeded.quota_name == "ml.p5.48xlarge for cluster usage"
    assert (exceeded.limit, exceeded.used, exceeded.requested) == (4, 3, 2)
    for other in (
        (Usage.TRAINING_JOB, Scope(ACCOUNT, "us-west-2", "aws"), "ml.p5.48xlarge"),
        (Usage.CLUSTER, Scope("999999999999", "us-west-2", "aws"), "ml.p5.48xlarge"),
        (Usage.CLUSTER, Scope(ACCOUNT, "us-east-1", "aws"), "ml.p5.48xlarge"),
        (Usage.CLUSTER, Scope(ACCOUNT, "us-west-2", "aws"), "ml.m5.large"),
    ):
        quotas.check_usage(*other, held=9_999, requested=1)


@pytest.mark.rule("QUOTA-04", "CLUSTER-09")
def test_nodes_are_added_to_groups_up_to_their_quota(plans, clusters, refusal, sagemaker):
    sagemaker.create_cluster(
        ClusterName="cluster",
        InstanceGroups=[group("a", None, 2), group("b", None, 1)],
        NodeProvisioningMode="Continuous",
    )

    def add(**counts):
        return {
            "ClusterName": "cluster",
            "NodesToAdd": [
                {"InstanceGroupName": name, "IncrementTargetCountBy": count}
                for name, count in counts.items()
            ],
        }

    plans.quotas.set("ml.p4d.24xlarge for cluster usage", 4, region="us-west-2")
    code, message = refusal(sagemaker.batch_add_cluster_nodes, **add(a=1, b=1))
    assert code == "ResourceLimitExceeded"
    assert message == REACHED.format(usage="cluster", limit=4, used=3, more=2)
    assert clusters.counts("cluster") == {"a": (2, 2), "b": (1, 1)}
    sagemaker.batch_add_cluster_nodes(**add(b=1))
    assert clusters.counts("cluster") == {"a": (2, 2), "b": (2, 2)}


@pytest.mark.rule("QUOTA-04")
def test_a_job_past_the_quota_on_what_jobs_hold_is_refused(plans, buy, jobs, refusal, allow):
    plan = buy(InstanceCount=4)
    allow(3)
    jobs.create("first", plan, 3)
    plans.clock.move_to(START)
    for on in (plan, None):
        code, message = refusal(jobs.client.create_training_job, **job_request("more", on, 1))
        assert code == "ResourceLimitExceeded"
        assert message == REACHED.format(usage="training job", limit=3, used=3, more=1)
    _, message = refusal(jobs.client.describe_training_job, TrainingJobName="more")
    assert message == "Requested resource not found."
    allow(4)
    jobs.create("more", plan, 1)


@pytest.mark.rule("QUOTA-04", "JOB-03")
def test_jobs_queued_before_the_start_wait_for_the_quota_in_their_order(plans, buy, jobs, allow):
    plan = buy(InstanceCount=8)
    allow(3)
    for name, count in (("first", 2), ("second", 2), ("third", 1), ("fourth", 1)):
        jobs.create(name, plan, count)  # those that wait hold nothing
    plans.clock.move_to(START)
    # The third is small enough to start though the second is not.
    names = ("first", "second", "third", "fourth")
    assert jobs.states(*names) == ["Training", "Pending", "Training", "Pending"]
    plans.clock.tick(timedelta(hours=1))
    assert jobs.states(*names) == ["Completed", "Training", "Completed", "Training"]


@pytest.mark.rule("QUOTA-04")
def test_a_job_waits_for_the_quota_on_whichever_plan_it_is_used_up(plans, buy, jobs, allow):
    allow(2)
    for name in ("one", "two"):
        jobs.create(name, buy(name, InstanceCount=2), 2)
    plans.clock.move_to(START)
    assert jobs.states("one", "two") == ["Training", "Pending"]
    plans.clock.tick(timedelta(hours=1))
    assert jobs.states("one", "two") == ["Completed", "Training"]


@pytest.mark.rule("QUOTA-04")
def test_of_jobs_on_several_plans_the_first_created_gets_the_quota(plans, buy, jobs, allow):
    one, two = buy("one", InstanceCount=2), buy("two", InstanceCount=2)
    allow(2)
    for name, plan in (("first", one), ("second", one), ("third", two)):
        jobs.create(name, plan, 2)
    plans.clock.move_to(START + timedelta(hours=1))
    assert jobs.states("first", "second", "third") == ["Completed", "Training", "Pending"]


@pytest.mark.rule("QUOTA-04")
def test_a_job_that_waits_for_the_quota_starts_when_it_is_raised(plans, buy, jobs, allow, client):
    plan = buy(InstanceCount=4)
    allow(1)
    for name in ("one", "two", "three"):
        jobs.create(name, plan, 1)
    plans.clock.move_to(START)
    assert jobs.states("one", "two", "three") == ["Training", "Pending", "Pending"]
    allow(2)
    assert jobs.states("two", "three") == ["Training", "Pending"]
    quotas = client("service-quotas")
    (code,) = [
        each["QuotaCode"]
        for page in quotas.get_paginator("list_service_quotas").paginate(ServiceCode="sagemaker")
        for each in page["Quotas"]
        if each["QuotaName"] == "ml.p4d.24xlarge for training job usage"
    ]
    quotas.request_service_quota_increase(ServiceCode="sagemaker", QuotaCode=code, DesiredValue=3)
    assert jobs.states("three") == ["Training"]


@pytest.mark.rule("QUOTA-04")
def test_warm_instances_are_still_held_and_a_job_that_reuses_them_needs_no_more(
    plans, buy, jobs, refusal, allow
):
    plan = buy(InstanceCount=4)
    allow(3)
    jobs.create("first", plan, 3, resources={"KeepAlivePeriodInSeconds": 600})
    plans.clock.move_to(START + timedelta(hours=1))
    code, message = refusal(jobs.client.create_training_job, **job_request("other", plan, 1))
    assert (code, message) == (
        "ResourceLimitExceeded",
        REACHED.format(usage="training job", limit=3, used=3, more=1),
    )
    jobs.create("second", plan, 3)
    assert jobs.states("second") == ["Training"]
    plans.clock.tick(timedelta(hours=1))
    jobs.create("other", plan, 1)


@pytest.mark.rule("QUOTA-05", "JOB-08")
@pytest.mark.parametrize("limit", [2, 3])
def test_the_quota_on_warm_pools_bounds_what_stays_and_refuses_nothing(
    plans, buy, jobs, allow, limit
):
    plan = buy(InstanceCount=4)
    plans.clock.move_to(START)
    allow(limit, "training warm pool")
    warm = {"KeepAlivePeriodInSeconds": 600}
    jobs.create("first", plan, 2, resources=warm)
    jobs.create("second", plan, 2, resources=warm)
    plans.clock.tick(timedelta(hours=1))

    def pools():
        return [jobs.describe(name)["WarmPoolStatus"]["Status"] for name in ("first", "second")]

    assert jobs.states("first", "second") == ["Completed", "Completed"]
    assert pools() == ["Available", "Terminated"]
    # What has been taken over makes room for the next.
    jobs.create("third", plan, 2, resources=warm)
    assert pools() == ["Reused", "Terminated"]
    plans.clock.tick(timedelta(hours=1))
    assert jobs.describe("third")["WarmPoolStatus"]["Status"] == "Available"


@pytest.mark.rule("QUOTA-04")
def test_each_preference_of_a_job_is_checked(plans, buy, jobs, refusal):
    plan = buy()
    plans.quotas.set("ml.p5.48xlarge for training job usage", 0, region="us-west-2")
    preferences = [
        {"InstanceType": "ml.p4d.24xlarge", "TrainingPlanArns": [plan]},
        {"InstanceType": "ml.p5.48xlarge"},
    ]
    resources = {
        "InstanceType": None,
        "TrainingPlanArn": None,
        "InstancePreferences": preferences,
    }
    request = job_request("job", plan, resources=resources)
    code, message = refusal(jobs.client.create_training_job, **request)
    assert code == "ResourceLimitExceeded"
    assert "ml.p5.48xlarge for training job usage" in message


@pytest.mark.rule("QUOTA-04", "JOB-12")
def test_on_demand_instances_that_a_preference_chose_are_held_until_the_job_ends(
    plans, buy, jobs, refusal
):
    plan = buy()
    plans.quotas.set("ml.g5.48xlarge for training job usage", 1, region="us-west-2")

    def request(name):
        preferences = [
            {"InstanceType": "ml.p4d.24xlarge", "TrainingPlanArns": [plan]},
            {"InstanceType": "ml.g5.48xlarge"},
        ]
        resources = {"InstanceType": None, "InstancePreferences": preferences}
        return job_request(name, None, resources=resources)

    jobs.client.create_training_job(**request("first"))  # the plan does not run yet
    code, message = refusal(jobs.client.create_training_job, **request("second"))
    assert code == "ResourceLimitExceeded"
    assert "current utilization of 1 Instances and a request delta of 1 Instances" in message
    plans.clock.tick(timedelta(hours=1))
    jobs.client.create_training_job(**request("second"))
    assert jobs.states("first", "second") == ["Completed", "Training"]


@pytest.mark.rule("QUOTA-04")
def test_clusters_are_limited_by_the_targets_of_their_groups(plans, reserve, clusters, refusal):
    plan = reserve()
    plans.quotas.set("ml.p4d.24xlarge for cluster usage", 5, region="us-west-2")
    clusters.create("one", group("planned", plan, 2), group("demand", None, 1))
    code, message = refusal(
        clusters.client.create_cluster,
        ClusterName="two",
        InstanceGroups=[group("planned", plan, 1), group("demand", None, 2)],
    )
    assert code == "ResourceLimitExceeded"
    assert message == REACHED.format(usage="cluster", limit=5, used=3, more=3)
    clusters.create("two", group("planned", plan, 1))
    code, message = refusal(
        clusters.client.update_cluster,
        ClusterName="one",
        InstanceGroups=[group("planned", plan, 4)],
    )
    assert code == "ResourceLimitExceeded"
    assert message == REACHED.format(usage="cluster", limit=5, used=4, more=2)
    # What goes makes room for what comes.
    clusters.update("one", group("planned", plan, 4), InstanceGroupsToDelete=["demand"])
    clusters.delete("two")
    clusters.update("one", group("planned", plan, 4), group("demand", None, 1))
