"""Everything that AWS's operations and the control object tell, at one moment."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from moto_trainingplans import Change, PlanReport
from moto_trainingplans.aws_json.validation import is_operation
from tests.machine.book import Book, Place, Plan
from tests.support.steps import ACCOUNTS, Steps

# The statuses of a plan that is over.
OVER = ("Expired", "Failed")
Answer = dict[str, Any]


@dataclass
class SeenPlan:
    """A plan, as each of the operations on it tells of it."""

    plan: Plan
    described: Answer
    listed: Answer
    blocks: list[Answer] = field(default_factory=list)
    servers: list[Answer] = field(default_factory=list)
    extensions: list[Answer] = field(default_factory=list)
    report: PlanReport | None = None


@dataclass
class SeenCluster:
    """A cluster, its nodes, and what was done with it."""

    place: Place
    described: Answer
    listed: Answer
    nodes: list[Answer]
    operations: list[Answer]
    events: list[Answer]


@dataclass
class Observation:
    """All there is. Plans and jobs by their ARNs, all else by place and name."""

    now: datetime
    history: list[Change]
    plans: dict[str, SeenPlan] = field(default_factory=dict)
    jobs: dict[str, Answer] = field(default_factory=dict)
    listed_jobs: dict[str, Answer] = field(default_factory=dict)
    clusters: dict[str, SeenCluster] = field(default_factory=dict)
    endpoints: dict[tuple[Place, str], Answer] = field(default_factory=dict)
    apps: dict[tuple[Place, str], Answer] = field(default_factory=dict)
    #: By zone, type, target and window: what `capacity.free` says.
    free: dict[tuple[str, str, str, datetime, datetime], int] = field(default_factory=dict)
    lanes: Any = None

    @classmethod
    def of(
        cls,
        steps: Steps,
        book: Book,
        before: Observation | None = None,
        where: Collection[Place] = (),
        afresh: Collection[Place] = (),
    ) -> Observation:
        """Look at everything; or, after `before`, at what may have changed since.

        That is all in the places `where` something may have changed: `afresh`, or as far as it is
        not listed as it was. In others everything is as it was.
        """
        seen = cls(steps.plans.clock.now(), steps.plans.history())
        for place in sorted({plan.place for plan in book.plans}):
            look = _Look(steps, book, place, None if place in afresh else before)
            if look.before is not None and place not in where:
                look.copy_to(seen)
                continue
            look.at_plans(seen)
            look.at_jobs(seen)
            look.at_clusters(seen)
            look.at_apps(seen)
            look.at_endpoints(seen)
        seen.look_at_capacity(steps)
        seen.lanes = steps.plans.timeline().view
        return seen

    def look_at_capacity(self, steps: Steps) -> None:
        """How much is left where plans have blocks."""
        for plan in self.plans.values():
            for block in plan.described["ReservedCapacitySummaries"]:
                if block["EndTime"] > self.now:
                    kind = block.get("UltraServerType") or block["InstanceType"]
                    start = max(self.now, block["StartTime"])
                    pool = (block["AvailabilityZone"], kind, plan.plan.target)
                    window = (start, block["EndTime"])
                    self.free[(*pool, *window)] = steps.plans.capacity.free(
                        pool[0], kind, target=plan.plan.target, start=start, end=window[1]
                    )


@dataclass
class _Look:
    """Looks at one place; what is listed as it was `before` is taken from there."""

    steps: Steps
    book: Book
    place: Place
    before: Observation | None

    def copy_to(self, seen: Observation) -> None:
        """All as it was."""
        before = self.before
        assert before is not None
        for arn, plan in before.plans.items():
            if plan.plan.place == self.place:
                report = self.steps.plans.report(arn)
                seen.plans[arn] = SeenPlan(**{**vars(plan), "report": report})
        for arn, job in before.jobs.items():
            if self._is_here(arn):
                seen.jobs[arn], seen.listed_jobs[arn] = job, before.listed_jobs[arn]
        for arn, cluster in before.clusters.items():
            if cluster.place == self.place:
                seen.clusters[arn] = cluster
        for name, whole in (("apps", before.apps), ("endpoints", before.endpoints)):
            here = {key: value for key, value in whole.items() if key[0] == self.place}
            getattr(seen, name).update(here)

    def _is_here(self, arn: str) -> bool:
        _, _, _, region, account, _ = arn.split(":", 5)
        return (region, account) == (self.place.region, ACCOUNTS[self.place.account])

    def at_plans(self, seen: Observation) -> None:
        bought = {plan.arn: plan for plan in self.book.plans}
        for summary in self._all("list_training_plans", "TrainingPlanSummaries"):
            arn, name = summary["TrainingPlanArn"], summary["TrainingPlanName"]
            known = self.before.plans.get(arn) if self.before else None
            if known is not None and known.listed == summary and not self._is_told_more(known):
                plan = SeenPlan(**vars(known))
            else:
                described = self._ask("describe_training_plan", TrainingPlanName=name)
                plan = SeenPlan(bought[arn], described, summary)
                self._at_blocks(plan)
            if arn in self.book.extended:
                plan.extensions = self._ask(
                    "describe_training_plan_extension_history",
                    TrainingPlanArn=arn,
                    MaxResults=100,
                )["TrainingPlanExtensions"]
            plan.report = self.steps.plans.report(arn)
            seen.plans[arn] = plan

    def _at_blocks(self, plan: SeenPlan) -> None:
        if not is_operation("DescribeReservedCapacity"):
            return
        for summary in plan.described["ReservedCapacitySummaries"]:
            named = {"ReservedCapacityArn": summary["ReservedCapacityArn"]}
            plan.blocks.append(self._ask("describe_reserved_capacity", **named))
            if plan.plan.of_servers:
                servers = self._ask("list_ultra_servers_by_reserved_capacity", **named)
                plan.servers += servers["UltraServers"]

    @staticmethod
    def _is_told_more(plan: SeenPlan) -> bool:
        """Whether things may change that no list tells: spares, and what breaks in an outage."""
        return bool(plan.described["Status"] == "Active") and (
            plan.plan.of_servers or not plan.described["AvailableInstanceCount"]
        )

    def at_jobs(self, seen: Observation) -> None:
        before, changed = self.before, self._changed(seen)
        for summary in self._all("list_training_jobs", "TrainingJobSummaries"):
            arn, name = summary["TrainingJobArn"], summary["TrainingJobName"]
            seen.listed_jobs[arn] = summary
            known = before.jobs.get(arn) if before else None
            # What is told of a start that takes its time changes while no status does.
            starts = known is not None and known["SecondaryStatus"] in ("Starting", "Restarting")
            if starts or known is None or arn in changed or before.listed_jobs[arn] != summary:
                known = self._ask("describe_training_job", TrainingJobName=name)
            seen.jobs[arn] = known

    def _changed(self, seen: Observation) -> set[str]:
        """What the history has told of since `before`."""
        known = len(self.before.history) if self.before else 0
        return {change.resource for change in seen.history[known:]}

    def at_clusters(self, seen: Observation) -> None:
        if not any(cluster.place == self.place for cluster in self.book.clusters):
            return
        changed = any(resource.startswith("i-") for resource in self._changed(seen))
        for summary in self._all("list_clusters", "ClusterSummaries"):
            named = {"ClusterName": summary["ClusterName"]}
            described = self._ask("describe_cluster", **named)
            arn = described["ClusterArn"]
            known = self.before.clusters.get(arn) if self.before else None
            if known is not None and not changed and known.described == described:
                cluster = replace(known)
            else:
                nodes = self._all("list_cluster_nodes", "ClusterNodeSummaries", **named)
                cluster = SeenCluster(self.place, described, summary, nodes, [], [])
            if described.get("NodeProvisioningMode") == "Continuous":
                if self.before is None:
                    cluster.events = self._all("list_cluster_events", "Events", **named)
                if is_operation("ListClusterOperations"):
                    cluster.operations = self._all(
                        "list_cluster_operations", "ClusterOperationSummaries", **named
                    )
            seen.clusters[arn] = cluster

    def at_apps(self, seen: Observation) -> None:
        if any(app.place == self.place for app in self.book.apps):
            for app in self._all("list_apps", "Apps"):
                seen.apps[self.place, app["AppName"]] = app

    def at_endpoints(self, seen: Observation) -> None:
        for endpoint in self.book.endpoints:
            if endpoint.place == self.place:
                described = self._ask("describe_endpoint", EndpointName=endpoint.name)
                seen.endpoints[endpoint.place, endpoint.name] = described

    def _ask(self, operation: str, **members: Any) -> Answer:
        answer: Answer = self.steps.aws(*self.place, operation, **members)
        answer["ResponseMetadata"] = answer["ResponseMetadata"]["HTTPStatusCode"]
        return answer

    def _all(self, operation: str, member: str, **members: Any) -> list[Answer]:
        answer = self._ask(operation, MaxResults=100, **members)
        found: list[Answer] = answer[member]
        while "NextToken" in answer:
            answer = self._ask(operation, MaxResults=100, NextToken=answer["NextToken"], **members)
            found += answer[member]
        return found


def is_over(job: Answer) -> bool:
    """Whether nothing can become of a job any more, nor of its warm pool."""
    ended = job["TrainingJobStatus"] in ("Completed", "Failed", "Stopped")
    pool = job.get("WarmPoolStatus", {}).get("Status", "Terminated")
    return ended and pool in ("Terminated", "Reused")
