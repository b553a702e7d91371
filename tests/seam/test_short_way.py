"""The shorter way of requests of this process: what moto does on its own way is done on it too."""

from __future__ import annotations

import json

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from moto.core.botocore_stubber import BotocoreStubber, MockRawResponse
from moto.core.exceptions import ServiceNotWhitelisted
from moto.core.models import botocore_stubber
from moto.core.request import Request

from moto_trainingplans import mock_training_plans
from tests.support.jobs import job_request

pytestmark = pytest.mark.in_process("is about clients of this process")
NOW = "2025-01-21T19:08:27.704Z"
REGION = "us-west-2"


def client(service="sagemaker"):
    return boto3.client(service, region_name=REGION)


def answers_of_a_session():
    """What a client is answered about plans, jobs, what is moto's, and for another account."""
    sagemaker = client()
    answers = []

    def ask(operation, **members):
        try:
            answers.append(getattr(sagemaker, operation)(**members))
        except ClientError as refused:
            answers.append(refused.response)
        return answers[-1]

    found = ask("search_training_plan_offerings", InstanceType="ml.p4d.24xlarge", DurationHours=48)
    offering = found["TrainingPlanOfferings"][-1]["TrainingPlanOfferingId"]
    bought = ask("create_training_plan", TrainingPlanName="plan", TrainingPlanOfferingId=offering)
    ask("create_training_plan", TrainingPlanName="plan", TrainingPlanOfferingId=offering)
    ask("describe_training_plan", TrainingPlanName="plan")
    ask("describe_training_plan", TrainingPlanName="other")
    ask("create_training_job", **job_request("job", bought["TrainingPlanArn"]))
    ask("describe_training_job", TrainingJobName="job")
    # Of these two moto answers the first, and creates what the second describes.
    ask("list_models")
    ask("create_training_job", **job_request("of-moto", None))
    ask("list_training_jobs")
    sagemaker.meta.events.register(
        "before-sign.sagemaker.*",
        lambda request, **_: request.headers.add_header("x-moto-account-id", "111122223333"),
    )
    ask("list_training_plans")
    ask("create_cluster", ClusterName="cluster")
    quotas = client("service-quotas")
    answers.append(quotas.list_service_quotas(ServiceCode="sagemaker", MaxResults=3))
    return answers


def without_chance(answer):
    """An answer without the id and date that moto draws and reads for its own."""
    metadata = answer["ResponseMetadata"]
    if len(metadata["RequestId"]) == len("7a62c49f-347e-4fc4-9331-6e8eb8cc5e4f"):
        return answer
    return {**answer, "ResponseMetadata": metadata["HTTPStatusCode"]}


def asked_of(state):
    """The requests of a saved state, without what moto drew by chance for them."""
    (chapter,) = json.loads(state.read_text())["chapters"]
    return [
        {name: value for name, value in entry.items() if name != "draws"}
        for entry in chapter["entries"]
    ]


def test_an_answer_and_what_it_leaves_behind_are_those_of_motos_way(monkeypatch, tmp_path):
    seen = []
    for way, endpoints in (("short", ""), ("long", "storage.example.com")):
        monkeypatch.setenv("MOTO_S3_CUSTOM_ENDPOINTS", endpoints)
        with mock_training_plans(now=NOW) as plans:
            answers = [without_chance(answer) for answer in answers_of_a_session()]
            plans.save(tmp_path / way)
            seen.append((answers, plans.calls(), plans.history(), asked_of(tmp_path / way)))
    short, long = seen
    # moto's job has the time of the machine.
    assert [each for each in short[0] if "TrainingJobSummaries" not in each] == [
        each for each in long[0] if "TrainingJobSummaries" not in each
    ]
    assert short[1:] == long[1:]
    assert {call.account for call in short[1]} == {"123456789012", "111122223333"}
    assert len(short[3]) == 5


@pytest.mark.skipif(
    not hasattr(Request, "from_primitives"),
    reason="moto before 5.2.4 makes no request of it either",
)
def test_what_is_answered_here_is_not_made_a_request_of_werkzeugs(monkeypatch):
    made = []
    make = Request.from_primitives
    monkeypatch.setattr(
        Request,
        "from_primitives",
        lambda *given, **more: made.append(given[1]) or make(*given, **more),
    )
    with mock_training_plans(now=NOW):
        sagemaker = client()
        sagemaker.list_training_plans()
        client("service-quotas").list_service_quotas(ServiceCode="sagemaker")
        assert made == []
        sagemaker.list_models()
        boto3.client("sts", region_name=REGION).get_caller_identity()
        assert made == [
            f"https://api.sagemaker.{REGION}.amazonaws.com/",
            f"https://sts.{REGION}.amazonaws.com/",
        ]


def from_afar(request, **_):
    return AWSResponse(request.url, 200, {}, MockRawResponse(b'{"TrainingPlanSummaries": []}'))


@pytest.mark.parametrize(
    "passed", [{"services": ["sagemaker"]}, {"urls": [r"https://api\.sagemaker\..*"]}]
)
def test_what_moto_is_told_to_let_through_is_let_through(passed):
    with mock_training_plans(config={"core": {"passthrough": passed}}) as plans:
        sagemaker = client()
        sagemaker.meta.events.register_last("before-send.sagemaker.*", from_afar)
        answer = sagemaker.list_training_plans()
        assert "RequestId" not in answer["ResponseMetadata"]
        assert plans.calls() == []


def test_a_service_that_is_not_among_those_that_moto_may_mock_is_refused():
    with mock_training_plans(config={"core": {"service_whitelist": ["s3"]}}) as plans:
        with pytest.raises(ServiceNotWhitelisted):
            client().list_training_plans()
        assert plans.calls() == []


def test_a_client_made_before_goes_the_short_way_and_moto_has_its_own_back_afterwards():
    with mock_training_plans():
        old = client()
    assert type(botocore_stubber) is BotocoreStubber
    with mock_training_plans() as plans:
        old.list_training_plans()
        assert [call.operation for call in plans.calls()] == ["ListTrainingPlans"]
        assert isinstance(botocore_stubber, BotocoreStubber)
        assert type(botocore_stubber) is not BotocoreStubber
    assert type(botocore_stubber) is BotocoreStubber
