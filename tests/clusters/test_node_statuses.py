"""What can be done with a node in each of its statuses, and what is told of the others."""

from __future__ import annotations

import pytest

from moto_trainingplans.aws_json.validation import is_operation
from tests.support.clusters import CONTINUOUS, group

MINUTES = {"progression": "time", "seconds": 60}
SCRIPTS = {"LifeCycleConfig": {"SourceS3Uri": "s3://sagemaker-scripts", "OnCreate": "create.sh"}}
EKS = {"Orchestrator": {"Eks": {"ClusterArn": "arn:aws:eks:us-west-2:123456789012:cluster/eks"}}}
STATUS = "is in a status that does not allow it"
IN_USE = "is in use"


@pytest.fixture
def done(sagemaker, clusters, state_manager):
    """Has a cluster of three nodes, two healthy ones at the end, and asks for something with each.

    Gives the code and message of what failed with the first, None for what did not.
    """
    clusters.create(
        "cluster",
        group("a", None, 3, **SCRIPTS),
        group("b", None, 0, **SCRIPTS),
        NodeRecovery="None",
        **EKS,
        **CONTINUOUS,
    )
    first, second, _ = clusters.ids("cluster")
    state_manager("sagemaker::cluster_node", MINUTES)

    def run(operation):
        answer = getattr(sagemaker, f"batch_{operation}_cluster_nodes")(
            ClusterName="cluster", NodeIds=[first, second]
        )
        assert second in answer["Successful"]
        assert (first in answer["Successful"]) == ("Failed" not in answer)
        for failed in answer.get("Failed", ()):
            assert failed["NodeId"] == first
            return failed.get("ErrorCode") or failed["Code"], failed["Message"]
        return None

    run.first = first
    return run


def is_in(clusters, node, status):
    return clusters.node("cluster", node)["InstanceStatus"]["Status"] == status


@pytest.mark.rule("CLUSTER-08")
@pytest.mark.parametrize("operation", ["delete", "reboot", "replace"])
def test_a_node_that_restarts_can_only_be_deleted(clusters, sagemaker, done, operation):
    sagemaker.batch_reboot_cluster_nodes(ClusterName="cluster", NodeIds=[done.first])
    assert is_in(clusters, done.first, "Pending")
    refused = ("InvalidInstanceStatus", f"Node {done.first} {STATUS}.")
    assert done(operation) == (None if operation == "delete" else refused)


@pytest.mark.rule("CLUSTER-08")
@pytest.mark.parametrize("operation", ["delete", "reboot", "replace"])
def test_a_node_that_failed_can_be_deleted_and_replaced(clusters, plans, done, operation):
    plans.faults.fail_instances(done.first)
    assert is_in(clusters, done.first, "Failure")
    refused = ("InvalidInstanceStatus", f"Node {done.first} {STATUS}.")
    assert done(operation) == (refused if operation == "reboot" else None)


@pytest.mark.rule("CLUSTER-08")
@pytest.mark.parametrize("operation", ["delete", "reboot", "replace"])
def test_nothing_more_can_be_done_with_a_node_that_is_being_deleted(
    clusters, sagemaker, done, operation
):
    sagemaker.batch_delete_cluster_nodes(ClusterName="cluster", NodeIds=[done.first])
    assert is_in(clusters, done.first, "ShuttingDown")
    code = "InvalidNodeStatus" if operation == "delete" else "InvalidInstanceStatus"
    assert done(operation) == (code, f"Node {done.first} {STATUS}.")
    assert clusters.counts("cluster")["a"][1] == (1 if operation == "delete" else 2)


@pytest.mark.rule("CLUSTER-08")
@pytest.mark.parametrize("operation", ["delete", "reboot", "replace"])
def test_a_node_that_is_being_replaced_can_still_be_deleted(
    plans, clusters, sagemaker, done, operation
):
    sagemaker.batch_replace_cluster_nodes(ClusterName="cluster", NodeIds=[done.first])
    assert is_in(clusters, done.first, "ShuttingDown")
    refused = ("InvalidInstanceStatus", f"Node {done.first} {STATUS}.")
    assert done(operation) == (None if operation == "delete" else refused)
    plans.clock.tick(120)
    count = 1 if operation == "delete" else 3
    assert clusters.counts("cluster")["a"] == (count, count)


@pytest.mark.rule("CLUSTER-08", "CLUSTER-12")
@pytest.mark.skipif(not is_operation("MoveClusterNodes"), reason="this model cannot move nodes")
@pytest.mark.parametrize("operation", ["delete", "reboot", "replace"])
def test_a_node_that_moves_is_in_use(clusters, sagemaker, done, operation):
    arn = clusters.describe("cluster")["ClusterArn"]
    sagemaker.move_cluster_nodes(
        SourceClusterArn=arn,
        SourceInstanceGroupName="a",
        TargetClusterArn=arn,
        TargetInstanceGroupName="b",
        NodeIds=[done.first],
    )
    assert is_in(clusters, done.first, "DetachInProgress")
    if operation == "delete":
        assert done(operation) == ("NodeIdInUse", f"Node {done.first} {IN_USE}.")
    else:
        assert done(operation) == ("InvalidInstanceStatus", f"Node {done.first} {STATUS}.")


@pytest.mark.rule("CLUSTER-08")
def test_a_node_whose_software_is_updated_is_in_use(clusters, sagemaker, state_manager, refusal):
    clusters.create("cluster", group("a", None, 2), group("b"))
    first, second, other = clusters.ids("cluster")
    state_manager("sagemaker::cluster", MINUTES)
    sagemaker.update_cluster_software(
        ClusterName="cluster", InstanceGroups=[{"InstanceGroupName": "a"}]
    )
    answer = sagemaker.batch_reboot_cluster_nodes(
        ClusterName="cluster", NodeIds=[first, second, other]
    )
    assert answer["Successful"] == [other]
    assert answer["Failed"] == [
        {"NodeId": node, "ErrorCode": "InstanceIdInUse", "Message": f"Node {node} {IN_USE}."}
        for node in (first, second)
    ]
    for operation in (sagemaker.batch_replace_cluster_nodes, sagemaker.batch_delete_cluster_nodes):
        assert refusal(operation, ClusterName="cluster", NodeIds=[first]) == (
            "ValidationException",
            "Cluster cluster is SystemUpdating; its nodes can only be deleted or replaced while "
            "it is InService.",
        )
