"""A new simulation knows nothing of what an earlier one was told, however it was begun."""

from __future__ import annotations

import os
from datetime import datetime, timedelta, timezone

import boto3
import pytest
import requests
from botocore.exceptions import ClientError

from moto_trainingplans import mock_training_plans
from tests.support.clusters import DAY, HOUR, START, Clusters, group
from tests.support.jobs import Jobs

NOW = datetime(2025, 1, 21, 19, 8, 27, 704000, tzinfo=timezone.utc)
TYPE, ZONE = "ml.p4d.24xlarge", "us-west-2a"
JOBS = {"TargetResources": ["training-job"]}


def search(**asked):
    asked = {"InstanceType": TYPE, "DurationHours": 24, **JOBS, **asked}
    return boto3.client("sagemaker", "us-west-2").search_training_plan_offerings(**asked)[
        "TrainingPlanOfferings"
    ]


def buy(name, offering=None, **asked):
    return boto3.client("sagemaker", "us-west-2").create_training_plan(
        TrainingPlanName=name,
        TrainingPlanOfferingId=offering or search(**asked)[-1]["TrainingPlanOfferingId"],
    )["TrainingPlanArn"]


def quotas():
    client = boto3.client("service-quotas", "us-west-2")
    plans = {"ServiceCode": "sagemaker", "QuotaCode": "L-867702E6"}
    return client, plans


def order_everything(plans):
    """Whatever a control object can order, and a plan, a job and a cluster; gives an offering."""
    offering = search()[0]["TrainingPlanOfferingId"]
    jobs = Jobs(boto3.client("sagemaker", "us-west-2"))
    clusters = Clusters(boto3.client("sagemaker", "us-west-2"))
    jobs.create("job", buy("jobs"))
    clusters.create("cluster", group("workers", buy("nodes", TargetResources=["hyperpod-cluster"])))
    client, plan_quota = quotas()
    client.request_service_quota_increase(**plan_quota, DesiredValue=26)
    plans.capacity.set(ZONE, TYPE, 1)
    plans.capacity.clear("us-east-1")
    plans.prices.set(TYPE, 1)
    plans.quotas.set("training-plan-total_count", 2, region="us-west-2")
    plans.quotas.deny_next()
    plans.payments.delay(HOUR)
    plans.payments.fail_next()
    plans.jobs.run_for(20 * HOUR, "job")
    plans.jobs.expiration_in("milliseconds")
    plans.faults.error("ListTrainingPlans", "Code", "No.")
    plans.faults.zone_outage(ZONE, START, START + DAY)
    plans.clock.move_to(START + HOUR)
    plans.clock.speed(60)
    return offering


def check_that_nothing_is_left(plans, offering):
    """As in a simulation of which nobody has asked anything."""
    assert (plans.history(), plans.calls()) == ([], [])
    for zone in (ZONE, "us-east-1a"):
        assert plans.capacity.free(zone, TYPE, target="training-job") == 64
    # Time has not begun: the clock can be set to before what it had shown.
    plans.clock.freeze(NOW)
    sagemaker = boto3.client("sagemaker", "us-west-2")
    with pytest.raises(ClientError, match=r"\(ResourceNotFound\)"):
        buy("stale", offering)
    assert search()[-1]["UpfrontFee"] == "318.89"
    # No call fails that was to fail.
    assert sagemaker.list_training_plans()["TrainingPlanSummaries"] == []
    assert sagemaker.list_training_jobs()["TrainingJobSummaries"] == []
    assert sagemaker.list_clusters()["ClusterSummaries"] == []
    client, plan_quota = quotas()
    assert client.get_service_quota(**plan_quota)["Quota"]["Value"] == 25
    changes = client.list_requested_service_quota_change_history(ServiceCode="sagemaker")
    assert changes["RequestedQuotas"] == []
    requested = client.request_service_quota_increase(**plan_quota, DesiredValue=26)
    found = client.get_requested_service_quota_change(RequestId=requested["RequestedQuota"]["Id"])
    assert found["RequestedQuota"]["Status"] == "APPROVED"
    # Payment is as it is without orders, zones are up, and jobs train for an hour.
    plan = buy("plan", InstanceCount=2)
    assert sagemaker.describe_training_plan(TrainingPlanName="plan")["Status"] == "Scheduled"
    jobs = Jobs(sagemaker)
    jobs.create("job", plan)
    plans.clock.move_to(START)
    assert jobs.states("job") == ["Training"]
    expires = plans.jobs.environment("job")["SAGEMAKER_CURRENT_CAPACITY_BLOCK_EXPIRATION_TIMESTAMP"]
    assert int(expires) == (START + DAY - timedelta(minutes=30)).timestamp()
    plans.clock.tick(HOUR)
    assert jobs.states("job") == ["Completed"]


@pytest.mark.rule("CLIENT-08")
@pytest.mark.parametrize("how", ["reset", "moto's reset"])
def test_a_reset_leaves_nothing(plans, how):
    offering = order_everything(plans)
    if how == "reset":
        plans.reset()
        assert plans.clock.now() == NOW
    else:
        url = os.environ.get("TEST_SERVER_MODE_ENDPOINT", "http://motoapi.amazonaws.com")
        requests.post(f"{url}/moto-api/reset", timeout=10).raise_for_status()
    check_that_nothing_is_left(plans, offering)


@pytest.mark.rule("CLIENT-08")
def test_the_end_of_a_mock_leaves_nothing():
    with mock_training_plans(now=NOW, strict=False) as plans:
        offering = order_everything(plans)
    with mock_training_plans(now=NOW) as plans:
        check_that_nothing_is_left(plans, offering)
