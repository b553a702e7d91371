"""What always holds of jobs, clusters, endpoints and apps, and of what they have of plans."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

from tests.machine import lifecycles
from tests.machine.book import Book, Place
from tests.machine.observation import OVER, Answer, Observation


def what_is_in_use_is_what_workloads_have(_: Any, seen: Observation, __: Book) -> None:
    """A plan's InUseInstanceCount is what its jobs, pools, nodes, endpoints and apps have."""
    had, leaving = _had_by_jobs(seen), 0
    for cluster in seen.clusters.values():
        plans = _plans_of_groups(cluster.described)
        for node in cluster.nodes:
            status = node["InstanceStatus"]["Status"]
            # What shuts down may be of the plan that its group had before.
            leaving += status == "ShuttingDown"
            if status not in ("Failure", "ShuttingDown"):
                had[plans.get(node["InstanceGroupName"], "")] += 1
    for endpoint in seen.endpoints.values():
        for variant in endpoint.get("ProductionVariants", ()):
            reservation = variant.get("CapacityReservationConfig", {})
            had[reservation.get("MlReservationArn", "")] += variant.get("CurrentInstanceCount", 0)
    for app in seen.apps.values():
        if app["Status"] == "InService":
            had[app.get("ResourceSpec", {}).get("TrainingPlanArn", "")] += 1
    for arn, plan_ in seen.plans.items():
        told = plan_.described
        if told["Status"] == "Active":
            more = leaving if plan_.plan.target == "hyperpod-cluster" else 0
            assert had[arn] <= told["InUseInstanceCount"] <= had[arn] + more, plan_.plan
        else:
            assert told["InUseInstanceCount"] == 0, plan_.plan


def _had_by_jobs(seen: Observation) -> Counter[str]:
    had: Counter[str] = Counter()
    for job in seen.jobs.values():
        warm = job.get("WarmPoolStatus", {}).get("Status") == "Available"
        if warm or job["SecondaryStatus"] in lifecycles.HOLDING:
            resources = job["ResourceConfig"]
            had[resources.get("TrainingPlanArn", "")] += resources["InstanceCount"]
    return had


def _plans_of_groups(cluster: Answer) -> dict[str, str]:
    return {
        group["InstanceGroupName"]: group["TrainingPlanArn"]
        for group in cluster["InstanceGroups"]
        if "TrainingPlanArn" in group
    }


def nobody_waits_who_fits(_: Any, seen: Observation, book: Book) -> None:
    """No job is Pending while its plan has as many instances available as it wants."""
    used = _had_by_jobs(seen)
    for job in seen.jobs.values():
        resources = job["ResourceConfig"]
        plan = seen.plans.get(resources.get("TrainingPlanArn", ""))
        if plan is None or job["SecondaryStatus"] != "Pending":
            continue
        told, count = plan.described, resources["InstanceCount"]
        if told["Status"] != "Active":
            continue
        limit = book.limits.get((plan.plan.place, "training job"), 10_000)
        others = (one for one in seen.plans.values() if one.plan.place == plan.plan.place)
        running = sum(used[each.plan.arn] for each in others)
        assert told["AvailableInstanceCount"] < count or running + count > limit, job


def quotas_are_kept(before: Observation | None, seen: Observation, book: Book) -> None:
    """Jobs and warm pools have no more than their quotas, or than they had when those were set."""
    if before is None:
        return
    had = _use_of_quotas(before)
    for key, used in _use_of_quotas(seen).items():
        assert used <= max(book.limits.get(key, 10_000), had[key]), key


def _use_of_quotas(seen: Observation) -> Counter[tuple[Place, str]]:
    """By place and usage; what is kept warm counts as used by jobs too."""
    used: Counter[tuple[Place, str]] = Counter()
    for job in seen.jobs.values():
        resources = job["ResourceConfig"]
        if plan := seen.plans.get(resources.get("TrainingPlanArn", "")):
            warm = job.get("WarmPoolStatus", {}).get("Status") == "Available"
            if warm or job["SecondaryStatus"] in lifecycles.HOLDING:
                used[plan.plan.place, "training job"] += resources["InstanceCount"]
            if warm:
                used[plan.plan.place, "training warm pool"] += resources["InstanceCount"]
    return used


def use_of_quotas(seen: Observation, place: Place, kind: str) -> dict[str, int]:
    """By the names of quotas on an instance type, how much of them is used in a place."""
    open_plans = [
        plan.described["TotalInstanceCount"]
        for plan in seen.plans.values()
        if plan.plan.place == place and plan.described["Status"] not in OVER
    ]
    of_kind = [
        plan.described["TotalInstanceCount"]
        for plan in seen.plans.values()
        if plan.plan.place == place
        and plan.described["Status"] not in OVER
        and plan.described["ReservedCapacitySummaries"][0]["InstanceType"] == kind
    ]
    targets = [
        group["TargetCount"]
        for cluster in seen.clusters.values()
        if cluster.place == place
        for group in cluster.described["InstanceGroups"]
        if group.get("InstanceType") == kind
    ]
    by_jobs = _use_of_quotas(seen)
    return {
        "Number of training plans per Region": len(open_plans),
        f"Number of {kind} instances in reserved capacity across training plans per Region": sum(
            of_kind
        ),
        f"{kind} for training job usage": by_jobs[place, "training job"],
        f"{kind} for training warm pool usage": by_jobs[place, "training warm pool"],
        f"{kind} for cluster usage": sum(targets),
    }


