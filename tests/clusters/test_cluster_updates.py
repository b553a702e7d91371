"""Changing clusters: plans, counts, groups, software, and what cannot be changed."""

from __future__ import annotations

import pytest

from tests.support.clusters import CUT_OFF, ROLE, START, group, plan_counts


@pytest.mark.rule("CLUSTER-05")
def test_a_group_gets_a_plan_another_one_and_none(plans, clusters, reserve, sagemaker):
    one, two = reserve("one", 2), reserve("two", 4)
    plans.clock.move_to(START)
    clusters.create("cluster", group("workers", None, 2))
    on_demand = clusters.ids("cluster")
    clusters.update("cluster", group("workers", one, 2))
    on_one = clusters.ids("cluster")
    assert plan_counts(sagemaker, one) == (2, 0)
    clusters.update("cluster", group("workers", two, 3))
    on_two = clusters.ids("cluster")
    assert plan_counts(sagemaker, one) == (0, 2)
    assert plan_counts(sagemaker, two) == (3, 1)
    assert clusters.group("cluster", "workers")["TrainingPlanArn"] == two
    clusters.update("cluster", group("workers", None, 3))
    assert plan_counts(sagemaker, two) == (0, 4)
    described = clusters.group("cluster", "workers")
    assert described["CurrentCount"] == 3
    assert not {"TrainingPlanArn", "TrainingPlanStatus"} & set(described)
    # Moving means other instances each time.
    assert len({*on_demand, *on_one, *on_two, *clusters.ids("cluster")}) == 10
    plans.clock.move_to(CUT_OFF)
    assert clusters.counts("cluster") == {"workers": (3, 3)}


@pytest.mark.rule("CLUSTER-05", "CLIENT-05")
def test_a_group_scales_up_down_and_to_nothing(plans, clusters, reserve, sagemaker):
    plan = reserve()
    plans.clock.move_to(START)
    clusters.create("cluster", group("workers", plan, 2), group("controller"))
    first = clusters.ids("cluster", InstanceGroupNameContains="workers")
    clusters.update("cluster", group("workers", plan, 4))
    assert clusters.counts("cluster") == {"workers": (4, 4), "controller": (1, 1)}
    clusters.update("cluster", group("workers", plan, 2))
    assert clusters.ids("cluster", InstanceGroupNameContains="workers") == first
    clusters.update("cluster", group("workers", plan, 0))
    assert clusters.counts("cluster") == {"workers": (0, 0), "controller": (1, 1)}
    assert plan_counts(sagemaker, plan) == (0, 4)


@pytest.mark.rule("CLUSTER-05", "CLIENT-05")
def test_groups_are_added_and_deleted_and_others_stay(plans, clusters, reserve, sagemaker):
    plan = reserve()
    plans.clock.move_to(START)
    clusters.create("cluster", group("a", plan, 2), group("b", plan, 2), group("c"))
    kept = clusters.ids("cluster", InstanceGroupNameContains="b")
    clusters.update("cluster", InstanceGroupsToDelete=["a"])
    assert clusters.counts("cluster") == {"b": (2, 2), "c": (1, 1)}
    assert plan_counts(sagemaker, plan) == (2, 2)
    clusters.update("cluster", group("d", plan, 1), InstanceGroupsToDelete=["c"])
    assert clusters.counts("cluster") == {"b": (2, 2), "d": (1, 1)}
    assert clusters.ids("cluster", InstanceGroupNameContains="b") == kept


