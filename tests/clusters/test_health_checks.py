"""Deep health checks: on request, and before the nodes of a group are used."""

from __future__ import annotations

import pytest

from tests.support.clusters import CONTINUOUS, START, group
from tests.support.model_history import has

MINUTES = {"progression": "time", "seconds": 60}


def statuses(clusters, name="cluster"):
    return [node["InstanceStatus"]["Status"] for node in clusters.nodes(name)]


def check(name, *ids, checks=("InstanceStress",)):
    asked = {"InstanceGroupName": name, "DeepHealthChecks": list(checks)}
    return {**asked, "InstanceIds": list(ids)} if ids else asked


@pytest.mark.rule("CLUSTER-12")
def test_nodes_are_checked_before_their_use_where_their_group_wants_it(
    plans, clusters, reserve, state_manager
):
    plan = reserve(count=2)
    plans.clock.move_to(START)
    state_manager("sagemaker::cluster_node", MINUTES)
    clusters.create(
        "cluster",
        group("workers", plan, 2, OnStartDeepHealthChecks=["InstanceStress"], MinInstanceCount=2),
        **CONTINUOUS,
    )
    assert statuses(clusters) == ["Pending", "Pending"]
    plans.clock.tick(60)
    assert statuses(clusters) == ["DeepHealthCheckInProgress"] * 2
    assert clusters.counts("cluster") == {"workers": (0, 2)}
    assert clusters.statuses("cluster") == ("InService", ["Creating"])
    plans.clock.tick(60)
    assert statuses(clusters) == ["Running", "Running"]
    assert clusters.statuses("cluster") == ("InService", ["InService"])


@pytest.mark.rule("CLUSTER-12")
def test_a_health_check_takes_nodes_out_of_use_until_it_is_done(
    plans, clusters, sagemaker, state_manager
):
    arn = clusters.create("cluster", group("a", None, 2), group("b", None, 1))
    state_manager("sagemaker::cluster_node", MINUTES)
    first, _, _ = clusters.ids("cluster")
    checks = [check("a", first), check("b")]
    answer = sagemaker.start_cluster_health_check(
        ClusterName="cluster", DeepHealthCheckConfigurations=checks
    )
    assert answer["ClusterArn"] == arn
    checking = "DeepHealthCheckInProgress"
    assert statuses(clusters) == [checking, "Running", checking]
    assert clusters.counts("cluster") == {"a": (1, 2), "b": (0, 1)}
    assert clusters.statuses("cluster")[0] == "InService"
    plans.clock.tick(60)
    assert statuses(clusters) == ["Running"] * 3


