"""The plans of an account in a Region: a list, and a page each."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for

from ...simulation.market.catalog import load_catalog
from .. import page
from ..calls import calls
from ..forms import asked, posted
from . import listing
from .description import show_plan, show_state

blueprint = Blueprint("plans", __name__)


@blueprint.get("/plans")
def list_plans() -> Response:
    """The plans, a page at a time."""
    form = asked()
    found = listing.list_page(form)
    return page.show(
        "plans/list.html",
        title="Training plans",
        form=form,
        query=form.only(listing.FIELDS),
        refused=found.refusal,
        found=found,
        type_of=listing.type_of,
        statuses=[("", "Any"), *listing.STATUSES],
        types=[("", "Any"), *load_catalog().compute_types],
        sizes=listing.SIZES,
        heads=_heads(form.text("sort") or "StartTime", form.text("order") or listing.DESCENDING),
    )


def _heads(sort: str, order: str) -> dict[str, dict[str, Any]]:
    """By what the list can be sorted: how it is, and how it will be when that is chosen."""
    heads = {}
    for by, label in listing.SORTED_BY.items():
        other = listing.ASCENDING if order == listing.DESCENDING else listing.DESCENDING
        is_sorted = by == sort
        heads[by] = {
            "label": label,
            "sorted": order.lower() if is_sorted else None,
            "query": {"sort": by, "order": other if is_sorted else listing.ASCENDING},
        }
    return heads


@blueprint.get("/plans/<name>")
def describe(name: str) -> Response:
    """One plan."""
    return show_plan(name)


@blueprint.get("/plans/<name>/state")
def state(name: str) -> Response:
    """What of a plan changes by itself."""
    return show_state(name)


@blueprint.post("/plans/<name>/tags")
def add_tag(name: str) -> Response:
    """Add a tag, or give one another value."""
    form = posted()
    tag = {"Key": form.text("key"), "Value": form.text("value")}
    answer = calls().aws("AddTags", {"ResourceArn": form.text("arn"), "Tags": [tag]})
    done = f"Tag {tag['Key']} is set." if answer.ok else None
    return _after(name, answer.refusal, done)


@blueprint.post("/plans/<name>/tags/delete")
def delete_tag(name: str) -> Response:
    """Remove a tag."""
    form = posted()
    key = form.texts("key")[-1:] or [""]
    answer = calls().aws("DeleteTags", {"ResourceArn": form.text("arn"), "TagKeys": key})
    done = f"Tag {key[0]} is removed." if answer.ok else None
    return _after(name, answer.refusal, done)


@blueprint.post("/plans/<name>/extensions")
def extend(name: str) -> Response:
    """Buy an extension."""
    offering_id = posted().text("offering")
    answer = calls().aws("ExtendTrainingPlan", {"TrainingPlanExtensionOfferingId": offering_id})
    done = "The extension is ordered: when it is paid, the plan ends later." if answer.ok else None
    return _after(name, answer.refusal, done)


def _after(name: str, refused: Any, done: str | None) -> Response:
    return show_plan(name, address=url_for("plans.describe", name=name), done=done, refused=refused)
