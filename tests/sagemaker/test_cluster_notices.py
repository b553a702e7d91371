"""What EventBridge is told of clusters: statuses, events and the health of nodes."""

from __future__ import annotations

import json
import re

import pytest

from tests.support.clusters import CONTINUOUS, HOUR, START, group
from tests.support.model_history import needs

CHANGE = "SageMaker HyperPod Cluster State Change"
EVENT = "SageMaker HyperPod Cluster Event"
HEALTH = "SageMaker HyperPod Cluster Node Health Event"


def of_kind(kind, notices):
    return [each for each in notices if each["detail-type"] == kind]


@pytest.mark.rule("CLUSTER-03")
def test_the_status_of_a_cluster_reaches_event_bridge(plans, clusters, reserve, received):
    plan = reserve()
    arn = clusters.create("cluster", group("workers", plan, 2))
    assert [event["detail"]["ClusterStatus"] for event in received()] == ["Creating", "InService"]
    plans.clock.move_to(START)
    clusters.update("cluster", group("workers", plan, 3))
    updating, in_service = received()
    assert in_service["detail-type"] == "SageMaker HyperPod Cluster State Change"
    assert in_service["resources"] == [arn]
    assert in_service["time"] == "2025-01-22T11:30:00Z"
    assert updating["detail"]["ClusterStatus"] == "Updating"
    detail = in_service["detail"]
    assert (detail["ClusterArn"], detail["ClusterName"]) == (arn, "cluster")
    assert detail["CreationTime"] == 1737486507704
    (workers,) = detail["InstanceGroups"]
    assert (workers["CurrentCount"], workers["TargetCount"]) == (3, 3)
    assert (workers["TrainingPlanArn"], workers["TrainingPlanStatus"]) == (plan, "Active")
    assert detail["FailureMessage"] == ""


@pytest.mark.rule("CLUSTER-03")
@pytest.mark.parametrize("members", [{}, CONTINUOUS], ids=["default", "continuous"])
def test_the_groups_of_a_cluster_that_is_told_to_be_in_service_are_so_too(
    members, clusters, received
):
    clusters.create("cluster", group("workers"), **members)
    told = [
        (each["detail"]["ClusterStatus"], each["detail"]["InstanceGroups"][0]["Status"])
        for each in of_kind(CHANGE, received())
    ]
    assert told == [("Creating", "Creating"), ("InService", "InService")]


@pytest.mark.rule("CLUSTER-03", "CLUSTER-05")
def test_a_cluster_is_told_with_what_its_groups_are_to_have(
    plans, clusters, received, state_manager
):
    for model in ("sagemaker::cluster", "sagemaker::cluster_node"):
        state_manager(model, {"progression": "time", "seconds": 60})

    def told():
        (news,) = received()
        return news["detail"]["ClusterStatus"], [
            (each["Status"], each["CurrentCount"], each["TargetCount"])
            for each in news["detail"]["InstanceGroups"]
        ]

    clusters.create("cluster", group("workers"))
    assert told() == ("Creating", [("Creating", 0, 1)])
    plans.clock.tick(60)
    assert told() == ("InService", [("InService", 1, 1)])
    clusters.update("cluster", group("workers", None, 2), group("more"))
    assert told() == ("Updating", [("Updating", 1, 2), ("Creating", 0, 1)])


@pytest.mark.rule("CLUSTER-13")
def test_a_group_without_a_plan_has_the_status_of_none(clusters, received):
    clusters.create("cluster", group("workers"))
    (workers,) = received()[-1]["detail"]["InstanceGroups"]
    assert workers["TrainingPlanStatus"] == "NotApplicable"
    assert "TrainingPlanArn" not in workers


@pytest.mark.rule("CLUSTER-05", "CLUSTER-09")
def test_a_continuous_cluster_tells_that_it_stays_in_service_while_it_scales(
    plans, clusters, reserve, received
):
    plan = reserve(count=4)
    plans.clock.move_to(START)
    clusters.create("other", group("workers", plan, 2))
    clusters.create("cluster", group("workers", plan, 1), **CONTINUOUS)
    received()
    clusters.update("cluster", group("workers", plan, 4))

    def told():
        return [
            (
                each["detail"]["ClusterStatus"],
                *(
                    (group["Status"], group["CurrentCount"], group["TargetCount"])
                    for group in each["detail"]["InstanceGroups"]
                ),
            )
            for each in of_kind(CHANGE, received())
            if each["detail"]["ClusterName"] == "cluster"
        ]

    assert told() == [("InService", ("InService", 2, 4))]
    # A group that waits for its minimum is Updating, and its cluster is not.
    clusters.update("cluster", group("workers", plan, 4, MinInstanceCount=3))
    assert told() == [("InService", ("Updating", 2, 4))]
    plans.clock.tick(3 * HOUR)
    assert told() == [("InService", ("InService", 2, 4))]


