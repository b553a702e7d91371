"""Nodes that fail, UltraServers that fail, zones that go down, and repairs."""

from __future__ import annotations

import pytest

from moto_trainingplans import TrainingPlansError
from tests.support.clusters import CUT_OFF, DAY, HOUR, START, Clusters, group, plan_counts
from tests.support.model_history import needs

X36 = "ml.u-p6e-gb200x36"
SERVER_INSTANCE = "ml.p6e-gb200.36xlarge"
TOPOLOGY_LABEL = "topology.k8s.aws/ultraserver-id"


def statuses(clusters, name="cluster"):
    return [node["InstanceStatus"]["Status"] for node in clusters.nodes(name)]


@pytest.mark.rule("CLUSTER-08", "CLUSTER-11")
def test_a_failed_node_is_replaced_by_a_free_instance(plans, clusters, reserve, sagemaker):
    plan = reserve()
    clusters.create("cluster", group("workers", plan, 3))
    plans.clock.move_to(START)
    before = clusters.nodes("cluster", IncludeNodeLogicalIds=True)
    plans.faults.fail_instances(before[1]["InstanceId"])
    after = clusters.nodes("cluster", IncludeNodeLogicalIds=True)
    assert [node["NodeLogicalId"] for node in after] == [node["NodeLogicalId"] for node in before]
    assert after[1]["InstanceId"] != before[1]["InstanceId"]
    assert [after[0], after[2]] == [before[0], before[2]]
    assert clusters.statuses("cluster") == ("InService", ["InService"])
    assert clusters.counts("cluster") == {"workers": (3, 3)}
    # The broken instance is not there for anybody, until it is repaired.
    assert plan_counts(sagemaker, plan) == (3, 0)
    plans.faults.repair(before[1]["InstanceId"])
    assert plan_counts(sagemaker, plan) == (3, 1)
    assert clusters.nodes("cluster", IncludeNodeLogicalIds=True) == after


@pytest.mark.rule("CLUSTER-08", "CLUSTER-11")
def test_a_failed_node_without_another_instance_waits_until_there_is_one(
    plans, clusters, reserve, sagemaker
):
    plan = reserve()
    arn = clusters.create("cluster", group("workers", plan, 4))
    plans.clock.move_to(START)
    plans.faults.fail_instances(arn, 3)
    assert clusters.counts("cluster") == {"workers": (1, 4)}
    assert clusters.statuses("cluster") == ("InService", ["InService"])
    assert plan_counts(sagemaker, plan) == (1, 0)
    plans.faults.repair(plan)
    assert clusters.counts("cluster") == {"workers": (4, 4)}


@pytest.mark.rule("CLUSTER-11")
def test_a_node_that_gets_another_instance_is_pending_and_nothing_is_said_of_it(
    plans, clusters, reserve, state_manager
):
    state_manager("sagemaker::cluster_node", {"progression": "time", "seconds": 60})
    clusters.create("cluster", group("workers", reserve(), 1))
    plans.clock.move_to(START + HOUR)
    (broken,) = clusters.ids("cluster")
    plans.faults.fail_instances(broken)
    (other,) = clusters.nodes("cluster")
    assert other["InstanceId"] != broken
    assert other["InstanceStatus"] == {"Status": "Pending"}


@pytest.mark.rule("CLUSTER-11")
def test_what_broke_in_one_block_is_whole_in_the_next(plans, clusters, reserve):
    plans.capacity.clear("us-west-2")
    for start in (START, START + 3 * DAY):
        plans.capacity.set("us-west-2b", "ml.p4d.24xlarge", 4, start=start, end=start + DAY)
    plan = reserve(DurationHours=48, which=0)
    clusters.create("cluster", group("workers", plan, 4), NodeRecovery="None")
    plans.clock.move_to(START)
    plans.faults.fail_instances(plan, 2)
    assert clusters.counts("cluster") == {"workers": (2, 4)}
    plans.clock.move_to(START + 3 * DAY)
    assert clusters.counts("cluster") == {"workers": (4, 4)}
    assert statuses(clusters) == ["Running"] * 4


