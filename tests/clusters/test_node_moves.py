"""MoveClusterNodes: nodes that go from one instance group to another with their instances."""

from __future__ import annotations

import pytest

from tests.support.clusters import CONTINUOUS, CUT_OFF, HOUR, PLAN_TYPE, START, group, plan_counts

EKS = {
    "Orchestrator": {"Eks": {"ClusterArn": "arn:aws:eks:us-west-2:123456789012:cluster/eks"}},
    **CONTINUOUS,
}
SCRIPTS = {"LifeCycleConfig": {"SourceS3Uri": "s3://sagemaker-scripts", "OnCreate": "create.sh"}}


def on_eks(name, plan=None, count=1, **members):
    return group(name, plan, count, **{**SCRIPTS, **members})


@pytest.fixture
def move(sagemaker):
    """Moves nodes between groups of clusters of those ARNs."""

    def run(source, target, **named):
        answer = sagemaker.move_cluster_nodes(
            SourceClusterArn=source[0],
            SourceInstanceGroupName=source[1],
            TargetClusterArn=target[0],
            TargetInstanceGroupName=target[1],
            **named,
        )
        del answer["ResponseMetadata"]
        return answer

    return run


@pytest.mark.rule("CLUSTER-12")
def test_a_node_moves_with_its_instance_to_a_group_of_another_cluster(
    plans, clusters, reserve, sagemaker, move, state_manager
):
    plan = reserve(count=4)
    plans.clock.move_to(START)
    one = clusters.create("one", on_eks("a", plan, 2, ImageId="ami-11111111"), **EKS)
    two = clusters.create("two", on_eks("b", plan, 1, ImageId="ami-22222222"), **EKS)
    first, second = clusters.ids("one")
    before = clusters.node("one", first)
    state_manager("sagemaker::cluster_node", {"progression": "time", "seconds": 60})
    assert move((one, "a"), (two, "b"), NodeIds=[first]) == {"Successful": [first]}
    assert clusters.node("one", first)["InstanceStatus"]["Status"] == "DetachInProgress"
    assert clusters.counts("one") == {"a": (1, 1)}
    assert clusters.counts("two") == {"b": (1, 2)}
    plans.clock.tick(60)
    assert clusters.ids("one") == [second]
    joining = clusters.node("two", first)
    assert joining["InstanceStatus"]["Status"] == "AttachInProgress"
    assert clusters.counts("two") == {"b": (1, 2)}
    plans.clock.tick(60)
    moved = clusters.node("two", before["NodeLogicalId"])
    for kept in ("InstanceId", "NodeLogicalId", "PrivatePrimaryIp", "PrivateDnsHostname"):
        assert moved[kept] == before[kept]
    assert moved["Placement"] == before["Placement"]
    assert moved["LaunchTime"] == before["LaunchTime"]
    assert moved["InstanceGroupName"] == "b"
    assert moved["CurrentImageId"] == "ami-22222222"
    assert moved["InstanceStatus"] == {"Status": "Running"}
    assert clusters.counts("two") == {"b": (2, 2)}
    assert plan_counts(sagemaker, plan) == (3, 1)
    assert [change.after for change in plans.history(first)] == [
        "Pending",
        "Running",
        "DetachInProgress",
        "AttachInProgress",
        "Running",
    ]


@pytest.mark.rule("CLUSTER-12")
def test_a_move_is_an_operation_of_each_cluster(clusters, move, sagemaker):
    one = clusters.create("one", on_eks("a", None, 2), on_eks("b"), **EKS)
    two = clusters.create("two", on_eks("c"), **EKS)
    move((one, "a"), (one, "b"), InstanceCount=1)
    move((one, "b"), (two, "c"), InstanceCount=2)

    def details(name):
        newest = sagemaker.list_cluster_operations(ClusterName=name)["ClusterOperationSummaries"][0]
        described = sagemaker.describe_cluster_operation(
            ClusterName=name, OperationId=newest["OperationId"]
        )
        return {
            each["InstanceGroupName"]: (
                each["Original"]["TargetCount"],
                each["Desired"]["TargetCount"],
                each["Status"],
            )
            for each in described["ScalingDetails"]
        }

    assert details("one") == {"b": (2, 0, "Done")}
    assert details("two") == {"c": (1, 3, "Done")}
    assert clusters.counts("one") == {"a": (1, 1), "b": (0, 0)}
    assert (
        len(sagemaker.list_cluster_operations(ClusterName="one")["ClusterOperationSummaries"]) == 3
    )


