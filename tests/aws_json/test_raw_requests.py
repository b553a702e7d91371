"""Requests of clients that check nothing themselves: whatever the bytes, a 4xx and no harm.

VALIDATE-01 says what a fault is answered; here it matters that it is answered at all.
"""

from __future__ import annotations

import gzip
import json
import os
import re
from typing import Any

import pytest
import requests
from botocore.loaders import Loader
from botocore.model import ServiceModel
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moto_trainingplans.sagemaker import tags as tag_operations
from moto_trainingplans.sagemaker.operations import HANDLERS
from tests.support.clusters import CONTINUOUS, group
from tests.support.filled import refused_requests

MODEL = ServiceModel(Loader().load_service_model("sagemaker", "service-2"))
REGION = "us-west-2"
SCOPE = f"20250121/{REGION}/sagemaker/aws4_request"
HEADERS = {
    "Content-Type": "application/x-amz-json-1.1",
    "Authorization": f"AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/{SCOPE}, "
    "SignedHeaders=host;x-amz-date, Signature=0000",
}
PLAN = f"arn:aws:sagemaker:{REGION}:123456789012:training-plan/plan"
OFFERING = "tpo-" + "0" * 64
APP = {
    "DomainId": "d-domain",
    "SpaceName": "space",
    "AppType": "JupyterLab",
    "AppName": "app",
}
# A request of each operation that would do something, or at least be understood.
REQUESTS: dict[str, dict[str, Any]] = {
    "SearchTrainingPlanOfferings": {
        "InstanceType": "ml.p4d.24xlarge",
        "InstanceCount": 1,
        "DurationHours": 24,
        "TargetResources": ["training-job"],
        "StartTimeAfter": 1737484800,
        "EndTimeBefore": 1737657600,
    },
    "CreateTrainingPlan": {
        "TrainingPlanName": "another",
        "TrainingPlanOfferingId": OFFERING,
        "SpareInstanceCountPerUltraServer": 1,
        "Tags": [{"Key": "team", "Value": "research"}],
    },
    "DescribeTrainingPlan": {"TrainingPlanName": "plan"},
    "ListTrainingPlans": {
        "Filters": [{"Name": "Status", "Value": "Active"}],
        "MaxResults": 1,
        "SortBy": "Status",
        "StartTimeAfter": "2025-01-21T19:08:27Z",
    },
    "ExtendTrainingPlan": {"TrainingPlanExtensionOfferingId": "tpeo-" + "0" * 64},
    "DescribeTrainingPlanExtensionHistory": {"TrainingPlanArn": PLAN, "MaxResults": 1},
    "DescribeReservedCapacity": {"ReservedCapacityArn": f"{PLAN}-rc1"},
    "ListUltraServersByReservedCapacity": {"ReservedCapacityArn": f"{PLAN}-rc1", "MaxResults": 1},
    "AddTags": {"ResourceArn": PLAN, "Tags": [{"Key": "team", "Value": "research"}]},
    "ListTags": {"ResourceArn": PLAN, "MaxResults": 50},
    "DeleteTags": {"ResourceArn": PLAN, "TagKeys": ["team"]},
    "CreateTrainingJob": {
        "TrainingJobName": "job",
        "AlgorithmSpecification": {"TrainingInputMode": "File"},
        "RoleArn": "arn:aws:iam::123456789012:role/training",
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/output"},
        "ResourceConfig": {
            "InstanceType": "ml.p4d.24xlarge",
            "TrainingPlanArn": f"{PLAN}-of-nobody",
        },
    },
    "DescribeTrainingJob": {"TrainingJobName": "job"},
    "ListTrainingJobs": {"TrainingPlanArnEquals": PLAN, "MaxResults": 1, "SortBy": "Status"},
    "StopTrainingJob": {"TrainingJobName": "job"},
    "UpdateTrainingJob": {
        "TrainingJobName": "job",
        "ResourceConfig": {"KeepAlivePeriodInSeconds": 60},
    },
    "DeleteTrainingJob": {"TrainingJobName": "job"},
    "CreateEndpointConfig": {
        "EndpointConfigName": "config",
        "ProductionVariants": [
            {
                "VariantName": "variant",
                "InstanceType": "ml.p4d.24xlarge",
                "CapacityReservationConfig": {"MlReservationArn": PLAN},
            }
        ],
    },
    "CreateEndpoint": {"EndpointName": "endpoint", "EndpointConfigName": "config"},
    "UpdateEndpoint": {"EndpointName": "endpoint", "EndpointConfigName": "config"},
    "UpdateEndpointWeightsAndCapacities": {
        "EndpointName": "endpoint",
        "DesiredWeightsAndCapacities": [{"VariantName": "variant", "DesiredInstanceCount": 1}],
    },
    "DescribeEndpoint": {"EndpointName": "endpoint"},
    "DeleteEndpoint": {"EndpointName": "endpoint"},
    "CreateApp": {
        **APP,
        "ResourceSpec": {
            "InstanceType": "ml.p4d.24xlarge",
            "TrainingPlanArn": f"{PLAN}-of-nobody",
        },
    },
    "Search": {
        "Resource": "TrainingJob",
        "SearchExpression": {
            "Filters": [{"Name": "TrainingJobName", "Operator": "Contains", "Value": "job"}],
            "Operator": "Or",
        },
        "SortBy": "CreationTime",
        "MaxResults": 1,
    },
    "DescribeApp": APP,
    "ListApps": {"DomainIdEquals": "d-domain", "MaxResults": 1},
    "DeleteApp": APP,
    **refused_requests(),
}
# Older models lack some.
REQUESTS = {name: REQUESTS[name] for name in REQUESTS if name in MODEL.operation_names}
# Members with one structure in a list.
LISTS = {
    "AddTags": "Tags",
    "CreateEndpointConfig": "ProductionVariants",
    "CreateTrainingPlan": "Tags",
    "ListTrainingPlans": "Filters",
    "UpdateEndpointWeightsAndCapacities": "DesiredWeightsAndCapacities",
}
# The members without which a request would be moto's to answer, or would change something.
OURS_BY = {
    **dict.fromkeys(("CreateCluster", "UpdateCluster", "UpdateClusterSoftware"), "InstanceGroups"),
    "DeleteCluster": "ClusterName",
    **dict.fromkeys(tag_operations.HANDLERS, "ResourceArn"),
    "CreateApp": "ResourceSpec",
    "CreateTrainingJob": "ResourceConfig",
    "ListTrainingJobs": "TrainingPlanArnEquals",
    "Search": "Resource",
}