@pytest.mark.rule("CLUSTER-08")
def test_without_recovery_a_failed_node_stays_and_its_group_is_degraded(
    plans, clusters, reserve, sagemaker
):
    plan = reserve()
    arn = clusters.create(
        "cluster", group("workers", plan, 3), group("controller"), NodeRecovery="None"
    )
    plans.clock.move_to(START)
    controller, first, second, third = clusters.ids("cluster")
    plans.faults.fail_instances(first)
    plans.faults.fail_instances(controller)
    assert statuses(clusters) == ["Failure", "Failure", "Running", "Running"]
    assert clusters.statuses("cluster") == ("InService", ["Degraded", "Degraded"])
    assert clusters.counts("cluster") == {"workers": (2, 3), "controller": (0, 1)}
    assert clusters.node("cluster", first)["InstanceStatus"]["Message"]
    (failed,) = sagemaker.batch_reboot_cluster_nodes(ClusterName="cluster", NodeIds=[first])[
        "Failed"
    ]
    assert failed["ErrorCode"] == "InvalidInstanceStatus"
    plans.faults.repair(arn)
    assert clusters.ids("cluster") == [controller, first, second, third]
    assert statuses(clusters) == ["Running"] * 4
    plans.faults.fail_instances(second)
    sagemaker.batch_replace_cluster_nodes(ClusterName="cluster", NodeIds=[second])
    assert statuses(clusters) == ["Running"] * 4
    assert second not in clusters.ids("cluster")
    assert clusters.statuses("cluster") == ("InService", ["InService", "InService"])


@pytest.mark.rule("CLUSTER-08", "CLUSTER-11")
def test_a_node_that_is_being_replaced_does_not_get_its_instance_back_once_that_breaks(
    plans, clusters, reserve, sagemaker, state_manager
):
    plan = reserve(count=2)
    state_manager("sagemaker::cluster_node", {"progression": "time", "seconds": 60})
    clusters.create("cluster", group("workers", plan, 2))
    plans.clock.move_to(START)
    plans.clock.tick(60)
    first, second = clusters.ids("cluster")
    sagemaker.batch_replace_cluster_nodes(ClusterName="cluster", NodeIds=[first])
    assert statuses(clusters) == ["ShuttingDown", "Running"]
    plans.faults.fail_instances(plan)
    plans.clock.tick(60)
    assert clusters.ids("cluster") == [second]
    plans.faults.repair(plan)
    plans.clock.tick(60)
    assert statuses(clusters) == ["Running", "Running"]


@pytest.mark.rule("CLUSTER-08")
def test_a_node_on_demand_is_replaced_too(plans, clusters):
    clusters.create("cluster", group("workers", None, 2))
    first, second = clusters.ids("cluster")
    plans.faults.fail_instances(first)
    assert clusters.counts("cluster") == {"workers": (2, 2)}
    assert first not in clusters.ids("cluster")
    assert second in clusters.ids("cluster")


def test_faults_of_what_does_not_run_are_errors(plans, clusters, reserve):
    plan = reserve()
    arn = clusters.create("cluster", group("workers", plan, 2))
    with pytest.raises(TrainingPlansError, match="no running instances"):
        plans.faults.fail_instances(arn)
    plans.clock.move_to(START)
    with pytest.raises(TrainingPlansError, match="at most 2"):
        plans.faults.fail_instances(arn, 3)
    with pytest.raises(TrainingPlansError, match="names nothing"):
        plans.faults.fail_instances("i-" + "0" * 17)
    with pytest.raises(TrainingPlansError, match="names nothing"):
        plans.faults.repair("i-" + "0" * 17)


