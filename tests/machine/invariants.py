"""What always holds of a story, whatever happened: a function for each, and a sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from itertools import islice, pairwise, zip_longest
from typing import Any

from tests.machine import lifecycles
from tests.machine.book import Book, Place
from tests.machine.observation import OVER, Answer, Observation, SeenPlan, is_over

Invariant = Callable[["Observation | None", Observation, Book], None]
# Of each kind of resource, the changes of status of all stories of a run.
edges: Counter[tuple[str, str | None, str]] = Counter()
COUNTS = ("TotalInstanceCount", "AvailableInstanceCount", "InUseInstanceCount")


# -- plans ---------------------------------------------------------------------------------------


def a_plan_is_listed_as_it_is_described(_: Any, seen: Observation, __: Book) -> None:
    """Every member that both DescribeTrainingPlan and ListTrainingPlans tell is the same."""
    for plan in seen.plans.values():
        for member, value in plan.listed.items():
            assert plan.described[member] == value, (plan.plan, member)


def a_block_is_told_as_its_plan_tells_it(_: Any, seen: Observation, __: Book) -> None:
    """DescribeReservedCapacity and the plan agree about every block, and on the present counts."""
    for plan in seen.plans.values():
        summaries = plan.described["ReservedCapacitySummaries"]
        for summary, block in zip(summaries, plan.blocks, strict=bool(plan.blocks)):
            shared = summary.keys() & block.keys()
            assert {key: summary[key] for key in shared} == {key: block[key] for key in shared}
            assert 0 <= block["InUseInstanceCount"] <= block["TotalInstanceCount"]
        if plan.blocks:
            current = _current(plan)
            for count in COUNTS:
                assert plan.described[count] == current[count], (plan.plan, count)


def the_counts_of_a_plan_add_up(_: Any, seen: Observation, __: Book) -> None:
    """Total is what is in use, available, unhealthy and spare; nothing is available when closed."""
    for plan in seen.plans.values():
        told = plan.described
        spares = told.get("AvailableSpareInstanceCount", 0)
        others = told["InUseInstanceCount"] + told["UnhealthyInstanceCount"] + spares
        assert min(told[count] for count in COUNTS) >= 0
        if told["AvailableInstanceCount"]:
            assert told["AvailableInstanceCount"] + others == told["TotalInstanceCount"]
            assert told["Status"] not in OVER
        assert others <= told["TotalInstanceCount"]


def ultra_servers_add_up_to_their_block(_: Any, seen: Observation, __: Book) -> None:
    """The UltraServers of the present block have its counts, and are Impaired where broken."""
    for plan in seen.plans.values():
        if not plan.servers:
            continue
        per_block = plan.described["TotalUltraServerCount"]
        index = plan.blocks.index(_current(plan))
        servers = plan.servers[index * per_block : (index + 1) * per_block]
        for count in (*COUNTS, "UnhealthyInstanceCount", "AvailableSpareInstanceCount"):
            assert sum(server[count] for server in servers) == plan.described[count], count
        for server in servers:
            if server["HealthStatus"] != "Insufficient-Data":
                impaired = server["UnhealthyInstanceCount"] > 0
                assert server["HealthStatus"] == ("Impaired" if impaired else "OK")


def a_plan_is_what_its_blocks_are(_: Any, seen: Observation, __: Book) -> None:
    """A plan is Active while a block runs, Scheduled before and between, Expired after the last."""
    for plan in seen.plans.values():
        told, now = plan.described, seen.now
        blocks = told["ReservedCapacitySummaries"]
        assert told["StartTime"] == blocks[0]["StartTime"]
        assert told["EndTime"] == blocks[-1]["EndTime"]
        assert all(one["EndTime"] <= other["StartTime"] for one, other in pairwise(blocks))
        if told["Status"] in ("Pending", "Failed"):
            assert {block["Status"] for block in blocks} == {told["Status"]}
            continue
        for block in blocks:
            state = "Active" if block["StartTime"] <= now else "Scheduled"
            assert block["Status"] == ("Expired" if block["EndTime"] <= now else state)
        statuses = {block["Status"] for block in blocks}
        likely = next(each for each in ("Active", "Scheduled", "Expired") if each in statuses)
        assert told["Status"] == likely


def _current(plan: SeenPlan) -> Answer:
    """The block whose counts a plan tells: the first that is not over, else the last."""
    return next((b for b in plan.blocks if b["Status"] not in OVER), plan.blocks[-1])


# -- capacity ------------------------------------------------------------------------------------


def nothing_is_oversold(before: Observation | None, seen: Observation, book: Book) -> None:
    """At no instant of any pool more is held than is for sale, or was held already."""
    if before is None:
        return
    held, held_before = _holds(seen), _holds(before)
    for (zone, kind, target), holds in held.items():
        earlier = held_before.get((zone, kind, target), [])
        for start, _, _ in holds:
            most = max(book.for_sale(zone, kind, target, start), _held_at(earlier, start))
            assert _held_at(holds, start) <= most, (zone, kind, target, start)


def free_is_what_is_for_sale_and_not_held(_: Any, seen: Observation, book: Book) -> None:
    """`capacity.free` of each block's window is the least that plans and extensions leave in it."""
    holds = _holds(seen)
    for (zone, kind, target, start, end), free in seen.free.items():
        pool = holds.get((zone, kind, target), [])
        times = {start, *(time for hold in pool for time in hold[:2])}
        times |= {time for sale in book.sales for time in (sale.start, sale.end) if time}
        left = min(
            book.for_sale(zone, kind, target, when) - _held_at(pool, when)
            for when in times
            if start <= when < end
        )
        assert free == max(0, left), (zone, kind, target, start)