# How often each property is tried: more would find no more, and take longer than it is worth.
fuzz = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def send(plans, buy, clusters, unchanged):  # noqa: ARG001
    """Sends a request, to a simulation with a plan and a cluster, and gives the answer."""
    buy()
    clusters.create("cluster", group("workers"), **CONTINUOUS)
    aws = f"https://api.sagemaker.{REGION}.amazonaws.com"
    url = os.environ.get("TEST_SERVER_MODE_ENDPOINT", aws)
    session = requests.Session()

    def send(operation: str, body: bytes, **headers: str | bytes) -> requests.Response:
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        target = {"X-Amz-Target": f"SageMaker.{operation}"}
        return session.post(url, data=body, headers={**HEADERS, **target, **named}, timeout=20)

    before = unchanged()
    yield send
    assert unchanged() == before


def assert_refused(answer: requests.Response, *codes: str) -> None:
    assert_is_error(answer)
    error = answer.json()
    assert error["message"]
    assert answer.headers["x-amzn-errortype"] == error["__type"]
    assert answer.headers["x-amzn-RequestId"]
    assert not codes or error["__type"] in codes


def assert_is_error(answer: requests.Response) -> None:
    assert 400 <= answer.status_code < 500, answer.text
    assert re.fullmatch(r"[A-Z][A-Za-z]+", answer.json()["__type"])


def assert_answered(answer: requests.Response) -> None:
    """Answered or refused; the refusal may be moto's, which has other members."""
    if answer.status_code != 200:
        assert_is_error(answer)


