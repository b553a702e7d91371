"""Operations that neither moto nor we have: a server says so, once."""

from __future__ import annotations

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.core.utils import camelcase_to_underscores, get_service_model
from moto.sagemaker.responses import SageMakerResponse as MotoSageMaker
from moto.servicequotas.responses import ServiceQuotasResponse as MotoServiceQuotas

from moto_trainingplans.aws_json.validation import target_prefix
from moto_trainingplans.sagemaker.operations import HANDLERS as OF_SAGEMAKER
from moto_trainingplans.servicequotas.operations import HANDLERS as OF_QUOTAS

SERVICES = {
    "sagemaker": (OF_SAGEMAKER, MotoSageMaker),
    "service-quotas": (OF_QUOTAS, MotoServiceQuotas),
}

JOB = {"OptimizationJobName": "job"}


def nobodys(service: str) -> list[str]:
    ours, motos = SERVICES[service]
    return [
        name
        for name in get_service_model(service).operation_names
        if name not in ours and not hasattr(motos, camelcase_to_underscores(name))
    ]


@pytest.mark.rule("CLIENT-09", "CLIENT-07", "PLAN-10")
@pytest.mark.parametrize("service", SERVICES)
def test_a_server_answers_each_operation_that_nobody_has_with_a_4xx_that_names_it(
    frozen_server, service
):
    unknown = nobodys(service)
    assert len(unknown) > 5
    # A plan that was bought stays as it is.
    of_plans = ("UpdateTrainingPlan", "StopTrainingPlan", "DeleteTrainingPlan")
    for operation in (*unknown, "NoSuchOperation", *of_plans):
        answer = requests.post(
            frozen_server.url,
            json={},
            headers={"X-Amz-Target": f"{target_prefix(service)}.{operation}"},
            timeout=10,
        )
        assert answer.status_code == 404, operation
        assert answer.json()["__type"] == "UnknownOperationException"
        assert answer.json()["message"] == f"The requested operation {operation} is not known."


@pytest.mark.rule("CLIENT-09", "VALIDATE-04")
@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("after", ["", "."])
def test_a_server_answers_a_request_for_no_operation_with_a_4xx(frozen_server, service, after):
    headers = {"X-Amz-Target": f"{target_prefix(service)}{after}"}
    answer = requests.post(frozen_server.url, json={}, headers=headers, timeout=10)
    assert (answer.status_code, answer.json()["__type"]) == (404, "UnknownOperationException")


@pytest.mark.rule("CLIENT-09")
def test_a_client_is_told_at_once_and_does_not_try_again(frozen_server):
    def client(service):
        settings = Config(retries={"mode": "standard", "max_attempts": 3})
        return boto3.client(
            service, region_name="us-west-2", endpoint_url=frozen_server.url, config=settings
        )

    quotas, runtime = client("service-quotas"), client("sagemaker-runtime")
    for call, members, named in (
        (client("sagemaker").stop_optimization_job, JOB, "StopOptimizationJob"),
        (
            quotas.get_association_for_service_quota_template,
            {},
            "GetAssociationForServiceQuotaTemplate",
        ),
        # moto has quotas of other services, but not all operations on them.
        (quotas.list_service_quotas, {"ServiceCode": "ec2"}, "ListServiceQuotas"),
        (
            runtime.invoke_endpoint_with_response_stream,
            {"EndpointName": "one", "Body": b"question"},
            "InvokeEndpointWithResponseStream",
        ),
    ):
        with pytest.raises(ClientError) as refused:
            call(**members)
        answer = refused.value.response
        assert answer["Error"]["Code"] == "UnknownOperationException"
        assert f"operation {named} is" in answer["Error"]["Message"]
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 404
        assert answer["ResponseMetadata"]["RetryAttempts"] == 0


@pytest.mark.rule("CLIENT-09")
@pytest.mark.in_process("moto's own way of saying so, in a process")
def test_in_a_process_moto_says_so_as_it_does_for_other_services(client):
    with pytest.raises(NotImplementedError, match="optimization_job"):
        client("sagemaker").stop_optimization_job(**JOB)
    runtime = client("sagemaker-runtime")
    with pytest.raises(NotImplementedError):
        runtime.invoke_endpoint_with_response_stream(EndpointName="one", Body=b"question")