@pytest.mark.rule("CLUSTER-05")
@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"InstanceGroups": [group("workers", InstanceType="ml.g5.xlarge")]}, "InstanceType"),
        ({"InstanceGroups": [group("workers", ExecutionRole=f"{ROLE}2")]}, "ExecutionRole"),
        (
            {
                "InstanceGroups": [
                    group(
                        "workers",
                        OverrideVpcConfig={"Subnets": ["subnet-2"], "SecurityGroupIds": ["sg-1"]},
                    )
                ]
            },
            "OverrideVpcConfig",
        ),
        ({"RestrictedInstanceGroups": [group("workers")]}, "workers"),
        ({"InstanceGroups": [group("new"), group("new")]}, "new"),
        ({"InstanceGroups": [group("new")], "InstanceGroupsToDelete": ["new"]}, "new"),
        ({"InstanceGroupsToDelete": ["none"]}, "none"),
        ({"ClusterRole": f"{ROLE}2"}, "ClusterRole"),
        ({}, "changes nothing"),
    ],
)
def test_what_cannot_be_changed_is_refused(clusters, sagemaker, refusal, asked, named):
    clusters.create("cluster", group("workers"), AutoScaling={"Mode": "Enable"}, ClusterRole=ROLE)
    before = clusters.describe("cluster")
    code, message = refusal(sagemaker.update_cluster, ClusterName="cluster", **asked)
    assert code == "ValidationException"
    assert named in message
    after = clusters.describe("cluster")
    assert {**after, "ResponseMetadata": None} == {**before, "ResponseMetadata": None}


@pytest.mark.rule("CLUSTER-05", "CLIENT-05")
def test_members_of_a_cluster_are_changed_and_others_stay(clusters):
    scripts = {"SourceS3Uri": "s3://sagemaker-scripts", "OnCreate": "create.sh"}
    clusters.create("cluster", group("workers", LifeCycleConfig=scripts, ThreadsPerCore=2))
    clusters.update("cluster", NodeRecovery="None")
    clusters.update("cluster", TieredStorageConfig={"Mode": "Disable"})
    clusters.update(
        "cluster", group("workers", ThreadsPerCore=1), NodeProvisioningMode="Continuous"
    )
    described = clusters.describe("cluster")
    assert described["NodeRecovery"] == "None"
    assert described["TieredStorageConfig"] == {"Mode": "Disable"}
    assert described["NodeProvisioningMode"] == "Continuous"
    (workers,) = described["InstanceGroups"]
    assert workers["LifeCycleConfig"] == scripts
    assert workers["ThreadsPerCore"] == 1


@pytest.mark.rule("CLUSTER-05")
def test_new_software_reaches_the_groups_that_are_named(clusters, sagemaker, plans):
    clusters.create("cluster", group("a", ImageId="ami-11111111"), group("b"))
    plans.clock.tick(60)
    sagemaker.update_cluster_software(
        ClusterName="cluster",
        InstanceGroups=[{"InstanceGroupName": "a", "ImageReleaseVersion": "2.0.0"}],
        ImageId="ami-22222222",
    )
    a, b = clusters.describe("cluster")["InstanceGroups"]
    assert a["CurrentImageId"] == a["DesiredImageId"] == "ami-22222222"
    assert a["CurrentImageReleaseVersion"] == "2.0.0"
    assert (a["SoftwareUpdateStatus"], a["TargetStateCount"]) == ("Succeeded", 1)
    assert "SoftwareUpdateStatus" not in b
    node_of_a, node_of_b = clusters.nodes("cluster")
    assert node_of_a["LastSoftwareUpdateTime"] == plans.clock.now()
    assert node_of_a["CurrentImageReleaseVersion"] == "2.0.0"
    assert "LastSoftwareUpdateTime" not in node_of_b
    assert clusters.node("cluster", node_of_a["InstanceId"])["CurrentImageId"] == "ami-22222222"


