"""Members of another type than the model's, and what the members of lists and maps must be."""

from __future__ import annotations

import json
import os

import pytest
import requests

from tests.aws_json.test_raw_requests import HEADERS, REGION
from tests.support.clusters import group
from tests.support.jobs import job_request
from tests.support.model_history import has, needs

SERVER_MODE = os.environ.get("TEST_SERVER_MODE", "").lower() == "true"
# The only map whose keys and values can be wrong in more than one way.
LABELS = "CreateCluster.input.InstanceGroups[].KubernetesConfig"
PLAN = f"arn:aws:sagemaker:{REGION}:123456789012:training-plan/none"


@pytest.fixture
def told(plans):  # noqa: ARG001
    """Sends a request that must be refused, and gives the code and message."""
    aws = f"https://api.sagemaker.{REGION}.amazonaws.com"
    url = os.environ["TEST_SERVER_MODE_ENDPOINT"] if SERVER_MODE else aws

    def send(operation, body):
        answer = requests.post(
            url,
            data=json.dumps(body),
            headers={**HEADERS, "X-Amz-Target": f"SageMaker.{operation}"},
            timeout=60,
        )
        assert answer.status_code == 400
        return answer.json()["__type"], answer.json()["message"]

    return send


# A member of each type of the model, and what AWS calls that type.
MEMBERS = {
    "a String": lambda value: ("DescribeTrainingPlan", {"TrainingPlanName": value}),
    "an Integer": lambda value: ("ListTrainingPlans", {"MaxResults": value}),
    "an Integer of 64 bits": lambda value: (
        "SearchTrainingPlanOfferings",
        {"DurationHours": value},
    ),
    "a number": lambda value: (
        "UpdateEndpointWeightsAndCapacities",
        {
            "EndpointName": "one",
            "DesiredWeightsAndCapacities": [{"VariantName": "a", "DesiredWeight": value}],
        },
    ),
    "a Boolean": lambda value: (
        "ListClusterNodes",
        {"ClusterName": "one", "IncludeNodeLogicalIds": value},
    ),
    "a Timestamp": lambda value: ("ListTrainingPlans", {"StartTimeAfter": value}),
    "a structure": lambda value: (
        "CreateCluster",
        {"ClusterName": "one", "VpcConfig": value},
    ),
    "a list": lambda value: ("ListTrainingPlans", {"Filters": value}),
    "a map": lambda value: (
        "CreateCluster",
        {
            "ClusterName": "one",
            "InstanceGroups": [group("a", KubernetesConfig={"Labels": value})],
        },
    ),
}
# Values of each type that JSON has, and which members they can be.
VALUES = [
    ("text", "STRING_VALUE", {"a String"}),
    (1, "NUMBER_VALUE", {"an Integer", "an Integer of 64 bits", "a number", "a Timestamp"}),
    (1.5, "NUMBER_VALUE", {"a number", "a Timestamp"}),
    (True, "BOOLEAN_VALUE", {"a Boolean"}),
    ([], "START_ARRAY", {"a list"}),
    ({}, "START_OBJECT", {"a structure", "a map"}),
]


@pytest.mark.rule("VALIDATE-01", "VALIDATE-04")
@pytest.mark.parametrize(
    "wanted",
    [pytest.param(each, marks=needs(LABELS) if each == "a map" else ()) for each in MEMBERS],
)
def test_a_member_of_another_type_is_no_request(told, unchanged, wanted):
    before = unchanged()
    for value, name, fitting in VALUES:
        if wanted not in fitting:
            kind = "an Integer" if wanted.startswith("an Integer") else wanted
            assert told(*MEMBERS[wanted](value)) == (
                "SerializationException",
                f"{name} can not be converted to {kind}",
            )
    assert unchanged() == before


