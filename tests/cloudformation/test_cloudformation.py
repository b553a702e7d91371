"""Clusters on plans, deployed by moto's CloudFormation."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.support.clusters import CUT_OFF, DAY, START, group, plan_counts
from tests.support.model_history import needs
from tests.support.stacks import Stack

TYPE = "AWS::SageMaker::Cluster"


def template(*groups, resources=None, **properties):
    """A VPC, a subnet in the zone of the plans, and a cluster in it."""
    network = {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "Subnet": {
            "Type": "AWS::EC2::Subnet",
            "Properties": {
                "VpcId": {"Ref": "Vpc"},
                "CidrBlock": "10.0.0.0/24",
                "AvailabilityZone": "us-west-2a",
            },
        },
    }
    cluster = {
        "InstanceGroups": list(groups),
        "VpcConfig": {"Subnets": [{"Ref": "Subnet"}], "SecurityGroupIds": ["sg-1"]},
        **properties,
    }
    outputs = {
        "Cluster": {"Value": {"Ref": "Cluster"}},
        "Arn": {"Value": {"Fn::GetAtt": ["Cluster", "ClusterArn"]}},
        "Status": {"Value": {"Fn::GetAtt": ["Cluster", "ClusterStatus"]}},
        "Created": {"Value": {"Fn::GetAtt": ["Cluster", "CreationTime"]}},
    }
    return json.dumps(
        {
            "Parameters": {"Count": {"Type": "String", "Default": "2"}},
            "Resources": {
                **network,
                "Cluster": {"Type": TYPE, "Properties": cluster},
                **(resources or {}),
            },
            "Outputs": outputs,
        }
    )


@pytest.fixture
def stack(client):
    return Stack(client("cloudformation"))


@pytest.fixture
def vpcs(client):
    """The VPCs that are not there from the beginning."""
    ec2 = client("ec2")
    return lambda: [vpc for vpc in ec2.describe_vpcs()["Vpcs"] if not vpc["IsDefault"]]


@pytest.mark.rule("CLUSTER-03", "CLUSTER-04", "CLUSTER-10")
def test_a_stack_with_a_cluster_on_a_plan_is_created_updated_and_deleted(
    plans, stack, vpcs, reserve, clusters, sagemaker
):
    plan = reserve()
    stack.create(template(group("workers", plan, {"Ref": "Count"}), ClusterName="cluster"))
    assert stack.status == "CREATE_COMPLETE"
    assert clusters.counts("cluster") == {"workers": (0, 2)}
    described = clusters.describe("cluster")
    assert stack.outputs == {
        "Cluster": described["ClusterArn"],
        "Arn": described["ClusterArn"],
        "Status": "InService",
        "Created": "2025-01-21T19:08:27.704Z",
    }
    plans.clock.move_to(START)
    assert clusters.counts("cluster") == {"workers": (2, 2)}
    nodes = clusters.ids("cluster")
    subnet = described["VpcConfig"]["Subnets"][0]
    assert subnet.startswith("subnet-")
    stack.update(template(group("workers", plan, 3), ClusterName="cluster"))
    assert stack.status == "UPDATE_COMPLETE"
    assert clusters.counts("cluster") == {"workers": (3, 3)}
    assert clusters.describe("cluster")["ClusterArn"] == described["ClusterArn"]
    assert set(nodes) < set(clusters.ids("cluster"))
    plans.clock.move_to(CUT_OFF)
    assert clusters.counts("cluster") == {"workers": (0, 3)}
    stack.delete()
    assert sagemaker.list_clusters()["ClusterSummaries"] == []
    assert vpcs() == []


@needs("CreateCluster.input.InstanceGroups[].LifeCycleConfig.OnCreate")
@pytest.mark.rule("CLUSTER-05")
def test_groups_tags_and_other_members_change_without_another_cluster(
    plans, stack, reserve, clusters, sagemaker
):
    plan, other = reserve(), reserve("other")
    tags = [{"Key": "team", "Value": "a"}, {"Key": "stage", "Value": "test"}]
    stack.create(template(group("a", plan, 2), group("b", None, 1), Tags=tags))
    arn = stack.outputs["Arn"]
    name = sagemaker.describe_cluster(ClusterName=arn)["ClusterName"]
    assert name.startswith("stack-Cluster-")
    plans.clock.move_to(START)
    stack.update(
        template(
            group("a", other, 2),
            group("c", None, "1", LifeCycleConfig={"SourceS3Uri": "s3://sagemaker-scripts"}),
            Tags=[{"Key": "team", "Value": "b"}],
            NodeRecovery="None",
        )
    )
    assert stack.status == "UPDATE_COMPLETE"
    assert stack.outputs["Arn"] == arn
    assert clusters.counts(name) == {"a": (2, 2), "c": (1, 1)}
    assert plan_counts(sagemaker, plan)[0] == 0
    assert plan_counts(sagemaker, other)[0] == 2
    assert clusters.describe(name)["NodeRecovery"] == "None"
    found = sagemaker.list_tags(ResourceArn=arn)["Tags"]
    assert found == [{"Key": "team", "Value": "b"}]


@pytest.mark.rule("CLUSTER-01", "CLUSTER-02")
def test_a_stack_whose_cluster_is_refused_is_rolled_back(plans, stack, vpcs, reserve, sagemaker):
    plan = reserve()
    stack.create(template(group("workers", plan, 5)))
    assert stack.status == "ROLLBACK_COMPLETE"
    events = stack.events()
    assert [event[:2] for event in events] == [
        ("stack", "CREATE_IN_PROGRESS"),
        ("Cluster", "CREATE_FAILED"),
        ("stack", "ROLLBACK_IN_PROGRESS"),
        ("stack", "ROLLBACK_COMPLETE"),
    ]
    assert "has 4 instances, fewer than the requested 5" in events[1][2]
    assert "[Cluster]" in events[2][2]
    assert vpcs() == []
    assert sagemaker.list_clusters()["ClusterSummaries"] == []
    stack.delete()
    plans.clock.move_to(START + DAY)
    stack.create(template(group("workers", plan, 1)))
    assert "is Expired" in stack.events()[1][2]


@pytest.mark.rule("CLUSTER-05")
@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"count": 5}, "has 4 instances, fewer than the requested 5"),
        ({"count": -1}, "instanceGroups.1.member.instanceCount"),
        ({"Colour": "red"}, "extraneous key [Colour] is not permitted"),
        ({"InstanceGroupName": None}, "instanceGroups.1.member.instanceGroupName"),
        ({"InstanceType": "ml.m5.large"}, "custom-named resource requires replacing"),
    ],
)
def test_an_update_whose_cluster_is_refused_is_rolled_back(
    stack, vpcs, reserve, clusters, changed, reason
):
    plan = reserve()
    named = {"ClusterName": "cluster"}
    stack.create(template(group("workers", plan, 2), **named))
    before, outputs = clusters.describe("cluster")["InstanceGroups"], stack.outputs
    more = {"Second": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.1.0.0/16"}}}
    stack.update(
        template(group("workers", plan, **{"count": 2, **changed}), resources=more, **named)
    )
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    ((_, _, told),) = (event for event in stack.events() if event[1] == "UPDATE_FAILED")
    assert reason in told
    assert clusters.describe("cluster")["InstanceGroups"] == before
    assert stack.outputs == outputs
    assert len(vpcs()) == 1
    stack.update(template(group("workers", plan, 1), **named))
    assert stack.status == "UPDATE_COMPLETE"
    assert clusters.counts("cluster") == {"workers": (0, 1)}


@pytest.mark.rule("CLUSTER-05")
def test_parameters_change_a_cluster_and_are_rolled_back_with_it(
    stack, reserve, clusters, sagemaker
):
    def body(team):
        workers = group("workers", reserved, {"Ref": "Count"})
        return template(workers, ClusterName="cluster", Tags=[{"Key": "team", "Value": team}])

    def update(team, count):
        asked = [{"ParameterKey": "Count", "ParameterValue": count}]
        stack.update(body(team), Parameters=asked)
        (shown,) = stack.describe()["Parameters"]
        tags = sagemaker.list_tags(ResourceArn=clusters.describe("cluster")["ClusterArn"])["Tags"]
        count = clusters.group("cluster", "workers")["TargetCount"]
        return stack.status, shown["ParameterValue"], tags[0]["Value"], count

    reserved = reserve()
    stack.create(body("a"))
    assert update("b", "5") == ("UPDATE_ROLLBACK_COMPLETE", "2", "a", 2)
    assert update("c", "3") == ("UPDATE_COMPLETE", "3", "c", 3)
    assert update("d", "5") == ("UPDATE_ROLLBACK_COMPLETE", "3", "c", 3)
    assert update("c", "1") == ("UPDATE_COMPLETE", "1", "c", 1)


@pytest.mark.rule("CLUSTER-05")
def test_what_a_cluster_cannot_become_puts_another_in_its_place(stack, clusters, sagemaker):
    stack.create(template(group("workers")))
    arn = stack.outputs["Arn"]
    stack.update(template(group("workers", InstanceType="ml.m5.large")))
    assert stack.status == "UPDATE_COMPLETE"
    assert stack.outputs["Arn"] != arn
    (summary,) = sagemaker.list_clusters()["ClusterSummaries"]
    assert summary["ClusterArn"] == stack.outputs["Arn"]
    workers = clusters.group(summary["ClusterName"], "workers")
    assert workers["InstanceType"] == "ml.m5.large"
    stack.update(template(group("workers", InstanceType="ml.m5.large"), ClusterName="mine"))
    (summary,) = sagemaker.list_clusters()["ClusterSummaries"]
    assert summary["ClusterName"] == "mine"


@pytest.mark.rule("CLUSTER-03")
def test_change_sets_create_and_update_clusters_too(stack, reserve, clusters, vpcs):
    plan = reserve()

    def execute(kind, name, count):
        body = template(group("workers", plan, count), ClusterName="cluster")
        stack.client.create_change_set(
            StackName="stack", ChangeSetName=name, ChangeSetType=kind, TemplateBody=body
        )
        stack.client.execute_change_set(StackName="stack", ChangeSetName=name)

    execute("CREATE", "refused", 5)
    assert stack.status == "ROLLBACK_COMPLETE"
    assert vpcs() == []
    stack.delete()
    execute("CREATE", "first", 1)
    assert stack.status == "CREATE_COMPLETE"
    execute("UPDATE", "second", 3)
    assert clusters.counts("cluster") == {"workers": (0, 3)}
    execute("UPDATE", "third", 5)
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert clusters.counts("cluster") == {"workers": (0, 3)}


@pytest.mark.rule("TIME-07")
def test_a_stack_is_complete_and_deletable_once_its_cluster_is_in_service(
    plans, stack, clusters, state_manager, sagemaker
):
    state_manager("sagemaker::cluster", {"progression": "time", "seconds": 60})
    stack.create(template(group("workers"), ClusterName="cluster"))
    assert stack.status == "CREATE_IN_PROGRESS"
    stack.delete()
    assert stack.status == "DELETE_FAILED"
    assert clusters.describe("cluster")["ClusterStatus"] == "Creating"
    plans.clock.tick(60)
    stack.delete()
    plans.clock.tick(60)
    assert sagemaker.list_clusters()["ClusterSummaries"] == []
    stack.create(template(group("workers"), ClusterName="cluster"))
    plans.clock.tick(60)
    assert stack.status == "CREATE_COMPLETE"


@pytest.mark.rule("CLUSTER-10")
def test_a_cluster_that_is_gone_already_does_not_keep_its_stack(stack, clusters, vpcs):
    stack.create(template(group("workers"), ClusterName="cluster"))
    clusters.delete("cluster")
    stack.delete()
    assert vpcs() == []


@pytest.mark.in_process("looks at the moto of a process of its own")
def test_cloudformation_is_put_in_where_it_is_used_and_taken_out_again():
    code = f"""
import sys
def finders():
    return [each for each in sys.meta_path if "moto_trainingplans" in type(each).__module__]
from moto_trainingplans import mock_training_plans
with mock_training_plans():
    assert "moto.cloudformation" not in sys.modules
    assert len(finders()) == 1
assert not finders()
for imported in ("within the mock", "before the mock"):
    with mock_training_plans():
        from moto.cloudformation.models import cloudformation_backends
        from moto.cloudformation.parsing import get_model_map, get_name_type_map
        assert get_model_map()["{TYPE}"].__module__.startswith("moto_trainingplans"), imported
        assert cloudformation_backends.backend.__module__.startswith("moto_trainingplans")
        assert cloudformation_backends["1"]["us-east-1"].__module__.startswith("moto_trainingplans")
    assert "{TYPE}" not in get_model_map() | get_name_type_map(), imported
    assert cloudformation_backends.backend.__module__.startswith("moto.")
    assert not finders()
"""
    subprocess.run([sys.executable, "-c", code], check=True)
