"""What always holds of statuses, of the history that tells of them, and of the timeline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from tests.machine import lifecycles
from tests.machine.book import Book
from tests.machine.observation import Observation

# Of each kind of resource, the changes of status of all stories of a run.
edges: Counter[tuple[str, str | None, str]] = Counter()


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


ALWAYS = (
    history_only_grows_and_is_ordered,
    statuses_follow_documented_edges,
    endpoints_and_operations_follow_documented_edges,
    history_ends_where_things_are,
    lanes_of_the_timeline_exclude_each_other,
)
