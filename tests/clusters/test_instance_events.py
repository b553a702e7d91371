"""Events of instances that fail in what they do, and of their network interfaces."""

from __future__ import annotations

import pytest

from tests.support.clusters import CONTINUOUS, START, group

MINUTES = {"progression": "time", "seconds": 60}
VPC = {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
WHERE = "in Cluster cluster and IG a"


@pytest.fixture
def told(clusters):
    """Level, resource and description of the cluster's events since this was asked for last."""
    seen = []

    def read():
        events = [each for each in clusters.events("cluster") if each not in seen]
        seen.extend(events)
        return [(each["EventLevel"], each["ResourceType"], each["Description"]) for each in events]

    return read


def of_instance(level, *texts):
    return [(level, "Instance", text) for text in texts]


@pytest.mark.rule("CLUSTER-13", "CLUSTER-08")
def test_an_instance_that_breaks_while_it_comes_or_restarts_has_failed_in_that(
    plans, clusters, sagemaker, told, state_manager
):
    state_manager("sagemaker::cluster_node", MINUTES)
    clusters.create("cluster", group("a"), NodeRecovery="None", **CONTINUOUS)
    (node,) = clusters.ids("cluster")
    told()
    plans.faults.fail_instances(node)
    failure = f"Instance creation {node} {WHERE} failed"
    (failed, *others) = told()
    assert failed == ("Error", "Instance", failure)
    # Nothing follows, for nobody replaces it.
    assert [text for *_, text in others if "reation" in text and "Group" not in text] == []
    event = next(each for each in clusters.events("cluster") if each["Description"] == failure)
    described = sagemaker.describe_cluster_event(ClusterName="cluster", EventId=event["EventId"])
    details = described["EventDetails"]["EventDetails"]["EventMetadata"]["Instance"]
    assert details["FailureMessage"] == "Instance has failed."
    plans.faults.repair(node)
    plans.clock.tick(60)
    told()
    sagemaker.batch_reboot_cluster_nodes(ClusterName="cluster", NodeIds=[node])
    told()
    plans.faults.fail_instances(node)
    assert told()[:1] == of_instance("Error", f"Instance reboot {node} {WHERE} failed")
    plans.clock.tick(60)
    # The reboot is not completed later all the same.
    assert told() == []
    assert clusters.node("cluster", node)["InstanceStatus"] == {
        "Status": "Failure",
        "Message": "Instance has failed.",
    }


@pytest.mark.rule("CLUSTER-13")
def test_the_network_interface_of_an_instance_in_a_vpc_comes_and_goes_with_it(
    plans, clusters, sagemaker, reserve, told
):
    plan = reserve()
    plans.clock.move_to(START)
    clusters.create("cluster", group("a", plan, 2, OverrideVpcConfig=VPC), **CONTINUOUS)
    first, second = clusters.ids("cluster")
    told()
    clusters.update("cluster", group("a", plan, 1))
    terminating = f"Termination of EC2 Instance {second} is currently in progress {WHERE}"
    deleted = f"Customer ENI successfully deleted for EC2 Instance {second} {WHERE}"
    completed = f"Instance deletion {second} {WHERE} completed successfully"
    instance = [each for each in told() if each[1] == "Instance"]
    assert instance == of_instance("Info", terminating, deleted, completed)

    def interface(node, text):
        (event,) = (
            each
            for each in clusters.events("cluster", NodeId=node)
            if each["Description"].startswith(text)
        )
        described = sagemaker.describe_cluster_event(
            ClusterName="cluster", EventId=event["EventId"]
        )
        return described["EventDetails"]["EventDetails"]["EventMetadata"]["Instance"]["CustomerEni"]

    came = "Successfully created Customer ENI for instance"
    assert interface(second, came) == interface(second, "Customer ENI successfully deleted")
    assert interface(second, came) != interface(first, came)
