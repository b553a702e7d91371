"""Continuous provisioning: its events, and groups that need a minimum of instances."""

from __future__ import annotations

import pytest

from moto_trainingplans.aws_json.validation import shape_has
from tests.support.clusters import CONTINUOUS, CUT_OFF, DAY, HOUR, MINUTE, START, group

# The models of botocore before 1.44.3 do not tell which request an event belongs to.
HAS_OPERATIONS = shape_has("ClusterEventSummary", "OperationId")


NO_CAPACITY = (
    "We currently do not have sufficient capacity to launch new ml.p4d.24xlarge instances. "
    "Please try again."
)


def texts(events):
    return [event["Description"] for event in events]


@pytest.mark.rule("CLUSTER-09")
def test_scaling_and_capacity_are_told_in_events(plans, clusters, reserve, sagemaker):
    plan = reserve(count=2)
    clusters.create("first", group("workers", plan, 1), **CONTINUOUS)
    vpc = {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1", "sg-2"]}
    clusters.create(
        "cluster",
        group("workers", plan, 2),
        group("controller", InstanceType="ml.t3.large", OverrideVpcConfig=vpc),
        **CONTINUOUS,
    )
    reserved = sagemaker.describe_training_plan(TrainingPlanName=plan)["ReservedCapacitySummaries"][
        0
    ]["ReservedCapacityArn"]
    created = clusters.events("cluster")
    assert texts(created) == [
        "InstanceGroup workers creation started successfully in Cluster cluster",
        f"Found CapacityReservation ID {reserved.rpartition('/')[2]} for Cluster cluster and IG "
        "workers, using reserved capacity",
        "InstanceGroup controller creation started successfully in Cluster cluster",
        "No CapacityReservation found for Cluster cluster and IG controller, using on-demand pool",
        "Found Subnet subnet-1 in AZ us-west-2a with SecurityGroupIds sg-1, sg-2 for IG "
        "controller in Cluster cluster",
    ]
    assert {event["EventLevel"] for event in created} == {"Info"}
    assert {event["ResourceType"] for event in created} == {"InstanceGroup"}
    if HAS_OPERATIONS:
        assert len({event["OperationId"] for event in created}) == 1
    detail = sagemaker.describe_cluster_event(ClusterName="cluster", EventId=created[1]["EventId"])[
        "EventDetails"
    ]
    assert detail["Description"] == created[1]["Description"]
    assert detail["EventDetails"]["EventMetadata"]["InstanceGroup"]["CapacityReservation"] == {
        "Arn": reserved
    }

    plans.clock.move_to(START)
    (failed,) = clusters.events("cluster", EventTimeAfter=START - MINUTE)
    assert failed["Description"] == (
        "Failed to provision EC2 Instance in Cluster cluster and IG workers"
    )
    assert (failed["EventLevel"], failed["ResourceType"]) == ("Error", "Instance")
    detail = sagemaker.describe_cluster_event(ClusterName="cluster", EventId=failed["EventId"])
    metadata = detail["EventDetails"]["EventDetails"]["EventMetadata"]["Instance"]
    assert metadata["FailureMessage"] == NO_CAPACITY
    waiting = clusters.node("cluster", metadata["NodeLogicalId"])
    assert waiting["InstanceStatus"]["Status"] == "Pending"

    (node,) = clusters.ids("cluster", InstanceGroupNameContains="workers")
    clusters.update("cluster", group("workers", plan, 0))
    assert texts(clusters.events("cluster", NodeId=node)) == [
        f"Termination of EC2 Instance {node} is currently in progress in Cluster cluster and IG "
        "workers"
    ]


@pytest.mark.rule("CLUSTER-09")
def test_events_are_filtered_sorted_and_paged(plans, clusters, sagemaker):
    clusters.create("cluster", group("a", None, 2), group("b"), **CONTINUOUS)
    created = clusters.events("cluster")
    plans.clock.tick(HOUR)
    updated = plans.clock.now()
    clusters.update("cluster", group("a", None, 0))
    every = clusters.events("cluster")
    assert len(created) == 4
    assert len(every) == 7
    newest_first = sagemaker.list_cluster_events(ClusterName="cluster")["Events"]
    assert newest_first == every[::-1]
    assert clusters.events("cluster", InstanceGroupName="b") == created[2:]
    assert clusters.events("cluster", EventTimeAfter=updated - MINUTE) == every[4:]
    assert clusters.events("cluster", EventTimeBefore=updated) == created
    assert clusters.events("cluster", ResourceType="Instance") == every[5:]
    assert clusters.events("cluster", ResourceType="Cluster") == []
    if HAS_OPERATIONS:
        # Instances that end belong to the request for which they were launched.
        of_operation = clusters.events("cluster", OperationId=created[0]["OperationId"])
        types = [event["ResourceType"] for event in of_operation]
        assert types == ["InstanceGroup"] * 4 + ["Instance"] * 2
    page = sagemaker.list_cluster_events(ClusterName="cluster", MaxResults=5)
    rest = sagemaker.list_cluster_events(
        ClusterName="cluster", MaxResults=5, NextToken=page["NextToken"]
    )
    assert page["Events"] + rest["Events"] == newest_first
    assert "NextToken" not in rest


@pytest.mark.rule("CLUSTER-09")
def test_clusters_of_another_mode_have_no_events(clusters, sagemaker, refusal):
    clusters.create("cluster", group("workers"))
    clusters.create("continuous", group("workers"), **CONTINUOUS)
    event = clusters.events("continuous")[0]["EventId"]
    listing, describe = sagemaker.list_cluster_events, sagemaker.describe_cluster_event
    assert refusal(listing, ClusterName="cluster")[0] == "ValidationException"
    assert refusal(describe, ClusterName="cluster", EventId=event)[0] == "ValidationException"
    assert refusal(listing, ClusterName="none")[0] == "ResourceNotFound"
    unknown = "00000000-0000-0000-0000-000000000000"
    code, _ = refusal(describe, ClusterName="continuous", EventId=unknown)
    assert code == "ResourceNotFound"


@pytest.mark.rule("CLUSTER-09")
def test_a_group_is_created_once_it_has_its_minimum(plans, clusters, reserve):
    plan = reserve()
    clusters.create("first", group("workers", plan, 2))
    clusters.create("cluster", group("workers", plan, 4, MinInstanceCount=3), **CONTINUOUS)
    assert clusters.statuses("cluster") == ("InService", ["Creating"])
    plans.clock.move_to(START + 2 * HOUR)
    assert clusters.statuses("cluster") == ("InService", ["Creating"])
    assert clusters.counts("cluster") == {"workers": (2, 4)}
    clusters.delete("first")
    assert clusters.statuses("cluster") == ("InService", ["InService"])
    plans.clock.move_to(CUT_OFF)
    # The minimum counts for the way into service alone.
    assert clusters.statuses("cluster") == ("InService", ["InService"])


@pytest.mark.rule("CLUSTER-09")
def test_a_new_group_without_its_minimum_gives_up_after_three_active_hours(
    plans, clusters, reserve
):
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
    assert clusters.statuses("cluster") == ("InService", ["Failed"])
    assert clusters.counts("first") == {"workers": (2, 2)}
    assert texts(each for each in clusters.events("cluster") if each["EventLevel"] == "Error") == [
        "Failed to provision EC2 Instance in Cluster cluster and IG workers",
        "Instance group workers did not reach its minimum of 3 instances in time.",
    ]


@pytest.mark.rule("CLUSTER-09")
def test_a_changed_group_without_its_minimum_is_as_before_after_three_hours(
    plans, clusters, reserve
):
    plan, small = reserve(), reserve("small", 1)
    clusters.create("first", group("workers", plan, 2))
    clusters.create("cluster", group("workers", small, 1), **CONTINUOUS)
    plans.clock.move_to(START)
    clusters.update("cluster", group("workers", plan, 4, MinInstanceCount=3))
    assert clusters.statuses("cluster") == ("InService", ["Updating"])
    plans.clock.tick(3 * HOUR - MINUTE)
    assert clusters.counts("cluster") == {"workers": (2, 4)}
    plans.clock.tick(MINUTE)
    assert clusters.counts("cluster") == {"workers": (1, 1)}
    assert clusters.statuses("cluster") == ("InService", ["InService"])
    assert clusters.group("cluster", "workers")["TrainingPlanArn"] == small
    assert "MinCount" not in clusters.group("cluster", "workers")
