"""What no request can make long: the time it takes, what it is answered, what is kept of it.

The bounds that the model does not set are a choice.
"""

from __future__ import annotations

import gzip
import json
import os
import time
from itertools import product

import pytest
import requests
from moto.core.utils import get_service_model

from moto_trainingplans.aws_json.validation import compile_pattern
from moto_trainingplans.sagemaker.operations import HANDLERS
from moto_trainingplans.servicequotas.operations import HANDLERS as SERVICE_QUOTAS_HANDLERS
from tests.aws_json.test_raw_requests import HEADERS, REGION

SERVER_MODE = os.environ.get("TEST_SERVER_MODE", "").lower() == "true"


@pytest.fixture
def send(plans):  # noqa: ARG001
    """Sends a request, and gives the status, code and message of the answer."""
    aws = f"https://api.sagemaker.{REGION}.amazonaws.com"
    url = os.environ["TEST_SERVER_MODE_ENDPOINT"] if SERVER_MODE else aws

    def send(operation, body, **headers):
        target = {"X-Amz-Target": f"SageMaker.{operation}", **headers}
        answer = requests.post(url, data=body, headers={**HEADERS, **target}, timeout=60)
        told = answer.json()
        return answer.status_code, told.get("__type"), told["message"]

    return send


@pytest.mark.rule("VALIDATE-01", "VALIDATE-04")
def test_a_value_that_is_too_long_is_not_matched_against_a_pattern(send):
    app = {"DomainId": "d-domain", "SpaceName": "space", "AppType": "JupyterLab", "AppName": "app"}
    plan = f"arn:aws:sagemaker:{REGION}:123456789012:training-plan/plan"
    # By the square of its length, 2 s for 20,000 digits.
    spec = {"TrainingPlanArn": plan, "SageMakerImageVersionAlias": "1" * 200_000 + "x"}
    before = time.process_time()
    status, code, message = send("CreateApp", json.dumps({**app, "ResourceSpec": spec}))
    assert SERVER_MODE or time.process_time() - before < 2
    assert (status, code) == (400, "ValidationException")
    assert message == (
        f"1 validation error detected: Value '{'1' * 1000}...' at "
        "'resourceSpec.sageMakerImageVersionAlias' failed to satisfy constraint: "
        "Member must have length less than or equal to 128"
    )


def bounded_patterns():
    """The patterns of all strings that are checked, each with the longest value it is matched to.

    What has no bound in the model is looked at with 10,000 characters.
    """
    bounds: dict[str, int] = {}

    def walk(shape, above):
        if shape.name in above:
            return
        if pattern := shape.metadata.get("pattern"):
            bound = max(1024, shape.metadata.get("max") or 10_000)
            bounds[pattern] = max(bounds.get(pattern, 0), bound)
        for name in ("member", "key", "value"):
            if hasattr(shape, name):
                walk(getattr(shape, name), {*above, shape.name})
        for member in getattr(shape, "members", {}).values():
            walk(member, {*above, shape.name})

    services = {"sagemaker": HANDLERS, "service-quotas": SERVICE_QUOTAS_HANDLERS}
    for service, handlers in services.items():
        model = get_service_model(service)
        for operation in handlers.keys() & set(model.operation_names):
            walk(model.operation_model(operation).input_shape, set())
    return bounds


@pytest.mark.rule("VALIDATE-04")
@pytest.mark.in_process("measures the patterns themselves")
def test_no_pattern_takes_long_for_a_value_that_it_is_matched_against():
    begins = ("", "https://", "arn:aws:sagemaker:us-west-2:123456789012:", "mig-1g.1gb", "d-", "1.")
    begins += ("arn:aws:sagemaker:us-west", "fs-00000000.", "a/", "ml.", "1.1.1-")
    units = ("a", "1", "-", ".", "_", "/", "a-", "-1", "a.", "1.", "-a", "a1", "+a")

    def taken(pattern, value):
        before = time.process_time()
        compile_pattern(pattern).fullmatch(value)
        return time.process_time() - before

    slow = []
    values = product(bounded_patterns().items(), begins, units, ("\n", "/\n"))
    for (pattern, bound), begin, unit, end in values:
        value = (begin + unit * bound)[: bound - len(end)] + end
        # Whoever else works on this machine is waited for.
        if min(taken(pattern, value) for _ in range(3)) > 0.05:
            slow.append((pattern, value[:40]))
    assert slow == []


