"""Plans and clusters straight in the simulation, for tests that make thousands of calls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from moto_trainingplans.aws_json.errors import WireError
from moto_trainingplans.sagemaker.clusters.service import ClusterService
from moto_trainingplans.sagemaker.operations import CLUSTER_HANDLERS
from moto_trainingplans.simulation.clusters.cluster import Node
from moto_trainingplans.simulation.kernel.errors import ServiceError, TrainingPlansError
from moto_trainingplans.simulation.market.catalog import Target
from moto_trainingplans.simulation.market.offerings import OfferingRequest
from moto_trainingplans.simulation.world import World
from tests.support.clusters import DAY, HOUR, PLAN_TYPE, START

SERVER_TYPE, SERVER_INSTANCE = "ml.u-p6e-gb200x36", "ml.p6e-gb200.36xlarge"
BEGIN = START - 3 * HOUR
ZONE, SERVER_ZONE = "us-east-1b", "us-east-1-dfw-2a"
WHERE = ("123456789012", "us-east-1", "aws")
# Longer than the hour between a cut-off and the end of its block.
SLOW = {"progression": "time", "seconds": 4000}
IMMEDIATE = {"progression": "immediate"}


class SimulatedClusters:
    """One account's plans and clusters in one simulation. Refused calls change nothing."""

    def __init__(self, slow: bool = False, with_quotas: tuple[str, ...] = ()) -> None:
        self.world = World(
            source=lambda: BEGIN,
            transition=lambda model: (
                SLOW if slow and model == "sagemaker::cluster_node" else IMMEDIATE
            ),
            salt=lambda: "",
            start=BEGIN,
            speed=0,
            instance_types=lambda _: with_quotas,
        )
        self.world.bring_to_now()
        self.plans = self.world.account(*WHERE).plans
        self.clusters = self.world.account(*WHERE).clusters
        self.service = ClusterService(self.clusters, lambda _: {}, lambda _: None)
        # A day, and another two days later.
        self.world.clear_capacity(None)
        for start in (START, START + 2 * DAY):
            self.world.set_capacity(ZONE, PLAN_TYPE, 64, None, start, start + DAY)
            self.world.set_capacity(SERVER_ZONE, SERVER_TYPE, 2, None, start, start + DAY)

    def buy(self, name: str, count: int, days: int, in_servers: bool = False) -> None:
        """Buy a plan that starts at START; one of two days has two blocks."""
        offering = self.plans.search(
            OfferingRequest(
                target=Target.HYPERPOD_CLUSTER,
                instance_type=None if in_servers else PLAN_TYPE,
                instance_count=None if in_servers else count,
                ultra_server_type=SERVER_TYPE if in_servers else None,
                ultra_server_count=count if in_servers else None,
                duration_hours=days * 24,
                start_after=None,
                end_before=None,
            )
        )[-1]
        self.plans.create(name, offering.offering_id, None, {})

    def call(self, operation: str, **members: Any) -> None:
        """Make a call to SageMaker, or to the simulation; a refusal changes nothing."""
        before = len(self.world.history.changes())
        try:
            if operation in CLUSTER_HANDLERS:
                CLUSTER_HANDLERS[operation](self.service, members)
            else:
                getattr(self.world.faults, operation)(**members)
        except (ServiceError, WireError, TrainingPlansError):
            assert len(self.world.history.changes()) == before

    def fail_node(self, number: int, count: int) -> None:
        """Break instances, those of a node first."""
        nodes = [node for node in self.nodes() if node.instance is not None]
        if nodes:
            node = nodes[number % len(nodes)]
            assert node.instance is not None
            with suppress(TrainingPlansError):
                self.world.faults.fail_instances(node.instance.instance_id, 1)
            with suppress(TrainingPlansError):
                self.world.faults.fail_instances(node.group.cluster.arn, count)

    def on_nodes(self, operation: str, cluster: str, numbers: list[int]) -> None:
        """Delete, reboot or replace nodes of a cluster."""
        found = [each for each in self.clusters.taggables() if each.name == cluster]  # type: ignore[attr-defined]
        for each in found:
            ids = list(each.by_instance_id)  # type: ignore[attr-defined]
            if ids:
                chosen = [ids[number % len(ids)] for number in numbers]
                self.call(operation, ClusterName=cluster, NodeIds=chosen)

    def on_groups(self, operation: str, source: str, target: str, **members: Any) -> None:
        """Make a call about two groups, each named as `<cluster>/<group>`."""
        arns = {each.name: each.arn for each in self.clusters.taggables()}  # type: ignore[attr-defined]
        names = {"Source": source.split("/"), "Target": target.split("/")}
        if all(cluster in arns for cluster, _ in names.values()):
            for end, (cluster, group) in names.items():
                members[f"{end}ClusterArn"] = arns[cluster]
                members[f"{end}InstanceGroupName"] = group
            self.call(operation, **members)

    def nodes(self) -> Iterator[Node]:
        """All nodes of all clusters."""
        for cluster in self.clusters.taggables():
            yield from cluster.nodes  # type: ignore[attr-defined]

    def move_to(self, when: datetime, step: timedelta | None = None) -> None:
        """Move the clock, in one step or in many."""
        if step is not None:
            now = self.world.clock.now()
            while now + step < when:
                now += step
                self.world.move_to(now)
        self.world.move_to(when)
