"""What a node keeps when its instance is replaced, and which nodes are not."""

from __future__ import annotations

import json
import time
from uuid import UUID

import pytest

from tests.support.clusters import CONTINUOUS, CUT_OFF, DAY, MINUTE, START, group

EKS = {"Orchestrator": {"Eks": {"ClusterArn": "arn:aws:eks:us-west-2:123456789012:cluster/eks"}}}
SLURM = {"Orchestrator": {"Slurm": {}}}
SCRIPTS = {"LifeCycleConfig": {"SourceS3Uri": "s3://scripts/run", "OnCreate": "create.sh"}}
CONTROLLER = group("head", SlurmConfig={"NodeType": "Controller"})
COMPUTE = {"SlurmConfig": {"NodeType": "Compute", "PartitionNames": ["gpu"]}}


def named(clusters, name="cluster"):
    """Logical id, host name and private address of each node with an instance, by group."""
    nodes = clusters.nodes(name, IncludeNodeLogicalIds=True)
    return {
        each["NodeLogicalId"]: (
            each["PrivateDnsHostname"],
            clusters.node(name, each["InstanceId"])["PrivatePrimaryIp"],
        )
        for each in nodes
        if each["InstanceId"]
    }


def replace_by_logical_id(sagemaker, cluster, logical_id, seconds=60):
    """What an operator runs: replace a node, and wait for the event that says it is done.

    Returns the host name that Slurm knows it by, and the new instance's id.
    """
    asked = {"ClusterName": cluster, "NodeLogicalId": logical_id}
    group_name = sagemaker.describe_cluster_node(**asked)["NodeDetails"]["InstanceGroupName"]
    answer = sagemaker.batch_replace_cluster_nodes(ClusterName=cluster, NodeLogicalIds=[logical_id])
    assert answer["SuccessfulNodeLogicalIds"] == [logical_id]
    while True:
        node = sagemaker.describe_cluster_node(**asked)["NodeDetails"]
        events = sagemaker.list_cluster_events(
            ClusterName=cluster,
            InstanceGroupName=group_name,
            **({"NodeId": node["InstanceId"]} if "InstanceId" in node else {}),
        )["Events"]
        done = "completed successfully as part of instance replacement"
        if "InstanceId" in node and any(done in event["Description"] for event in events):
            return node["PrivateDnsHostname"], node["InstanceId"]
        time.sleep(seconds)


@pytest.mark.rule("CLUSTER-15", "CLUSTER-08")
def test_an_operator_replaces_a_node_of_slurm_by_its_logical_id_and_the_host_name_stays(
    plans, clusters, reserve, sagemaker, state_manager, monkeypatch
):
    plan = reserve()
    state_manager("sagemaker::cluster_node", {"progression": "time", "seconds": 600})
    clusters.create("cluster", CONTROLLER, group("gpu", plan, 2, **COMPUTE), **SLURM, **CONTINUOUS)
    plans.clock.move_to(START)
    plans.clock.tick(1200)
    before = named(clusters)
    ids = set(clusters.ids("cluster"))
    assert len(before) == 3
    logical_id = clusters.nodes("cluster", IncludeNodeLogicalIds=True)[-1]["NodeLogicalId"]
    monkeypatch.setattr(time, "sleep", plans.clock.tick)
    host_name, instance_id = replace_by_logical_id(sagemaker, "cluster", logical_id)
    assert host_name == before[logical_id][0]
    assert host_name.startswith("ip-10-0-0-")
    assert instance_id not in ids
    assert named(clusters) == before
    details = clusters.node("cluster", logical_id)
    assert (details["InstanceId"], details["InstanceStatus"]["Status"]) == (instance_id, "Running")


