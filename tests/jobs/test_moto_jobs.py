"""Training jobs without a plan: as plain moto has them."""

from __future__ import annotations

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws
from moto.core.utils import get_service_model

from moto_trainingplans import mock_training_plans
from tests.support.conformance import check_answer
from tests.support.filled import filled
from tests.support.jobs import job_request

pytestmark = pytest.mark.in_process("compares two mocks of this process")

# Of a plan, which such a job has none of, and of what moto has no word for.
WITHOUT = {"ResourceConfig", "RetryStrategy", "ServerlessJobConfig", "Tags"}
OF_THE_CLOCK = {"ResponseMetadata", "CreationTime", "LastModifiedTime"}


def described(mock):
    """A job with every member that a request may have, as a mock tells of it."""
    shape = get_service_model("sagemaker").operation_model("CreateTrainingJob").input_shape
    request = {name: value for name, value in filled(shape).items() if name not in WITHOUT}
    request["TrainingJobName"] = "job"
    request["ResourceConfig"] = {"InstanceType": "ml.m5.large", "InstanceCount": 1}
    with mock:
        config = Config(parameter_validation=False)
        sagemaker = boto3.client("sagemaker", "us-west-2", config=config)
        # The values are none that the model allows, which moto does not mind.
        sagemaker.meta.events.unregister("after-call.sagemaker", check_answer)
        sagemaker.create_training_job(**request)
        return sagemaker.describe_training_job(TrainingJobName="job")


def test_a_job_without_a_plan_is_described_as_plain_moto_describes_it():
    theirs, ours = described(mock_aws()), described(mock_training_plans())
    assert theirs["TrainingJobStatus"] == "Completed"
    assert set(ours) == set(theirs)
    for name in set(theirs) - OF_THE_CLOCK:
        if not name.endswith("Time") and name not in {
            "SecondaryStatusTransitions",
            "FinalMetricDataList",
        }:
            assert ours[name] == theirs[name], name
    for name in ("SecondaryStatusTransitions", "FinalMetricDataList"):
        assert [set(each) for each in ours[name]] == [set(each) for each in theirs[name]]
    assert ours["CreationTime"].tzinfo is not None


@pytest.mark.rule("VALIDATE-01")
def test_a_job_without_a_plan_may_lack_what_moto_does_not_need_but_not_halves_of_tags(
    sagemaker, refusal
):
    lenient = boto3.client("sagemaker", "us-west-2", config=Config(parameter_validation=False))
    request = job_request("job", None, Tags=[{"Key": "team", "Value": "a"}])
    del request["StoppingCondition"]
    arn = lenient.create_training_job(**request)["TrainingJobArn"]
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == request["Tags"]
    lenient.add_tags(ResourceArn=arn, Tags=[{"Key": "empty", "Value": ""}])
    for tag, missing in (({"Key": "team"}, "value"), ({"Value": "a"}, "key")):
        code, message = refusal(lenient.create_training_job, **{**request, "Tags": [tag]})
        assert code == "ValidationException"
        assert f"Value null at 'tags.1.member.{missing}' failed to satisfy constraint" in message
