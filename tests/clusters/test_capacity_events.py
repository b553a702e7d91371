"""Events of where a group has its instances from, when an update changes that."""

from __future__ import annotations

import pytest

from tests.support.clusters import CONTINUOUS, DAY, START, group
from tests.support.model_history import needs

PLATFORM = "Using HyperPod Platform provided network configuration for IG a in Cluster cluster"
NETWORK = "Instance Group network configuration successfully determined for IG a in Cluster cluster"
ON_DEMAND = "No CapacityReservation found for Cluster cluster and IG a, using on-demand pool"
STARTED = [
    "Cluster cluster update started successfully",
    "InstanceGroup a scaling started successfully in Cluster cluster",
]
COMPLETED = [
    "Instance Group a scaling in Cluster cluster completed successfully",
    "Cluster cluster update completed successfully",
]


def reserved(name):
    return (
        f"Found CapacityReservation ID {name} for Cluster cluster and IG a, using reserved capacity"
    )


def ended(node):
    return [
        f"Termination of EC2 Instance {node} is currently in progress in Cluster cluster and IG a",
        f"Instance deletion {node} in Cluster cluster and IG a completed successfully",
    ]


def came(node):
    return [
        "Instance creation started successfully in Cluster cluster and IG a",
        f"EC2 Instance {node} successfully provisioned in Cluster cluster and IG a",
        f"Instance creation {node} in Cluster cluster and IG a completed successfully",
    ]


@pytest.fixture
def told(clusters):
    """The descriptions of the cluster's events since this was asked for last."""
    seen = []

    def read():
        events = [each for each in clusters.events("cluster") if each not in seen]
        seen.extend(events)
        return [each["Description"] for each in events]

    return read


@needs("CreateCluster.input.InstanceGroups[].LifeCycleConfig")  # scripts have events too
@pytest.mark.rule("CLUSTER-13", "CLUSTER-05")
def test_an_update_onto_a_plan_and_back_is_told_before_the_instances_come(
    plans, clusters, reserve, told
):
    plan = reserve()
    plans.clock.move_to(START)
    clusters.create("cluster", group("a"), **CONTINUOUS)
    (first,) = clusters.ids("cluster")
    told()
    clusters.update("cluster", group("a", plan, 2))
    second, third = clusters.ids("cluster")
    assert told() == [
        *STARTED,
        PLATFORM,
        NETWORK,
        reserved("plan-rc1"),
        *ended(first),
        *came(second),
        *came(third),
        *COMPLETED,
    ]
    clusters.update("cluster", group("a", plan, 2, ThreadsPerCore=1))
    assert not any("CapacityReservation" in text for text in told())
    clusters.update("cluster", group("a", None, 1))
    (fourth,) = clusters.ids("cluster")
    assert told() == [
        *STARTED,
        *ended(third),
        PLATFORM,
        NETWORK,
        ON_DEMAND,
        *ended(second),
        *came(fourth),
        *COMPLETED,
    ]


@needs("CreateCluster.input.InstanceGroups[].LifeCycleConfig")  # scripts have events too
@pytest.mark.rule("CLUSTER-13", "CLUSTER-05")
def test_an_update_onto_another_plan_tells_its_zone_and_then_of_instances_when_it_starts(
    plans, clusters, reserve, told, sagemaker
):
    plan = reserve()
    for zone, count in (("us-west-2a", 0), ("us-west-2b", 4)):
        plans.capacity.set(zone, "ml.p4d.24xlarge", count, target="hyperpod-cluster")
    other = reserve("other", StartTimeAfter=START + DAY)
    plans.clock.move_to(START)
    clusters.create("cluster", group("a", plan), **CONTINUOUS)
    (first,) = clusters.ids("cluster")
    told()
    clusters.update("cluster", group("a", other))
    assert told() == [*STARTED, PLATFORM, NETWORK, reserved("other-rc1"), *ended(first)]
    event = next(
        each for each in clusters.events("cluster") if each["Description"] == reserved("other-rc1")
    )
    details = sagemaker.describe_cluster_event(ClusterName="cluster", EventId=event["EventId"])
    described = details["EventDetails"]["EventDetails"]["EventMetadata"]["InstanceGroup"]
    assert described == {
        "AvailabilityZoneId": "usw2-az1",
        "CapacityReservation": {
            "Arn": other.replace("training-plan/other", "reserved-capacity/other-rc1")
        },
    }
    plans.clock.move_to(START + DAY)
    (second,) = clusters.ids("cluster")
    assert told() == [*came(second), *COMPLETED]