@pytest.mark.rule("VALIDATE-01")
def test_a_list_that_is_too_long_is_refused_before_its_members_are_looked_at(send):
    filters = [{"Name": "nothing", "Value": "x" * 60}] * 50_000
    status, code, message = send("ListTrainingPlans", json.dumps({"Filters": filters}))
    assert (status, code) == (400, "ValidationException")
    assert message.startswith("1 validation error detected: Value '[{Name=nothing, Value=xxxx")
    assert message.endswith(
        "...' at 'filters' failed to satisfy constraint: "
        "Member must have length less than or equal to 5"
    )
    assert len(message) < 1200


@pytest.mark.rule("VALIDATE-01")
def test_a_list_to_which_the_model_sets_no_bound_has_one(send):
    search = {"InstanceType": "ml.p4d.24xlarge", "DurationHours": 24}
    targets = {"TargetResources": ["endpoint"] * 100_000}
    _, code, message = send("SearchTrainingPlanOfferings", json.dumps({**search, **targets}))
    assert code == "ValidationException"
    assert message.startswith("1 validation error detected: Value '[endpoint, endpoint, ")
    assert message.endswith("Member must have length less than or equal to 1000")


@pytest.mark.rule("VALIDATE-01")
def test_of_many_faults_the_first_hundred_are_told_and_no_more_are_looked_for(send):
    inner = {"SubExpressions": [{"Filters": [{}] * 20}] * 20}
    expression = {"SubExpressions": [inner] * 20}
    body = json.dumps({"Resource": "TrainingJob", "SearchExpression": expression})
    _, code, message = send("Search", body)
    assert code == "ValidationException"
    assert message.startswith("100 validation errors detected: Value null at ")
    assert message.count("Member must not be null") == 100
    long = {"Filters": [{"Name": "x" * 300, "Value": "x" * 2000, "Operator": "none"}] * 20}
    body = json.dumps(
        {"Resource": "TrainingJob", "SearchExpression": {"SubExpressions": [long] * 20}}
    )
    _, _, message = send("Search", body)
    assert message.startswith("100 validation errors detected: ")
    assert len(message) < 60_000


@pytest.mark.rule("VALIDATE-04")
@pytest.mark.parametrize("operation", ["ListTrainingPlans", "ListModels"])
def test_a_body_that_is_too_large_is_refused_unread_compressed_or_not(send, operation):
    spaces = b" " * 8 * 1024 * 1024
    encoding = {"Content-Encoding": "gzip"}
    for status, code, message in (
        send(operation, spaces + b"{}"),
        send(operation, gzip.compress(spaces + b"{}"), **encoding),
        send(operation, gzip.compress(b" " * 100_000) * 200, **encoding),
    ):
        assert status == 413
        # A server's door refuses it before anybody knows what it is for, in words of its own.
        assert SERVER_MODE or (code, message) == (
            "RequestEntityTooLargeException",
            "The request body has more than 8388608 bytes, as sent or decompressed.",
        )


@pytest.mark.rule("VALIDATE-04")
@pytest.mark.parametrize("value", ["1,", "[],", "[[[]]],", '{"a":{}},'])
def test_a_body_of_more_values_than_any_request_has_is_refused_before_they_are_made(send, value):
    body = f'{{"Filters": [{value * 500_000}1]}}'
    status, code, message = send("ListTrainingPlans", body)
    assert (status, code) == (400, "SerializationException")
    assert message == "The request body has too many values."


@pytest.mark.rule("VALIDATE-04")
@pytest.mark.parametrize("number", ["1" * 1001, "1" * 100_000, "1e400", "-1e400", "1" * 400 + ".0"])
def test_a_number_that_no_service_could_read_is_no_json(send, number):
    assert send("ListTrainingPlans", f'{{"MaxResults": {number}}}') == (
        400,
        "SerializationException",
        "The request body is not valid JSON.",
    )


def test_of_a_long_request_the_short_members_are_kept(plans, send):
    body = {
        "TrainingPlanName": "plan",
        "TrainingPlanOfferingId": "x" * 5_000_000,
        "Tags": [{"Key": "team", "Value": "research"}],
        **{f"Unknown{number}": "x" * 900 for number in range(200)},
    }
    _, code, message = send("CreateTrainingPlan", json.dumps(body))
    assert code == "ValidationException"
    assert message.endswith(
        "...' at 'trainingPlanOfferingId' failed to satisfy constraint: Member must have length "
        "less than or equal to 256"
    )
    (call,) = plans.calls()
    assert call.parameters["TrainingPlanName"] == "plan"
    assert call.parameters["TrainingPlanOfferingId"] == "not kept: 5,000,002 characters of JSON"
    assert call.parameters["Tags"] == body["Tags"]
    assert len(call.parameters) == 100
    assert len(json.dumps(dict(call.parameters))) < 100_000