@pytest.mark.rule("CLUSTER-15")
def test_the_logical_id_of_a_node_is_a_uuid_that_it_keeps(plans, clusters, reserve):
    plan = reserve()
    clusters.create("cluster", group("workers", plan, 2), group("other"))
    waiting = clusters.nodes("cluster", IncludeNodeLogicalIds=True)
    ids = [node["NodeLogicalId"] for node in waiting]
    assert [str(UUID(each)) for each in ids] == ids
    assert len(set(ids)) == 3
    plans.clock.move_to(START)
    plans.faults.fail_instances(clusters.ids("cluster")[-1])
    running = clusters.nodes("cluster", IncludeNodeLogicalIds=True)
    assert [node["NodeLogicalId"] for node in running] == ids
    clusters.create("second", group("workers", None, 2))
    second = clusters.nodes("second", IncludeNodeLogicalIds=True)
    assert not {node["NodeLogicalId"] for node in second} & set(ids)


@pytest.mark.rule("CLUSTER-15")
def test_a_failed_node_of_slurm_keeps_its_name_even_if_it_has_to_wait(plans, clusters, reserve):
    plan = reserve(count=2)
    clusters.create("cluster", CONTROLLER, group("gpu", plan, 2, **COMPUTE), **SLURM)
    plans.clock.move_to(START)
    before = named(clusters)
    plans.faults.fail_instances(clusters.ids("cluster")[-1])
    assert len(named(clusters)) == 2
    plans.faults.repair(plan)
    assert named(clusters) == before


@pytest.mark.rule("CLUSTER-15")
@pytest.mark.parametrize("orchestrator", [EKS, {}], ids=["EKS", "not said"])
def test_an_eks_node_is_named_after_its_instance(clusters, sagemaker, orchestrator):
    clusters.create("cluster", group("workers", None, 2, **SCRIPTS), **orchestrator)
    before = named(clusters)
    sagemaker.batch_replace_cluster_nodes(ClusterName="cluster", NodeIds=clusters.ids("cluster"))
    after = named(clusters)
    assert after.keys() == before.keys()
    if orchestrator:
        assert not set(after.values()) & set(before.values())
    else:
        # A cluster that names no orchestrator is Slurm's.
        assert after == before


@pytest.mark.rule("CLUSTER-15")
def test_a_rebooted_node_keeps_everything(clusters, sagemaker):
    clusters.create("cluster", group("workers", None, 2, **SCRIPTS), **EKS)
    before, ids = named(clusters), clusters.ids("cluster")
    sagemaker.batch_reboot_cluster_nodes(ClusterName="cluster", NodeIds=ids)
    assert (named(clusters), clusters.ids("cluster")) == (before, ids)


@pytest.mark.rule("CLUSTER-15")
def test_no_two_nodes_have_one_address(plans, clusters, reserve, sagemaker):
    plan = reserve(count=8)
    clusters.create("cluster", CONTROLLER, group("gpu", plan, 4, **COMPUTE), **SLURM)
    plans.clock.move_to(START)
    for _ in range(3):
        sagemaker.batch_replace_cluster_nodes(
            ClusterName="cluster", NodeIds=clusters.ids("cluster")[1:3]
        )
        plans.faults.fail_instances(plan)
        clusters.update("cluster", group("gpu", plan, 6))
        clusters.update("cluster", group("gpu", plan, 4))
        hosts = [host for host, _ in named(clusters).values()]
        assert len(set(hosts)) == len(hosts) == 5
    plans.clock.move_to(CUT_OFF)
    assert len(named(clusters)) == 1