def nested(opening: bytes, closing: bytes, levels: int, inmost: bytes = b"") -> bytes:
    return opening * levels + inmost + closing * levels


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**31, 2**63, -(2**63), 10**400, 1e308, -1e-308, 253402300800, -62135596801])
    | st.floats()  # NaN and the infinities too, which are not JSON but are often sent
    | st.text()  # without surrogates, which follow
    | st.sampled_from(
        ["\ud800", "\udfff\ud800", "\x00", "٣", "9999-12-31T24:00:00Z", "0001-01-01"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.rule("VALIDATE-04", "CLIENT-07")
@fuzz
@given(operation=st.sampled_from(sorted(REQUESTS)), body=st.binary(min_size=1))
def test_bytes_that_are_no_json_object_are_refused(send, operation, body):
    assert_refused(send(operation, b"\xff" + body), "SerializationException")
    assert_refused(send(operation, b"[" + body), "SerializationException")


@pytest.mark.rule("VALIDATE-04", "CLIENT-07")
@fuzz
@given(data=st.data())
def test_members_may_have_any_value(send, data):
    operation = data.draw(st.sampled_from(sorted(REQUESTS)))
    members = MODEL.operation_model(operation).input_shape.members
    body = dict(REQUESTS[operation])
    changed = data.draw(st.dictionaries(st.sampled_from(sorted(members)), json_values, min_size=1))
    changed.pop(OURS_BY.get(operation), None)
    body.update(changed)
    assert_answered(send(operation, json.dumps(body).encode()))


@pytest.mark.rule("VALIDATE-04", "CLIENT-07")
@fuzz
@given(data=st.data())
def test_a_job_without_a_plan_may_have_any_value_too(send, data):
    body = json.loads(json.dumps(REQUESTS["CreateTrainingJob"]))
    body["ResourceConfig"] = {"InstanceType": "ml.p4d.24xlarge", "InstanceCount": 1}
    looked_at = ("TrainingJobName", "OutputDataConfig", "AlgorithmSpecification", "ResourceConfig")
    looked_at += ("StoppingCondition", "InputDataConfig", "EnableManagedSpotTraining")
    holder = data.draw(st.sampled_from([body, body["ResourceConfig"]]))
    names = ("InstanceGroups", "InstancePreferences", "KeepAlivePeriodInSeconds", "InstanceCount")
    name = data.draw(st.sampled_from(looked_at if holder is body else names))
    holder[name] = data.draw(json_values)
    assert_answered(send("CreateTrainingJob", json.dumps(body).encode()))


@pytest.mark.rule("VALIDATE-04", "CLIENT-07")
@fuzz
@given(data=st.data())
def test_a_search_may_be_for_any_value(send, data):
    body = json.loads(json.dumps(REQUESTS["Search"]))
    (condition,) = body["SearchExpression"]["Filters"]
    holder = data.draw(st.sampled_from([body, body["SearchExpression"], condition]))
    names = sorted({*holder, "NestedFilters", "SubExpressions", "VisibilityConditions"})
    holder[data.draw(st.sampled_from(names))] = data.draw(json_values)
    body["Resource"] = "TrainingJob"
    assert_answered(send("Search", json.dumps(body).encode()))


@pytest.mark.rule("VALIDATE-04", "CLIENT-07")
@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"Resource": "Experiment", "SearchExpression": {"Filters": ["a"]}},
            "STRING_VALUE can not be",
        ),
        (
            {"Resource": "Experiment", "SearchExpression": [{}]},
            "START_ARRAY can not be converted to a s",
        ),
        ({"Resource": ["TrainingJob"]}, "START_ARRAY can not be converted to a String"),
    ],
)
def test_a_search_that_moto_takes_for_well_formed_is_refused_where_it_is_not(
    send, members, message
):
    answer = send("Search", json.dumps(members).encode())
    assert_refused(answer, "SerializationException")
    assert answer.json()["message"].startswith(message)


@pytest.mark.rule("VALIDATE-04", "CLIENT-07")
@fuzz
@given(data=st.data())
def test_lists_and_structures_may_hold_any_value(send, data):
    operation = data.draw(st.sampled_from(sorted(LISTS)))
    body = json.loads(json.dumps(REQUESTS[operation]))
    (holder,) = body[LISTS[operation]]
    holder[data.draw(st.sampled_from(sorted(holder)))] = data.draw(json_values)
    assert_answered(send(operation, json.dumps(body).encode()))


@pytest.mark.rule("VALIDATE-04", "CLIENT-07")
@fuzz
@given(data=st.data())
def test_instance_groups_may_hold_any_value(send, data):
    operation = data.draw(st.sampled_from(["CreateCluster", "UpdateCluster"]))
    body = json.loads(json.dumps(REQUESTS[operation]))
    # The last group is the one that has the request refused.
    holder = data.draw(
        st.sampled_from([body["InstanceGroups"][0], *body["RestrictedInstanceGroups"]])
    )
    while True:
        key = data.draw(st.sampled_from(sorted(holder)))
        inside = holder[key][0] if isinstance(holder[key], list) else holder[key]
        if not isinstance(inside, dict) or not inside or data.draw(st.booleans()):
            break
        holder = inside
    holder[key] = data.draw(json_values)
    assert_refused(send(operation, json.dumps(body).encode()))


