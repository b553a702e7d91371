"""BatchAddClusterNodes: nodes that are added to groups, followed by their logical ids."""

from __future__ import annotations

import pytest

from tests.support.clusters import CONTINUOUS, HOUR, MINUTE, START, group


@pytest.mark.rule("CLUSTER-09")
def test_nodes_are_added_once_for_a_token_and_can_be_followed(
    plans, clusters, reserve, sagemaker, refusal
):
    plan = reserve()
    clusters.create("cluster", group("workers", plan, 1), group("other"), **CONTINUOUS)
    asked = {
        "ClusterName": "cluster",
        "ClientToken": "token",
        "NodesToAdd": [
            {"InstanceGroupName": "workers", "IncrementTargetCountBy": 2},
            {"InstanceGroupName": "none", "IncrementTargetCountBy": 3},
            {"InstanceGroupName": "other", "IncrementTargetCountBy": 1},
        ],
    }
    answer = sagemaker.batch_add_cluster_nodes(**asked)
    assert [(each["InstanceGroupName"], each["Status"]) for each in answer["Successful"]] == [
        ("workers", "Pending"),
        ("workers", "Pending"),
        ("other", "Running"),
    ]
    (failed,) = answer["Failed"]
    assert (failed["ErrorCode"], failed["FailedCount"]) == ("InstanceGroupNotFound", 3)
    logical = [each["NodeLogicalId"] for each in answer["Successful"]]
    assert clusters.node("cluster", logical[0])["InstanceStatus"]["Status"] == "Pending"
    plans.clock.tick(8 * HOUR - MINUTE)
    assert sagemaker.batch_add_cluster_nodes(**asked)["Successful"] == answer["Successful"]
    others = {
        **asked,
        "NodesToAdd": [{"InstanceGroupName": "workers", "IncrementTargetCountBy": 1}],
    }
    assert refusal(sagemaker.batch_add_cluster_nodes, **others) == (
        "ValidationException",
        "ClientToken token has been used with other parameters.",
    )
    assert clusters.counts("cluster") == {"workers": (0, 3), "other": (2, 2)}
    plans.clock.tick(MINUTE)
    sagemaker.batch_add_cluster_nodes(**others)
    plans.clock.move_to(START)
    assert clusters.counts("cluster") == {"workers": (4, 4), "other": (2, 2)}
    assert clusters.node("cluster", logical[0])["InstanceStatus"]["Status"] == "Running"


@pytest.mark.rule("CLUSTER-09")
def test_additions_that_cannot_be_are_refused(clusters, reserve, sagemaker, refusal):
    plan = reserve()
    clusters.create("default", group("workers"))
    clusters.create(
        "cluster",
        group("workers", plan, 3),
        group(
            "mixed",
            None,
            0,
            InstanceType=None,
            InstanceRequirements={"InstanceTypes": ["ml.g5.xlarge", "ml.g6.xlarge"]},
        ),
        **CONTINUOUS,
    )

    def add(name, group_name, count, **more):
        entry = {"InstanceGroupName": group_name, "IncrementTargetCountBy": count, **more}
        return {"ClusterName": name, "NodesToAdd": [entry]}

    call = sagemaker.batch_add_cluster_nodes
    assert refusal(call, **add("default", "workers", 1)) == (
        "ValidationException",
        "BatchAddClusterNodes needs NodeProvisioningMode Continuous, which cluster default does "
        "not have.",
    )
    assert refusal(call, **add("none", "workers", 1)) == (
        "ResourceNotFound",
        "Could not find cluster 'none'.",
    )
    assert refusal(call, **add("cluster", "workers", 2)) == (
        "ValidationException",
        f"Training plan {plan} has 4 instances, fewer than the requested 5.",
    )
    for wrong, code in (
        (add("cluster", "mixed", 1, InstanceTypes=["ml.g5.2xlarge"]), "InstanceTypes"),
        (add("cluster", "workers", 1, AvailabilityZones=["us-west-2b"]), "AvailabilityZones"),
    ):
        answer = call(**wrong)
        (asked,) = wrong["NodesToAdd"]
        assert answer["Successful"] == []
        assert answer["Failed"] == [
            {
                "InstanceGroupName": asked["InstanceGroupName"],
                "ErrorCode": f"Incompatible{code}",
                "FailedCount": 1,
                "Message": "1 nodes were not added to instance group "
                f"{asked['InstanceGroupName']}.",
                **{name: asked[name] for name in (code,)},
            }
        ]
    assert clusters.counts("cluster") == {"workers": (0, 3), "mixed": (0, 0)}
    call(
        **add(
            "cluster",
            "mixed",
            2,
            InstanceTypes=["ml.g6.xlarge"],
            AvailabilityZones=["us-west-2c"],
        )
    )
    details = clusters.group("cluster", "mixed")["InstanceTypeDetails"]
    assert [(each["InstanceType"], each["CurrentCount"]) for each in details] == [
        ("ml.g5.xlarge", 0),
        ("ml.g6.xlarge", 2),
    ]
    (node, _) = clusters.ids("cluster")
    assert clusters.node("cluster", node)["Placement"]["AvailabilityZone"] == "us-west-2c"


