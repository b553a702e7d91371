r"""The group counts on the spare instance of its UltraServer.

caught: assert \(8, 9\) == \(9, 9\)
"""

import boto3
import pytest

COUNT = 9
# right: COUNT = 8


@pytest.mark.training_plans(now="2025-01-27T11:30:00Z")
def test_all_nodes_run(training_plans):
    sagemaker = boto3.client("sagemaker", region_name="us-east-1")
    (offering,) = sagemaker.search_training_plan_offerings(
        TargetResources=["hyperpod-cluster"], UltraServerType="ml.u-p6e-gb200x36", DurationHours=24
    )["TrainingPlanOfferings"]
    plan = sagemaker.create_training_plan(
        TrainingPlanName="plan", TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
    )["TrainingPlanArn"]
    group = {
        "InstanceGroupName": "workers",
        "InstanceType": "ml.p6e-gb200.36xlarge",
        "InstanceCount": COUNT,
        "ExecutionRole": "arn:aws:iam::123456789012:role/cluster",
        "TrainingPlanArn": plan,
        "LifeCycleConfig": {"SourceS3Uri": "s3://sagemaker-scripts", "OnCreate": "create.sh"},
    }
    sagemaker.create_cluster(ClusterName="cluster", InstanceGroups=[group])
    training_plans.clock.move_to("2025-01-28T11:30:00Z")
    (found,) = sagemaker.describe_cluster(ClusterName="cluster")["InstanceGroups"]
    assert (found["CurrentCount"], found["TargetCount"]) == (COUNT, COUNT)
