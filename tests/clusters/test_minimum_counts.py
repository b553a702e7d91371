"""MinInstanceCount: three hours to reach it, what is refused meanwhile, and the way back."""

from __future__ import annotations

import pytest

from tests.support.clusters import CONTINUOUS, CUT_OFF, DAY, HOUR, MINUTE, START, group, plan_counts

MISSED = [
    "Minimum capacity not reached for Instance Group workers in Cluster cluster",
    "Rollback initiated for Instance Group workers in Cluster cluster",
]


def texts(events):
    return [event["Description"] for event in events]


@pytest.fixture
def told(clusters):
    """The descriptions of a cluster's events of one group that are about its minimum."""

    def read(name="cluster"):
        return [
            text
            for text in texts(clusters.events(name, ResourceType="InstanceGroup"))
            if text.startswith(("Minimum", "Rollback"))
        ]

    return read


@pytest.fixture
def short(plans, clusters, reserve):
    """A plan of four of which another cluster has two, as it starts; gives its ARN."""
    plan = reserve(count=4)
    plans.clock.move_to(START)
    clusters.create("first", group("workers", plan, 2))
    return plan


@pytest.mark.rule("CLUSTER-09")
def test_a_new_group_is_created_once_it_has_its_minimum(plans, clusters, short, told):
    clusters.create("cluster", group("workers", short, 4, MinInstanceCount=3), **CONTINUOUS)
    assert clusters.statuses("cluster") == ("InService", ["Creating"])
    assert clusters.group("cluster", "workers")["MinCount"] == 3
    plans.clock.tick(2 * HOUR)
    assert clusters.statuses("cluster") == ("InService", ["Creating"])
    assert clusters.counts("cluster") == {"workers": (2, 4)}
    assert told() == []
    clusters.update("first", group("workers", short, 1))
    assert clusters.statuses("cluster") == ("InService", ["InService"])
    assert told() == ["Minimum capacity reached for Instance Group workers in Cluster cluster"]
    # What is above the minimum still comes, and going below it later changes nothing.
    clusters.delete("first")
    assert clusters.counts("cluster") == {"workers": (4, 4)}
    plans.clock.move_to(CUT_OFF)
    assert clusters.counts("cluster") == {"workers": (0, 4)}
    assert clusters.statuses("cluster") == ("InService", ["InService"])
    assert len(told()) == 1


@pytest.mark.rule("CLUSTER-09")
def test_a_group_that_is_added_is_created_once_it_has_its_minimum(clusters, short, told):
    clusters.create("cluster", group("other"), **CONTINUOUS)
    clusters.update("cluster", group("workers", short, 3, MinInstanceCount=3))
    assert clusters.statuses("cluster") == ("InService", ["InService", "Creating"])
    assert clusters.counts("cluster")["workers"] == (2, 3)
    clusters.delete("first")
    assert clusters.statuses("cluster") == ("InService", ["InService", "InService"])
    assert told() == ["Minimum capacity reached for Instance Group workers in Cluster cluster"]


@pytest.mark.rule("CLUSTER-09")
def test_a_group_without_a_node_that_is_asked_for_one_at_least_waits_for_it(clusters, short):
    clusters.update("first", group("workers", short, 4))
    clusters.create("cluster", group("workers", short, 2), **CONTINUOUS)
    assert clusters.statuses("cluster") == ("InService", ["InService"])
    clusters.update("cluster", group("workers", short, 2, MinInstanceCount=1))
    assert clusters.statuses("cluster") == ("InService", ["Updating"])
    clusters.update("first", group("workers", short, 3))
    assert clusters.statuses("cluster") == ("InService", ["InService"])


@pytest.mark.rule("CLUSTER-09")
def test_a_new_group_without_its_minimum_has_nothing_after_three_hours(
    plans, clusters, sagemaker, short, told
):
    clusters.create("cluster", group("workers", short, 4, MinInstanceCount=3), **CONTINUOUS)
    plans.clock.tick(3 * HOUR - MINUTE)
    assert clusters.counts("cluster") == {"workers": (2, 4)}
    assert clusters.statuses("cluster") == ("InService", ["Creating"])
    assert plan_counts(sagemaker, short) == (4, 0)
    plans.clock.tick(MINUTE)
    assert clusters.counts("cluster") == {"workers": (0, 0)}
    assert clusters.statuses("cluster") == ("InService", ["InService"])
    assert clusters.group("cluster", "workers")["MinCount"] == 0
    assert plan_counts(sagemaker, short) == (2, 2)
    assert told() == MISSED
    # It can be scaled as any other now.
    clusters.update("cluster", group("workers", short, 2))
    assert clusters.counts("cluster") == {"workers": (2, 2)}