Hold = tuple[datetime, datetime, int]


def _holds(seen: Observation) -> dict[tuple[str, str, str], list[Hold]]:
    """What plans that have not failed hold of each pool, and extensions that await payment."""
    found: dict[tuple[str, str, str], list[Hold]] = {}
    for plan in seen.plans.values():
        if plan.described["Status"] == "Failed":
            continue
        for block in plan.described["ReservedCapacitySummaries"]:
            kind = block.get("UltraServerType") or block["InstanceType"]
            count = block.get("UltraServerCount") or block["TotalInstanceCount"]
            pool = found.setdefault((block["AvailabilityZone"], kind, plan.plan.target), [])
            pool.append((block["StartTime"], block["EndTime"], count))
        for extension in plan.extensions:
            if extension["PaymentStatus"] == "Pending":
                pool.append((extension["StartDate"], extension["EndDate"], count))
    return found


def _held_at(holds: list[Hold], when: datetime) -> int:
    return sum(count for start, end, count in holds if start <= when < end)


# -- workloads -----------------------------------------------------------------------------------


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
    had = {} if before is None else _use_of_quotas(before)
    for key, used in _use_of_quotas(seen).items():
        assert used <= max(book.limits.get(key, 10_000), had.get(key, 0)), key


def _use_of_quotas(seen: Observation) -> Counter[tuple[Place, str]]:
    used: Counter[tuple[Place, str]] = Counter()
    for job in seen.jobs.values():
        resources = job["ResourceConfig"]
        if plan := seen.plans.get(resources.get("TrainingPlanArn", "")):
            if job["SecondaryStatus"] in lifecycles.HOLDING:
                used[plan.plan.place, "training job"] += resources["InstanceCount"]
            elif job.get("WarmPoolStatus", {}).get("Status") == "Available":
                used[plan.plan.place, "training warm pool"] += resources["InstanceCount"]
    return used


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


# -- statuses and history ------------------------------------------------------------------------


def history_only_grows_and_is_ordered(
    before: Observation | None, seen: Observation, _: Book
) -> None:
    """What has happened stays as it was told, and what is new is not earlier than it."""
    known = before.history if before is not None else []
    assert seen.history[: len(known)] == known
    times = [change.time for change in seen.history[max(0, len(known) - 1) :]]
    assert times == sorted(times)
    assert not times or times[-1] <= seen.now


def statuses_follow_documented_edges(
    before: Observation | None, seen: Observation, _: Book
) -> None:
    """Each change of a status begins at the last one, and goes where the documentation says."""
    known = len(before.history) if before is not None else 0
    last = {change.resource: change.after for change in seen.history[:known]}
    for change in seen.history[known:]:
        kind = lifecycles.kind_of(change.resource)
        assert change.before == last.get(change.resource) or change.before is None, change
        last[change.resource] = change.after
        if change.before != change.after:
            assert change.after in lifecycles.OF_KIND[kind][change.before], change
            edges[kind, change.before, change.after] += 1


def endpoints_and_operations_follow_documented_edges(
    before: Observation | None, seen: Observation, _: Book
) -> None:
    """Endpoints and operations of clusters, of which the history does not tell, do so too."""
    if before is None:
        return
    for key, endpoint in seen.endpoints.items():
        earlier = before.endpoints.get(key, {}).get("EndpointStatus")
        _follows("endpoint", lifecycles.ENDPOINT, earlier, endpoint["EndpointStatus"])
    for arn, cluster in seen.clusters.items():
        known = {
            operation["OperationId"]: operation["Status"]
            for operation in (before.clusters[arn].operations if arn in before.clusters else ())
        }
        for operation in cluster.operations:
            earlier = known.get(operation["OperationId"])
            _follows("operation", lifecycles.OPERATION, earlier, operation["Status"])


