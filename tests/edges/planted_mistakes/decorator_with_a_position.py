r"""The decorator's time stands without its keyword.

caught: mock_training_plans.*now=
"""

import boto3

from moto_trainingplans import mock_training_plans


@mock_training_plans("2025-01-21T19:08:27Z")
# right: @mock_training_plans(now="2025-01-21T19:08:27Z")
def test_there_are_no_plans_at_first():
    sagemaker = boto3.client("sagemaker", region_name="us-west-2")
    assert sagemaker.list_training_plans()["TrainingPlanSummaries"] == []
