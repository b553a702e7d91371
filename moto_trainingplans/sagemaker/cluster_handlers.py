"""Every operation on clusters and its handler."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import cluster_node_operations, cluster_operations
from .cluster_service import ClusterService

ClusterHandler = Callable[[ClusterService, Mapping[str, Any]], dict[str, Any]]

CLUSTER_HANDLERS: dict[str, ClusterHandler] = {
    "CreateCluster": cluster_operations.create_cluster,
    "UpdateCluster": cluster_operations.update_cluster,
    "DeleteCluster": cluster_operations.delete_cluster,
    "DescribeCluster": cluster_operations.describe_cluster,
    "ListClusters": cluster_operations.list_clusters,
    "UpdateClusterSoftware": cluster_operations.update_cluster_software,
    "ListClusterEvents": cluster_operations.list_cluster_events,
    "DescribeClusterEvent": cluster_operations.describe_cluster_event,
    "DescribeClusterNode": cluster_node_operations.describe_cluster_node,
    "ListClusterNodes": cluster_node_operations.list_cluster_nodes,
    "BatchAddClusterNodes": cluster_node_operations.batch_add_cluster_nodes,
    "BatchDeleteClusterNodes": cluster_node_operations.batch_delete_cluster_nodes,
    "BatchRebootClusterNodes": cluster_node_operations.batch_reboot_cluster_nodes,
    "BatchReplaceClusterNodes": cluster_node_operations.batch_replace_cluster_nodes,
}


def in_the_models_words(operation: str, body: dict[str, Any]) -> dict[str, Any]:
    """A request as the model has it.

    moto takes `Name` to sort clusters by, so that tests were written with it; the model has
    NAME. source: C
    """
    if operation == "ListClusters" and body.get("SortBy") == "Name":
        return {**body, "SortBy": "NAME"}
    return body
