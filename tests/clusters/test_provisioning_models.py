"""The same work on clusters of either provisioning model, with and without time for it."""

from __future__ import annotations

import pytest

from tests.support.clusters import CONTINUOUS, CUT_OFF, HOUR, START, group

MINUTES = {"progression": "time", "seconds": 60}
SLURM = {"Orchestrator": {"Slurm": {}}, **CONTINUOUS}


def slurm(name, node_type, count=1, **members):
    partitions = {"PartitionNames": ["one"]} if node_type == "Compute" else {}
    config = {"NodeType": node_type, **partitions}
    return group(name, None, count, SlurmConfig=config, **members)


@pytest.mark.rule("CLUSTER-03", "CLUSTER-05", "TIME-07")
def test_a_scale_up_without_time_is_done_at_once_on_either_model(plans, clusters, reserve):
    plan = reserve(count=8)
    plans.clock.move_to(START)
    for name, members in (("default", {}), ("continuous", CONTINUOUS)):
        clusters.create(name, group("workers", plan, 1), **members)
        clusters.update(name, group("workers", plan, 4))
        assert clusters.statuses(name) == ("InService", ["InService"])
        assert clusters.counts(name) == {"workers": (4, 4)}
        assert [
            change.after for change in plans.history(clusters.describe(name)["ClusterArn"])
        ] == [
            "Creating",
            "InService",
            *([] if members else ["Updating", "InService"]),
        ]


@pytest.mark.rule("CLUSTER-03", "CLUSTER-05", "TIME-07")
def test_a_scale_up_that_takes_time_shows_as_updating_on_one_model_and_in_service_on_the_other(
    plans, clusters, reserve, sagemaker, state_manager, refusal
):
    plan = reserve(count=8)
    plans.clock.move_to(START)
    state_manager("sagemaker::cluster", MINUTES)
    state_manager("sagemaker::cluster_node", MINUTES)
    for name, members in (("default", {}), ("continuous", CONTINUOUS)):
        clusters.create(name, group("workers", plan, 1), **members)
        assert clusters.statuses(name) == ("Creating", ["Creating"])
    plans.clock.tick(60)
    for name in ("default", "continuous"):
        clusters.update(name, group("workers", plan, 3))
        assert clusters.counts(name) == {"workers": (1, 3)}
    assert clusters.statuses("default") == ("Updating", ["Updating"])
    assert clusters.statuses("continuous") == ("InService", ["InService"])
    for name in ("default", "continuous"):
        assert clusters.group(name, "workers")["ActiveOperations"] == {"Scaling": 1}
    code, message = refusal(
        sagemaker.update_cluster,
        ClusterName="default",
        InstanceGroups=[group("workers", plan, 4)],
    )
    assert code == "ConflictException"
    assert "default is Updating" in message
    # On the other model updates overlap, and the later one counts.
    clusters.update("continuous", group("workers", plan, 2))
    plans.clock.tick(60)
    assert clusters.counts("default") == {"workers": (3, 3)}
    assert clusters.counts("continuous") == {"workers": (2, 2)}
    for name in ("default", "continuous"):
        assert clusters.statuses(name) == ("InService", ["InService"])
        assert "ActiveOperations" not in clusters.group(name, "workers")


@pytest.mark.rule("CLUSTER-03")
def test_groups_on_a_plan_are_in_service_on_either_model_whatever_their_count(
    plans, clusters, reserve
):
    plan = reserve(count=4)
    clusters.create("first", group("workers", plan, 3))
    for name, members in (("default", {}), ("continuous", CONTINUOUS)):
        clusters.create(name, group("workers", plan, 3), **members)
    for moment, counts in ((START, [1, 0]), (CUT_OFF, [0, 0])):
        plans.clock.move_to(moment)
        names = ("default", "continuous")
        assert [clusters.group(name, "workers")["CurrentCount"] for name in names] == counts
        for name in names:
            assert clusters.statuses(name) == ("InService", ["InService"])
            assert clusters.group(name, "workers")["TargetCount"] == 3


