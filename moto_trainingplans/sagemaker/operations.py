"""Every operation of SageMaker that is answered here, and its handler."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import apps, extensions, plans, tags
from .clusters import cluster as clusters
from .clusters import events as cluster_events
from .clusters import nodes as cluster_nodes
from .clusters import operations as cluster_operations
from .clusters.service import ClusterService
from .endpoints import endpoint as endpoints
from .jobs import job as jobs
from .jobs import search as job_search
from .models import SageMakerBackend

Members = Mapping[str, Any]
Handler = Callable[[SageMakerBackend, Members], dict[str, Any]]

CLUSTER_HANDLERS: dict[str, Callable[[ClusterService, Members], dict[str, Any]]] = {
    **clusters.HANDLERS,
    **cluster_events.HANDLERS,
    **cluster_nodes.HANDLERS,
    **cluster_operations.HANDLERS,
}


def _on(part: str, handlers: Mapping[str, Callable[[Any, Members], dict[str, Any]]]) -> Any:
    """Handlers that work on a part of a backend, as handlers that work on the backend."""

    def on_part(handler: Callable[[Any, Members], dict[str, Any]]) -> Handler:
        return lambda backend, members: handler(getattr(backend, part), members)

    return {operation: on_part(handler) for operation, handler in handlers.items()}


HANDLERS: dict[str, Handler] = {
    **_on("plans", plans.HANDLERS),
    **extensions.HANDLERS,
    **_on("cluster_service", CLUSTER_HANDLERS),
    **jobs.HANDLERS,
    **job_search.HANDLERS,
    **endpoints.HANDLERS,
    **apps.HANDLERS,
    **tags.HANDLERS,
}
# Which requests of these operations are ours; the others are moto's.
SHARED: dict[str, Callable[[str, SageMakerBackend, Members], bool]] = {
    **dict.fromkeys(jobs.SHARED, jobs.is_own_job_request),
    **dict.fromkeys(job_search.HANDLERS, job_search.is_own_search),
    **dict.fromkeys(endpoints.HANDLERS, endpoints.is_own_endpoint_request),
    **dict.fromkeys(tags.HANDLERS, tags.is_own_tag_request),
}


def normalized(operation: str, body: dict[str, Any]) -> dict[str, Any]:
    """A request with the spellings that moto takes and the model lacks put right."""
    return clusters.normalize_list_request(body) if operation == "ListClusters" else body
