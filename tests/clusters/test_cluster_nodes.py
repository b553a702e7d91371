"""Nodes: what they are, listing them, and operations on several of them."""

from __future__ import annotations

import re

import pytest

from tests.support.clusters import CONTINUOUS, HOUR, MINUTE, START, group, plan_counts

NO_CLUSTER = ("ResourceNotFound", "Could not find cluster 'none'.")


@pytest.mark.rule("CLUSTER-06", "CLIENT-05")
def test_a_node_tells_what_and_where_it_is(plans, clusters, reserve):
    plan = reserve()
    clusters.create("cluster", group("controller", InstanceType="ml.t3.large"))
    plans.clock.move_to(START)
    clusters.update("cluster", group("workers", plan, 2, ThreadsPerCore=2))
    nodes = [clusters.node("cluster", each) for each in clusters.ids("cluster")]
    assert [(node["InstanceGroupName"], node["InstanceType"]) for node in nodes] == [
        ("controller", "ml.t3.large"),
        ("workers", "ml.p4d.24xlarge"),
        ("workers", "ml.p4d.24xlarge"),
    ]
    assert nodes[0]["LaunchTime"] < START
    worker = nodes[1]
    assert re.fullmatch(r"i-[0-9a-f]{17}", worker["InstanceId"])
    assert worker["LaunchTime"] == START
    assert worker["ThreadsPerCore"] == 2
    assert worker["InstanceStatus"] == {"Status": "Running"}
    assert worker["Placement"] == {
        "AvailabilityZone": "us-west-2a",
        "AvailabilityZoneId": "usw2-az2",
    }
    dashed = worker["PrivatePrimaryIp"].replace(".", "-")
    assert worker["PrivateDnsHostname"] == f"ip-{dashed}.us-west-2.compute.internal"
    for key in ("InstanceId", "NodeLogicalId", "PrivatePrimaryIp", "PrivateDnsHostname"):
        assert len({node[key] for node in nodes}) == 3
    assert clusters.node("cluster", worker["NodeLogicalId"]) == worker


@pytest.mark.rule("CLUSTER-06")
def test_a_node_is_named_in_exactly_one_way(clusters, sagemaker, refusal):
    clusters.create("cluster", group("workers"))
    describe = sagemaker.describe_cluster_node
    (node,) = clusters.ids("cluster")
    logical = clusters.node("cluster", node)["NodeLogicalId"]
    both = {"NodeId": node, "NodeLogicalId": logical}
    for named in ({}, both):
        assert refusal(describe, ClusterName="cluster", **named) == (
            "ValidationException",
            "Exactly one of NodeId and NodeLogicalId is required.",
        )
    other = "i-" + "0" * 17
    for named in ({"NodeId": other}, {"NodeLogicalId": other}):
        assert refusal(describe, ClusterName="cluster", **named) == (
            "ResourceNotFound",
            f"Could not find node '{other}' in cluster 'cluster'.",
        )
    assert refusal(describe, ClusterName="none", NodeId=node) == NO_CLUSTER


@pytest.mark.rule("CLUSTER-06")
@pytest.mark.parametrize("sort_by", ["CREATION_TIME", "NAME"])
@pytest.mark.parametrize("order", ["Ascending", "Descending"])
def test_pages_of_nodes_hold_every_node_once_in_order(plans, clusters, sagemaker, sort_by, order):
    clusters.create("cluster", group("b", count=60), group("a", count=45))
    plans.clock.tick(HOUR)
    clusters.update("cluster", group("b", count=70))

    asked = {"ClusterName": "cluster", "MaxResults": 20, "SortBy": sort_by, "SortOrder": order}
    nodes, token = [], {}
    while True:
        page = sagemaker.list_cluster_nodes(**asked, **token)
        nodes += page["ClusterNodeSummaries"]
        if "NextToken" not in page:
            break
        assert len(page["ClusterNodeSummaries"]) == 20
        token = {"NextToken": page["NextToken"]}
    assert len({node["InstanceId"] for node in nodes}) == len(nodes) == 115
    key = "LaunchTime" if sort_by == "CREATION_TIME" else "InstanceGroupName"
    values = [node[key] for node in nodes]
    assert values == sorted(values, reverse=order == "Descending")
    paged = sagemaker.get_paginator("list_cluster_nodes").paginate(
        **asked, PaginationConfig={"PageSize": 50}
    )
    assert [node for page in paged for node in page["ClusterNodeSummaries"]] == nodes


