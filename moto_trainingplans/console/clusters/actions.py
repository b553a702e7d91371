"""What can be done to a cluster: its groups, its nodes, its settings, its end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, abort, url_for

from .. import page
from ..calls import calls
from ..fields import Fields
from ..forms import posted
from . import forms, groups
from .pages import choices, show_list, show_page

blueprint = Blueprint("cluster_actions", __name__)
MOST_FAILURES = 25  # that a page shows
DONE = {
    "BatchReplaceClusterNodes": "replaced",
    "BatchRebootClusterNodes": "rebooted",
    "BatchDeleteClusterNodes": "deleted",
}


@blueprint.post("/clusters/<name>/groups/<group>")
def update_group(name: str, group: str) -> Response:
    """Change the counts and the plan of a group."""
    fields = Fields(posted()).within(f"{group}:")
    described = calls().aws("DescribeCluster", {"ClusterName": name})
    if not described.ok:
        return show_page(name, refused=described)
    try:
        request = forms.group_update(described.result, group, fields)
    except KeyError:
        abort(404, f"Cluster {name} has no group {group}.")
    if fields.mistakes:
        return show_page(name, mistakes=fields.mistakes)
    return _updated(name, request, f"Group {group} is changed.")


@blueprint.post("/clusters/<name>/groups/<group>/delete")
def delete_group(name: str, group: str) -> Response:
    """Delete a group."""
    posted()
    return _updated(name, forms.group_deletion(name, group), f"Group {group} is deleted.")


@blueprint.get("/clusters/<name>/new-group")
def new_group(name: str) -> Response:
    """The form for a group more."""
    first = {f"{groups.prefix(0)}{each}": value for each, value in groups.FIRST.items()}
    return _group_form(name, first)


@blueprint.post("/clusters/<name>/new-group")
def add_group(name: str) -> Response:
    """Add a group."""
    form = posted()
    fields = Fields(form)
    request = forms.group_addition(name, fields.within(groups.prefix(0)))
    values = form.typed
    if fields.mistakes:
        return _group_form(name, values, mistakes=fields.mistakes)
    answer = calls().aws("UpdateCluster", request)
    if not answer.ok:
        return _group_form(name, values, refused=answer.refusal)
    return show_page(name, "The group is added.")


def _group_form(
    name: str, values: dict[str, str], mistakes: dict[str, str] | None = None, refused: Any = None
) -> Response:
    return page.show(
        "clusters/new_group.html",
        title=f"Add a group to {name}",
        status=200 if refused is None and not mistakes else 400,
        name=name,
        values=values,
        mistakes=mistakes or {},
        refused=refused,
        **choices(),
    )


@blueprint.post("/clusters/<name>/settings")
def update_settings(name: str) -> Response:
    """Change how a cluster recovers and provisions its nodes."""
    request = forms.settings_update(name, Fields(posted()))
    return _updated(name, request, "The settings are changed.")


def _updated(name: str, request: dict[str, Any], done: str) -> Response:
    answer = calls().aws("UpdateCluster", request)
    return show_page(name, done) if answer.ok else show_page(name, refused=answer)


@blueprint.post("/clusters/<name>/nodes/<operation>")
def change_nodes(name: str, operation: str) -> Response:
    """Replace, reboot or delete the nodes that were ticked."""
    if operation not in forms.NODE_OPERATIONS:
        abort(404, f"There is no operation {operation} on nodes.")
    chosen = Fields(posted()).texts("node")
    if not chosen:
        return show_page(name, mistakes={"node": "Choose nodes first."})
    answer = calls().aws(operation, forms.node_batch(name, chosen))
    if not answer.ok:
        return show_page(name, refused=answer)
    failures = list(_failures(answer.result))
    done = f"{len(chosen) - len(failures)} of {len(chosen)} nodes are {DONE[operation]}."
    return show_page(name, done, failures=failures[:MOST_FAILURES])


def _failures(answer: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The nodes for which an operation failed, each with its code and message."""
    for member in ("Failed", "FailedNodeLogicalIds"):
        for failure in answer.get(member, ()):
            node = failure.get("NodeId") or failure.get("NodeLogicalId", "")
            yield node, failure.get("Code") or failure.get("ErrorCode", ""), failure["Message"]


@blueprint.post("/clusters/<name>/groups/<group>/nodes")
def add_nodes(name: str, group: str) -> Response:
    """Add nodes to a group of a Continuous cluster."""
    fields = Fields(posted()).within(f"{group}:")
    request = forms.node_addition(name, group, fields)
    if fields.mistakes:
        return show_page(name, mistakes=fields.mistakes)
    answer = calls().aws("BatchAddClusterNodes", request)
    if not answer.ok:
        return show_page(name, refused=answer)
    failures = [
        (each["InstanceGroupName"], each["ErrorCode"], each.get("Message", ""))
        for each in answer.result["Failed"]
    ]
    added = len(answer.result["Successful"])
    return show_page(name, f"{added} nodes are added to {group}.", failures=failures)


@blueprint.post("/clusters/<name>/delete")
def delete_cluster(name: str) -> Response:
    """Delete a cluster."""
    posted()
    answer = calls().aws("DeleteCluster", {"ClusterName": name})
    if answer.ok:
        return show_list(f"Cluster {name} is deleted.", url_for("clusters.list_clusters"))
    return show_page(name, refused=answer)
