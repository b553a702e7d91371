"""The SageMaker HyperPod CLI, `hyp`: clusters and the stacks that they are deployed by."""

from __future__ import annotations

import json
from importlib import import_module

import pytest
from click.testing import CliRunner

from tests.support.clusters import ROLE, START, group
from tests.support.stacks import Stack

REGION = "us-west-2"


@pytest.fixture
def hyp(settings):  # noqa: ARG001
    """Runs the CLI, and gives what it prints."""
    cli = import_module("sagemaker.hyperpod.cli.hyp_cli").cli

    def run(*arguments, answer=None):
        done = CliRunner().invoke(cli, arguments, input=answer, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    return run


def reserved(plan, count):
    """A group on a plan, as CloudFormation and the API have it."""
    return group("workers", plan, count)


@pytest.mark.rule("CLUSTER-03", "CLUSTER-06")
def test_clusters_are_listed_described_and_updated(plans, hyp, clusters, reserve):
    plan = reserve(count=4)
    clusters.create("waiting", reserved(plan, 2))
    clusters.create("empty", group("workers", None, 0))
    listed = hyp("list-cluster", "--region", REGION, "--output", "json")
    found = json.loads(listed[listed.index("[") :])
    assert {each["Cluster"] for each in found} == {"waiting", "empty"}
    described = hyp("describe", "cluster", "waiting", "--region", REGION)
    assert plan in described
    groups = [
        {
            "instance_group_name": "workers",
            "instance_type": "ml.p4d.24xlarge",
            "instance_count": 4,
            "execution_role": ROLE,
            "training_plan_arn": plan,
        }
    ]
    hyp(
        "update",
        "cluster",
        "--cluster-name",
        "waiting",
        "--region",
        REGION,
        "--instance-groups",
        json.dumps(groups),
        "--node-recovery",
        "None",
    )
    assert clusters.counts("waiting") == {"workers": (0, 4)}
    assert clusters.describe("waiting")["NodeRecovery"] == "None"
    plans.clock.move_to(START)
    assert clusters.counts("waiting") == {"workers": (4, 4)}


@pytest.mark.rule("CLUSTER-10", "CLIENT-10")
def test_the_stack_of_a_cluster_is_listed_described_and_deleted(
    plans, hyp, clusters, client, reserve, sagemaker
):
    plan = reserve()
    template = {
        "Resources": {
            "Cluster": {
                "Type": "AWS::SageMaker::Cluster",
                "Properties": {"ClusterName": "cluster", "InstanceGroups": [reserved(plan, 2)]},
            }
        },
        "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Cluster", "ClusterArn"]}}},
    }
    stack = Stack(client("cloudformation"), "hyperpod")
    stack.create(json.dumps(template))
    plans.clock.move_to(START)
    assert "hyperpod" in hyp("list", "cluster-stack", "--region", REGION)
    described = hyp("describe", "cluster-stack", "hyperpod", "--region", REGION)
    assert "CREATE_COMPLETE" in described
    assert clusters.describe("cluster")["ClusterArn"] in described
    kept = hyp("delete", "cluster-stack", "hyperpod", "--region", REGION, answer="n\n")
    assert "Cluster" in kept
    assert clusters.counts("cluster") == {"workers": (2, 2)}
    hyp("delete", "cluster-stack", "hyperpod", "--region", REGION, answer="y\n")
    assert sagemaker.list_clusters()["ClusterSummaries"] == []