@pytest.mark.rule("CLUSTER-06", "CLIENT-02")
def test_nodes_are_filtered_by_group_and_time(plans, clusters, reserve, sagemaker, refusal):
    plan = reserve()
    clusters.create("cluster", group("workers", plan, 2), group("controller"), group("work-2"))
    plans.clock.move_to(START)
    created = plans.clock.now()

    def groups(**asked):
        return [node["InstanceGroupName"] for node in clusters.nodes("cluster", **asked)]

    assert groups() == ["controller", "work-2", "workers", "workers"]
    assert groups(InstanceGroupNameContains="work") == ["work-2", "workers", "workers"]
    assert groups(CreationTimeAfter=created - MINUTE) == ["workers", "workers"]
    assert groups(CreationTimeAfter=created) == []
    assert groups(CreationTimeBefore=created) == ["controller", "work-2"]
    asked = {"ClusterName": "cluster", "MaxResults": 1}
    token = sagemaker.list_cluster_nodes(**asked)["NextToken"]
    for other in ({"SortBy": "NAME"}, {"ClusterName": "cluster2"}):
        if "ClusterName" in other:
            sagemaker.create_cluster(**other)
        assert refusal(sagemaker.list_cluster_nodes, **{**asked, **other}, NextToken=token) == (
            "ValidationException",
            "Invalid NextToken.",
        )


@pytest.mark.rule("CLUSTER-06")
def test_nodes_that_wait_are_listed_if_asked_for(plans, clusters, reserve):
    clusters.create("cluster", group("workers", reserve(), 2))
    assert clusters.nodes("cluster") == []
    waiting = clusters.nodes("cluster", IncludeNodeLogicalIds=True)
    assert [node["InstanceStatus"]["Status"] for node in waiting] == ["Pending", "Pending"]
    logical = waiting[0]["NodeLogicalId"]
    assert "InstanceId" not in clusters.node("cluster", logical)
    plans.clock.move_to(START)
    running = clusters.nodes("cluster", IncludeNodeLogicalIds=True)
    assert [node["NodeLogicalId"] for node in running] == [
        node["NodeLogicalId"] for node in waiting
    ]
    assert clusters.node("cluster", logical)["InstanceId"] == running[0]["InstanceId"]
    assert "NodeLogicalId" not in clusters.nodes("cluster")[0]


@pytest.mark.rule("CLUSTER-08")
def test_replaced_nodes_get_other_instances_and_rebooted_ones_keep_theirs(
    plans, clusters, reserve, sagemaker
):
    plan = reserve()
    clusters.create("cluster", group("workers", plan, 4), **CONTINUOUS)
    plans.clock.move_to(START)
    nodes = clusters.nodes("cluster", IncludeNodeLogicalIds=True)
    rebooted, replaced, other = nodes[:3]
    none = "i-" + "0" * 17
    answer = sagemaker.batch_reboot_cluster_nodes(
        ClusterName="cluster", NodeIds=[rebooted["InstanceId"], none]
    )
    assert answer["Successful"] == [rebooted["InstanceId"]]
    assert [(each["NodeId"], each["ErrorCode"]) for each in answer["Failed"]] == [
        (none, "InstanceIdNotFound")
    ]
    assert "FailedNodeLogicalIds" not in answer
    assert [change.after for change in plans.history(rebooted["InstanceId"])] == [
        "Pending",
        "Running",
        "Pending",
        "Running",
    ]
    answer = sagemaker.batch_replace_cluster_nodes(
        ClusterName="cluster",
        NodeIds=[replaced["InstanceId"]],
        NodeLogicalIds=[replaced["NodeLogicalId"], other["NodeLogicalId"], "none"],
    )
    assert answer["Successful"] == [replaced["InstanceId"]]
    assert answer["SuccessfulNodeLogicalIds"] == [other["NodeLogicalId"]]
    assert [
        (each["NodeLogicalId"], each["ErrorCode"]) for each in answer["FailedNodeLogicalIds"]
    ] == [(replaced["NodeLogicalId"], "InstanceIdInUse"), ("none", "InstanceIdNotFound")]
    assert clusters.counts("cluster") == {"workers": (4, 4)}
    assert plan_counts(sagemaker, plan) == (4, 0)
    ids = clusters.ids("cluster")
    assert rebooted["InstanceId"] in ids
    assert not {replaced["InstanceId"], other["InstanceId"]} & set(ids)
    new = clusters.node("cluster", replaced["NodeLogicalId"])
    assert new["InstanceId"] not in (replaced["InstanceId"], other["InstanceId"])