@needs("ListClusterEvents.output.Events[].EventLevel")
@pytest.mark.rule("CLUSTER-13")
def test_every_event_of_a_cluster_reaches_event_bridge(clusters, received):
    arn = clusters.create("cluster", group("workers"), **CONTINUOUS)
    listed = clusters.events("cluster")
    notices = of_kind(EVENT, received())
    assert len(notices) == len(listed)
    for notice, event in zip(notices, listed, strict=True):
        details = notice["detail"]["EventDetails"]
        assert list(notice["detail"]) == ["EventDetails"]
        # What it is about is only told by DescribeClusterEvent.
        assert details.pop("EventDetails") == {
            "EventMetadata": dict.fromkeys(
                [
                    "Cluster",
                    "Instance",
                    "InstanceGroup",
                    "InstanceGroupScaling",
                    "InstanceMonitor",
                    "InstanceHealth",
                ]
            )
        }
        assert details.pop("EventTime") == 1737486507704
        shown = {key: value for key, value in event.items() if key in details}
        assert details == shown
        assert set(event) - set(details) <= {"EventTime", "OperationId"}
        assert notice["resources"] == [arn]
        assert notice["source"] == "aws.sagemaker"
        assert notice["version"] == "0"
        # moto does not hand on the account, unless an input transformer asks for it.
        assert notice["region"] == "us-west-2"
        assert notice["time"] == "2025-01-21T19:08:27Z"
        assert re.fullmatch(r"[0-9a-f-]{36}", notice["id"])
        assert notice["id"] != event["EventId"]


@pytest.mark.rule("CLUSTER-13")
def test_a_rule_can_ask_for_errors_alone(plans, clusters, reserve, client):
    queues, events = client("sqs"), client("events")
    url = queues.create_queue(QueueName="errors")["QueueUrl"]
    arn = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    pattern = {"detail-type": [EVENT], "detail": {"EventDetails": {"EventLevel": ["Error"]}}}
    events.put_rule(Name="errors", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="errors", Targets=[{"Id": "queue", "Arn": arn}])
    plan = reserve(count=1)
    clusters.create("first", group("workers", plan), **CONTINUOUS)
    clusters.create("cluster", group("workers", plan), **CONTINUOUS)
    plans.clock.move_to(START)
    messages = queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert [
        json.loads(each["Body"])["detail"]["EventDetails"]["Description"] for each in messages
    ] == [
        "Failed to provision EC2 Instance in Cluster cluster and IG workers",
        "Instance creation in Cluster cluster and InstanceGroup workers failed",
    ]


@pytest.mark.rule("CLUSTER-13")
@pytest.mark.parametrize("members", [{}, CONTINUOUS])
def test_the_health_of_a_node_reaches_event_bridge(plans, clusters, received, members):
    tags = [{"Key": "team", "Value": "a"}]
    arn = clusters.create("cluster", group("workers"), NodeRecovery="None", Tags=tags, **members)
    (node,) = clusters.ids("cluster")
    received()
    plans.faults.fail_instances(node)
    (unhealthy,) = of_kind(HEALTH, received())
    assert unhealthy["resources"] == [arn]
    assert unhealthy["detail"] == {
        "ClusterName": "cluster",
        "ClusterArn": arn,
        "InstanceId": node,
        "Tags": {"team": "a"},
        "HealthSummary": {
            "HealthStatus": "Unhealthy",
            "HealthStatusReason": "HyperPod Health Monitoring Agent (HMA) has detected fault "
            "type NvidiaErrorTerminate on this node and is unhealthy.",
            "RepairAction": "None",
            "Recommendation": "Please Replace the Faulty Node.",
        },
    }
    plans.faults.repair(node)
    (healthy,) = of_kind(HEALTH, received())
    assert healthy["detail"]["InstanceId"] == node
    assert healthy["detail"]["HealthSummary"]["HealthStatus"] == "Healthy"