@pytest.mark.rule("CLUSTER-09")
def test_only_time_in_which_the_plan_is_active_counts(plans, clusters, reserve):
    plans.capacity.clear("us-west-2")
    starts = (START, START + 3 * DAY)
    for start in starts:
        plans.capacity.set("us-west-2b", "ml.p4d.24xlarge", 4, start=start, end=start + DAY)
    plan = reserve(DurationHours=48, which=0)
    clusters.create("first", group("workers", plan, 2))
    plans.clock.move_to(START + DAY - 2 * HOUR)
    clusters.create("cluster", group("workers", plan, 3, MinInstanceCount=3), **CONTINUOUS)
    plans.clock.move_to(starts[1] + HOUR - MINUTE)
    assert clusters.counts("cluster") == {"workers": (2, 3)}
    plans.clock.tick(MINUTE)
    assert clusters.counts("cluster") == {"workers": (0, 0)}


@pytest.mark.rule("CLUSTER-09")
def test_a_group_whose_plan_ends_waits_no_longer(plans, clusters, short, told):
    plans.clock.move_to(CUT_OFF - HOUR)
    clusters.create("cluster", group("workers", short, 4, MinInstanceCount=3), **CONTINUOUS)
    plans.clock.move_to(START + DAY - MINUTE)
    assert clusters.statuses("cluster") == ("InService", ["Creating"])
    plans.clock.tick(MINUTE)
    assert clusters.statuses("cluster") == ("InService", ["InService"])
    assert clusters.counts("cluster") == {"workers": (0, 0)}
    assert told() == MISSED


@pytest.mark.rule("CLUSTER-09")
def test_a_changed_group_without_its_minimum_is_as_it_was_last_in_service(
    plans, clusters, reserve, short, told
):
    small = reserve("small", 1, which=0)
    plans.clock.tick(HOUR)
    clusters.create("cluster", group("workers", small, 1, ThreadsPerCore=2), **CONTINUOUS)
    before = clusters.group("cluster", "workers")
    clusters.update("cluster", group("workers", short, 3, MinInstanceCount=3, ThreadsPerCore=1))
    assert clusters.statuses("cluster") == ("InService", ["Updating"])
    plans.clock.tick(2 * HOUR)
    # Another minimum has three hours of its own; the way back leads to the group in service.
    clusters.update("cluster", group("workers", short, 4, MinInstanceCount=4))
    plans.clock.tick(3 * HOUR - MINUTE)
    assert clusters.statuses("cluster") == ("InService", ["Updating"])
    assert clusters.counts("cluster") == {"workers": (2, 4)}
    plans.clock.tick(MINUTE)
    assert clusters.group("cluster", "workers") == before
    assert told() == MISSED


@pytest.mark.rule("CLUSTER-13")
def test_an_update_that_is_rolled_back_has_failed(plans, clusters, short):
    clusters.create("cluster", group("workers", short, 1), **CONTINUOUS)
    clusters.update("cluster", group("workers", short, 3, MinInstanceCount=3), group("other"))
    plans.clock.tick(3 * HOUR)
    *_, of_group, of_cluster = clusters.events("cluster", MaxResults=100)
    assert of_group["Description"] == "Instance Group workers scaling in Cluster cluster failed"
    assert of_cluster["Description"] == "Cluster cluster update failed"
    assert (of_cluster["ResourceType"], of_cluster["EventLevel"]) == ("Cluster", "Error")
    # Older models lack it.
    assert of_cluster.get("OperationId") == of_group.get("OperationId")
    assert "Cluster cluster update completed successfully" not in texts(
        clusters.events("cluster", ResourceType="Cluster")
    )


@pytest.mark.rule("CLUSTER-09")
def test_another_target_alone_does_not_begin_the_three_hours_anew(plans, clusters, short):
    clusters.create("cluster", group("workers", short, 3, MinInstanceCount=3), **CONTINUOUS)
    plans.clock.tick(2 * HOUR)
    clusters.update("cluster", group("workers", short, 4, MinInstanceCount=3))
    assert clusters.counts("cluster") == {"workers": (2, 4)}
    plans.clock.tick(HOUR)
    assert clusters.counts("cluster") == {"workers": (0, 0)}


