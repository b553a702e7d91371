"""Nodes: what they are, listing them, and operations on several of them."""

from __future__ import annotations

import re

import pytest

from tests.support.clusters import CONTINUOUS, HOUR, MINUTE, START, group, plan_counts


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
    assert refusal(describe, ClusterName="cluster")[0] == "ValidationException"
    assert refusal(describe, ClusterName="cluster", **both)[0] == "ValidationException"
    other = "i-" + "0" * 17
    assert refusal(describe, ClusterName="cluster", NodeId=other)[0] == "ResourceNotFound"
    assert refusal(describe, ClusterName="none", NodeId=node)[0] == "ResourceNotFound"


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
        code, _ = refusal(sagemaker.list_cluster_nodes, **{**asked, **other}, NextToken=token)
        assert code == "ValidationException"


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
    assert (failed["NodeId"], failed["ErrorCode"]) == (head, "InstanceIdInUse")
    assert head in failed["Message"]
    for operation in (
        sagemaker.batch_delete_cluster_nodes,
        sagemaker.batch_reboot_cluster_nodes,
        sagemaker.batch_replace_cluster_nodes,
    ):
        assert refusal(operation, ClusterName="cluster")[0] == "ValidationException"
        code, _ = refusal(operation, ClusterName="none", NodeIds=[head])
        assert code == "ResourceNotFound"
    # The clusters of the default mode do not know logical ids here. source: the model
    for operation in (sagemaker.batch_reboot_cluster_nodes, sagemaker.batch_replace_cluster_nodes):
        code, _ = refusal(operation, ClusterName="cluster", NodeLogicalIds=["workers-2"])
        assert code == "ValidationException"
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
    assert refusal(call, **add("default", "workers", 1))[0] == "ValidationException"
    assert refusal(call, **add("none", "workers", 1))[0] == "ResourceNotFound"
    assert refusal(call, **add("cluster", "workers", 2))[0] == "ValidationException"
    many = add("cluster", "mixed", 26)
    many["NodesToAdd"] *= 2
    assert refusal(call, **many)[0] == "ValidationException"
    (failed,) = call(**add("cluster", "mixed", 1, InstanceTypes=["ml.g5.2xlarge"]))["Failed"]
    assert failed["ErrorCode"] == "IncompatibleInstanceTypes"
    (failed,) = call(**add("cluster", "workers", 1, AvailabilityZones=["us-west-2b"]))["Failed"]
    assert failed["ErrorCode"] == "IncompatibleAvailabilityZones"
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
