r"""The plan was bought in another Region than the job is created in.

caught: arn:aws:sagemaker:us-east-1:123456789012:training-plan/plan was not found\.
"""

import boto3


def test_the_job_is_taken(training_plans, find, train):
    region = "us-east-1"
    # right: region = "us-west-2"
    elsewhere = boto3.client("sagemaker", region_name=region)
    offering = elsewhere.search_training_plan_offerings(
        InstanceType="ml.p4d.24xlarge",
        DurationHours=24,
        TargetResources=["training-job"],
    )["TrainingPlanOfferings"][-1]
    plan = elsewhere.create_training_plan(
        TrainingPlanName="plan", TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
    )["TrainingPlanArn"]
    assert train("job", {"TrainingPlanArn": plan})
