"""The conftest of the planted mistakes: what a platform team's tests have in common."""

from __future__ import annotations

import socket
from functools import cache

import boto3
import pytest

TRAINING = {"TargetResources": ["training-job"]}
ROLE = "arn:aws:iam::123456789012:role/training"


@pytest.fixture(scope="session", autouse=True)
def nothing_real():
    """No test reaches a machine but this one."""
    look_up = socket.getaddrinfo

    def look_up_this_machine(host, *rest, **more):
        if host not in ("localhost", "127.0.0.1", "::1"):
            pytest.fail(f"this test reached for {host}")
        return look_up(host, *rest, **more)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", look_up_this_machine)
        yield


@cache
def client():
    return boto3.client("sagemaker", region_name="us-west-2")


@pytest.fixture
def sagemaker(training_plans):
    return client()


@pytest.fixture
def find(sagemaker):
    """Finds offerings: of a day of one ml.p4d.24xlarge, or of what is asked for."""

    def run(**asked):
        asked = {"InstanceType": "ml.p4d.24xlarge", "DurationHours": 24, **TRAINING, **asked}
        return sagemaker.search_training_plan_offerings(**asked)["TrainingPlanOfferings"]

    return run


@pytest.fixture
def buy(find, sagemaker):
    """Buys the offering that starts at the next 11:30 UTC, and gives the plan's ARN."""

    def run(name="plan", **asked):
        offering = find(**asked)[-1]["TrainingPlanOfferingId"]
        return sagemaker.create_training_plan(
            TrainingPlanName=name, TrainingPlanOfferingId=offering
        )["TrainingPlanArn"]

    return run


@pytest.fixture
def train(sagemaker):
    """Creates a training job; `resources` go into its ResourceConfig."""

    def run(name, resources, **members):
        resources = {
            "InstanceType": "ml.p4d.24xlarge",
            "InstanceCount": 1,
            "VolumeSizeInGB": 30,
            **resources,
        }
        return sagemaker.create_training_job(
            TrainingJobName=name,
            AlgorithmSpecification={"TrainingImage": "image", "TrainingInputMode": "File"},
            RoleArn=ROLE,
            OutputDataConfig={"S3OutputPath": "s3://bucket/output"},
            StoppingCondition={"MaxRuntimeInSeconds": 86400},
            ResourceConfig=resources,
            **members,
        )["TrainingJobArn"]

    return run