@pytest.mark.rule("CLUSTER-09")
def test_a_minimum_that_is_lowered_to_what_there_is_is_reached(plans, clusters, short, told):
    clusters.create("cluster", group("workers", short, 4, MinInstanceCount=3), **CONTINUOUS)
    clusters.update("cluster", group("workers", short, 4, MinInstanceCount=2))
    assert clusters.statuses("cluster") == ("InService", ["InService"])
    assert told() == ["Minimum capacity reached for Instance Group workers in Cluster cluster"]
    plans.clock.tick(4 * HOUR)
    assert clusters.counts("cluster") == {"workers": (2, 4)}


@pytest.mark.rule("CLUSTER-09")
def test_what_goes_back_ends_failed_instances_first_and_then_the_newest(plans, clusters, short):
    clusters.create("cluster", group("workers", short, 1), NodeRecovery="None", **CONTINUOUS)
    clusters.update("first", group("workers", short, 1))
    clusters.update("cluster", group("workers", short, 4, MinInstanceCount=4))
    first, second, _ = clusters.ids("cluster")
    plans.faults.fail_instances(first)
    plans.clock.tick(3 * HOUR)
    assert clusters.counts("cluster") == {"workers": (1, 1)}
    assert clusters.ids("cluster") == [second]


@pytest.mark.rule("CLUSTER-09")
def test_nodes_and_software_of_a_group_that_waits_for_its_minimum_cannot_be_changed(
    clusters, short, sagemaker, refusal
):
    clusters.create(
        "cluster",
        group("workers", short, 4, MinInstanceCount=3),
        group("other"),
        **CONTINUOUS,
    )
    node, _ = clusters.ids("cluster", InstanceGroupNameContains="workers")
    other = {"InstanceGroupName": "other", "IncrementTargetCountBy": 1}
    answer = sagemaker.batch_add_cluster_nodes(
        ClusterName="cluster",
        NodesToAdd=[{"InstanceGroupName": "workers", "IncrementTargetCountBy": 1}, other],
    )
    assert [each["InstanceGroupName"] for each in answer["Successful"]] == ["other"]
    (failed,) = answer["Failed"]
    assert (failed["InstanceGroupName"], failed["ErrorCode"]) == (
        "workers",
        "InvalidInstanceGroupStatus",
    )
    (of_other, *_) = clusters.ids("cluster", InstanceGroupNameContains="other")
    answer = sagemaker.batch_delete_cluster_nodes(ClusterName="cluster", NodeIds=[node, of_other])
    assert answer["Successful"] == [of_other]
    assert [(each["NodeId"], each["Code"]) for each in answer["Failed"]] == [
        (node, "InvalidNodeStatus")
    ]
    assert refusal(sagemaker.update_cluster_software, ClusterName="cluster") == (
        "ConflictException",
        "Instance group workers is Creating and cannot be changed.",
    )
    assert clusters.counts("cluster") == {"workers": (2, 4), "other": (1, 1)}
    # Its counts can be changed, and it can be deleted.
    clusters.update("cluster", group("workers", short, 3, MinInstanceCount=3))
    clusters.update("cluster", InstanceGroupsToDelete=["workers"])
    assert clusters.counts("cluster") == {"other": (1, 1)}


@pytest.mark.rule("CLUSTER-09")
@pytest.mark.parametrize(
    ("members", "minimum", "text"),
    [
        (
            {},
            1,
            "MinInstanceCount needs NodeProvisioningMode Continuous, which cluster cluster does "
            "not have.",
        ),
        (
            CONTINUOUS,
            3,
            "MinInstanceCount 3 of instance group workers is more than its InstanceCount 2.",
        ),
    ],
)
def test_a_minimum_that_cannot_be_is_refused(sagemaker, refusal, members, minimum, text):
    assert refusal(
        sagemaker.create_cluster,
        ClusterName="cluster",
        InstanceGroups=[group("workers", None, 2, MinInstanceCount=minimum)],
        **members,
    ) == ("ValidationException", text)


@pytest.mark.rule("CLUSTER-09")
def test_the_three_hours_of_a_group_without_a_plan_count_always(plans, clusters, told):
    now = plans.clock.now()
    plans.faults.zone_outage("us-west-2a", now, now + DAY)
    clusters.create("cluster", group("workers", None, 2, MinInstanceCount=1), **CONTINUOUS)
    plans.clock.tick(3 * HOUR - MINUTE)
    assert clusters.counts("cluster") == {"workers": (0, 2)}
    assert clusters.statuses("cluster") == ("InService", ["Creating"])
    plans.clock.tick(MINUTE)
    assert clusters.counts("cluster") == {"workers": (0, 0)}
    assert clusters.statuses("cluster") == ("InService", ["InService"])
    assert told() == MISSED