@pytest.mark.rule("CLUSTER-09")
@pytest.mark.parametrize("parts", [[50], [25, 25], [20, 20, 10]])
def test_exactly_50_nodes_can_be_added_at_once(clusters, sagemaker, refusal, parts):
    clusters.create("cluster", group("workers"), group("other"), **CONTINUOUS)
    entries = [
        {"InstanceGroupName": name, "IncrementTargetCountBy": count}
        for name, count in zip(("workers", "other", "workers"), parts, strict=False)
    ]
    too_many = [*entries, {"InstanceGroupName": "other", "IncrementTargetCountBy": 1}]
    call = sagemaker.batch_add_cluster_nodes
    assert refusal(call, ClusterName="cluster", NodesToAdd=too_many) == (
        "ValidationException",
        "At most 50 nodes can be added in one request, not 51.",
    )
    assert clusters.counts("cluster") == {"workers": (1, 1), "other": (1, 1)}
    answer = call(ClusterName="cluster", NodesToAdd=entries)
    assert len({each["NodeLogicalId"] for each in answer["Successful"]}) == 50
    assert sum(current for current, _ in clusters.counts("cluster").values()) == 52


@pytest.mark.rule("CLUSTER-09", "CLUSTER-02")
@pytest.mark.parametrize("place", ["VpcConfig", "OverrideVpcConfig"])
def test_nodes_are_added_in_zones_that_have_a_subnet_of_the_group_only(
    clusters, sagemaker, client, place
):
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, AvailabilityZone=zone, CidrBlock=f"10.0.{number}.0/24")[
            "Subnet"
        ]["SubnetId"]
        for number, zone in enumerate(("us-west-2b", "us-west-2c"))
    ]
    inside = {place: {"Subnets": subnets, "SecurityGroupIds": ["sg-1"]}}
    of_group = inside if place == "OverrideVpcConfig" else {}
    of_cluster = inside if place == "VpcConfig" else {}
    clusters.create("cluster", group("workers", None, 0, **of_group), **of_cluster, **CONTINUOUS)

    def add(*zones):
        answer = sagemaker.batch_add_cluster_nodes(
            ClusterName="cluster",
            NodesToAdd=[
                {
                    "InstanceGroupName": "workers",
                    "IncrementTargetCountBy": 1,
                    "AvailabilityZones": list(zones),
                }
            ],
        )
        return [
            clusters.node("cluster", each["NodeLogicalId"])["Placement"]["AvailabilityZone"]
            for each in answer["Successful"]
        ], [each["ErrorCode"] for each in answer["Failed"]]

    assert add("us-west-2a") == ([], ["IncompatibleAvailabilityZones"])
    assert add("us-west-2c") == (["us-west-2c"], [])
    assert add("us-west-2a", "us-west-2c") == (["us-west-2c"], [])
    assert add("us-west-2b") == (["us-west-2b"], [])
    assert clusters.counts("cluster") == {"workers": (3, 3)}
