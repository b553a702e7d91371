"""`calls()`: every request that was made, to assert on what a client really sends."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import datetime, timedelta, timezone

import boto3
import pytest
import requests
from botocore.config import Config

from moto_trainingplans import Call, TrainingPlansError

START = datetime(2025, 1, 21, 19, 8, 27, 704000, timezone.utc)
ROLE = "arn:aws:iam::123456789012:role/r"


def test_each_call_is_told_with_its_time_place_and_parameters(plans, client, buy):
    plan = buy()
    plans.clock.tick(timedelta(hours=1))
    client("sagemaker", "us-east-1").list_training_plans(MaxResults=5)
    search, create, listing = plans.calls()
    assert (search.operation, create.operation) == (
        "SearchTrainingPlanOfferings",
        "CreateTrainingPlan",
    )
    assert search.parameters == {
        "InstanceType": "ml.p4d.24xlarge",
        "DurationHours": 24,
        "TargetResources": ["training-job"],
    }
    assert create.parameters["TrainingPlanName"] == plan.rpartition("/")[2]
    assert listing == Call(
        time=START + timedelta(hours=1),
        operation="ListTrainingPlans",
        region="us-east-1",
        account="123456789012",
        parameters={"MaxResults": 5},
        error=None,
    )
    with pytest.raises(FrozenInstanceError):
        listing.error = "Other"


def test_the_calls_of_one_operation_show_a_client_that_drops_the_plan(plans, jobs, buy, sagemaker):
    plan = buy()
    jobs.create("on-the-plan", plan)
    dropped = {
        key: value
        for key, value in plans.calls("CreateTrainingJob")[0].parameters.items()
        if key != "ResourceConfig"
    }
    sagemaker.create_training_job(
        **{**dropped, "TrainingJobName": "on-demand"},
        ResourceConfig={"InstanceType": "ml.p4d.24xlarge", "InstanceCount": 1, "VolumeSizeInGB": 1},
    )
    made = plans.calls("CreateTrainingJob")
    assert [call.parameters["ResourceConfig"].get("TrainingPlanArn") for call in made] == [
        plan,
        None,
    ]


def test_a_refused_call_is_told_with_the_code_of_its_error(plans, client, refusal):
    once = client("sagemaker", config=Config(retries={"total_max_attempts": 1}))
    refusal(once.describe_training_plan, TrainingPlanName="none")
    unchecked = client("sagemaker", config=Config(parameter_validation=False))
    refusal(unchecked.describe_training_plan)
    plans.faults.throttle("ListTrainingPlans")
    refusal(once.list_training_plans)
    refusal(once.describe_training_job, TrainingJobName="on-demand")
    assert [(call.operation, call.error) for call in plans.calls()] == [
        ("DescribeTrainingPlan", "ResourceNotFound"),
        ("DescribeTrainingPlan", "ValidationException"),
        ("ListTrainingPlans", "ThrottlingException"),
        # This one moto has answered.
        ("DescribeTrainingJob", "ValidationException"),
    ]


def test_a_body_that_cannot_be_read_is_a_call_too(plans, sagemaker):
    url = sagemaker.meta.endpoint_url
    headers = {"X-Amz-Target": "SageMaker.ListTrainingPlans"}
    requests.post(url, data=b"{", headers=headers, timeout=10)
    (call,) = plans.calls()
    assert (call.operation, call.parameters) == ("ListTrainingPlans", {})
    assert call.error == "SerializationException"


def test_what_is_done_with_the_answer_changes_nothing_of_it(plans, search):
    search()
    plans.calls()[0].parameters["TargetResources"].append("more")
    assert plans.calls()[0].parameters["TargetResources"] == ["training-job"]


def test_calls_to_service_quotas_are_told_and_can_fail(plans, client, refusal):
    quotas = client("service-quotas", config=Config(retries={"total_max_attempts": 1}))
    plans.faults.error("GetServiceQuota", "ServiceException", "Not now.")
    ask = {"ServiceCode": "sagemaker", "QuotaCode": "L-867702E6"}
    assert refusal(quotas.get_service_quota, **ask) == ("ServiceException", "Not now.")
    quotas.get_service_quota(**ask)
    assert [(call.parameters, call.error) for call in plans.calls("GetServiceQuota")] == [
        (ask, "ServiceException"),
        (ask, None),
    ]


def test_only_what_is_emulated_has_calls(plans, sagemaker):
    sagemaker.create_model(ModelName="model", ExecutionRoleArn=ROLE)
    assert plans.calls() == []
    with pytest.raises(TrainingPlansError, match=r"emulated .*CreateTrainingPlan"):
        plans.calls("CreateModel")
    with pytest.raises(TrainingPlansError, match="did you mean 'CreateTrainingJob'"):
        plans.calls("CreateTraningJob")


def test_a_reset_forgets_the_calls(plans, search):
    search()
    plans.reset()
    assert plans.calls() == []


@pytest.mark.in_process("counts what is kept in this process")
def test_the_newest_are_kept(plans, monkeypatch):
    from moto_trainingplans.simulation.kernel import calls

    monkeypatch.setattr(calls, "CALLS_KEPT", 3)
    plans.reset()
    sagemaker = boto3.client("sagemaker", "us-west-2")
    for count in range(1, 6):
        sagemaker.list_training_plans(MaxResults=count)
    assert [call.parameters["MaxResults"] for call in plans.calls()] == [3, 4, 5]


@pytest.mark.in_process("asks a server of its own")
def test_calls_are_read_over_http(frozen_server):
    sagemaker = boto3.client("sagemaker", "us-west-2", endpoint_url=frozen_server.url)
    requests.post(f"{frozen_server.url}/moto-api/training-plans/reset", timeout=10)
    sagemaker.list_training_plans()
    sagemaker.list_training_plans(MaxResults=1)
    url = f"{frozen_server.url}/moto-api/training-plans/calls"
    told = requests.get(url, params={"operation": "ListTrainingPlans"}, timeout=10).json()
    assert told[1] == {
        "time": "2025-01-21T19:08:27.704000+00:00",
        "operation": "ListTrainingPlans",
        "region": "us-west-2",
        "account": "123456789012",
        "parameters": {"MaxResults": 1},
        "error": None,
    }
    assert requests.get(url, params={"operation": "AddTags"}, timeout=10).json() == []
    refused = requests.get(url, params={"operation": "CreateModel"}, timeout=10)
    assert (refused.status_code, "emulated" in refused.json()["message"]) == (400, True)


def test_the_last_calls_and_changes_alone(plans, sagemaker, buy, search):
    plan = buy()
    search()
    made, changes = plans.calls(), plans.history()
    assert [call.operation for call in plans.calls(last=2)] == [
        "CreateTrainingPlan",
        "SearchTrainingPlanOfferings",
    ]
    assert plans.calls("CreateTrainingPlan", last=1) == [made[1]]
    assert plans.calls(last=1000) == made
    assert len(changes) > 2
    assert plans.history(last=2) == changes[-2:]
    assert plans.history(plan, last=1) == plans.history(plan)[-1:]
    for last in (0, "2", True):
        with pytest.raises(TrainingPlansError, match="last must be a whole number from 1 up"):
            plans.calls(last=last)
        with pytest.raises(TrainingPlansError, match="last must be a whole number from 1 up"):
            plans.history(last=last)
    assert sagemaker.list_training_plans()["TrainingPlanSummaries"]


@pytest.mark.in_process("looks at a server's answers")
def test_the_last_calls_can_be_fetched(frozen_server):
    client = boto3.client("sagemaker", region_name="us-west-2", endpoint_url=frozen_server.url)
    for size in (1, 2, 3):
        client.list_training_plans(MaxResults=size)
    address = f"{frozen_server.url}/moto-api/training-plans/calls"
    last = requests.get(address, params={"last": "2"}, timeout=10)
    assert [each["parameters"]["MaxResults"] for each in last.json()] == [2, 3]
    wrong = requests.get(address, params={"last": "two"}, timeout=10)
    assert (wrong.status_code, "last must be a whole number" in wrong.json()["message"]) == (
        400,
        True,
    )