@pytest.mark.rule("CLUSTER-04")
def test_a_zone_that_goes_down_takes_its_nodes_until_it_is_back(
    plans, clusters, reserve, sagemaker
):
    plan = reserve()
    clusters.create("cluster", group("workers", plan, 3), group("controller"))
    plans.clock.move_to(START)
    assert clusters.counts("cluster") == {"workers": (3, 3), "controller": (1, 1)}
    plans.faults.zone_outage("us-west-2a", START + HOUR, START + 3 * HOUR)
    plans.clock.tick(HOUR)
    assert clusters.counts("cluster") == {"workers": (0, 3), "controller": (0, 1)}
    clusters.update("cluster", group("workers", plan, 4), group("more"))
    assert clusters.counts("cluster") == {"workers": (0, 4), "controller": (0, 1), "more": (0, 1)}
    plans.clock.tick(2 * HOUR)
    assert clusters.counts("cluster") == {"workers": (4, 4), "controller": (1, 1), "more": (1, 1)}
    assert plan_counts(sagemaker, plan) == (4, 0)


@pytest.mark.rule("CLUSTER-04")
def test_a_zone_that_goes_down_leaves_nodes_elsewhere_alone(plans, clusters, reserve, client):
    plan = reserve()  # in us-west-2a
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, AvailabilityZone="us-west-2b", CidrBlock="10.0.0.0/24")[
        "Subnet"
    ]["SubnetId"]
    there = {"OverrideVpcConfig": {"Subnets": [subnet], "SecurityGroupIds": ["sg-1"]}}
    clusters.create(
        "cluster", group("planned", plan, 2), group("here"), group("there", None, 2, **there)
    )
    plans.clock.move_to(START)
    nodes = clusters.nodes("cluster")
    zones = {
        node["InstanceGroupName"]: clusters.node("cluster", node["InstanceId"])["Placement"][
            "AvailabilityZone"
        ]
        for node in nodes
    }
    assert zones == {"planned": "us-west-2a", "here": "us-west-2a", "there": "us-west-2b"}
    history = plans.history()
    for zone in ("us-west-2c", "us-east-1a"):
        plans.faults.zone_outage(zone, START, START + HOUR)
    assert (clusters.nodes("cluster"), plans.history()) == (nodes, history)
    plans.faults.zone_outage("us-west-2b", START, START + HOUR)
    stay = [node for node in nodes if node["InstanceGroupName"] != "there"]
    assert clusters.nodes("cluster") == stay
    assert clusters.counts("cluster") == {"planned": (2, 2), "here": (1, 1), "there": (0, 2)}
    plans.clock.tick(HOUR)
    assert clusters.nodes("cluster")[: len(stay)] == stay
    assert clusters.counts("cluster") == {"planned": (2, 2), "here": (1, 1), "there": (2, 2)}


class UltraServers:
    """A plan of UltraServers of nine instances, one of each a spare, and a cluster on it."""

    def __init__(self, plans, client, reserve, count, servers=2):
        self.sagemaker = client("sagemaker", "us-east-1")
        self.plan = reserve(using=self.sagemaker, UltraServerType=X36, UltraServerCount=servers)
        self.clusters = Clusters(self.sagemaker)
        self.arn = self.clusters.create(
            "cluster", group("workers", self.plan, count, InstanceType=SERVER_INSTANCE)
        )
        plans.clock.move_to(START)

    def servers(self):
        """The UltraServer of each node, in the order of the nodes."""
        nodes = self.clusters.nodes("cluster", IncludeNodeLogicalIds=True)
        return [
            node["UltraServerInfo"]["Id"] if "UltraServerInfo" in node else None for node in nodes
        ]

    def health(self):
        """Health, unhealthy, spare and used instances of each UltraServer."""
        block = self.sagemaker.describe_training_plan(TrainingPlanName=self.plan)[
            "ReservedCapacitySummaries"
        ][0]
        return [
            (
                each["HealthStatus"],
                each["UnhealthyInstanceCount"],
                each["AvailableSpareInstanceCount"],
                each["InUseInstanceCount"],
            )
            for each in self.sagemaker.list_ultra_servers_by_reserved_capacity(
                ReservedCapacityArn=block["ReservedCapacityArn"]
            )["UltraServers"]
        ]