@pytest.mark.rule("CLUSTER-15", "CLUSTER-08")
def test_the_controller_of_slurm_is_not_replaced_but_can_be_rebooted(
    plans, clusters, sagemaker, refusal
):
    clusters.create("cluster", CONTROLLER, group("gpu", None, 1, **COMPUTE), **SLURM)
    head, worker = clusters.ids("cluster")
    answer = sagemaker.batch_replace_cluster_nodes(ClusterName="cluster", NodeIds=[head, worker])
    assert answer["Successful"] == [worker]
    assert answer["Failed"] == [
        {"NodeId": head, "ErrorCode": "InstanceIdInUse", "Message": f"Node {head} is in use."}
    ]
    code, text = refusal(
        sagemaker.batch_delete_cluster_nodes, ClusterName="cluster", NodeIds=[head]
    )
    assert code == "ValidationException"
    assert f"NodeIdInUse: node {head} is in use" in text
    assert clusters.ids("cluster")[0] == head
    before = clusters.node("cluster", head)
    answer = sagemaker.batch_reboot_cluster_nodes(ClusterName="cluster", NodeIds=[head])
    assert answer == {"Successful": [head], "ResponseMetadata": answer["ResponseMetadata"]}
    assert [change.after for change in plans.history(head)] == [
        "Pending",
        "Running",
        "Pending",
        "Running",
    ]
    assert clusters.node("cluster", head) == before


@pytest.mark.rule("CLUSTER-15")
def test_the_controller_is_known_by_the_provisioning_parameters_in_s3(clusters, sagemaker, client):
    s3 = client("s3")
    where = {"LocationConstraint": "us-west-2"}
    s3.create_bucket(Bucket="scripts", CreateBucketConfiguration=where)

    def put(parameters, key="run/provisioning_parameters.json"):
        s3.put_object(Bucket="scripts", Key=key, Body=parameters)

    def replaced(name, **members):
        groups = [group(each, **SCRIPTS) for each in ("head", "workers")]
        clusters.create(name, *groups, **members)
        ids = clusters.ids(name)
        answer = sagemaker.batch_replace_cluster_nodes(ClusterName=name, NodeIds=ids)
        clusters.update(name, *groups, **({} if members else {"NodeRecovery": "None"}))
        again = sagemaker.batch_replace_cluster_nodes(ClusterName=name, NodeIds=clusters.ids(name))
        assert len(again.get("Failed", ())) == len(answer.get("Failed", ()))
        return len(answer["Successful"])

    assert replaced("no-file") == 2
    put(json.dumps({"workload_manager": "slurm", "controller_group": "head"}), "other.json")
    assert replaced("other-file") == 2
    for number, nonsense in enumerate(("{", "[]", '{"controller_group": 1}', "[" * 100_000)):
        put(nonsense)
        assert replaced(f"nonsense-{number}") == 2
    put(json.dumps({"workload_manager": "slurm", "controller_group": "head"}))
    assert replaced("file") == 1


@pytest.mark.rule("CLUSTER-08")
def test_a_request_can_name_only_so_many_nodes(clusters, sagemaker, refusal):
    clusters.create("cluster", group("workers", None, 101), **CONTINUOUS)
    nodes = clusters.nodes("cluster", IncludeNodeLogicalIds=True, MaxResults=100)
    ids = [node["InstanceId"] for node in nodes]
    logical = [node["NodeLogicalId"] for node in nodes]
    delete, reboot = sagemaker.batch_delete_cluster_nodes, sagemaker.batch_reboot_cluster_nodes
    for operation, asked, most in (
        (delete, {"NodeIds": ids}, 99),
        (delete, {"NodeIds": ids[:26], "NodeLogicalIds": logical[50:75]}, 50),
        (reboot, {"NodeIds": ids[:13], "NodeLogicalIds": logical[50:63]}, 25),
        (
            sagemaker.batch_replace_cluster_nodes,
            {"NodeIds": ids[:13], "NodeLogicalIds": logical[50:63]},
            25,
        ),
    ):
        code, text = refusal(operation, ClusterName="cluster", **asked)
        named_nodes = sum(len(each) for each in asked.values())
        assert code == "ValidationException"
        assert text == f"At most {most} nodes can be named in one request, not {named_nodes}."
    answer = delete(ClusterName="cluster", NodeIds=[*ids[:98], "i-" + "0" * 17])
    assert len(answer["Successful"]) == 98
    assert [each["Code"] for each in answer["Failed"]] == ["NodeIdNotFound"]
    code, text = refusal(
        delete, ClusterName="cluster", NodeIds=["i-" + "0" * 17], NodeLogicalIds=["gone"]
    )
    assert code == "ValidationException"
    assert text == (
        "None of the nodes can be deleted from cluster cluster: NodeIdNotFound: node "
        f"i-{'0' * 17} was not found in the cluster; NodeIdNotFound: node gone was not found in "
        "the cluster."
    )
    assert clusters.counts("cluster") == {"workers": (3, 3)}


