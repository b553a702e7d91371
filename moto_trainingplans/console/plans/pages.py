"""The plans of an account in a Region."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from .. import page
from ..calls import calls
from ..forms import asked

blueprint = Blueprint("plans", __name__)

STATUSES = ("Pending", "Scheduled", "Active", "Expired", "Failed")
SORTS = (("StartTime", "Start date"), ("TrainingPlanName", "Name"), ("Status", "Status"))
ORDERS = (("Descending", "Descending"), ("Ascending", "Ascending"))
SIZES = ("10", "25", "50", "100")
LISTED = ("status", "after", "before", "sort", "order", "size", "name")


@blueprint.get("/plans")
def list_plans() -> Response:
    """The plans, a page at a time."""
    form = asked()
    members: dict[str, Any] = {
        "SortBy": form.text("sort") or SORTS[0][0],
        "SortOrder": form.text("order") or ORDERS[0][0],
        "MaxResults": form.whole("size") or int(SIZES[0]),
        "StartTimeAfter": form.day("after"),
        "StartTimeBefore": form.day("before"),
        "NextToken": form.text("token") or None,
    }
    if form.text("status"):
        members["Filters"] = [{"Name": "Status", "Value": form.text("status")}]
    answer = calls().aws("ListTrainingPlans", {k: v for k, v in members.items() if v is not None})
    return page.show(
        "plans/list.html",
        title="Training plans",
        form=form,
        query=form.only(LISTED),
        refused=answer.refusal,
        plans=answer.result["TrainingPlanSummaries"] if answer.ok else [],
        next_token=answer.result.get("NextToken") if answer.ok else None,
        statuses=STATUSES,
        sorts=SORTS,
        orders=ORDERS,
        sizes=SIZES,
    )