def a_job_is_listed_as_it_is_described(_: Any, seen: Observation, __: Book) -> None:
    """ListTrainingJobs and DescribeTrainingJob agree, and a job's statuses on each other."""
    assert seen.jobs.keys() == seen.listed_jobs.keys()
    for arn, job in seen.jobs.items():
        for member, value in seen.listed_jobs[arn].items():
            told = job["ResourceConfig"] if member == "TrainingPlanArn" else job
            assert told[member] == value, (arn, member)
        last = job["SecondaryStatusTransitions"][-1]
        assert last["Status"] == job["SecondaryStatus"]
        if job["SecondaryStatus"] in lifecycles.ENDED:
            assert job["TrainingJobStatus"] in ("Completed", "Failed", "Stopped")
            assert "TrainingEndTime" in job or "TrainingStartTime" not in job


def transitions_of_a_job_follow_each_other(_: Any, seen: Observation, __: Book) -> None:
    """Each secondary status of a job begins when the one before ends, and only the last is open."""
    for job in seen.jobs.values():
        transitions = job["SecondaryStatusTransitions"]
        for one, other in pairwise(transitions):
            assert one["StartTime"] <= one["EndTime"] == other["StartTime"]


def groups_are_what_their_nodes_are(_: Any, seen: Observation, __: Book) -> None:
    """A group's CurrentCount is its Running nodes, at most its target; its plan is told right."""
    for cluster in seen.clusters.values():
        running = Counter(
            node["InstanceGroupName"]
            for node in cluster.nodes
            if node["InstanceStatus"]["Status"] == "Running"
        )
        for group in cluster.described["InstanceGroups"]:
            name = group["InstanceGroupName"]
            assert group["CurrentCount"] == running[name] <= group["TargetCount"]
            if plan := seen.plans.get(group.get("TrainingPlanArn", "")):
                assert group["TrainingPlanStatus"] == plan.described["Status"]
        plans = set(_plans_of_groups(cluster.described).values())
        assert set(cluster.listed.get("TrainingPlanArns", ())) == plans
        assert cluster.listed["ClusterStatus"] == cluster.described["ClusterStatus"]
        ids = [node["InstanceId"] for node in cluster.nodes]
        assert len(set(ids)) == len(ids)


def no_group_waits_for_what_is_free(_: Any, seen: Observation, __: Book) -> None:
    """While a plan has an instance available, no group on it has fewer nodes than its target."""
    for cluster in seen.clusters.values():
        nodes = Counter(node["InstanceGroupName"] for node in cluster.nodes)
        for group in cluster.described["InstanceGroups"]:
            plan = seen.plans.get(group.get("TrainingPlanArn", ""))
            if plan and plan.described["Status"] == "Active":
                free = plan.described["AvailableInstanceCount"]
                assert not free or nodes[group["InstanceGroupName"]] >= group["TargetCount"]


def events_are_about_what_is_there(_: Any, seen: Observation, __: Book) -> None:
    """A cluster's events are of the past, newest first, and none is told twice."""
    for cluster in seen.clusters.values():
        times = [event["EventTime"] for event in cluster.events]
        assert times == sorted(times, reverse=True)
        assert not times or times[0] <= seen.now
        ids = [event["EventId"] for event in cluster.events]
        assert len(set(ids)) == len(ids)


def in_the_end(seen: Observation) -> None:
    """When the last plan is over nothing is in use, and no job on a plan waits or works."""
    assert all(plan.described["Status"] in OVER for plan in seen.plans.values())
    for job in seen.jobs.values():
        if "TrainingPlanArn" in job["ResourceConfig"]:
            assert job["SecondaryStatus"] in lifecycles.ENDED
    _nobody_overtook_a_job_that_fitted(list(seen.jobs.values()))


def _nobody_overtook_a_job_that_fitted(jobs: list[Answer]) -> None:
    """No job started beside an older one of its plan that needed no more and waited on."""
    reusing = {job["WarmPoolStatus"].get("ReusedByJob") for job in jobs if "WarmPoolStatus" in job}
    for job in jobs:
        name, resources = job["TrainingJobName"], job["ResourceConfig"]
        transitions = job["SecondaryStatusTransitions"]
        starts = [each["StartTime"] for each in transitions if each["Status"] == "Starting"]
        for other in jobs if name not in reusing else ():
            needs = other["ResourceConfig"]
            if (
                _number(other) < _number(job)
                and needs.get("TrainingPlanArn") == resources.get("TrainingPlanArn")
                and needs["InstanceCount"] <= resources["InstanceCount"]
            ):
                for each in other["SecondaryStatusTransitions"]:
                    assert each["Status"] != "Pending" or not any(
                        each["StartTime"] < start < each["EndTime"] for start in starts
                    ), (name, other["TrainingJobName"])


def _number(job: Answer) -> int:
    """Jobs are named with numbers that grow."""
    return int(job["TrainingJobName"].rpartition("-")[2])


ALWAYS = (
    what_is_in_use_is_what_workloads_have,
    nobody_waits_who_fits,
    quotas_are_kept,
    a_job_is_listed_as_it_is_described,
    transitions_of_a_job_follow_each_other,
    groups_are_what_their_nodes_are,
    no_group_waits_for_what_is_free,
    events_are_about_what_is_there,
)
