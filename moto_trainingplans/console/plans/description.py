"""The page of one plan: all that can be asked about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask import Response

from ...views.ledger import Ledger
from ...views.report import PlanReport
from .. import page
from ..calls import Answer, Refusal, calls
from ..forms import Form, asked
from ..price import breakdown_of_plan
from .ledger import tables

TRANSITIONAL = "Pending"  # of a plan, and of the payment of an extension


@dataclass(frozen=True)
class State:
    """What of a plan changes by itself: its description, and that of its reserved capacities."""

    plan: dict[str, Any]
    # With what DescribeReservedCapacity adds to the summary, and the UltraServers.
    capacities: list[dict[str, Any]]
    ultra_servers: list[dict[str, Any]]
    extensions: Answer
    # Why some of it cannot be shown.
    refusals: list[Refusal]

    @property
    def is_in_transition(self) -> bool:
        """Whether a payment is under way, after which it will be in another state."""
        bought = self.extensions.result if self.extensions.ok else []
        return self.plan["Status"] == TRANSITIONAL or any(
            each.get("PaymentStatus") == TRANSITIONAL for each in bought
        )


@dataclass(frozen=True)
class Workloads:
    """What runs on a plan, as far as an operation of AWS's tells: jobs, or instance groups."""

    kind: str
    listed: list[dict[str, Any]] = field(default_factory=list)
    refusal: Refusal | None = None
    has_more: bool = False


def show_plan(
    name: str,
    *,
    address: str | None = None,
    done: str | None = None,
    refused: Refusal | None = None,
) -> Response:
    """The page of a plan, after an action that is `done` or `refused`."""
    described = calls().aws("DescribeTrainingPlan", {"TrainingPlanName": name})
    if not described.ok:
        return page.show_absent(name, described)
    plan = described.result
    arn = plan["TrainingPlanArn"]
    state = _state(plan)
    tags = calls().every("ListTags", {"ResourceArn": arn}, "Tags")
    ledger = calls().control("report", {"plan": arn})
    timeline = calls().control("timeline", {"resource": arn})
    report = PlanReport(Ledger.from_json(ledger.result)) if ledger.ok else None
    query = asked()
    return page.show(
        "plans/plan.html",
        title=plan["TrainingPlanName"],
        status=200 if refused is None else 400,
        address=address,
        endpoint="plans.describe",
        plan=plan,
        state=state,
        price=breakdown_of_plan(plan, state.extensions.result if state.extensions.ok else []),
        tags=tags,
        workloads=_workloads(plan),
        report=report,
        ledger_tables=tables(report) if report else [],
        timeline=timeline.result if timeline.ok else None,
        form=query,
        offers=_extension_offers(arn, query),
        done=done,
        refused=refused,
    )


def show_state(name: str) -> Response:
    """The part of the page that changes by itself."""
    described = calls().aws("DescribeTrainingPlan", {"TrainingPlanName": name})
    if not described.ok:
        return page.show_part("plans/missing_part.html", refused=described.refusal)
    return page.show_part("plans/state.html", state=_state(described.result), asked_again=True)


def _state(plan: dict[str, Any]) -> State:
    capacities = []
    answers = []
    ultra_servers: list[dict[str, Any]] = []
    for summary in plan.get("ReservedCapacitySummaries", []):
        asked_for = {"ReservedCapacityArn": summary["ReservedCapacityArn"]}
        described = calls().aws("DescribeReservedCapacity", asked_for)
        answers.append(described)
        capacities.append({**summary, **(described.result if described.ok else {})})
        if summary.get("ReservedCapacityType") == "UltraServer":
            listed = calls().every("ListUltraServersByReservedCapacity", asked_for, "UltraServers")
            answers.append(listed)
            ultra_servers += listed.result if listed.ok else []
    extensions = calls().every(
        "DescribeTrainingPlanExtensionHistory",
        {"TrainingPlanArn": plan["TrainingPlanArn"]},
        "TrainingPlanExtensions",
    )
    refusals = [each.refusal for each in (*answers, extensions) if each.refusal is not None]
    return State(plan, capacities, ultra_servers, extensions, refusals)


def _workloads(plan: dict[str, Any]) -> Workloads:
    arn = plan["TrainingPlanArn"]
    (target, *_) = plan.get("TargetResources") or [""]
    if target == "training-job":
        answer = calls().aws("ListTrainingJobs", {"TrainingPlanArnEquals": arn, "MaxResults": 100})
        listed = answer.result["TrainingJobSummaries"] if answer.ok else []
        return Workloads("jobs", listed, answer.refusal, answer.ok and "NextToken" in answer.result)
    if target == "hyperpod-cluster":
        answer = calls().every("ListClusters", {"TrainingPlanArn": arn}, "ClusterSummaries")
        clusters = answer.result if answer.ok else []
        groups = list(_groups(clusters, arn))
        return Workloads("groups", groups, answer.refusal, answer.has_more)
    return Workloads(target)


def _groups(clusters: Iterable[dict[str, Any]], arn: str) -> Iterable[dict[str, Any]]:
    """The instance groups of clusters that are on a plan, each with its cluster's name."""
    for cluster in clusters:
        described = calls().aws("DescribeCluster", {"ClusterName": cluster["ClusterName"]})
        for group in described.result.get("InstanceGroups", []) if described.ok else []:
            if group.get("TrainingPlanArn") == arn:
                yield {"ClusterName": cluster["ClusterName"], **group}


def _extension_offers(arn: str, form: Form) -> Answer | None:
    """What could be added to a plan, if that is asked for."""
    hours = form.days("extend", "extend-unit")
    if hours is None:
        return None
    answer = calls().aws(
        "SearchTrainingPlanOfferings", {"TrainingPlanArn": arn, "DurationHours": hours}
    )
    if not answer.ok:
        return answer
    return Answer(answer.result.get("TrainingPlanExtensionOfferings", []))