@pytest.mark.rule("VALIDATE-01", "VALIDATE-04")
@pytest.mark.parametrize(("member", "bits"), [("an Integer", 32), ("an Integer of 64 bits", 64)])
def test_an_integer_has_as_many_bits_as_the_model_says(told, member, bits):
    limit = 2 ** (bits - 1)
    for value in (limit, -limit - 1, 10**30):
        assert told(*MEMBERS[member](value)) == (
            "SerializationException",
            f"NUMBER_VALUE can not be converted to an Integer of {bits} bits",
        )
    for value in (limit - 1, -limit):
        code, text = told(*MEMBERS[member](value))
        assert code == "ValidationException"
        assert f"Value '{value}' at " in text


@pytest.mark.rule("VALIDATE-01")
def test_null_is_a_member_that_is_not_there_but_nothing_in_a_collection(told):
    assert told("DescribeTrainingPlan", {"TrainingPlanName": None}) == (
        "ValidationException",
        "1 validation error detected: Value null at 'trainingPlanName' failed to satisfy "
        "constraint: Member must not be null",
    )
    nothing = ("SerializationException", "NULL_VALUE can not be an element of a collection")
    assert told("ListTrainingPlans", {"Filters": [None]}) == nothing
    if has(LABELS):
        assert told(*MEMBERS["a map"]({"team": None})) == nothing
    assert told("SearchTrainingPlanOfferings", {"TargetResources": [None]}) == nothing


@needs(LABELS)
@pytest.mark.rule("VALIDATE-01")
@pytest.mark.parametrize(
    ("labels", "shown", "constraint"),
    [
        (
            {"team": "a", "-team": "b"},
            "{team=a, -team=b}",
            "Map keys must satisfy constraint: [Member must satisfy regular expression pattern: "
            r"([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?"
            "[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?]",
        ),
        (
            {"": "a"},
            "{=a}",
            "Map keys must satisfy constraint: [Member must have length greater than or equal to "
            "1, Member must satisfy regular expression pattern: "
            r"([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?"
            "[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?]",
        ),
        (
            {"team": "a b", "cost": "c"},
            "{team=a b, cost=c}",
            "Map value must satisfy constraint: [Member must satisfy regular expression pattern: "
            "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?]",
        ),
        (
            {"team": "a" * 64},
            "{team=" + "a" * 64 + "}",
            "Map value must satisfy constraint: [Member must have length less than or equal to 63]",
        ),
        (
            {f"k{number}": "a" for number in range(51)},
            "{" + ", ".join(f"k{number}=a" for number in range(51)) + "}",
            "Member must have length less than or equal to 50",
        ),
    ],
    ids=["key", "empty key", "value", "long value", "size"],
)
def test_a_fault_within_a_map_is_told_of_the_map(told, unchanged, labels, shown, constraint):
    before = unchanged()
    where = "instanceGroups.1.member.kubernetesConfig.labels"
    assert told(*MEMBERS["a map"](labels)) == (
        "ValidationException",
        f"1 validation error detected: Value '{shown}' at '{where}' failed to satisfy "
        f"constraint: {constraint}",
    )
    assert unchanged() == before


@pytest.mark.rule("VALIDATE-01")
@pytest.mark.parametrize(
    ("member", "most"),
    [("HyperParameters", 100), ("Environment", 100)],
)
def test_a_map_can_be_as_large_as_the_model_says(told, member, most):
    def ask(size):
        return told(
            "CreateTrainingJob",
            job_request("job", PLAN, **{member: {f"k{each}": "v" for each in range(size)}}),
        )

    code, text = ask(most + 1)
    assert code == "ValidationException"
    path = member[0].lower() + member[1:]
    assert text.startswith("1 validation error detected: Value '{k0=v, k1=v, ")
    assert text.endswith(
        f"}}' at '{path}' failed to satisfy constraint: Member must have length less than or "
        f"equal to {most}"
    )
    # With one less the request is understood, and its plan looked for.
    assert ask(most) == ("ResourceNotFound", f"Training plan {PLAN} was not found.")