@pytest.mark.rule("CLUSTER-12")
def test_a_health_check_is_one_operation_with_what_overlaps_it(
    plans, clusters, sagemaker, state_manager
):
    clusters.create("cluster", group("a", None, 3), group("b", None, 1), **CONTINUOUS)
    state_manager("sagemaker::cluster_node", MINUTES)
    first, second, third, of_b = clusters.ids("cluster")
    sagemaker.start_cluster_health_check(
        ClusterName="cluster",
        DeepHealthCheckConfigurations=[
            check("a", first, second),
            check("a", second, checks=["InstanceConnectivity"]),
            check("b", checks=["MultiNodeTrainingValidation"]),
        ],
    )
    checking = "DeepHealthCheckInProgress"
    assert statuses(clusters) == [checking, checking, "Running", checking]
    (summary,) = sagemaker.list_cluster_operations(ClusterName="cluster", Type="DeepHealthCheck")[
        "ClusterOperationSummaries"
    ]
    operation = sagemaker.describe_cluster_operation(
        ClusterName="cluster", OperationId=summary["OperationId"]
    )
    assert "ScalingDetails" not in operation
    assert operation["Status"] == "InProgress"
    assert operation["DeepHealthCheckDetails"] == [
        {
            "InstanceGroupName": "a",
            "InstanceIds": [first, second],
            "DeepHealthChecks": ["InstanceStress", "InstanceConnectivity"],
        },
        {"InstanceGroupName": "b", "DeepHealthChecks": ["MultiNodeTrainingValidation"]},
    ]
    # What overlaps is one operation.
    plans.clock.tick(30)
    sagemaker.start_cluster_health_check(
        ClusterName="cluster", DeepHealthCheckConfigurations=[check("a", third)]
    )
    plans.clock.tick(30)
    assert statuses(clusters) == ["Running", "Running", checking, "Running"]

    def operations():
        return [
            each["Status"]
            for each in sagemaker.list_cluster_operations(
                ClusterName="cluster", Type="DeepHealthCheck"
            )["ClusterOperationSummaries"]
        ]

    assert operations() == ["InProgress"]
    plans.clock.tick(30)
    assert operations() == ["Done"]
    assert statuses(clusters) == ["Running"] * 4
    told = [
        event["Description"]
        for event in clusters.events("cluster", OperationId=summary["OperationId"])
    ]
    assert told == [
        "InstanceGroup a deep health check started successfully in Cluster cluster",
        "InstanceGroup b deep health check started successfully in Cluster cluster",
        "InstanceGroup a deep health check started successfully in Cluster cluster",
        "Instance Group a deep health check in Cluster cluster completed successfully",
        "Instance Group b deep health check in Cluster cluster completed successfully",
    ]
    # Later it is another operation.
    sagemaker.start_cluster_health_check(
        ClusterName="cluster", DeepHealthCheckConfigurations=[check("b", of_b)]
    )
    assert operations() == ["InProgress", "Done"]


@pytest.mark.rule("CLUSTER-12", "CLUSTER-08")
def test_an_instance_that_fails_its_check_is_replaced(plans, clusters, sagemaker, state_manager):
    clusters.create("cluster", group("a", None, 2), **CONTINUOUS)
    state_manager("sagemaker::cluster_node", MINUTES)
    first, second = clusters.ids("cluster")
    sagemaker.start_cluster_health_check(
        ClusterName="cluster", DeepHealthCheckConfigurations=[check("a")]
    )
    plans.faults.fail_instances(first)
    plans.clock.tick(60)
    assert first not in clusters.ids("cluster")
    assert second in clusters.ids("cluster")
    assert statuses(clusters) == ["Running", "Running"]
    if has("ListClusterOperations"):
        (summary,) = sagemaker.list_cluster_operations(
            ClusterName="cluster", Type="DeepHealthCheck"
        )["ClusterOperationSummaries"]
        assert summary["Status"] == "Done"


@pytest.mark.rule("CLUSTER-12")
def test_health_checks_that_cannot_be_are_refused(
    plans, clusters, sagemaker, refusal, state_manager
):
    clusters.create("cluster", group("a"), group("b"), NodeRecovery="None", **CONTINUOUS)
    of_a, of_b = clusters.ids("cluster")
    call = sagemaker.start_cluster_health_check

    def refused(name, *checks):
        return refusal(call, ClusterName=name, DeepHealthCheckConfigurations=list(checks))

    assert refused("none", check("a")) == ("ResourceNotFound", "Could not find cluster 'none'.")
    assert refused("cluster", check("c")) == (
        "ValidationException",
        "Cluster cluster has no instance group c.",
    )
    assert refused("cluster", check("a"), check("a", of_b)) == (
        "ValidationException",
        f"Node {of_b} is not in instance group a.",
    )
    plans.faults.fail_instances(of_a)
    assert refused("cluster", check("b"), check("a", of_a)) == (
        "ValidationException",
        f"Node {of_a} is Failure; only nodes that are Running can be checked.",
    )
    assert statuses(clusters) == ["Failure", "Running"]
    state_manager("sagemaker::cluster", MINUTES)
    sagemaker.update_cluster_software(ClusterName="cluster")
    code, message = refused("cluster", check("b"))
    assert code == "ValidationException"
    assert "cluster is SystemUpdating" in message
