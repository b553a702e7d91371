"""Operations of clusters: what each request to scale has set going, and how far it is."""

from __future__ import annotations

import re

import pytest

from tests.support.clusters import CONTINUOUS, CUT_OFF, DAY, HOUR, MINUTE, START, group


@pytest.fixture
def listed(sagemaker):
    """The operations of a cluster, the earliest first."""

    def read(name="cluster", **asked):
        return sagemaker.list_cluster_operations(
            ClusterName=name, **{"SortOrder": "Ascending", **asked}
        )["ClusterOperationSummaries"]

    return read


@pytest.fixture
def described(sagemaker, listed):
    """The description of a cluster's newest operation, or of one of an id."""

    def read(name="cluster", operation_id=None):
        found = operation_id or listed(name)[-1]["OperationId"]
        answer = sagemaker.describe_cluster_operation(ClusterName=name, OperationId=found)
        del answer["ResponseMetadata"]
        return answer

    return read


@pytest.mark.rule("CLUSTER-12")
def test_a_scaling_operation_tells_what_a_group_had_and_what_it_is_to_have(
    plans, clusters, reserve, listed, described
):
    plan = reserve(count=8)
    arn = clusters.create("cluster", group("workers", plan, 2), **CONTINUOUS)
    created = plans.clock.now()
    (creation,) = listed()
    assert creation == {
        "OperationId": creation["OperationId"],
        "ClusterArn": arn,
        "Type": "Scaling",
        "Status": "InProgress",
        "CreationTime": created,
    }
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", creation["OperationId"])
    plans.clock.move_to(START)
    assert listed()[0]["Status"] == "Done"
    clusters.create("other", group("workers", plan, 4), **CONTINUOUS)
    clusters.update("cluster", group("workers", plan, 6, MinInstanceCount=1))
    operation = described()
    assert operation == {
        "OperationId": operation["OperationId"],
        "ClusterArn": arn,
        "Type": "Scaling",
        "Status": "InProgress",
        "CreationTime": START,
        "ScalingDetails": [
            {
                "InstanceGroupName": "workers",
                "Status": "InProgress",
                "Original": {"CurrentCount": 2, "TargetCount": 2, "MinCount": 0},
                "Desired": {"TargetCount": 6, "MinCount": 1},
            }
        ],
    }
    assert clusters.group("cluster", "workers")["ActiveOperations"] == {"Scaling": 1}
    clusters.delete("other")
    assert described()["Status"] == "Done"
    assert described()["ScalingDetails"][0]["Status"] == "Done"
    assert "ActiveOperations" not in clusters.group("cluster", "workers")


@pytest.mark.rule("CLUSTER-12", "CLUSTER-05")
def test_a_later_request_supersedes_what_is_in_progress_group_by_group(
    plans, clusters, reserve, listed, described
):
    plan = reserve(count=4)
    clusters.create("cluster", group("a", plan, 3), group("b", plan, 3), **CONTINUOUS)
    plans.clock.move_to(START)
    assert clusters.counts("cluster") == {"a": (3, 3), "b": (1, 3)}
    first = listed()[0]["OperationId"]
    assert {
        part["InstanceGroupName"]: part["Status"]
        for part in described(operation_id=first)["ScalingDetails"]
    } == {"a": "Done", "b": "InProgress"}
    clusters.update("cluster", group("b", plan, 2))
    # What was done of it stays so, and what was not is the later operation's.
    assert [each["Status"] for each in listed()] == ["Done", "InProgress"]
    assert {
        part["InstanceGroupName"]: part["Status"]
        for part in described(operation_id=first)["ScalingDetails"]
    } == {"a": "Done", "b": "Superseded"}
    clusters.update("cluster", group("b", plan, 1))
    assert [each["Status"] for each in listed()] == ["Done", "Superseded", "Done"]


@pytest.mark.rule("CLUSTER-12")
def test_every_request_that_scales_is_an_operation_and_no_other_is(
    clusters, sagemaker, listed, described
):
    clusters.create("cluster", group("a", None, 2), group("b"), **CONTINUOUS)
    clusters.update("cluster", group("a", None, 3))
    sagemaker.batch_add_cluster_nodes(
        ClusterName="cluster",
        NodesToAdd=[{"InstanceGroupName": "a", "IncrementTargetCountBy": 1}],
    )
    added = described()
    assert added["ScalingDetails"][0]["Original"] == {
        "CurrentCount": 3,
        "TargetCount": 3,
        "MinCount": 0,
    }
    assert added["ScalingDetails"][0]["Desired"] == {"TargetCount": 4, "MinCount": 0}
    first, second, *_ = clusters.ids("cluster")
    sagemaker.batch_delete_cluster_nodes(ClusterName="cluster", NodeIds=[first])
    assert described()["ScalingDetails"][0]["Desired"] == {"TargetCount": 3, "MinCount": 0}
    clusters.update("cluster", InstanceGroupsToDelete=["b"])
    assert described()["ScalingDetails"][0]["Desired"] == {"TargetCount": 0, "MinCount": 0}
    assert [each["Status"] for each in listed()] == ["Done"] * 5
    assert len({each["OperationId"] for each in listed()}) == 5
    # Nothing is scaled by these.
    clusters.update("cluster", NodeRecovery="None")
    clusters.update("cluster", group("a", None, 3, ThreadsPerCore=1))
    sagemaker.batch_reboot_cluster_nodes(ClusterName="cluster", NodeIds=[second])
    sagemaker.batch_replace_cluster_nodes(ClusterName="cluster", NodeIds=[second])
    sagemaker.update_cluster_software(ClusterName="cluster")
    assert len(listed()) == 5