@pytest.mark.rule("CLUSTER-05")
def test_groups_of_a_continuous_cluster_come_and_go_while_it_scales(plans, clusters, state_manager):
    clusters.create("cluster", group("a", None, 2), **CONTINUOUS)
    state_manager("sagemaker::cluster_node", MINUTES)
    clusters.update("cluster", group("a", None, 4))
    clusters.update("cluster", group("b", None, 1))
    clusters.update("cluster", InstanceGroupsToDelete=["a"])
    assert clusters.statuses("cluster") == ("InService", ["Deleting", "InService"])
    assert clusters.counts("cluster") == {"a": (0, 0), "b": (0, 1)}
    plans.clock.tick(60)
    assert clusters.counts("cluster") == {"b": (1, 1)}


@pytest.mark.rule("CLUSTER-03")
def test_a_continuous_slurm_cluster_begins_with_its_controller(plans, clusters, state_manager):
    state_manager("sagemaker::cluster_node", MINUTES)
    clusters.create(
        "cluster",
        slurm("workers", "Compute", 2),
        slurm("login", "Login"),
        slurm("head", "Controller"),
        **SLURM,
    )

    def running():
        return {name: counts[0] for name, counts in clusters.counts("cluster").items()}

    assert [node["InstanceGroupName"] for node in clusters.nodes("cluster")] == ["head"]
    assert clusters.statuses("cluster")[0] == "Creating"
    plans.clock.tick(60)
    assert running() == {"workers": 0, "login": 0, "head": 1}
    assert [node["InstanceGroupName"] for node in clusters.nodes("cluster")] == [
        "head",
        "workers",
        "workers",
        "login",
    ]
    assert clusters.statuses("cluster")[0] == "Creating"
    plans.clock.tick(60)
    assert running() == {"workers": 2, "login": 1, "head": 1}
    assert clusters.statuses("cluster") == ("InService", ["InService"] * 3)


@pytest.mark.rule("CLUSTER-03")
def test_a_controller_that_fails_while_its_cluster_is_created_is_replaced(
    plans, clusters, state_manager
):
    state_manager("sagemaker::cluster_node", MINUTES)
    clusters.create(
        "cluster",
        slurm("head", "Controller"),
        slurm("workers", "Compute"),
        NodeRecovery="None",
        **SLURM,
    )
    (head,) = clusters.ids("cluster")
    plans.faults.fail_instances(head)
    (other,) = clusters.ids("cluster")
    assert other != head
    plans.clock.tick(60)
    assert clusters.counts("cluster") == {"head": (1, 1), "workers": (0, 1)}
    # Without a login group the controller is enough.
    assert clusters.statuses("cluster")[0] == "InService"
    plans.clock.tick(60)
    assert clusters.counts("cluster") == {"head": (1, 1), "workers": (1, 1)}


@pytest.mark.rule("CLUSTER-03")
def test_a_controller_on_a_plan_does_not_keep_its_cluster_from_service(plans, clusters, reserve):
    plan = reserve(count=2)
    head = {"TrainingPlanArn": plan, "SlurmConfig": {"NodeType": "Controller"}}
    clusters.create("cluster", group("head", **head), slurm("workers", "Compute", 1), **SLURM)
    assert clusters.statuses("cluster") == ("InService", ["InService", "InService"])
    assert clusters.counts("cluster") == {"head": (0, 1), "workers": (0, 1)}
    plans.clock.move_to(START)
    assert clusters.counts("cluster") == {"head": (1, 1), "workers": (1, 1)}
    plans.clock.tick(HOUR)