@pytest.fixture
def ultra(plans, client, reserve):
    return lambda count, **asked: UltraServers(plans, client, reserve, count, **asked)


@needs("DescribeClusterNode.output.NodeDetails.UltraServerInfo.Type")
@pytest.mark.rule("CLUSTER-07")
def test_a_group_fills_one_ultra_server_before_the_next(ultra):
    servers = ultra(10)
    ids = list(dict.fromkeys(servers.servers()))
    assert servers.servers() == [ids[0]] * 8 + [ids[1]] * 2
    node = servers.clusters.node("cluster", servers.clusters.ids("cluster")[-1])
    assert node["UltraServerInfo"] == {"Id": ids[1], "Type": X36}
    assert node["KubernetesConfig"]["CurrentLabels"] == {TOPOLOGY_LABEL: ids[1]}
    assert servers.health() == [("OK", 0, 1, 8), ("OK", 0, 1, 2)]
    # What comes later goes where the group is already.
    servers.clusters.update(
        "cluster", group("other", servers.plan, 3, InstanceType=SERVER_INSTANCE)
    )
    servers.sagemaker.batch_delete_cluster_nodes(
        ClusterName="cluster", NodeIds=servers.clusters.ids("cluster")[:8]
    )
    servers.clusters.update(
        "cluster", group("workers", servers.plan, 4, InstanceType=SERVER_INSTANCE)
    )
    assert servers.servers() == [ids[1]] * 7


@pytest.mark.rule("CLUSTER-07", "PLAN-12")
def test_a_failed_node_of_an_ultra_server_is_replaced_by_its_spare_then_by_a_free_one(plans, ultra):
    servers = ultra(8)
    (first,) = set(servers.servers())
    failed = servers.clusters.ids("cluster")[0]
    plans.faults.fail_instances(failed)
    assert set(servers.servers()) == {first}
    assert servers.health() == [("Impaired", 1, 0, 8), ("OK", 0, 1, 0)]
    described = servers.sagemaker.describe_training_plan(TrainingPlanName=servers.plan)
    assert described["UnhealthyInstanceCount"] == 1
    assert described["AvailableSpareInstanceCount"] == 1
    plans.faults.fail_instances(servers.arn)
    assert sorted(servers.servers().count(each) for each in set(servers.servers())) == [1, 7]
    assert servers.health() == [("Impaired", 2, 0, 7), ("OK", 0, 1, 1)]
    plans.faults.repair(failed)
    assert servers.health() == [("Impaired", 1, 1, 7), ("OK", 0, 1, 1)]
    plans.faults.repair(servers.plan)
    assert servers.health()[0][:3] == ("OK", 0, 1)
    assert servers.clusters.counts("cluster") == {"workers": (8, 8)}


@pytest.mark.rule("CLUSTER-07")
def test_the_nodes_of_a_failed_ultra_server_move_to_another_together(plans, ultra):
    servers = ultra(6, servers=3)
    (first,) = set(servers.servers())
    # Of the second UltraServer three instances are left, too few for all of the first's.
    servers.clusters.update(
        "cluster", group("other", servers.plan, 7, InstanceType=SERVER_INSTANCE)
    )
    second = servers.servers()[-1]
    plans.faults.fail_instances(first, 9)
    (third,) = set(servers.servers()[:8])
    assert len({first, second, third}) == 3
    assert servers.servers()[8:] == [second] * 5
    assert servers.health() == [("Impaired", 9, 0, 0), ("OK", 0, 1, 5), ("OK", 0, 1, 8)]
    assert servers.clusters.counts("cluster") == {"workers": (6, 6), "other": (7, 7)}