@pytest.mark.rule("VALIDATE-04", "CLIENT-07")
def test_what_json_can_do_to_a_reader_is_refused(send):
    for body in (
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b"{}{}",
        b"\xef\xbb\xbf{}",
        "{}".encode("utf-16"),
        b'{"MaxResults": NaN}',
        b'{"MaxResults": -Infinity}',
        b'{"MaxResults": ' + b"9" * 10_000 + b"}",
        nested(b'{"a":', b"}", 300, b"1"),
        b'{"a":' + nested(b"[", b"]", 500) + b"}",
        b'{"a":' + nested(b"[", b"]", 200_000) + b"}",
    ):
        for operation in REQUESTS:
            assert_refused(send(operation, body), "SerializationException")


@pytest.mark.rule("VALIDATE-04", "CLIENT-07")
@pytest.mark.parametrize("operation", ["CreateTrainingPlan", "CreateModel"])
def test_deep_nesting_is_refused_whoever_would_read_it_next(send, operation):
    # Just below what the first reader can take, those that follow may have less stack left.
    for levels in range(850, 1000, 10):
        tags = b",".join([nested(b"[", b"]", levels)] * 60)
        answer = send(operation, b'{"TrainingPlanName":"a","Tags":[%s]}' % tags)
        assert_refused(answer, "SerializationException")


@pytest.mark.rule("VALIDATE-04", "CLIENT-07")
def test_a_body_that_is_not_what_its_encoding_says_is_refused(send):
    for body in (
        b"garbage",
        gzip.compress(b"{}" * 100)[:-9],
        gzip.compress(b"{}")[:-8] + b"\xff" * 8,
        gzip.compress(b"\xff"),
        gzip.compress(b"[]"),
    ):
        for operation in (*REQUESTS, "ListModels"):
            answer = send(operation, body, Content_Encoding="gzip")
            assert_refused(answer, "SerializationException")


@pytest.mark.rule("VALIDATE-04")
@pytest.mark.parametrize("operation", ["ListTrainingPlans", "ListModels"])
def test_a_compressed_body_is_read_whoever_answers(send, operation):
    answer = send(operation, gzip.compress(b'{"MaxResults": 1}'), Content_Encoding="gzip")
    assert answer.status_code == 200, answer.text


@pytest.mark.rule("VALIDATE-04", "CLIENT-07")
def test_a_content_type_does_not_change_what_a_body_is(send):
    form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nb\r\n--x--\r\n'
    for content_type in (
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "text/xml",
        "",
    ):
        for body in (b"Action=ListTrainingPlans&Version=2017-07-24", form):
            for operation in (*REQUESTS, "ListModels"):
                answer = send(operation, body, Content_Type=content_type)
                assert_refused(answer, "SerializationException")
        members = b'{"TrainingPlanName": "plan"}'
        described = send("DescribeTrainingPlan", members, Content_Type=content_type)
        assert described.json()["TrainingPlanArn"] == PLAN
        # Of what moto answers, too.
        assert send("ListModels", b"{}", Content_Type=content_type).json() == {"Models": []}
        search = b'{"Resource": "Experiment"}'
        assert send("Search", search, Content_Type=content_type).json()["Results"] == []


@pytest.mark.rule("VALIDATE-04", "CLIENT-07")
def test_a_target_that_is_no_operation_is_unknown(send):
    for target in (
        "",
        "SageMaker",
        "SageMaker.",
        "ListTrainingPlans",
        "Foo.ListTrainingPlans",
        "sagemaker.ListTrainingPlans",
        "SageMaker.listTrainingPlans",
        "SageMaker.ListTrainingPlans.",
        "SageMaker.ListTrainingPlans\xe9",
        "SageMaker.setup_class",
        "SageMaker.__init__",
    ):
        assert_refused(send("", b"{}", X_Amz_Target=target), "UnknownOperationException")


@pytest.mark.rule("VALIDATE-04", "CLIENT-07")
def test_a_signature_that_is_none_is_refused(send):
    for authorization in (
        "x",
        "\xff\xfe",
        "Basic eDp5",
        "AWS key:signature",
        "AWS4",
        "AWS4-HMAC-SHA256 ",
        "AWS4-HMAC-SHA256 Credential=",
        "AWS4-HMAC-SHA256 Credential=a/b/c",
        "AWS4-HMAC-SHA256 Credential=////",
        "AWS4-HMAC-SHA256 Credential=a/20250121//sagemaker/aws4_request",
        f"AWS4-HMAC-SHA256 SignedHeaders=host, Credential=a/{SCOPE}",
    ):
        for operation, members in REQUESTS.items():
            answer = send(operation, json.dumps(members).encode(), Authorization=authorization)
            assert_refused(answer, "IncompleteSignatureException")


@pytest.mark.rule("VALIDATE-04")
def test_every_operation_of_the_simulation_is_among_these_requests():
    assert set(REQUESTS) == HANDLERS.keys() & set(MODEL.operation_names)