@pytest.mark.rule("CLUSTER-12")
def test_operations_are_filtered_sorted_and_paged(plans, clusters, sagemaker, reserve, listed):
    clusters.create("cluster", group("a", reserve(), 1), group("b"), **CONTINUOUS)
    for count in (2, 3, 4):
        plans.clock.tick(HOUR)
        clusters.update("cluster", group("b", None, count))
    every = listed()
    assert [each["Status"] for each in every] == ["InProgress", "Done", "Done", "Done"]
    newest_first = sagemaker.list_cluster_operations(ClusterName="cluster")
    assert newest_first["ClusterOperationSummaries"] == every[::-1]
    assert listed(Status="Done") == every[1:]
    assert listed(Status="Superseded") == []
    assert listed(Type="Scaling") == every
    assert listed(Type="DeepHealthCheck") == []
    assert listed(CreationTimeAfter=every[1]["CreationTime"]) == every[2:]
    assert listed(CreationTimeBefore=every[1]["CreationTime"]) == every[:1]
    assert listed(SortBy="CreationTime") == every
    for order, expected in (("Ascending", every), ("Descending", every[::-1])):
        pages = sagemaker.get_paginator("list_cluster_operations").paginate(
            ClusterName="cluster", SortOrder=order, PaginationConfig={"PageSize": 3}
        )
        found = [page["ClusterOperationSummaries"] for page in pages]
        assert found == [expected[:3], expected[3:]]


@pytest.mark.rule("CLUSTER-12")
def test_operations_are_kept_for_14_days_and_longer_while_in_progress(
    plans, clusters, buy, listed, sagemaker, refusal
):
    plans.capacity.set(
        "us-west-2a", "ml.p4d.24xlarge", 0, target="hyperpod-cluster", end=START + 20 * DAY
    )
    plans.capacity.set(
        "us-west-2b", "ml.p4d.24xlarge", 0, target="hyperpod-cluster", end=START + 20 * DAY
    )
    plan = buy("late", TargetResources=["hyperpod-cluster"], StartTimeAfter=START + 19 * DAY)
    clusters.create("cluster", group("late", plan), group("now"), **CONTINUOUS)
    clusters.update("cluster", group("now", None, 2))
    waiting, done = (each["OperationId"] for each in listed())
    plans.clock.tick(14 * DAY)
    assert [each["OperationId"] for each in listed()] == [waiting, done]
    plans.clock.tick(MINUTE)
    assert [each["OperationId"] for each in listed()] == [waiting]
    call = sagemaker.describe_cluster_operation
    assert refusal(call, ClusterName="cluster", OperationId=done) == (
        "ResourceNotFound",
        f"Could not find operation '{done}' in cluster 'cluster'.",
    )
    plans.clock.move_to(START + 21 * DAY)
    assert listed() == []


@pytest.mark.rule("CLUSTER-12")
def test_an_operation_whose_plan_ends_before_it_is_done_ends_too(plans, clusters, reserve, listed):
    plan = reserve(count=4)
    clusters.create("other", group("workers", plan, 3), **CONTINUOUS)
    clusters.create("cluster", group("workers", plan, 4), **CONTINUOUS)
    plans.clock.move_to(CUT_OFF)
    assert listed()[0]["Status"] == "InProgress"
    plans.clock.move_to(START + DAY)
    assert listed()[0]["Status"] == "Done"
    last = clusters.events("cluster")[-1]
    assert last["Description"] == "Instance Group workers creation in Cluster cluster failed"
    assert last["EventLevel"] == "Error"
    assert last["OperationId"] == listed()[0]["OperationId"]


@pytest.mark.rule("CLUSTER-12")
def test_clusters_of_another_mode_have_no_operations(clusters, sagemaker, listed, refusal):
    clusters.create("cluster", group("workers"))
    clusters.update("cluster", group("workers", None, 2))
    assert listed() == []
    clusters.create("continuous", group("workers"), **CONTINUOUS)
    (operation,) = listed("continuous")
    named = {"ClusterName": "cluster", "OperationId": operation["OperationId"]}
    assert refusal(sagemaker.describe_cluster_operation, **named) == (
        "ResourceNotFound",
        f"Could not find operation '{operation['OperationId']}' in cluster 'cluster'.",
    )
    for call in (sagemaker.list_cluster_operations, sagemaker.describe_cluster_operation):
        members = {"OperationId": operation["OperationId"]} if "describe" in call.__name__ else {}
        assert refusal(call, ClusterName="none", **members) == (
            "ResourceNotFound",
            "Could not find cluster 'none'.",
        )


@pytest.mark.rule("CLUSTER-12")
def test_what_is_in_progress_when_a_cluster_is_deleted_is_superseded(
    plans, clusters, sagemaker, reserve, listed, state_manager
):
    clusters.create("cluster", group("workers", reserve(), 4), group("other"), **CONTINUOUS)
    for work in ("sagemaker::cluster", "sagemaker::cluster_node"):
        state_manager(work, {"progression": "time", "seconds": 60})
    sagemaker.start_cluster_health_check(
        ClusterName="cluster",
        DeepHealthCheckConfigurations=[
            {"InstanceGroupName": "other", "DeepHealthChecks": ["InstanceStress"]}
        ],
    )
    clusters.delete("cluster")
    assert [each["Status"] for each in listed()] == ["Superseded", "Superseded"]
    completed = [
        event["Description"]
        for event in clusters.events("cluster")
        if "deep health check" in event["Description"]
    ]
    assert completed == [
        "InstanceGroup other deep health check started successfully in Cluster cluster"
    ]
    plans.clock.tick(60)