@pytest.mark.rule("CLUSTER-05")
def test_a_flexible_group_loses_the_instances_of_its_last_type_first(clusters, sagemaker):
    types = ["ml.g5.xlarge", "ml.g6.xlarge"]
    mixed = group(
        "mixed", None, 1, InstanceType=None, InstanceRequirements={"InstanceTypes": types}
    )
    clusters.create("cluster", mixed, **CONTINUOUS)
    for instance_type in (types[1], types[0]):
        sagemaker.batch_add_cluster_nodes(
            ClusterName="cluster",
            NodesToAdd=[
                {
                    "InstanceGroupName": "mixed",
                    "IncrementTargetCountBy": 1,
                    "InstanceTypes": [instance_type],
                }
            ],
        )
    clusters.update("cluster", {**mixed, "InstanceCount": 2})
    assert [node["InstanceType"] for node in clusters.nodes("cluster")] == [types[0]] * 2


@pytest.mark.rule("CLUSTER-05")
def test_a_flexible_group_is_given_other_types_and_keeps_the_nodes_that_it_has(
    clusters, sagemaker, refusal
):
    def mixed(count, *types):
        needed = {"InstanceRequirements": {"InstanceTypes": list(types)}}
        return group("mixed", None, count, InstanceType=None, **needed)

    def types():
        described = clusters.group("cluster", "mixed")
        assert (
            described["InstanceRequirements"]["CurrentInstanceTypes"]
            == (described["InstanceRequirements"]["DesiredInstanceTypes"])
        )
        return described["InstanceRequirements"]["CurrentInstanceTypes"], {
            each["InstanceType"]: each["CurrentCount"] for each in described["InstanceTypeDetails"]
        }

    clusters.create("cluster", mixed(2, "ml.g5.xlarge"), group("fixed"), **CONTINUOUS)
    first, second = clusters.ids("cluster", InstanceGroupNameContains="mixed")
    clusters.update("cluster", mixed(2, "ml.g6.xlarge", "ml.g5.2xlarge"))
    assert clusters.ids("cluster", InstanceGroupNameContains="mixed") == [first, second]
    # What still runs is told, so that the counts of the types are that of the group.
    assert types() == (
        ["ml.g6.xlarge", "ml.g5.2xlarge"],
        {"ml.g6.xlarge": 0, "ml.g5.2xlarge": 0, "ml.g5.xlarge": 2},
    )
    clusters.update("cluster", mixed(4, "ml.g6.xlarge", "ml.g5.2xlarge"))
    assert types()[1] == {"ml.g6.xlarge": 2, "ml.g5.2xlarge": 0, "ml.g5.xlarge": 2}
    # What is of none of its types any longer goes first.
    clusters.update("cluster", mixed(2, "ml.g6.xlarge", "ml.g5.2xlarge"))
    assert types()[1] == {"ml.g6.xlarge": 2, "ml.g5.2xlarge": 0}
    for other, member in (
        (group("mixed", InstanceType="ml.g6.xlarge"), "InstanceRequirements of instance group mix"),
        ({**mixed(1, "ml.p4d.24xlarge"), "InstanceGroupName": "fixed"}, "InstanceType of instance"),
    ):
        code, text = refusal(
            sagemaker.update_cluster, ClusterName="cluster", InstanceGroups=[other]
        )
        assert code == "ValidationException"
        assert text.startswith(member)
        assert text.endswith("cannot be changed.")
    assert types()[1] == {"ml.g6.xlarge": 2, "ml.g5.2xlarge": 0}


@pytest.mark.rule("QUOTA-04")
def test_a_type_that_a_flexible_group_names_twice_counts_once(plans, clusters):
    twice = {"InstanceRequirements": {"InstanceTypes": ["ml.g5.xlarge", "ml.g5.xlarge"]}}
    plans.quotas.set("ml.g5.xlarge for cluster usage", 2, region="us-west-2")
    clusters.create("cluster", group("mixed", None, 2, InstanceType=None, **twice), **CONTINUOUS)
    assert clusters.group("cluster", "mixed")["InstanceTypeDetails"] == [
        {"InstanceType": "ml.g5.xlarge", "CurrentCount": 2}
    ]
