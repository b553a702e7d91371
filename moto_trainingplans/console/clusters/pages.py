"""The pages of clusters: the list, a new one, and one with its groups, nodes and events."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for

from ...simulation.market.catalog import Target
from .. import page
from ..calls import Answer, calls
from ..fields import Fields
from ..fitting_plans import instance_types, usable_plans
from ..forms import asked, posted
from . import forms, groups

blueprint = Blueprint("clusters", __name__)
TARGET = Target.HYPERPOD_CLUSTER


@blueprint.get("/clusters")
def list_clusters() -> Response:
    """The clusters, as the query narrows them down."""
    return show_list()


def show_list(done: str | None = None, address: str | None = None) -> Response:
    """The list, after something was done where that is said."""
    fields = Fields(asked())
    answer = calls().aws("ListClusters", forms.listing(fields))
    found = answer.result or {}
    return page.show(
        "clusters/list.html",
        title="Clusters",
        status=200 if answer.ok else 400,
        address=address,
        clusters=found.get("ClusterSummaries", ()),
        next_token=found.get("NextToken"),
        token=fields.text("token"),
        query=asked().only(("name", "plan")),
        refused=answer.refusal,
        done=done,
    )


@blueprint.get("/clusters/new")
def new_cluster() -> Response:
    """The form for a cluster, with one group; the query may name its plan and type."""
    form = asked()
    first = {**groups.FIRST, "plan": form.text("plan")}
    first["type"] = form.text("instance_type") or first["type"]
    values = {f"{groups.prefix(0)}{name}": value for name, value in first.items()}
    return _form({**values, "groups": "0"})


@blueprint.post("/clusters/new")
def create_cluster() -> Response:
    """Create a cluster, or show the form with a group more or less."""
    form = posted()
    fields = Fields(form)
    values = form.typed
    numbers = groups.changed_numbers(fields)
    if numbers is not None:
        new = {
            f"{groups.prefix(number)}{name}": value
            for number in numbers
            if number not in groups.numbers(fields)
            for name, value in {**groups.FIRST, "name": f"group-{number + 1}"}.items()
        }
        return _form({**values, **new, "groups": " ".join(map(str, numbers))})
    request = forms.creation(fields)
    if fields.mistakes:
        return _form(values, mistakes=fields.mistakes)
    answer = calls().aws("CreateCluster", request)
    if not answer.ok:
        return _form(values, refused=answer)
    name = request["ClusterName"]
    return show_page(name, f"Cluster {name} is created.")


def _form(
    values: dict[str, str],
    mistakes: dict[str, str] | None = None,
    refused: Answer | None = None,
) -> Response:
    return page.show(
        "clusters/new.html",
        title="Create cluster",
        status=200 if mistakes is None and refused is None else 400,
        values=values,
        numbers=[int(each) for each in values.get("groups", "").split() if each.isdigit()],
        mistakes=mistakes or {},
        refused=None if refused is None else refused.refusal,
        **choices(),
    )


def choices() -> dict[str, Any]:
    """What fields of clusters and groups can be chosen from."""
    plans, unknown = usable_plans(calls(), TARGET)
    return {
        "types": instance_types(TARGET),
        "plans": plans,
        "unknown": unknown,
        "orchestrators": forms.ORCHESTRATORS,
        "strategies": forms.SLURM_STRATEGIES,
        "recoveries": forms.RECOVERIES,
        "scripts": groups.SCRIPTS,
        "node_types": groups.NODE_TYPES,
    }


@blueprint.get("/clusters/<name>")
def show_cluster(name: str) -> Response:
    """One cluster."""
    return show_page(name)


def show_page(
    name: str,
    done: str | None = None,
    *,
    refused: Answer | None = None,
    mistakes: dict[str, str] | None = None,
    failures: list[tuple[str, str, str]] | None = None,
) -> Response:
    """A cluster, after something was done, refused, or failed for some nodes."""
    answer = calls().aws("DescribeCluster", {"ClusterName": name})
    if not answer.ok:
        return page.show_absent(f"Cluster {name}", answer)
    cluster = answer.result
    form = asked()
    fields = Fields(form)
    nodes = calls().aws("ListClusterNodes", forms.node_listing(name, fields))
    is_continuous = cluster.get("NodeProvisioningMode") == forms.CONTINUOUS
    acted = done is not None or refused is not None or mistakes is not None
    return page.show(
        "clusters/cluster.html",
        title=f"Cluster {name}",
        status=200 if refused is None and not mistakes else 400,
        address=url_for("clusters.show_cluster", name=name) if acted else None,
        cluster=cluster,
        groups=[*cluster["InstanceGroups"], *cluster.get("RestrictedInstanceGroups", ())],
        orchestrator=next(iter(cluster.get("Orchestrator", ())), None),
        nodes=nodes.result or {},
        nodes_refused=nodes.refusal,
        is_continuous=is_continuous,
        events=_events(name, fields) if is_continuous else None,
        timeline=calls().control("timeline", {"resource": cluster["ClusterArn"]}).result,
        query=form.only(("group", "nodes", "events")),
        operations=forms.NODE_OPERATIONS,
        done=done,
        failures=failures or [],
        refused=None if refused is None else refused.refusal,
        mistakes=mistakes or {},
        **choices(),
    )


@blueprint.get("/clusters/<name>/nodes/<node>")
def show_node(name: str, node: str) -> Response:
    """One node, by its instance id."""
    answer = calls().aws("DescribeClusterNode", {"ClusterName": name, "NodeId": node})
    if not answer.ok:
        return page.show_absent(f"Node {node}", answer)
    return page.show(
        "clusters/node.html", title=f"Node {node}", name=name, node=answer.result["NodeDetails"]
    )


def _events(name: str, fields: Fields) -> dict[str, Any]:
    found: dict[str, Any] = (
        calls().aws("ListClusterEvents", forms.event_listing(name, fields)).result or {}
    )
    return found