@pytest.mark.rule("CLUSTER-07", "PLAN-12")
def test_the_spare_of_the_second_ultra_server_replaces_a_node_of_the_second(plans, ultra):
    servers = ultra(12)
    first, second = dict.fromkeys(servers.servers())
    assert servers.servers() == [first] * 8 + [second] * 4
    nodes = servers.clusters.nodes("cluster", IncludeNodeLogicalIds=True)
    # The first has room, and its spare, for what fails in the second.
    servers.sagemaker.batch_delete_cluster_nodes(
        ClusterName="cluster", NodeIds=[nodes.pop(0)["InstanceId"]]
    )
    failed = nodes[7]
    plans.faults.fail_instances(failed["InstanceId"])
    assert servers.servers() == [first] * 7 + [second] * 4
    assert servers.health() == [("OK", 0, 1, 7), ("Impaired", 1, 0, 4)]
    other = servers.clusters.node("cluster", failed["NodeLogicalId"])
    assert other["InstanceId"] != failed["InstanceId"]
    # Its spare is gone, so that the next is replaced by a free instance, of the second as well.
    plans.faults.fail_instances(nodes[8]["InstanceId"])
    assert servers.servers() == [first] * 7 + [second] * 4
    assert servers.health() == [("OK", 0, 1, 7), ("Impaired", 2, 0, 4)]
    described = servers.sagemaker.describe_training_plan(TrainingPlanName=servers.plan)
    assert described["UnhealthyInstanceCount"] == 2
    plans.faults.repair(failed["InstanceId"])
    assert servers.health() == [("OK", 0, 1, 7), ("Impaired", 1, 1, 4)]
    assert servers.clusters.counts("cluster") == {"workers": (11, 11)}


@pytest.mark.rule("CLUSTER-07")
def test_the_second_ultra_server_fails_as_a_whole_and_its_nodes_move_together(plans, ultra):
    servers = ultra(12, servers=3)
    first, second = dict.fromkeys(servers.servers())
    before = servers.clusters.nodes("cluster", IncludeNodeLogicalIds=True)
    plans.faults.fail_instances(second, 9)
    after = servers.clusters.nodes("cluster", IncludeNodeLogicalIds=True)
    assert after[:8] == before[:8]
    (third,) = {node["UltraServerInfo"]["Id"] for node in after[8:]}
    assert len({first, second, third}) == 3
    assert [node["NodeLogicalId"] for node in after] == [node["NodeLogicalId"] for node in before]
    assert servers.health() == [("OK", 0, 1, 8), ("Impaired", 9, 0, 0), ("OK", 0, 1, 4)]
    node = servers.clusters.node("cluster", after[-1]["InstanceId"])
    assert node["KubernetesConfig"]["CurrentLabels"] == {TOPOLOGY_LABEL: third}


@pytest.mark.rule("CLUSTER-07", "CLUSTER-08")
def test_a_whole_node_that_is_replaced_stays_in_its_ultra_server_while_that_has_room(ultra):
    servers = ultra(10)
    first, second = dict.fromkeys(servers.servers())
    servers.sagemaker.batch_delete_cluster_nodes(
        ClusterName="cluster", NodeIds=servers.clusters.ids("cluster")[:1]
    )
    last = servers.clusters.ids("cluster")[-1]
    servers.sagemaker.batch_replace_cluster_nodes(ClusterName="cluster", NodeIds=[last])
    assert servers.servers() == [first] * 7 + [second] * 2
    assert servers.health() == [("OK", 0, 1, 7), ("OK", 0, 1, 2)]


@pytest.mark.rule("CLUSTER-07")
def test_spares_are_not_given_to_groups(plans, ultra):
    servers = ultra(18)
    assert servers.clusters.counts("cluster") == {"workers": (16, 18)}
    assert servers.health() == [("OK", 0, 1, 8), ("OK", 0, 1, 8)]
    plans.clock.move_to(CUT_OFF)
    assert servers.clusters.counts("cluster") == {"workers": (0, 18)}