def _follows(kind: str, allowed: lifecycles.Edges, earlier: str | None, status: str) -> None:
    if earlier != status:
        assert status in allowed[earlier], (kind, earlier, status)
        edges[kind, earlier, status] += 1


def history_ends_where_things_are(_: Any, seen: Observation, __: Book) -> None:
    """The last change of each plan, block, job, cluster and node is the status that AWS tells."""
    last = {change.resource: change.after for change in seen.history}
    for resource, status in _statuses(seen):
        assert last[resource] == status, resource


def _statuses(seen: Observation) -> Iterator[tuple[str, str]]:
    for arn, plan in seen.plans.items():
        yield arn, plan.described["Status"]
        for block in plan.described["ReservedCapacitySummaries"]:
            yield block["ReservedCapacityArn"], block["Status"]
    for arn, job in seen.jobs.items():
        yield arn, job["SecondaryStatus"]
    for arn, cluster in seen.clusters.items():
        yield arn, cluster.described["ClusterStatus"]
        for node in cluster.nodes:
            yield node["InstanceId"], node["InstanceStatus"]["Status"]


def lanes_of_the_timeline_exclude_each_other(_: Any, seen: Observation, __: Book) -> None:
    """No two spans of a lane overlap, and at the present a lane of a plan shows its status."""
    for lane in seen.lanes.lanes if seen.lanes else ():
        assert all(one.end <= other.start for one, other in pairwise(lane.spans)), lane
        if lane.kind == "plan":
            status = seen.plans[lane.resource].described["Status"]
            shown = [span.label for span in lane.spans if span.start <= seen.now < span.end]
            assert shown in ([status], []), lane


# -- the rest ------------------------------------------------------------------------------------


def refusals_change_nothing(before: Observation, seen: Observation) -> None:
    """After calls that were all refused, or only looked, everything is as it was."""
    # Not every look is at the events.
    _is_as_it_was(_without_events(before), _without_events(seen))


def _without_events(seen: Observation) -> Observation:
    clusters = {arn: replace(cluster, events=[]) for arn, cluster in seen.clusters.items()}
    return replace(seen, clusters=clusters)


def _is_as_it_was(before: Observation, seen: Observation) -> None:
    for part, value in vars(seen).items():
        earlier = vars(before)[part]
        assert value == earlier, (part, *islice(_differences(earlier, value), 3))


def _differences(before: Any, after: Any, path: str = "") -> Iterator[Any]:
    """What of two things differs, for who reads of the failure."""
    if is_dataclass(before) and is_dataclass(after):
        names = [each.name for each in fields(before)]
        before, after = ({name: getattr(each, name) for name in names} for each in (before, after))
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            if before.get(key) != after.get(key):
                yield from _differences(before.get(key), after.get(key), f"{path}.{key}")
    elif isinstance(before, (list, tuple)) and isinstance(after, (list, tuple)):
        for number, (one, other) in enumerate(zip_longest(before, after)):
            if one != other:
                yield from _differences(one, other, f"{path}[{number}]")
    else:
        yield path, before, after


def what_is_over_stays_as_it_was(last: Observation, whole: Observation) -> None:
    """What was looked at when it was over is the same in the end."""
    for arn, job in whole.jobs.items():
        assert not is_over(job) or last.jobs[arn] == job
    for arn, plan in whole.plans.items():
        if plan.described["Status"] in OVER:
            assert last.plans[arn].described == plan.described


def path_makes_no_difference(whole: Observation, again: Observation) -> None:
    """The same calls, with the clock moved otherwise between them, leave the same behind."""
    _is_as_it_was(whole, again)


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


ALWAYS: tuple[Invariant, ...] = (
    a_plan_is_listed_as_it_is_described,
    a_block_is_told_as_its_plan_tells_it,
    the_counts_of_a_plan_add_up,
    ultra_servers_add_up_to_their_block,
    a_plan_is_what_its_blocks_are,
    nothing_is_oversold,
    free_is_what_is_for_sale_and_not_held,
    what_is_in_use_is_what_workloads_have,
    nobody_waits_who_fits,
    quotas_are_kept,
    a_job_is_listed_as_it_is_described,
    transitions_of_a_job_follow_each_other,
    groups_are_what_their_nodes_are,
    no_group_waits_for_what_is_free,
    events_are_about_what_is_there,
    history_only_grows_and_is_ordered,
    statuses_follow_documented_edges,
    endpoints_and_operations_follow_documented_edges,
    history_ends_where_things_are,
    lanes_of_the_timeline_exclude_each_other,
)