@pytest.mark.rule("CLUSTER-12")
def test_nodes_are_judged_one_by_one(plans, clusters, move, refusal, sagemaker):
    arn = clusters.create(
        "cluster",
        on_eks("a", None, 2),
        on_eks("b"),
        on_eks("other", InstanceType="ml.g5.xlarge"),
        NodeRecovery="None",
        **EKS,
    )
    failed, good = clusters.ids("cluster", InstanceGroupNameContains="a")
    (of_b,) = clusters.ids("cluster", InstanceGroupNameContains="b")
    plans.faults.fail_instances(failed)
    answer = move((arn, "a"), (arn, "b"), NodeIds=[failed, good, of_b, good])
    assert answer["Successful"] == [good]
    assert [(each["NodeId"], each["Code"]) for each in answer["Failed"]] == [
        (failed, "InvalidNodeStatus"),
        (of_b, "NodeIdNotFound"),
        (good, "NodeIdInUse"),
    ]
    logical = [clusters.node("cluster", each)["NodeLogicalId"] for each in (of_b, failed)]
    answer = move((arn, "b"), (arn, "a"), NodeLogicalIds=logical)
    assert answer["SuccessfulNodeLogicalIds"] == logical[:1]
    (refused,) = answer["FailedNodeLogicalIds"]
    assert (refused["NodeLogicalId"], refused["Code"]) == (logical[1], "NodeIdNotFound")
    # Where none can go, the request fails.
    assert refusal(
        sagemaker.move_cluster_nodes,
        SourceClusterArn=arn,
        SourceInstanceGroupName="a",
        TargetClusterArn=arn,
        TargetInstanceGroupName="other",
        NodeIds=[of_b, failed],
    ) == (
        "ValidationException",
        f"No node of instance group a can be moved: {of_b}: NodeInstanceTypeMismatch, "
        f"{failed}: InvalidNodeStatus.",
    )


@pytest.mark.rule("CLUSTER-12")
def test_moves_that_cannot_be_are_refused(plans, clusters, reserve, refusal, sagemaker):
    plan = reserve(count=4)
    plans.clock.move_to(START)
    arn = clusters.create(
        "cluster",
        on_eks("a", plan, 2, MinInstanceCount=1),
        on_eks("b", plan, 1),
        on_eks("on-demand"),
        **EKS,
    )
    slurm = clusters.create("slurm", group("a"), **CONTINUOUS)
    default = clusters.create("default", on_eks("a"), Orchestrator=EKS["Orchestrator"])
    unknown = arn[:-12] + "0" * 12

    def refused(source, target, **named):
        code, message = refusal(
            sagemaker.move_cluster_nodes,
            SourceClusterArn=source[0],
            SourceInstanceGroupName=source[1],
            TargetClusterArn=target[0],
            TargetInstanceGroupName=target[1],
            **named,
        )
        return code, message

    one = {"InstanceCount": 1}
    not_found = ("ResourceNotFound", f"Could not find cluster '{unknown}'.")
    assert refused((unknown, "a"), (arn, "b"), **one) == not_found
    assert refused((arn, "a"), (unknown, "b"), **one) == not_found
    for call, text in (
        (refused((arn, "none"), (arn, "b"), **one), "has no instance group none"),
        (refused((arn, "a"), (arn, "a"), **one), "they are one group"),
        (refused((arn, "a"), (arn, "on-demand"), **one), "from different capacity"),
        (refused((slurm, "a"), (arn, "b"), **one), "needs Amazon EKS"),
        (refused((arn, "a"), (default, "a"), **one), "needs NodeProvisioningMode Continuous"),
        (refused((arn, "a"), (arn, "b")), "Exactly one of InstanceCount"),
        (
            refused((arn, "a"), (arn, "b"), InstanceCount=1, NodeIds=["i-" + "0" * 17]),
            "Exactly one of InstanceCount",
        ),
        (
            refused((arn, "b"), (arn, "a"), InstanceCount=2),
            "has 1 nodes that can be moved, fewer than 2",
        ),
        (
            refused((arn, "a"), (arn, "b"), InstanceCount=2),
            "would have 0 instances, fewer than its minimum of 1",
        ),
    ):
        assert call[0] == "ValidationException"
        assert text in call[1]
    assert clusters.counts("cluster") == {"a": (2, 2), "b": (1, 1), "on-demand": (1, 1)}