@pytest.mark.rule("CLUSTER-08")
def test_nodes_that_cannot_be_handled_are_told_one_by_one(
    plans, clusters, reserve, sagemaker, refusal
):
    slurm = {"NodeType": "Controller"}
    clusters.create("cluster", group("head", SlurmConfig=slurm), group("workers", reserve(), 1))
    (head,) = clusters.ids("cluster")
    (failed,) = sagemaker.batch_replace_cluster_nodes(ClusterName="cluster", NodeIds=[head])[
        "Failed"
    ]
    assert failed == {
        "NodeId": head,
        "ErrorCode": "InstanceIdInUse",
        "Message": f"Node {head} is in use.",
    }
    for operation in (
        sagemaker.batch_delete_cluster_nodes,
        sagemaker.batch_reboot_cluster_nodes,
        sagemaker.batch_replace_cluster_nodes,
    ):
        assert refusal(operation, ClusterName="cluster") == (
            "ValidationException",
            "At least one of NodeIds and NodeLogicalIds is required.",
        )
        assert refusal(operation, ClusterName="none", NodeIds=[head]) == NO_CLUSTER
    # The clusters of the default mode do not know logical ids here. source: the model
    for operation in (sagemaker.batch_reboot_cluster_nodes, sagemaker.batch_replace_cluster_nodes):
        assert refusal(operation, ClusterName="cluster", NodeLogicalIds=["workers-2"]) == (
            "ValidationException",
            "NodeLogicalIds needs NodeProvisioningMode Continuous, which cluster cluster does not "
            "have.",
        )
    plans.clock.move_to(START)
    assert clusters.ids("cluster")[0] == head


@pytest.mark.rule("CLUSTER-08")
def test_deleted_nodes_sink_the_target(plans, clusters, reserve, sagemaker):
    plan = reserve()
    clusters.create("cluster", group("workers", plan, 4))
    plans.clock.move_to(START)
    first, second, *rest = clusters.ids("cluster")
    logical = clusters.node("cluster", second)["NodeLogicalId"]
    answer = sagemaker.batch_delete_cluster_nodes(
        ClusterName="cluster", NodeIds=[first], NodeLogicalIds=[logical]
    )
    assert answer["Successful"] == [first]
    assert answer["SuccessfulNodeLogicalIds"] == [logical]
    assert clusters.counts("cluster") == {"workers": (2, 2)}
    assert clusters.ids("cluster") == rest
    assert plan_counts(sagemaker, plan) == (2, 2)


@pytest.mark.rule("CLUSTER-08", "CLUSTER-11")
def test_a_failed_node_is_deleted_and_its_instance_stays_broken(
    plans, clusters, reserve, sagemaker
):
    plan = reserve()
    clusters.create(
        "cluster", group("workers", plan, 2), group("other", None, 2), NodeRecovery="None"
    )
    plans.clock.move_to(START)
    on_demand, _, failed, healthy = clusters.ids("cluster")
    for node in (failed, on_demand):
        plans.faults.fail_instances(node)
    assert clusters.statuses("cluster")[1] == ["Degraded", "Degraded"]
    answer = sagemaker.batch_delete_cluster_nodes(
        ClusterName="cluster", NodeIds=[failed, on_demand]
    )
    assert answer["Successful"] == [failed, on_demand]
    assert "Failed" not in answer
    assert clusters.counts("cluster") == {"workers": (1, 1), "other": (1, 1)}
    assert clusters.statuses("cluster") == ("InService", ["InService", "InService"])
    assert clusters.ids("cluster", InstanceGroupNameContains="workers") == [healthy]
    assert [change.after for change in plans.history(failed)] == [
        "Pending",
        "Running",
        "Failure",
        "ShuttingDown",
        "NotFound",
    ]
    # Of the plan's four, one is in use and one broken until it is repaired.
    described = sagemaker.describe_training_plan(TrainingPlanName=plan)
    assert described["UnhealthyInstanceCount"] == 1
    assert plan_counts(sagemaker, plan) == (1, 2)
    plans.faults.repair(plan)
    assert plan_counts(sagemaker, plan) == (1, 3)
    assert clusters.counts("cluster") == {"workers": (1, 1), "other": (1, 1)}
