"""Random clusters, changes, failures and clock moves: what always holds, however it comes."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from moto_trainingplans.simulation.clusters.events import kinds
from moto_trainingplans.simulation.clusters.events.log import EventQuery
from moto_trainingplans.simulation.clusters.nodes import NodeQuery
from moto_trainingplans.simulation.clusters.operations import OperationQuery, OperationStatus
from moto_trainingplans.simulation.clusters.statuses import GroupStatus, NodeStatus
from tests.support.clusters import DAY, HOUR, MINUTE, START, group
from tests.support.simulated_clusters import SERVER_INSTANCE, SERVER_ZONE, ZONE, SimulatedClusters

END = START + 4 * DAY
NAMES = st.sampled_from(["one", "two"])
GROUPS = st.sampled_from(["a", "b"])
COUNTS = st.sampled_from([0, 1, 3, 4, 6, 8])
SERVER_COUNTS = st.sampled_from([0, 2, 7, 9, 10, 16, 18])
PLANS = st.sampled_from([None, "small", "large", "large"])
# Nodes can only be moved between clusters of Amazon EKS, whose groups need lifecycle scripts.
EKS = {"Eks": {"ClusterArn": "arn:aws:eks:us-east-1:123456789012:cluster/eks"}}
SCRIPTS = {"LifeCycleConfig": {"SourceS3Uri": "s3://sagemaker-scripts", "OnCreate": "create.sh"}}
CHECKED = {**SCRIPTS, "OnStartDeepHealthChecks": ["InstanceStress"]}


def arn(plan):
    prefix = "arn:aws:sagemaker:us-east-1:123456789012:training-plan/"
    return None if plan is None else prefix + plan


class ClustersMachine(RuleBasedStateMachine):
    """Keeps all its calls, to make them again with a clock that moves otherwise."""

    def __init__(self):
        super().__init__()
        self.calls = []
        # How many of a cluster's events have been looked at, the groups that these have told
        # of, and what each group was to have when it was in service last.
        self.seen = Counter()
        self.told = defaultdict(set)
        self.in_service = {}

    def do(self, method, *arguments, **members):
        self.calls.append((self.now, method, arguments, members))
        getattr(self.simulated, method)(*arguments, **members)

    @property
    def now(self):
        return self.simulated.world.clock.now()

    # -- what happens ----------------------------------------------------------------------

    @initialize(
        slow=st.booleans(),
        started=st.booleans(),
        counts=st.tuples(COUNTS, COUNTS, SERVER_COUNTS),
    )
    def begin(self, slow, started, counts):
        self.slow = slow
        self.simulated = SimulatedClusters(slow)
        self.do("buy", "small", 2, 1)
        self.do("buy", "large", 8, 2)
        self.do("buy", "servers", 2, 2, True)
        self.create_cluster("one", "large", "large", counts, "Automatic", True)
        if started:
            self.simulated.move_to(START + 2 * HOUR)

    @rule(
        name=NAMES,
        plan=PLANS,
        other_plan=PLANS,
        counts=st.tuples(COUNTS, COUNTS, SERVER_COUNTS),
        recovery=st.sampled_from(["Automatic", "Automatic", "None"]),
        continuous=st.booleans(),
    )
    def create_cluster(self, name, plan, other_plan, counts, recovery, continuous):
        a, b, servers = counts
        self.do(
            "call",
            "CreateCluster",
            ClusterName=name,
            InstanceGroups=[
                group("a", arn(plan), a, **SCRIPTS),
                group("b", arn(other_plan), b, **CHECKED),
                group("s", arn("servers"), servers, InstanceType=SERVER_INSTANCE, **SCRIPTS),
            ],
            Orchestrator=EKS,
            NodeRecovery=recovery,
            **({"NodeProvisioningMode": "Continuous"} if continuous else {}),
        )

    @rule(name=NAMES, which=GROUPS, plan=PLANS, count=COUNTS, minimum=st.integers(0, 8))
    def update(self, name, which, plan, count, minimum):
        # A minimum is only taken in the continuous mode, so that it is asked for now and then.
        members = {"MinInstanceCount": minimum} if minimum in range(1, count + 1) else {}
        changed = group(which, arn(plan), count, **members, **SCRIPTS)
        self.do("call", "UpdateCluster", ClusterName=name, InstanceGroups=[changed])

    @rule(which=GROUPS, hours=st.sampled_from([2, 4]))
    def want_all_of_a_plan(self, which, hours):
        """A minimum that is not reached where anybody else has something of the plan."""
        changed = group(which, arn("large"), 8, MinInstanceCount=8, **SCRIPTS)
        self.do("call", "UpdateCluster", ClusterName="one", InstanceGroups=[changed])
        self.move(60 * hours)

    @rule(name=NAMES, count=SERVER_COUNTS)
    def update_servers(self, name, count):
        changed = group("s", arn("servers"), count, InstanceType=SERVER_INSTANCE, **SCRIPTS)
        self.do("call", "UpdateCluster", ClusterName=name, InstanceGroups=[changed])

    @rule(name=NAMES, which=GROUPS)
    def delete_group(self, name, which):
        self.do("call", "UpdateCluster", ClusterName=name, InstanceGroupsToDelete=[which])

    @rule(name=NAMES, which=GROUPS, count=st.integers(1, 3))
    def add(self, name, which, count):
        entry = {"InstanceGroupName": which, "IncrementTargetCountBy": count}
        self.do("call", "BatchAddClusterNodes", ClusterName=name, NodesToAdd=[entry])

    @rule(
        operation=st.sampled_from(
            ["BatchDeleteClusterNodes", "BatchRebootClusterNodes", "BatchReplaceClusterNodes"]
        ),
        name=NAMES,
        numbers=st.lists(st.integers(0, 20), min_size=1, max_size=3),
    )
    def handle_nodes(self, operation, name, numbers):
        self.do("on_nodes", operation, name, numbers)

    @rule(cluster=NAMES, ends=st.permutations(["a", "b"]), count=st.integers(1, 3))
    def move_nodes(self, cluster, ends, count):
        source, target = f"one/{ends[0]}", f"{cluster}/{ends[1]}"
        self.do("on_groups", "MoveClusterNodes", source, target, InstanceCount=count)

    @rule(name=NAMES, which=GROUPS)
    def check_health(self, name, which):
        checks = {"InstanceGroupName": which, "DeepHealthChecks": ["InstanceStress"]}
        self.do(
            "call",
            "StartClusterHealthCheck",
            ClusterName=name,
            DeepHealthCheckConfigurations=[checks],
        )

    @rule(name=NAMES)
    def delete(self, name):
        self.do("call", "DeleteCluster", ClusterName=name)

    @rule(number=st.integers(0, 20), count=st.integers(1, 3))
    def fail(self, number, count):
        self.do("fail_node", number, count)

    @rule(number=st.integers(0, 1), count=st.sampled_from([1, 8, 9]))
    def fail_server(self, number, count):
        plan = self.simulated.plans.by_arn(arn("servers"))
        server = plan.current.ultra_servers[number].ultra_server_id
        self.do("call", "fail_instances", resource=server, count=count)

    @rule(plan=st.sampled_from(["small", "large", "servers"]))
    def repair(self, plan):
        self.do("call", "repair", resource=arn(plan))

    @rule(
        zone=st.sampled_from([ZONE, SERVER_ZONE]),
        after=st.integers(0, 30),
        hours=st.integers(1, 6),
    )
    def outage(self, zone, after, hours):
        start = self.now + after * HOUR
        self.do("call", "zone_outage", zone=zone, start=start, end=start + hours * HOUR)

    @rule(minutes=st.sampled_from([1, 60, 61, 600, 960, 1440]))
    def move(self, minutes):
        self.simulated.move_to(min(END, self.now + minutes * MINUTE))

    # -- what always holds -----------------------------------------------------------------

    def blocks(self):
        for plan in self.simulated.plans.plans():
            for block in plan.reserved_capacities:
                yield plan, block

    @invariant()
    def no_instance_is_two_nodes(self):
        held = [node.instance.allocation for node in self.simulated.nodes() if node.instance]
        assert len({id(each) for each in held if each}) == len([each for each in held if each])
        for _, block in self.blocks():
            numbers = [
                node.instance.allocation.number
                for node in self.simulated.nodes()
                if node.instance
                and node.instance.allocation
                and node.instance.allocation.reserved is block
                and node.status is not NodeStatus.FAILURE
            ]
            broken = set(block.instances.broken())
            whole = [number for number in numbers if number not in broken]
            assert len(set(numbers)) == len(numbers) <= block.instances.total
            assert len(whole) == block.instances.in_use()

    @invariant()
    def counts_are_those_of_the_nodes(self):
        for cluster in self.simulated.clusters.taggables():
            listed = self.simulated.clusters.nodes_page(cluster, NodeQuery(), None, 10**6)
            running = Counter(
                node.group.name for node, _ in listed if node.status is NodeStatus.RUNNING
            )
            for each in cluster.groups.values():
                assert each.current_count == running[each.name] <= each.target
                staying = [
                    node for node in each.nodes if not node.leaving and node.moving_to is None
                ]
                assert each.target == len(staying) + len(each.incoming)
                assert all(count >= 0 for count in each.statuses.values())
            assert len(listed) == len(cluster.by_instance_id)

    @invariant()
    def no_node_outlives_its_block(self):
        for node in self.simulated.nodes():
            if node.instance and (held := node.instance.allocation):
                block = held.reserved
                assert self.now < block.block.end
                if node.status is not NodeStatus.SHUTTING_DOWN:
                    assert block.is_open(self.now)

    @invariant()
    def nobody_waits_for_what_is_free(self):
        for node in self.simulated.nodes():
            if node.instance is None:
                assert node.status is NodeStatus.PENDING
                plan = node.group.plan
                if plan is None:
                    assert self.simulated.world.outages.is_down(node.group.zone.name)
                else:
                    block = plan.open_capacity(self.now)
                    assert block is None or block.instances.available() == 0

    @invariant()
    def a_continuous_cluster_in_service_has_its_groups_in_service(self):
        for cluster in self.simulated.clusters.taggables():
            if not cluster.specification.continuous or cluster.status.value != "InService":
                continue
            for each in cluster.groups.values():
                short = each.current_count < (each.specification.minimum or 0)
                waits = each.phase in (GroupStatus.CREATING, GroupStatus.UPDATING)
                assert each.phase is not GroupStatus.SYSTEM_UPDATING
                assert waits == self.simulated.clusters.lifecycle.minimums.is_awaited_by(each)
                # A group that has had its minimum may have less later.
                assert not waits or short

    @invariant()
    def every_event_is_about_something_that_is_there(self):
        rolled_back = set()
        for cluster in self.simulated.clusters.taggables():
            for event in self.new_events(cluster):
                assert event.time <= self.now
                groups = self.told[cluster.arn]
                if event.kind is kinds.GROUP_STARTED and event.words["operation"] == "creation":
                    groups.add(event.group)
                if event.group is not None:
                    assert event.group in groups, event.description
                if event.kind is kinds.GROUP_COMPLETED and event.words["operation"] == "deletion":
                    groups.remove(event.group)
                if event.instance_id is not None:
                    first, *_, last = self.simulated.world.history.changes(event.instance_id) * 2
                    assert first.time <= event.time
                    assert last.after != "NotFound" or event.time <= last.time
                if event.kind is kinds.ROLLBACK_INITIATED:
                    rolled_back.add((cluster.arn, event.group))
        self.every_rollback_leads_to_what_was(rolled_back)

    def new_events(self, cluster):
        query = EventQuery(descending=False)
        after = self.seen[cluster.arn] - 1
        events = self.simulated.clusters.events.page(cluster, query, after, 10**6)
        assert not events or cluster.specification.continuous
        self.seen[cluster.arn] += len(events)
        return events

    def every_rollback_leads_to_what_was(self, rolled_back):
        for cluster in self.simulated.clusters.taggables():
            for each in cluster.groups.values():
                wanted = (each.specification.minimum or 0, each.target, each.plan)
                if (cluster.arn, each.name) in rolled_back:
                    assert wanted == self.in_service.get(each, (0, 0, each.plan))
                if each.phase is GroupStatus.IN_SERVICE:
                    self.in_service[each] = wanted

    @invariant()
    def what_is_in_progress_has_something_left_to_do(self):
        for cluster in self.simulated.clusters.taggables():
            for operation in self.operations(cluster):
                for name, part in operation.parts.items():
                    if part.status is OperationStatus.IN_PROGRESS:
                        scaled = cluster.groups[name]
                        assert scaled.operation_id == operation.operation_id
                        assert not scaled.is_steady
                if operation.checking and operation.is_in_progress:
                    assert any(
                        node.status is NodeStatus.DEEP_HEALTH_CHECK for node in cluster.nodes
                    )

    def operations(self, cluster):
        return self.simulated.clusters.operations.page(cluster, OperationQuery(), None, 10**6)

    # -- what holds in the end -------------------------------------------------------------

    def teardown(self):
        if not self.calls:
            return
        self.simulated.move_to(END)
        assert not any(
            node.instance and node.instance.allocation for node in self.simulated.nodes()
        )
        expected = self.state(self.simulated)
        self.simulated.move_to(END + 4 * DAY)
        for cluster in self.simulated.clusters.taggables():
            assert not any(each.is_in_progress for each in self.operations(cluster))
        for step in (None, 17 * MINUTE):
            again = SimulatedClusters(self.slow)
            for when, method, arguments, members in self.calls:
                again.move_to(when, step)
                getattr(again, method)(*arguments, **members)
            again.move_to(END, step)
            assert self.state(again) == expected

    @staticmethod
    def state(simulated):
        nodes = [
            (node.logical_id, node.status, node.instance and node.instance.instance_id)
            for node in simulated.nodes()
        ]
        events = [
            event.description
            for cluster in simulated.clusters.taggables()
            for event in simulated.clusters.events.page(
                cluster, EventQuery(descending=False), None, 10**6
            )
        ]
        return simulated.world.history.changes(), nodes, events


ClustersMachine.TestCase.settings = settings(
    max_examples=120,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.mark.in_process("looks into the simulation of this process")
@pytest.mark.rule(
    "CLUSTER-03",
    "CLUSTER-04",
    "CLUSTER-09",
    "CLUSTER-12",
    "CLUSTER-13",
    "PLAN-08",
    "TIME-03",
    "TIME-06",
)
class TestClustersMachine(ClustersMachine.TestCase):
    """Run by pytest."""
