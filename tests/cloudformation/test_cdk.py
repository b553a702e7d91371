"""A CDK app with a cluster in it, synthesised by Node and deployed as `cdk deploy` does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import npm
from tests.support.clusters import START, plan_counts
from tests.support.model_history import needs
from tests.support.stacks import Stack

APP = Path(__file__).parent / "cdk_app" / "app.js"


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """What the app is synthesised to."""
    folder = tmp_path_factory.mktemp("cdk")
    packages = npm.installed("aws-cdk-lib@2.276.0", "constructs@10.5.0")
    npm.run(APP, packages, CDK_OUTDIR=str(folder))
    return (folder / "Training.template.json").read_text()


@pytest.fixture
def stack(client):
    # What `cdk bootstrap` leaves, and every CDK template asks for.
    client("ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String")
    return Stack(client("cloudformation"), "Training")


@needs("CreateCluster.input.InstanceGroups[].CapacityRequirements")
@pytest.mark.skipif(not npm.HAS_NODE, reason="needs Node.js and npm")
@pytest.mark.rule("CLIENT-10", "CLUSTER-03", "CLUSTER-05")
def test_a_cdk_app_deploys_a_group_on_a_plan_a_spot_group_and_tags(
    plans, template, stack, clusters, reserve, sagemaker
):
    plan = reserve()
    stack.note("CREATE", "cdk-deploy-change-set", template, Plan=plan)
    stack.execute("cdk-deploy-change-set")
    assert stack.status == "CREATE_COMPLETE", stack.events()
    arn = stack.outputs["Arn"]
    assert stack.outputs == {"Arn": arn, "Status": "InService"}
    described = clusters.describe(arn)
    assert described["ClusterName"].startswith("Training-Cluster-")
    assert described["NodeProvisioningMode"] == "Continuous"
    reserved, spot = described["InstanceGroups"]
    assert (reserved["InstanceGroupName"], reserved["TrainingPlanArn"]) == ("reserved", plan)
    assert (spot["InstanceGroupName"], spot["CapacityRequirements"]) == ("spot", {"Spot": {}})
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "training"}]
    plans.clock.move_to(START)
    assert plan_counts(sagemaker, plan) == (2, 2)
    (node,) = clusters.nodes(arn, InstanceGroupNameContains="spot")
    assert clusters.node(arn, node["InstanceId"])["CapacityType"] == "Spot"
    stack.note("UPDATE", "cdk-deploy-change-set", template, Plan="")
    stack.execute("cdk-deploy-change-set")
    assert stack.status == "UPDATE_COMPLETE"
    assert plan_counts(sagemaker, plan) == (0, 4)
    assert "TrainingPlanArn" not in clusters.group(arn, "reserved")
    assert clusters.counts(arn) == {"reserved": (2, 2), "spot": (1, 1)}
    stack.delete()
    assert sagemaker.list_clusters()["ClusterSummaries"] == []