@pytest.mark.rule("CLUSTER-05", "TIME-07")
def test_what_is_done_to_a_cluster_takes_time_if_it_is_asked_to(
    plans, clusters, sagemaker, refusal, state_manager
):
    state_manager("sagemaker::cluster", {"progression": "time", "seconds": 60})
    clusters.create("cluster", group("workers"))
    assert clusters.statuses("cluster") == ("Creating", ["Creating"])
    plans.clock.tick(60)
    assert clusters.statuses("cluster") == ("InService", ["InService"])
    clusters.update("cluster", group("workers", count=2))
    assert clusters.statuses("cluster") == ("Updating", ["Updating"])
    for call in (
        lambda **_: clusters.update("cluster", group("workers", count=3)),
        lambda **_: clusters.delete("cluster"),
        lambda **_: sagemaker.update_cluster_software(ClusterName="cluster"),
    ):
        assert refusal(call) == (
            "ConflictException",
            "Cluster cluster is Updating; it can only be changed while it is InService.",
        )
    plans.clock.tick(60)
    sagemaker.update_cluster_software(ClusterName="cluster")
    assert clusters.statuses("cluster") == ("SystemUpdating", ["SystemUpdating"])
    assert {node["InstanceStatus"]["Status"] for node in clusters.nodes("cluster")} == {
        "SystemUpdating"
    }
    plans.clock.tick(60)
    assert clusters.counts("cluster") == {"workers": (2, 2)}
    clusters.delete("cluster")
    assert clusters.describe("cluster")["ClusterStatus"] == "Deleting"
    assert clusters.nodes("cluster") == []
    plans.clock.tick(60)
    assert sagemaker.list_clusters()["ClusterSummaries"] == []


@pytest.mark.rule("TIME-07")
def test_a_cluster_is_created_by_being_described_if_it_is_asked_to(clusters, state_manager):
    state_manager("sagemaker::cluster", {"progression": "manual", "times": 2})
    clusters.create("cluster", group("workers"))
    assert [clusters.describe("cluster")["ClusterStatus"] for _ in range(3)] == [
        "Creating",
        "InService",
        "InService",
    ]


@pytest.mark.rule("TIME-07")
def test_each_node_comes_by_being_described_if_it_is_asked_to(clusters, sagemaker, state_manager):
    state_manager("sagemaker::cluster_node", {"progression": "manual", "times": 2})
    clusters.create("cluster", group("workers", count=2))
    looked_at, other = clusters.ids("cluster")
    statuses = [clusters.node("cluster", looked_at)["InstanceStatus"]["Status"] for _ in range(3)]
    assert statuses == ["Pending", "Running", "Running"]
    assert clusters.counts("cluster") == {"workers": (1, 2)}
    # What is done to a node later goes on in the same way.
    sagemaker.batch_reboot_cluster_nodes(ClusterName="cluster", NodeIds=[looked_at])
    assert clusters.node("cluster", looked_at)["InstanceStatus"]["Status"] == "Pending"
    assert clusters.node("cluster", looked_at)["InstanceStatus"]["Status"] == "Running"
    assert clusters.node("cluster", other)["InstanceStatus"]["Status"] == "Pending"


@pytest.mark.rule("CLUSTER-06", "TIME-07", "CLUSTER-04")
def test_nodes_take_time_to_come_and_go_but_never_outlive_their_block(
    plans, clusters, reserve, sagemaker, state_manager
):
    plan = reserve()
    state_manager("sagemaker::cluster_node", {"progression": "time", "seconds": 5400})
    clusters.create("cluster", group("workers", plan, 2))
    plans.clock.move_to(START)

    def statuses():
        return [node["InstanceStatus"]["Status"] for node in clusters.nodes("cluster")]

    described = clusters.group("cluster", "workers")
    assert described["CurrentCount"] == 0
    assert described["ActiveOperations"] == {"Scaling": 1}
    assert statuses() == ["Pending", "Pending"]
    assert plan_counts(sagemaker, plan) == (2, 2)
    plans.clock.tick(5400)
    assert statuses() == ["Running", "Running"]
    plans.clock.move_to(CUT_OFF)
    assert statuses() == ["ShuttingDown", "ShuttingDown"]
    assert plan_counts(sagemaker, plan)[0] == 2
    plans.clock.tick(3600)
    assert statuses() == []
    assert "ActiveOperations" not in clusters.group("cluster", "workers")
