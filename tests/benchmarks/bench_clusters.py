"""How fast clusters are, as ratios measured in one run.

    python -m tests.benchmarks.bench_clusters

The largest group there can be comes into being in one move of the clock, and a page of its
nodes, or of the events of a cluster, costs what the page holds. The program fails if a ratio is
worse than the project promises.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from time import perf_counter
from typing import Any

from moto_trainingplans import mock_training_plans
from tests.benchmarks.bench_training_plans import NOW, client, in_turn, report
from tests.support.clusters import group

MOST = 6758  # instances of one group
FEW = 100
MANY_EVENTS = 100_000
PAGE = 50
HOUR = timedelta(hours=1)


def created(sagemaker: Any, name: str, count: int) -> None:
    """A cluster with one group of so many instances on demand."""
    sagemaker.create_cluster(ClusterName=name, InstanceGroups=[group("workers", None, count)])


def scaling_up() -> bool:
    """Moves of the clock in each of which the largest group gets all its instances."""
    times = []
    with mock_training_plans(now=NOW) as plans:
        sagemaker = client()
        # A zone that is down holds them all back until it is up again.
        begin = plans.clock.now()
        for hour in range(0, 10, 2):
            plans.faults.zone_outage("us-west-2a", begin + hour * HOUR, begin + (hour + 1) * HOUR)
        created(sagemaker, "largest", MOST)
        for hour in range(0, 10, 2):
            plans.clock.move_to(begin + hour * HOUR)
            assert running(sagemaker) == 0
            start = perf_counter()
            plans.clock.move_to(begin + (hour + 1) * HOUR)
            times.append(perf_counter() - start)
            assert running(sagemaker) == MOST
    # The least of them, since whatever else the machine does only adds to it.
    return report(f"{MOST} instances in one move of the clock / a second", min(times), 1.0)


def running(sagemaker: Any) -> int:
    """How many nodes of the largest group run."""
    (workers,) = sagemaker.describe_cluster(ClusterName="largest")["InstanceGroups"]
    count: int = workers["CurrentCount"]
    return count


def pages() -> bool:
    """First and last pages of the largest group beside those of a small one."""
    with mock_training_plans(now=NOW):
        sagemaker = client()
        created(sagemaker, "largest", MOST)
        created(sagemaker, "small", FEW)
        last = {name: last_token(sagemaker, name) for name in ("small", "largest")}

        def page(name: str, **token: Any) -> Any:
            return sagemaker.list_cluster_nodes(ClusterName=name, MaxResults=PAGE, **token)

        small, small_last, first, first_last = in_turn(
            lambda: page("small"),
            lambda: page("small", NextToken=last["small"]),
            lambda: page("largest"),
            lambda: page("largest", NextToken=last["largest"]),
        )
    return all(
        [
            report(f"first page of {MOST} nodes / of {FEW}", first / small, 1.3),
            report(f"last page of {MOST} nodes / of {FEW}", first_last / small_last, 1.3),
            report(f"last page of {MOST} nodes / first page", first_last / first, 1.3),
        ]
    )


def pages_of_events() -> bool:
    """Pages of a cluster with 100,000 events beside those of one with 100, however filtered."""
    with mock_training_plans(now=NOW):
        sagemaker = client()
        ids = {}
        for name, size, least in (("few", 28, FEW), ("many", MOST, MANY_EVENTS)):
            sagemaker.create_cluster(
                ClusterName=name,
                InstanceGroups=[group("workers", None, size), group("other", None, 1)],
                NodeProvisioningMode="Continuous",
            )
            count = size
            while events_of(name) < least:
                count = size - count
                sagemaker.update_cluster(
                    ClusterName=name, InstanceGroups=[group("workers", None, count)]
                )
            operations = sagemaker.list_cluster_operations(ClusterName=name, SortOrder="Ascending")
            ids[name] = operations["ClusterOperationSummaries"][0]["OperationId"]

        def page(name: str, **asked: Any) -> Any:
            return sagemaker.list_cluster_events(ClusterName=name, MaxResults=PAGE, **asked)

        questions: list[dict[str, Any]] = [
            {},
            {"SortOrder": "Ascending"},
            {"InstanceGroupName": "workers", "ResourceType": "Instance"},
        ]
        ratios = []
        for asked in questions:
            few, many = in_turn(
                lambda asked=asked: page("few", **asked),  # type: ignore[misc]
                lambda asked=asked: page("many", **asked),  # type: ignore[misc]
            )
            ratios.append(many / few)
        few, many = in_turn(
            lambda: page("few", OperationId=ids["few"], InstanceGroupName="workers"),
            lambda: page("many", OperationId=ids["many"], InstanceGroupName="workers"),
        )
        ratios.append(many / few)
    return report(f"page of {MANY_EVENTS} events / of {FEW}, at worst", max(ratios), 1.3)


def events_of(name: str) -> int:
    """How many events a cluster has had."""
    from moto_trainingplans.host.backend import current_world

    clusters = current_world().account("123456789012", "us-west-2", "aws").clusters
    return clusters.events.count(clusters.cluster(name))


def last_token(sagemaker: Any, name: str) -> str:
    """The token of a cluster's last page, which is as full as the first."""
    asked = {"ClusterName": name, "SortOrder": "Ascending"}
    total = sum(
        len(page["ClusterNodeSummaries"])
        for page in sagemaker.get_paginator("list_cluster_nodes").paginate(**asked)
    )
    # Up to the last page in steps that leave just a page.
    token: dict[str, str] = {}
    left = total - PAGE
    while left:
        size = min(left, 100)
        page = sagemaker.list_cluster_nodes(**asked, MaxResults=size, **token)
        token = {"NextToken": page["NextToken"]}
        left -= size
    return token["NextToken"]


def main() -> None:
    """Measure everything; exit with 1 where something is slower than promised."""
    sys.exit(0 if all([scaling_up(), pages(), pages_of_events()]) else 1)


if __name__ == "__main__":
    main()
