r"""The scheduler counts on the spare instance of an UltraServer.

caught: ValidationException
"""

import boto3
import pytest


@pytest.mark.training_plans(now="2025-01-27T11:30:00Z")
def test_the_job_fits(training_plans):
    sagemaker = boto3.client("sagemaker", region_name="us-east-1")
    (offering,) = sagemaker.search_training_plan_offerings(
        TargetResources=["hyperpod-cluster"], UltraServerType="ml.u-p6e-gb200x36", DurationHours=24
    )["TrainingPlanOfferings"]
    plan = sagemaker.create_training_plan(
        TrainingPlanName="plan", TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
    )["TrainingPlanArn"]
    count = 10
    # right: count = 8
    group = {
        "InstanceGroupName": "workers",
        "InstanceType": "ml.p6e-gb200.36xlarge",
        "InstanceCount": count,
        "ExecutionRole": "arn:aws:iam::123456789012:role/cluster",
        "TrainingPlanArn": plan,
    }
    assert sagemaker.create_cluster(ClusterName="cluster", InstanceGroups=[group])
