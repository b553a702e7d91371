"""Properties of clusters in templates, their names, and what a template may refer to."""

from __future__ import annotations

import json
import re

import pytest

from tests.support.clusters import group
from tests.support.model_history import needs
from tests.support.stacks import Stack

EKS = {"Eks": {"ClusterArn": "arn:aws:eks:us-west-2:123456789012:cluster/eks"}}
SCRIPTS = {"SourceS3Uri": "s3://sagemaker-scripts", "OnCreate": "create.sh"}
TWO_PARAMETERS = (
    "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name "
    "and the resource attribute"
)


def template(properties, **parts):
    """A template with a cluster of these properties."""
    cluster = {"Type": "AWS::SageMaker::Cluster", "Properties": properties}
    return json.dumps({"Resources": {"Cluster": cluster}, **parts})


@pytest.fixture
def stack(client):
    return Stack(client("cloudformation"))


@needs("CreateCluster.input.InstanceGroups[].KubernetesConfig")
@pytest.mark.rule("CLIENT-10", "CLUSTER-05")
def test_a_map_of_a_template_has_texts_whatever_they_look_like(stack, clusters):
    def body(labels):
        workers = group(
            "workers", None, "2", LifeCycleConfig=SCRIPTS, KubernetesConfig={"Labels": labels}
        )
        return template(
            {"ClusterName": "cluster", "Orchestrator": EKS, "InstanceGroups": [workers]}
        )

    def labels():
        return clusters.group("cluster", "workers")["KubernetesConfig"]["CurrentLabels"]

    stack.create(body({"team": "a", "stage": 1, "share": 1.5, "spare": True}))
    assert stack.status == "CREATE_COMPLETE"
    assert labels() == {"team": "a", "stage": "1", "share": "1.5", "spare": "true"}
    stack.update(body({"team": "b", "spare": False}))
    assert labels() == {"team": "b", "spare": "false"}
    # What it cannot be is refused as SageMaker refuses it.
    stack.update(body({"team": "b c"}))
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    ((_, _, reason),) = (event for event in stack.events() if event[1] == "UPDATE_FAILED")
    assert "kubernetesConfig.labels' failed to satisfy constraint: Map value must" in reason
    assert labels() == {"team": "b", "spare": "false"}


@pytest.mark.rule("CLIENT-10", "CLUSTER-06")
def test_a_cluster_without_a_name_has_one_that_a_cluster_can_have_however_long_its_stacks_is(
    client, sagemaker
):
    long = Stack(client("cloudformation"), "s" * 80)
    long.create(template({"InstanceGroups": [group("workers")]}))
    assert long.status == "CREATE_COMPLETE"
    (summary,) = sagemaker.list_clusters()["ClusterSummaries"]
    # As much of the stack's name as there is room for.
    assert re.fullmatch(r"s+-Cluster-[A-Z0-9]{12}", summary["ClusterName"])
    assert len(summary["ClusterName"]) == 63
    long.delete()
    assert sagemaker.list_clusters()["ClusterSummaries"] == []


@pytest.mark.rule("CLIENT-10")
def test_a_cluster_may_have_no_properties_at_all(stack, sagemaker):
    stack.create(json.dumps({"Resources": {"Cluster": {"Type": "AWS::SageMaker::Cluster"}}}))
    assert stack.status == "CREATE_COMPLETE"
    assert len(sagemaker.list_clusters()["ClusterSummaries"]) == 1
    stack.update(template({"NodeRecovery": "None"}))
    assert stack.status == "UPDATE_COMPLETE"


@pytest.mark.rule("CLIENT-10")
@pytest.mark.parametrize("properties", [[], "text", 5, None, True, [{"ClusterName": "cluster"}]])
def test_properties_that_are_no_object_are_no_template(stack, sagemaker, refusal, properties):
    refused = (
        "ValidationError",
        "Template format error: Properties of resource Cluster must be an object.",
    )
    assert refusal(stack.create, body=template(properties)) == refused
    stack.create(template({"InstanceGroups": [group("workers")]}))
    assert refusal(stack.update, body=template(properties)) == refused
    assert stack.status == "CREATE_COMPLETE"
    assert len(sagemaker.list_clusters()["ClusterSummaries"]) == 1


@pytest.mark.rule("CLIENT-10")
@pytest.mark.parametrize(
    ("groups", "reason"),
    [
        ({}, "START_OBJECT can not be converted to a list"),
        ("text", "STRING_VALUE can not be converted to a list"),
        ([5], "NUMBER_VALUE can not be converted to a structure"),
        ([[]], "START_ARRAY can not be converted to a structure"),
    ],
)
def test_a_property_of_another_type_fails_the_stack(stack, sagemaker, groups, reason):
    stack.create(template({"InstanceGroups": groups}))
    assert stack.status == "ROLLBACK_COMPLETE"
    ((_, _, told),) = (event for event in stack.events() if event[1] == "CREATE_FAILED")
    assert told == f"Resource handler returned message: '{reason}' (SerializationException)"
    assert sagemaker.list_clusters()["ClusterSummaries"] == []


@pytest.mark.rule("CLIENT-10")
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        *(
            (
                value,
                "Template error: resource Cluster does not support attribute type Gone in "
                "Fn::GetAtt",
            )
            for value in (
                {"Fn::GetAtt": ["Cluster", "Gone"]},
                {"Fn::Sub": "${Cluster.Gone}"},
                {"Fn::Join": ["", [{"Fn::Sub": ["${Cluster.Gone}${Own}", {"Own": "a"}]}]]},
            )
        ),
        (
            {"Fn::GetAtt": ["None", "Arn"]},
            "Template error: instance of Fn::GetAtt references undefined resource None",
        ),
        *(
            ({"Fn::GetAtt": value}, TWO_PARAMETERS)
            for value in ("Cluster", "Cluster.ClusterArn", ["Cluster"], [], 5, {}, [5, "Arn"])
        ),
        *(
            (
                value,
                "Template format error: Unresolved resource dependencies [None] in the Outputs "
                "block of the template",
            )
            for value in (
                {"Ref": "None"},
                {"Fn::Sub": "${None}"},
                {"Fn::Sub": ["${Own}-${None}", {"Own": "a"}]},
            )
        ),
    ],
)
def test_an_output_of_what_is_not_there_is_no_template(stack, sagemaker, refusal, value, reason):
    """So that nobody meets it later, whenever a stack is described."""
    properties = {"InstanceGroups": [group("workers")]}
    body = template(properties, Outputs={"Odd": {"Value": value}})
    assert refusal(stack.create, body=body) == ("ValidationError", reason)
    assert sagemaker.list_clusters()["ClusterSummaries"] == []
    assert stack.client.list_stacks()["StackSummaries"] == []
    stack.create(template(properties))
    assert refusal(stack.update, body=body) == ("ValidationError", reason)
    assert (stack.status, stack.outputs) == ("CREATE_COMPLETE", {})


@pytest.mark.rule("CLIENT-10")
def test_what_a_sub_fills_in_is_an_attribute_a_parameter_or_its_own(stack, clusters):
    text = "${Cluster.ClusterArn} ${Name} ${Own} ${!Literal} ${AWS::Region}"
    stack.create(
        template(
            {"ClusterName": {"Ref": "Name"}},
            Parameters={"Name": {"Type": "String", "Default": "cluster"}},
            Outputs={"Text": {"Value": {"Fn::Sub": [text, {"Own": "own"}]}}},
        )
    )
    arn = clusters.describe("cluster")["ClusterArn"]
    assert stack.outputs == {"Text": f"{arn} cluster own ${{Literal}} us-west-2"}
