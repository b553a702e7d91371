"""What a plan's report must say, found out from what was watched and described, not from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from moto_trainingplans import PlanReport
from tests.machine import lifecycles
from tests.machine.book import CUT_OFF, Book, Use
from tests.machine.observation import Answer, Observation, SeenPlan

ZERO = timedelta(0)
HELD = ("training", "lost", "warm", "cluster_nodes", "endpoints", "apps")
NOT_USABLE = ("unhealthy", "spares", "outage", "cut_off")


def a_report_adds_up_to_what_was_paid(_: Any, seen: Observation, __: Book) -> None:
    """Its parts come to the fee of the plan and of the extensions that were paid, to the cent."""
    for plan, report in _reports(seen):
        fees = [] if plan.described["Status"] == "Failed" else [plan.described["UpfrontFee"]]
        fees += [each["UpfrontFee"] for each in _paid_extensions(plan)] if fees else []
        paid = sum(map(Decimal, fees), Decimal(0))
        assert report.fee == paid, plan.plan
        assert sum(each.cents for each in report.parts.values()) == paid * 100


def a_report_has_all_instance_time_of_the_blocks(_: Any, seen: Observation, __: Book) -> None:
    """Its parts come to every instant of every instance, and what is left is what is to come."""
    for plan, report in _reports(seen):
        whole, left = ZERO, ZERO
        for start, end, count in _blocks(plan):
            whole += (end - start) * count
            left += max(ZERO, end - max(start, seen.now)) * count
        if plan.described["Status"] == "Failed":
            whole = left = ZERO
        assert sum((each.instance_time for each in report.parts.values()), ZERO) == whole
        assert report.parts["left"].instance_time == left


def a_report_has_what_was_watched(_: Any, seen: Observation, book: Book) -> None:
    """What was held, idle or neither is what InUse and Available have come to over time."""
    for plan, report in _reports(seen):
        use = book.uses.get(plan.plan.arn, Use())
        assert _time(report, *HELD) == use.held, (plan.plan, report.parts, use)
        assert _time(report, "idle") == use.idle, plan.plan
        assert _time(report, *NOT_USABLE) == use.rest, plan.plan


def a_report_has_each_jobs_time(_: Any, seen: Observation, __: Book) -> None:
    """What a job used is how long it had instances: at work, in vain or not, and kept warm."""
    told = {
        workload.resource: parts
        for _plan, report in _reports(seen)
        for workload, parts in report.workloads.items()
        if workload.kind == "training-job"
    }
    for arn, job in seen.jobs.items():
        if job["ResourceConfig"].get("TrainingPlanArn") not in seen.plans:
            continue
        parts, count = told.get(arn, {}), job["ResourceConfig"]["InstanceCount"]
        times = {part: each.instance_time for part, each in parts.items()}
        lost = times.get("lost", ZERO)
        assert times.get("training", ZERO) + lost == _at_work(job, seen) * count, arn
        assert times.get("warm", ZERO) == _kept_warm(job, seen) * count, arn
        began = [each["Status"] for each in job["SecondaryStatusTransitions"]]
        interrupted = "Restarting" in began or "Pending" in began[1:]
        assert interrupted or not lost, arn


def _at_work(job: Answer, seen: Observation) -> timedelta:
    """How long a job had its instances before it ended."""
    spans = (
        min(seen.now, each.get("EndTime", seen.now)) - each["StartTime"]
        for each in job["SecondaryStatusTransitions"]
        if each["Status"] in lifecycles.HOLDING
    )
    return sum(spans, ZERO)


def _kept_warm(job: Answer, seen: Observation) -> timedelta:
    """How long it kept them when it had."""
    kept = job.get("WarmPoolStatus", {})
    if kept.get("Status") != "Available" and not kept.get("ResourceRetainedBillableTimeInSeconds"):
        return ZERO
    ended = job["SecondaryStatusTransitions"][-1]["StartTime"]
    # The first line about its pool may be about the beginning.
    over = [
        change.time
        for change in seen.history
        if change.resource == job["TrainingJobArn"]
        and change.reason.startswith("Warm pool")
        and change.time > ended
    ]
    return (over or [seen.now])[0] - ended


def an_hour_costs_the_same_whatever_it_went_into(_: Any, seen: Observation, __: Book) -> None:
    """Money goes where the paid instance-time went: the last cut-off was not paid for."""
    for plan, report in _reports(seen):
        if _paid_extensions(plan) or plan.described["Status"] == "Failed":
            continue
        cut_off, to_come, paid = CUT_OFF[plan.plan.target], ZERO, ZERO
        for start, end, count in _blocks(plan):
            to_come += max(ZERO, end - max(end - cut_off, seen.now)) * count
            paid += (end - cut_off - start) * count
        cents = int(Decimal(plan.described["UpfrontFee"]) * 100)
        for part, each in report.parts.items():
            time = each.instance_time - (to_come if part == "left" else ZERO)
            if part == "cut_off":
                time = ZERO
            # An outage may go on into the cut-off, which is told as that then.
            entries = sum(entry.part == part for entry in report.ledger.entries)
            assert abs(each.cents - cents * (time / paid)) <= 1 + entries, (plan.plan, part)


def _reports(seen: Observation) -> Iterator[tuple[SeenPlan, PlanReport]]:
    for plan in seen.plans.values():
        if plan.report is not None:
            yield plan, plan.report


def _paid_extensions(plan: SeenPlan) -> list[Answer]:
    return [each for each in plan.extensions if each["PaymentStatus"] == "Completed"]


def _blocks(plan: SeenPlan) -> Iterator[tuple[Any, Any, int]]:
    for block in plan.described["ReservedCapacitySummaries"]:
        yield block["StartTime"], block["EndTime"], block["TotalInstanceCount"]


def _time(report: PlanReport, *parts: str) -> timedelta:
    return sum((report.parts[part].instance_time for part in parts), ZERO)


ALWAYS = (
    a_report_adds_up_to_what_was_paid,
    a_report_has_all_instance_time_of_the_blocks,
    a_report_has_what_was_watched,
    a_report_has_each_jobs_time,
    an_hour_costs_the_same_whatever_it_went_into,
)