@pytest.mark.rule("CLUSTER-08")
def test_nodes_of_a_busy_cluster_are_neither_deleted_nor_replaced(
    plans, clusters, sagemaker, refusal, state_manager
):
    clusters.create("cluster", group("workers", None, 2))
    state_manager("sagemaker::cluster", {"progression": "time", "seconds": 60})
    clusters.update("cluster", NodeRecovery="None")
    ids = clusters.ids("cluster")
    for operation in (sagemaker.batch_delete_cluster_nodes, sagemaker.batch_replace_cluster_nodes):
        code, text = refusal(operation, ClusterName="cluster", NodeIds=ids)
        assert code == "ValidationException"
        assert text == (
            "Cluster cluster is Updating; its nodes can only be deleted or replaced while it is "
            "InService."
        )
    plans.clock.tick(60)
    sagemaker.batch_delete_cluster_nodes(ClusterName="cluster", NodeIds=ids[:1])
    assert clusters.ids("cluster") == ids[1:]


@pytest.mark.rule("CLUSTER-16")
def test_a_group_is_refused_by_a_plan_in_the_last_hour_of_its_last_block(
    plans, clusters, reserve, sagemaker, refusal
):
    plan = reserve()
    clusters.create("cluster", group("other"), **CONTINUOUS)
    plans.clock.move_to(CUT_OFF - MINUTE)
    clusters.update("cluster", group("early", plan, 1))
    assert clusters.counts("cluster")["early"] == (1, 1)
    plans.clock.move_to(CUT_OFF)
    for call in (
        lambda: refusal(
            sagemaker.create_cluster, ClusterName="new", InstanceGroups=[group("late", plan)]
        ),
        lambda: refusal(
            sagemaker.update_cluster, ClusterName="cluster", InstanceGroups=[group("late", plan)]
        ),
        lambda: refusal(
            sagemaker.update_cluster, ClusterName="cluster", InstanceGroups=[group("early", plan)]
        ),
        lambda: refusal(
            sagemaker.batch_add_cluster_nodes,
            ClusterName="cluster",
            NodesToAdd=[{"InstanceGroupName": "early", "IncrementTargetCountBy": 1}],
        ),
    ):
        code, text = call()
        assert code == "ValidationException"
        assert text == (
            f"Training plan {plan} ends at 2025-01-23 11:30:00+00:00, and gives no instances in "
            "its last 60 minutes."
        )
    assert clusters.counts("cluster") == {"other": (1, 1), "early": (0, 1)}
    assert [each["ClusterName"] for each in sagemaker.list_clusters()["ClusterSummaries"]] == [
        "cluster"
    ]


@pytest.mark.rule("CLUSTER-16")
def test_the_last_hour_of_a_block_that_another_follows_does_not_count(plans, clusters, reserve):
    plans.capacity.clear("us-west-2")
    for start in (START, START + 3 * DAY):
        plans.capacity.set("us-west-2b", "ml.p4d.24xlarge", 4, start=start, end=start + DAY)
    plan = reserve(DurationHours=48, which=0)
    plans.clock.move_to(CUT_OFF)
    clusters.create("cluster", group("workers", plan, 4))
    assert clusters.counts("cluster") == {"workers": (0, 4)}
    plans.clock.move_to(START + 3 * DAY)
    assert clusters.counts("cluster") == {"workers": (4, 4)}