@pytest.mark.rule("CLUSTER-12")
def test_a_move_that_is_repeated_with_its_token_moves_nothing_more(
    plans, clusters, move, refusal, sagemaker
):
    arn = clusters.create("cluster", on_eks("a", None, 4), on_eks("b"), **EKS)
    asked = {"InstanceCount": 1, "ClientToken": "token"}
    first = move((arn, "a"), (arn, "b"), **asked)
    plans.clock.tick(8 * HOUR - HOUR / 2)
    assert move((arn, "a"), (arn, "b"), **asked) == first
    assert clusters.counts("cluster") == {"a": (3, 3), "b": (2, 2)}
    code, message = refusal(
        sagemaker.move_cluster_nodes,
        SourceClusterArn=arn,
        SourceInstanceGroupName="a",
        TargetClusterArn=arn,
        TargetInstanceGroupName="b",
        InstanceCount=2,
        ClientToken="token",
    )
    assert code == "ValidationException"
    assert "token has been used with other parameters" in message
    plans.clock.tick(HOUR / 2)
    assert move((arn, "a"), (arn, "b"), **asked) != first
    assert clusters.counts("cluster") == {"a": (2, 2), "b": (3, 3)}


@pytest.mark.rule("CLUSTER-12", "CLUSTER-04")
def test_nodes_on_their_way_are_taken_at_the_cut_off_and_come_to_their_new_group(
    plans, clusters, reserve, move, state_manager, sagemaker
):
    plan = reserve(count=2)
    plans.clock.move_to(CUT_OFF - HOUR)
    arn = clusters.create("cluster", on_eks("a", plan, 2), on_eks("b", plan, 0), **EKS)
    state_manager("sagemaker::cluster_node", {"progression": "time", "seconds": 2 * 3600})
    (first, _) = clusters.ids("cluster")
    move((arn, "a"), (arn, "b"), NodeIds=[first])
    plans.clock.move_to(CUT_OFF)
    assert {
        node["InstanceGroupName"]: node["InstanceStatus"]["Status"]
        for node in clusters.nodes("cluster")
    } == {"a": "ShuttingDown", "b": "ShuttingDown"}
    plans.clock.tick(HOUR)
    assert clusters.counts("cluster") == {"a": (0, 1), "b": (0, 1)}
    assert plan_counts(sagemaker, plan)[0] == 0


@pytest.mark.rule("CLUSTER-12", "QUOTA-04")
def test_a_flexible_group_takes_nodes_of_its_types_only(clusters, move):
    arn = clusters.create(
        "cluster",
        on_eks("a", None, 1),
        on_eks(
            "mixed",
            None,
            0,
            InstanceType=None,
            InstanceRequirements={"InstanceTypes": ["ml.g5.xlarge", PLAN_TYPE]},
        ),
        **EKS,
    )
    move((arn, "a"), (arn, "mixed"), InstanceCount=1)
    details = clusters.group("cluster", "mixed")["InstanceTypeDetails"]
    assert [(each["InstanceType"], each["CurrentCount"]) for each in details] == [
        ("ml.g5.xlarge", 0),
        (PLAN_TYPE, 1),
    ]
