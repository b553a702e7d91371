"""What those who run clusters do: groups and nodes, in both provisioning models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from moto_trainingplans.aws_json.validation import is_operation
from tests.machine.book import SERVER_INSTANCE, Named, Place, Plan
from tests.machine.plan_rules import NUMBERS
from tests.machine.story import Story, only_when, step
from tests.support.clusters import CONTINUOUS, group

# Nodes can only be moved between clusters of Amazon EKS, whose groups need lifecycle scripts.
EKS = {"Orchestrator": {"Eks": {"ClusterArn": "arn:aws:eks:us-west-2:123456789012:cluster/eks"}}}
SCRIPTS = {"LifeCycleConfig": {"SourceS3Uri": "s3://sagemaker-scripts", "OnCreate": "create.sh"}}
TARGET_COUNTS = st.sampled_from([0, 1, 2, 4, 6])
GROUPS = st.sampled_from(["a", "b"])
USES = [
    *("add", "delete a group", "update", "delete"),
    *(["move"] if is_operation("MoveClusterNodes") else []),
    *(["check"] if is_operation("StartClusterHealthCheck") else []),
]
ENOUGH = 4  # clusters


class ClusterRules(Story):
    """Rules of clusters."""

    def begin_cluster(
        self, number: int, counts: tuple[int, int], continuous: bool, recovery: str = "Automatic"
    ) -> None:
        plans = self.book.plans_for("hyperpod-cluster")
        if not plans:
            return
        plan, name = self.one_of(plans, number), self.new_name("cluster")
        groups = [
            group("a", plan.arn, counts[0], **SCRIPTS),
            group("b", plan.arn if continuous else None, counts[1], **SCRIPTS),
        ]
        self.create(name, plan, groups, continuous, recovery)

    def create(
        self, name: str, plan: Plan, groups: list[Any], continuous: bool, recovery: str
    ) -> None:
        arn = self.aws(
            plan.place,
            "create_cluster",
            ClusterName=name,
            InstanceGroups=groups,
            NodeRecovery=recovery,
            **EKS,
            **(CONTINUOUS if continuous else {}),
        ).get("ClusterArn")
        if arn is not None:
            self.book.clusters.append(Named(plan.place, name, arn, plan.arn))

    def begin_servers(self, number: int, count: int, continuous: bool = True) -> None:
        plans = [plan for plan in self.book.plans if plan.of_servers]
        if plans:
            plan = self.one_of(plans, number)
            on_servers = group("a", plan.arn, count, InstanceType=SERVER_INSTANCE, **SCRIPTS)
            groups = [on_servers, group("b", None, 1, **SCRIPTS)]
            self.create(self.new_name("servers"), plan, groups, continuous, "Automatic")

    @only_when(lambda self: len(self.book.clusters) < ENOUGH)
    @step(
        number=NUMBERS,
        counts=st.tuples(TARGET_COUNTS, TARGET_COUNTS),
        continuous=st.booleans(),
        recovery=st.sampled_from(["Automatic", "None"]),
    )
    def start_cluster(
        self, number: int, counts: tuple[int, int], continuous: bool, recovery: str
    ) -> None:
        self.begin_cluster(number, counts, continuous, recovery)

    @only_when(lambda self: len(self.book.clusters) < ENOUGH)
    @step(number=NUMBERS, count=st.sampled_from([1, 8, 9, 16]))
    def start_cluster_of_servers(self, number: int, count: int) -> None:
        self.begin_servers(number, count)

    @only_when(lambda self: self.book.clusters)
    @step(
        number=NUMBERS,
        which=GROUPS,
        count=TARGET_COUNTS,
        keeps=st.booleans(),
        minimum=st.sampled_from([None, None, 1, 4]),
    )
    def update_group(
        self, number: int, which: str, count: int, keeps: bool, minimum: int | None
    ) -> None:
        cluster = self.one_of(self.book.clusters, number)
        members = {"MinInstanceCount": minimum} if minimum and minimum <= count else {}
        changed = group(
            which,
            cluster.plan if keeps else None,
            count,
            **({"InstanceType": SERVER_INSTANCE} if self.has_servers(cluster, which) else {}),
            **members,
            **SCRIPTS,
        )
        self.update(cluster, InstanceGroups=[changed])

    def update(self, cluster: Named, **members: Any) -> None:
        self.aws(cluster.place, "update_cluster", ClusterName=cluster.name, **members)

    @staticmethod
    def has_servers(cluster: Named, which: str) -> bool:
        return cluster.name.startswith("servers") and which == "a"

    @only_when(lambda self: self.book.clusters)
    @step(number=NUMBERS, which=GROUPS, hours=st.sampled_from([2, 4]))
    def want_all_of_a_plan(self, number: int, which: str, hours: int) -> None:
        """A minimum that is not reached where anybody else has something of the plan."""
        cluster = self.one_of(self.book.clusters, number)
        changed = group(which, cluster.plan, 4, MinInstanceCount=4, **SCRIPTS)
        self.update(cluster, InstanceGroups=[changed])
        self.move_by(60 * hours)

    @only_when(lambda self: self.book.clusters)
    @step(number=NUMBERS, which=GROUPS, what=USES, count=st.integers(1, 3))
    def use_cluster(self, number: int, which: str, what: str, count: int) -> None:
        fit = self.book.clusters
        if what in ("add", "move", "check"):
            fit = [each for each in fit if self.is_continuous(each)] or fit
        cluster = self.one_of(fit, number)
        named = {"ClusterName": cluster.name}
        if what == "delete a group":
            self.update(cluster, InstanceGroupsToDelete=["b"])
        elif what == "add":
            entry = {"InstanceGroupName": which, "IncrementTargetCountBy": count}
            self.aws(cluster.place, "batch_add_cluster_nodes", **named, NodesToAdd=[entry])
        elif what == "check":
            checks = {"InstanceGroupName": which, "DeepHealthChecks": ["InstanceStress"]}
            self.aws(
                cluster.place,
                "start_cluster_health_check",
                **named,
                DeepHealthCheckConfigurations=[checks],
            )
        elif what == "move":
            source, target = cluster, self.one_of([cluster, *fit], count)
            if ends := list(self.movable()):
                source, which = self.one_of(ends, number)
                target = source
            self.move_nodes(source, target, which)
        elif what == "update":
            self.aws(cluster.place, "update_cluster_software", **named)
        elif len(self.book.clusters) > 1:
            self.aws(cluster.place, "delete_cluster", **named)
            if cluster.name not in self.names(cluster.place):
                self.book.clusters.remove(cluster)

    def movable(self) -> Iterator[tuple[Named, str]]:
        """Clusters of two groups on one capacity, and which of them has a node that runs."""
        for cluster in filter(self.is_continuous, self.book.clusters):
            assert self.seen is not None
            groups = self.seen.clusters[cluster.arn].described["InstanceGroups"]
            if len({group.get("TrainingPlanArn") for group in groups}) == 1 < len(groups):
                for each in groups:
                    if each["CurrentCount"]:
                        yield cluster, each["InstanceGroupName"]

    def is_continuous(self, cluster: Named) -> bool:
        seen = self.seen.clusters.get(cluster.arn) if self.seen else None
        mode = seen.described.get("NodeProvisioningMode") if seen else None
        return mode == "Continuous" and not cluster.name.startswith("servers")

    def names(self, place: Place) -> set[str]:
        listed = self.look(place, "list_clusters", MaxResults=100)["ClusterSummaries"]
        return {each["ClusterName"] for each in listed}

    def move_nodes(self, source: Named, target: Named, which: str) -> None:
        """Between two groups of a cluster, or of two."""
        self.aws(
            source.place,
            "move_cluster_nodes",
            SourceClusterArn=source.arn,
            SourceInstanceGroupName=which,
            TargetClusterArn=target.arn,
            TargetInstanceGroupName="a" if which == "b" else "b",
            InstanceCount=1,
        )

    @only_when(lambda self: self.book.clusters)
    @step(
        number=NUMBERS,
        what=("delete", "reboot", "replace"),
        numbers=st.lists(NUMBERS, min_size=1, max_size=3),
    )
    def handle_nodes(self, number: int, what: str, numbers: list[int]) -> None:
        cluster = self.one_of(self.book.clusters, number)
        nodes = self.look(
            cluster.place, "list_cluster_nodes", ClusterName=cluster.name, MaxResults=100
        )["ClusterNodeSummaries"]
        if nodes:
            ids = {self.one_of(nodes, each)["InstanceId"] for each in numbers}
            self.aws(
                cluster.place,
                f"batch_{what}_cluster_nodes",
                ClusterName=cluster.name,
                NodeIds=sorted(ids),
            )
