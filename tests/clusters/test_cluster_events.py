"""The events of clusters that are provisioned continuously: each at its time, in AWS's words."""

from __future__ import annotations

import json

import pytest

from tests.support.clusters import CONTINUOUS, CUT_OFF, DAY, HOUR, MINUTE, START, group
from tests.support.model_history import has, needs

# Which request an event belongs to.
OPERATION = "ListClusterEvents.output.Events[].OperationId"
MINUTES = {"progression": "time", "seconds": 60}
VPC = {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1", "sg-2"]}
SCRIPTS = {"SourceS3Uri": "s3://sagemaker-scripts", "OnCreate": "create.sh"}
EKS = {"Orchestrator": {"Eks": {"ClusterArn": "arn:aws:eks:us-west-2:123456789012:cluster/eks"}}}
NO_CAPACITY = (
    "We currently do not have sufficient capacity to launch new ml.p4d.24xlarge instances. "
    "Please try again."
)


def texts(events):
    return [event["Description"] for event in events]


@pytest.fixture
def told(clusters):
    """The descriptions of the events of a cluster since this was asked for last."""
    seen = []

    def read(name="cluster", **asked):
        events = [each for each in clusters.events(name, **asked) if each not in seen]
        seen.extend(events)
        return texts(events)

    return read


@pytest.fixture
def metadata(sagemaker, clusters):
    """What an event of a description tells beside it."""

    def read(description, name="cluster"):
        event = next(each for each in clusters.events(name) if each["Description"] == description)
        described = sagemaker.describe_cluster_event(ClusterName=name, EventId=event["EventId"])
        details = described["EventDetails"]
        assert {key: details[key] for key in event} == event
        return details["EventDetails"]["EventMetadata"]

    return read


@pytest.mark.rule("CLUSTER-13")
def test_the_creation_of_a_cluster_is_told_from_its_start_to_its_end(
    plans, clusters, told, metadata, state_manager
):
    state_manager("sagemaker::cluster", {"progression": "time", "seconds": 90})
    state_manager("sagemaker::cluster_node", MINUTES)
    clusters.create(
        "cluster",
        group("workers", ImageId="ami-12345678", LifeCycleConfig=SCRIPTS, OverrideVpcConfig=VPC),
        **CONTINUOUS,
    )
    (node,) = clusters.ids("cluster")
    assert told() == [
        "Cluster cluster creation started successfully",
        "InstanceGroup workers creation started successfully in Cluster cluster",
        "Found Custom AMI Override ami-12345678 for IG workers in Cluster cluster",
        "Found Subnet subnet-1 in AZ us-west-2a with SecurityGroupIds sg-1, sg-2 for IG workers "
        "in Cluster cluster",
        "Instance Group network configuration successfully determined for IG workers in Cluster "
        "cluster",
        "No CapacityReservation found for Cluster cluster and IG workers, using on-demand pool",
        "Instance creation started successfully in Cluster cluster and IG workers",
        "Successfully created Customer ENI for instance in Cluster cluster and IG workers",
        f"EC2 Instance {node} successfully provisioned in Cluster cluster and IG workers",
        f"Instance lifecycle script execution for EC2 Instance {node} has Started",
    ]
    plans.clock.tick(60)
    assert told() == [
        f"Instance creation {node} in Cluster cluster and IG workers completed successfully",
        "Instance Group workers creation in Cluster cluster completed successfully",
    ]
    plans.clock.tick(30)
    assert told() == ["Cluster cluster creation completed successfully"]
    every = clusters.events("cluster")
    assert {event["EventLevel"] for event in every} == {"Info"}
    assert [event["ResourceType"] for event in every] == [
        "Cluster",
        *["InstanceGroup"] * 5,
        *["Instance"] * 5,
        "InstanceGroup",
        "Cluster",
    ]
    assert [event.get("InstanceGroupName") for event in every] == [None, *["workers"] * 11, None]
    assert [event.get("InstanceId") for event in every[6:11]] == [node] * 5
    assert not any("InstanceId" in event for event in every if event["ResourceType"] != "Instance")
    assert metadata(every[1]["Description"]) == {
        "InstanceGroupScaling": {"InstanceCount": 0, "TargetCount": 0, "MinCount": 0}
    }
    assert metadata(every[2]["Description"]) == {"InstanceGroup": {"AmiOverride": "ami-12345678"}}
    assert metadata(every[3]["Description"]) == {
        "InstanceGroup": {
            "AvailabilityZoneId": "usw2-az2",
            "SubnetId": "subnet-1",
            "SecurityGroupIds": ["sg-1", "sg-2"],
        }
    }
    logical = clusters.node("cluster", node)["NodeLogicalId"]
    assert metadata(every[9]["Description"]) == {
        "Instance": {"LcsExecutionState": "Started", "NodeLogicalId": logical}
    }
    interface = metadata(every[7]["Description"])["Instance"]["CustomerEni"]
    assert interface.startswith("eni-")
    if has(OPERATION):
        (operation,) = {event.get("OperationId") for event in every[:-1]}
        assert operation is not None
        assert "OperationId" not in every[-1]


@pytest.mark.rule("CLUSTER-13", "CLUSTER-04")
def test_what_a_group_gets_of_each_block_of_its_plan_is_told_as_the_block_comes(
    plans, clusters, reserve, sagemaker, told, metadata
):
    plans.capacity.clear("us-west-2")
    for start in (START, START + 3 * DAY):
        plans.capacity.set("us-west-2b", "ml.p4d.24xlarge", 1, start=start, end=start + DAY)
    plan = reserve(count=1, DurationHours=48, which=0)
    first, second = (
        each["ReservedCapacityArn"]
        for each in sagemaker.describe_training_plan(TrainingPlanName=plan)[
            "ReservedCapacitySummaries"
        ]
    )
    clusters.create("cluster", group("workers", plan), **CONTINUOUS)

    def network(arn):
        return [
            "Using HyperPod Platform provided network configuration for IG workers in Cluster "
            "cluster",
            "Instance Group network configuration successfully determined for IG workers in "
            "Cluster cluster",
            f"Found CapacityReservation ID {arn.rpartition('/')[2]} for Cluster cluster and IG "
            "workers, using reserved capacity",
        ]

    def instance(node):
        return [
            "Instance creation started successfully in Cluster cluster and IG workers",
            f"EC2 Instance {node} successfully provisioned in Cluster cluster and IG workers",
            f"Instance creation {node} in Cluster cluster and IG workers completed successfully",
        ]

    assert told() == [
        "Cluster cluster creation started successfully",
        "InstanceGroup workers creation started successfully in Cluster cluster",
        *network(first),
        "Cluster cluster creation completed successfully",
    ]
    assert metadata(network(first)[2])["InstanceGroup"]["CapacityReservation"] == {"Arn": first}
    plans.clock.move_to(START)
    (node,) = clusters.ids("cluster")
    assert told() == [
        *instance(node),
        "Instance Group workers creation in Cluster cluster completed successfully",
    ]
    assert metadata(instance(node)[1])["Instance"]["CapacityReservation"] == {"Arn": first}
    plans.clock.move_to(CUT_OFF)
    assert told() == [
        f"Termination of EC2 Instance {node} is currently in progress in Cluster cluster and IG "
        "workers",
        f"Instance deletion {node} in Cluster cluster and IG workers completed successfully",
    ]
    plans.clock.move_to(START + 3 * DAY)
    (other,) = clusters.ids("cluster")
    assert told() == [*network(second), *instance(other)]
    if has(OPERATION):
        # What the second block brings is no request's any more.
        since = clusters.events("cluster", EventTimeAfter=START)
        assert not any("OperationId" in event for event in since)


@pytest.mark.rule("CLUSTER-13")
def test_an_instance_that_is_not_to_be_had_is_told_in_two_errors_and_once(
    plans, clusters, reserve, metadata
):
    plan = reserve(count=2)
    clusters.create("first", group("workers", plan, 1), **CONTINUOUS)
    clusters.create("cluster", group("workers", plan, 2), **CONTINUOUS)
    plans.clock.move_to(START)
    clusters.create("third", group("workers", plan, 1), **CONTINUOUS)
    errors = [each for each in clusters.events("cluster") if each["EventLevel"] == "Error"]
    assert texts(errors) == [
        "Failed to provision EC2 Instance in Cluster cluster and IG workers",
        "Instance creation in Cluster cluster and InstanceGroup workers failed",
    ]
    assert {(each["ResourceType"], each["EventTime"]) for each in errors} == {("Instance", START)}
    assert not any("InstanceId" in each for each in errors)
    for text in texts(errors):
        (waiting,) = (
            node["NodeLogicalId"]
            for node in clusters.nodes("cluster", IncludeNodeLogicalIds=True)
            if node["InstanceStatus"]["Status"] == "Pending"
        )
        assert metadata(text) == {
            "Instance": {"FailureMessage": NO_CAPACITY, "NodeLogicalId": waiting}
        }
    # On demand there is always an instance, but for a zone that is down.
    clusters.create("on-demand", group("workers"), **CONTINUOUS)
    plans.faults.zone_outage("us-west-2a", START, START + HOUR)
    assert metadata(texts(errors)[0].replace("cluster", "on-demand"), "on-demand")["Instance"][
        "FailureMessage"
    ] == ("We currently do not have sufficient capacity in the Availability Zone you requested.")


@needs("CreateCluster.input.InstanceGroups[].LifeCycleConfig")  # scripts have events too
@pytest.mark.rule("CLUSTER-13", "CLUSTER-05")
def test_an_update_is_told_until_the_last_group_is_through(
    plans, clusters, told, metadata, state_manager
):
    clusters.create("cluster", group("a", None, 1), group("b"), **CONTINUOUS)
    (first,) = clusters.ids("cluster", InstanceGroupNameContains="a")
    (of_b,) = clusters.ids("cluster", InstanceGroupNameContains="b")
    told()
    state_manager("sagemaker::cluster_node", MINUTES)
    clusters.update("cluster", group("a", None, 2), InstanceGroupsToDelete=["b"])
    second = clusters.ids("cluster")[-1]
    assert told() == [
        "Cluster cluster update started successfully",
        "InstanceGroup b deletion started successfully in Cluster cluster",
        f"Termination of EC2 Instance {of_b} is currently in progress in Cluster cluster and IG b",
        "InstanceGroup a scaling started successfully in Cluster cluster",
        "Instance creation started successfully in Cluster cluster and IG a",
        f"EC2 Instance {second} successfully provisioned in Cluster cluster and IG a",
    ]
    assert metadata("InstanceGroup a scaling started successfully in Cluster cluster") == {
        "InstanceGroupScaling": {"InstanceCount": 1, "TargetCount": 1, "MinCount": 0}
    }
    plans.clock.tick(60)
    assert told() == [
        f"Instance deletion {of_b} in Cluster cluster and IG b completed successfully",
        "Instance Group b deletion in Cluster cluster completed successfully",
        f"Instance creation {second} in Cluster cluster and IG a completed successfully",
        "Instance Group a scaling in Cluster cluster completed successfully",
        "Cluster cluster update completed successfully",
    ]
    assert metadata("Instance Group a scaling in Cluster cluster completed successfully") == {
        "InstanceGroupScaling": {"InstanceCount": 2, "TargetCount": 2, "MinCount": 0}
    }
    # What does not scale is done at once.
    clusters.update("cluster", NodeRecovery="None")
    clusters.update("cluster", group("a", None, 2, ThreadsPerCore=1))
    assert told() == [
        "Cluster cluster update started successfully",
        "Cluster cluster update completed successfully",
        "Cluster cluster update started successfully",
        "InstanceGroup a update started successfully in Cluster cluster",
        "Instance Group a update in Cluster cluster completed successfully",
        "Cluster cluster update completed successfully",
    ]
    assert first in clusters.ids("cluster")


@pytest.mark.rule("CLUSTER-13", "CLUSTER-08")
def test_reboots_replacements_and_failures_are_told(
    plans, clusters, sagemaker, told, state_manager
):
    clusters.create("cluster", group("a"), **CONTINUOUS)
    (node,) = clusters.ids("cluster")
    state_manager("sagemaker::cluster_node", MINUTES)
    told()
    sagemaker.batch_reboot_cluster_nodes(ClusterName="cluster", NodeIds=[node])
    assert told() == [
        f"Reboot of EC2 Instance {node} is currently in progress on Cluster cluster and IG a"
    ]
    plans.clock.tick(60)
    assert told() == [f"Instance reboot {node} in Cluster cluster and IG a completed successfully"]

    def replacement(old, new):
        return [
            f"Termination of EC2 Instance {old} is currently in progress in Cluster cluster and "
            "IG a",
            f"Instance deletion {old} in Cluster cluster and IG a completed successfully",
            f"Instance {new} is starting as part of instance replacement in Cluster cluster and "
            "IG a",
            f"EC2 Instance {new} successfully provisioned in Cluster cluster and IG a",
        ]

    def replaced(new):
        return (
            f"Instance {new} creation completed successfully as part of instance replacement in "
            "Cluster cluster and IG a"
        )

    sagemaker.batch_replace_cluster_nodes(ClusterName="cluster", NodeIds=[node])
    plans.clock.tick(60)
    (second,) = clusters.ids("cluster")
    assert told() == replacement(node, second)
    plans.clock.tick(60)
    assert told() == [replaced(second)]
    plans.faults.fail_instances(second)
    (third,) = clusters.ids("cluster")
    assert told() == replacement(second, third)
    # One that breaks as it comes has failed as a replacement.
    plans.faults.fail_instances(third)
    (fourth,) = clusters.ids("cluster")
    assert told() == [
        f"Instance {third} creation failed as part of instance replacement in Cluster cluster and "
        "IG a",
        *replacement(third, fourth),
    ]
    plans.clock.tick(60)
    assert told() == [replaced(fourth)]
    # What comes after an outage replaces nothing.
    plans.faults.fail_instances(fourth)
    now = plans.clock.now()
    plans.faults.zone_outage("us-west-2a", now, now + HOUR)
    plans.clock.tick(HOUR)
    told()
    plans.clock.tick(60)
    (last,) = clusters.ids("cluster")
    assert told() == [
        f"Instance creation {last} in Cluster cluster and IG a completed successfully"
    ]


@pytest.mark.rule("CLUSTER-13", "CLUSTER-08")
def test_a_replacement_for_which_there_is_no_instance_is_told(plans, clusters, reserve, told):
    plan = reserve(count=1)
    clusters.create("cluster", group("a", plan), **CONTINUOUS)
    plans.clock.move_to(START)
    (node,) = clusters.ids("cluster")
    told()
    plans.faults.fail_instances(node)
    assert told()[2:] == [
        f"Instance {node} failed to start as part of instance replacement in Cluster cluster and "
        "IG a",
        "Failed to provision EC2 Instance in Cluster cluster and IG a",
        "Instance creation in Cluster cluster and InstanceGroup a failed",
    ]


@pytest.mark.rule("CLUSTER-13", "CLUSTER-05")
def test_other_software_is_told_group_by_group_and_node_by_node(
    plans, clusters, sagemaker, told, state_manager
):
    clusters.create("cluster", group("a", None, 2, LifeCycleConfig=SCRIPTS), **CONTINUOUS)
    nodes = clusters.ids("cluster")
    state_manager("sagemaker::cluster", MINUTES)
    told()
    sagemaker.update_cluster_software(ClusterName="cluster")
    assert told() == [
        "InstanceGroup a in Cluster cluster has been scheduled for UpdateClusterSoftware to "
        "latest.",
        "UpdateClusterSoftware initiated for IG a in Cluster cluster using AllAtOnce strategy.",
        "Next update batch selected for IG a in Cluster cluster.",
        *(f"Root volume replacement started for Instance {node} in IG a." for node in nodes),
    ]
    plans.clock.tick(60)
    assert told() == [
        *(
            text
            for node in nodes
            for text in (
                f"Instance lifecycle script execution for EC2 Instance {node} has Started",
                f"Instance {node} in IG a updated successfully.",
            )
        ),
        "UpdateClusterSoftware completed successfully for IG a in Cluster cluster.",
    ]


@pytest.mark.rule("CLUSTER-13")
def test_what_is_set_up_for_an_orchestrator_is_told(clusters, told, metadata):
    role = group("a")["ExecutionRole"]
    labels = {"Labels": {"team": "a"}}
    scripts = {"LifeCycleConfig": SCRIPTS}
    clusters.create(
        "cluster",
        group("a", **scripts),
        AutoScaling={"Mode": "Enable", "AutoScalerType": "Karpenter"},
        ClusterRole=role,
        **EKS,
        **CONTINUOUS,
    )
    told_of_eks = told(ResourceType="Cluster")
    assert told_of_eks == [
        "Cluster cluster creation started successfully",
        "SLR Access Entry creation successful for Cluster cluster",
        "EKS Access Entries creation successful for Cluster cluster",
        "CustomResourceDefinition installation completed successfully in EKS Cluster cluster",
        "AutoScaling creation completed successfully in Cluster cluster",
        "Cluster cluster creation completed successfully",
    ]
    assert metadata(told_of_eks[2]) == {"Cluster": {"EksRoleAccessEntries": [role]}}
    (node,) = clusters.ids("cluster")
    clusters.update("cluster", group("a", KubernetesConfig=labels, **scripts))
    assert (
        f"Successfully updated Kubernetes config for instance {node} in Cluster cluster and IG a"
        in told()
    )
    clusters.create(
        "slurm",
        group("head", SlurmConfig={"NodeType": "Controller"}, **scripts),
        Orchestrator={"Slurm": {}},
        **CONTINUOUS,
    )
    none_found = (
        "No provisioning_parameters.json found in LifeCycleScript S3 Path for controller group head"
    )
    assert none_found in texts(clusters.events("slurm", InstanceGroupName="head"))
    assert metadata(none_found, "slurm") == {"InstanceGroup": {}}
    clusters.update("slurm", group("head", None, 2))
    assert told("slurm", ResourceType="Cluster") == [
        "Cluster slurm creation started successfully",
        "Successfully created and stored munge key",
        "Cluster slurm creation completed successfully",
        "Cluster slurm update started successfully",
        "Slurm configuration drift validation passed",
        "Slurm was reconfigured successfully. Slurm config updated to match desired state",
        "Cluster slurm update completed successfully",
    ]
    if has(OPERATION):
        # What is told of an update belongs to its operation.
        of_slurm = clusters.events("slurm", ResourceType="Cluster")
        assert len({each.get("OperationId") for each in of_slurm[3:]} - {None}) == 1
        assert all("OperationId" in each for each in of_slurm[3:])


@pytest.mark.rule("CLUSTER-13")
def test_provisioning_parameters_beside_the_controllers_scripts_are_told(clusters, client):
    s3 = client("s3")
    s3.create_bucket(
        Bucket="sagemaker-scripts", CreateBucketConfiguration={"LocationConstraint": "us-west-2"}
    )
    parameters = {"version": "1.0.0", "workload_manager": "slurm", "controller_group": "head"}
    s3.put_object(
        Bucket="sagemaker-scripts",
        Key="provisioning_parameters.json",
        Body=json.dumps(parameters).encode(),
    )
    clusters.create(
        "cluster",
        group("head", SlurmConfig={"NodeType": "Controller"}, LifeCycleConfig=SCRIPTS),
        Orchestrator={"Slurm": {}},
        **CONTINUOUS,
    )
    told = texts(clusters.events("cluster"))
    assert (
        "Found provisioning_parameters.json in LifeCycleScript S3 Path for controller group head"
        in told
    )
    assert not any(text.startswith("No provisioning_parameters.json") for text in told)


@pytest.mark.rule("CLUSTER-13")
def test_the_file_system_of_a_restricted_group_is_told(clusters, sagemaker):
    environment = {"FSxLustreConfig": {"SizeInGiB": 1200, "PerUnitStorageThroughput": 250}}
    restricted = group("nova", EnvironmentConfig=environment, LifeCycleConfig=None)
    sagemaker.create_cluster(
        ClusterName="cluster", RestrictedInstanceGroups=[restricted], **CONTINUOUS
    )
    clusters.create("other", group("workers"), **CONTINUOUS)
    clusters.update("cluster", group("workers"), InstanceGroupsToDelete=["nova"])
    found = [text for text in texts(clusters.events("cluster")) if text.startswith("FSx")]
    assert found == [
        f"FSx {text} for IG nova in Cluster cluster"
        for text in (
            "creation started",
            "creation successfully completed",
            "deletion started",
            "deletion successfully completed",
        )
    ]
    assert not any(text.startswith("FSx") for text in texts(clusters.events("other")))


@pytest.mark.rule("CLUSTER-13")
def test_events_are_filtered_sorted_and_paged(plans, clusters, sagemaker):
    clusters.create("cluster", group("a", None, 2), group("b"), **CONTINUOUS)
    first, _, of_b = clusters.ids("cluster")
    created = clusters.events("cluster")
    plans.clock.move_to(START)  # older clients send whole seconds
    updated = plans.clock.now()
    clusters.update("cluster", group("a", None, 0))
    every = clusters.events("cluster")
    newest_first = sagemaker.list_cluster_events(ClusterName="cluster")["Events"]
    assert newest_first == every[::-1]

    def only(events=every, **wanted):
        return [
            event
            for event in events
            if all(event.get(name) == value for name, value in wanted.items())
        ]

    assert len(only(ResourceType="Instance")) > len(only(ResourceType="InstanceGroup")) > 0
    assert clusters.events("cluster", InstanceGroupName="b") == only(InstanceGroupName="b")
    assert clusters.events("cluster", InstanceGroupName="c") == []
    assert clusters.events("cluster", NodeId=of_b) == only(InstanceId=of_b)
    assert clusters.events("cluster", NodeId=first, ResourceType="Cluster") == []
    assert clusters.events("cluster", EventTimeAfter=updated - MINUTE) == every[len(created) :]
    assert clusters.events("cluster", EventTimeAfter=updated) == []
    assert clusters.events("cluster", EventTimeBefore=updated) == created
    for kind in ("Cluster", "InstanceGroup", "Instance"):
        assert clusters.events("cluster", ResourceType=kind) == only(ResourceType=kind)
        assert clusters.events(
            "cluster", ResourceType=kind, InstanceGroupName="a", EventTimeBefore=updated
        ) == only(created, ResourceType=kind, InstanceGroupName="a")
    if has(OPERATION):
        for operation in {event.get("OperationId") for event in every} - {None}:
            assert clusters.events("cluster", OperationId=operation) == only(OperationId=operation)
            assert clusters.events(
                "cluster", OperationId=operation, InstanceGroupName="a", ResourceType="Instance"
            ) == only(OperationId=operation, InstanceGroupName="a", ResourceType="Instance")
    for order, expected in (("Ascending", every), ("Descending", every[::-1])):
        pages = sagemaker.get_paginator("list_cluster_events").paginate(
            ClusterName="cluster", SortOrder=order, PaginationConfig={"PageSize": 5}
        )
        assert [event for page in pages for event in page["Events"]] == expected


@pytest.mark.rule("CLUSTER-13")
def test_pages_of_events_stay_as_they_are_while_more_happens(clusters, sagemaker):
    clusters.create("cluster", group("a", None, 2), **CONTINUOUS)
    before = clusters.events("cluster")
    asked = {"ClusterName": "cluster", "MaxResults": 5}
    page = sagemaker.list_cluster_events(**asked)
    clusters.update("cluster", group("a", None, 3))
    rest = sagemaker.list_cluster_events(
        ClusterName="cluster", MaxResults=5, NextToken=page["NextToken"]
    )
    assert page["Events"] + rest["Events"] == before[::-1][:10]


@pytest.mark.rule("CLUSTER-09", "CLUSTER-13")
def test_clusters_of_another_mode_have_no_events(clusters, sagemaker, refusal):
    clusters.create("cluster", group("workers"))
    clusters.create("continuous", group("workers"), **CONTINUOUS)
    event = clusters.events("continuous")[0]["EventId"]
    listing, describe = sagemaker.list_cluster_events, sagemaker.describe_cluster_event
    text = " needs NodeProvisioningMode Continuous, which cluster cluster does not have."
    assert refusal(listing, ClusterName="cluster") == (
        "ValidationException",
        f"ListClusterEvents{text}",
    )
    assert refusal(describe, ClusterName="cluster", EventId=event) == (
        "ValidationException",
        f"DescribeClusterEvent{text}",
    )
    assert refusal(listing, ClusterName="none") == (
        "ResourceNotFound",
        "Could not find cluster 'none'.",
    )
    unknown = "00000000-0000-0000-0000-000000000000"
    assert refusal(describe, ClusterName="continuous", EventId=unknown) == (
        "ResourceNotFound",
        f"Could not find event '{unknown}' in cluster 'continuous'.",
    )
