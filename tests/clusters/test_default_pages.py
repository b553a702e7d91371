"""How long the pages of listings about clusters are, where nobody says so."""

from __future__ import annotations

import pytest

from moto_trainingplans.aws_json.validation import is_operation
from tests.support.clusters import CONTINUOUS, group


@pytest.mark.rule("CLUSTER-06", "CLUSTER-12", "CLUSTER-13")
def test_a_page_has_a_hundred_of_what_is_listed_by_default(clusters, sagemaker):
    clusters.create("cluster", group("workers", None, 101), **CONTINUOUS)
    listings = [
        (sagemaker.list_cluster_nodes, {"ClusterName": "cluster"}, "ClusterNodeSummaries"),
        (sagemaker.list_cluster_events, {"ClusterName": "cluster"}, "Events"),
        (sagemaker.list_clusters, {}, "ClusterSummaries"),
    ]
    for number in range(100):
        sagemaker.create_cluster(ClusterName=f"other-{number}")
    if is_operation("ListClusterOperations"):
        for number in range(100):
            clusters.update("cluster", group("workers", None, number % 2))
        listings.append(
            (
                sagemaker.list_cluster_operations,
                {"ClusterName": "cluster"},
                "ClusterOperationSummaries",
            )
        )
        clusters.update("cluster", group("workers", None, 101))
    for call, members, listed in listings:
        answer = call(**members)
        assert len(answer[listed]) == 100, listed
        rest = call(**members, NextToken=answer["NextToken"])[listed]
        assert rest
        assert not [each for each in rest if each in answer[listed]]
