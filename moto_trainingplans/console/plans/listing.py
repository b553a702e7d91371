"""The list of plans: what is asked of it, and what AWS cannot look for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..calls import Answer, Refusal, calls
from ..forms import Form

STATUSES = ("Pending", "Scheduled", "Active", "Expired", "Failed")
SORTED_BY = {"TrainingPlanName": "Name", "Status": "Status", "StartTime": "Start date (UTC)"}
ASCENDING, DESCENDING = "Ascending", "Descending"
SIZES = ("10", "25", "50", "100")
# The fields of the filters and the order, which are the query of the address too.
FIELDS = ("name", "type", "status", "after", "before", "sort", "order", "size")
PAGE = 100  # plans, the most that AWS lists at once
MOST_PAGES = 10  # that are looked through for a name or type


@dataclass(frozen=True)
class Listing:
    """A page of plans. `looked_at`: so many were looked through for what AWS cannot look for."""

    plans: list[dict[str, Any]]
    next_token: str | None = None
    looked_at: int | None = None
    refusal: Refusal | None = None


def list_page(form: Form) -> Listing:
    """The page of the list that a form asks for.

    AWS filters by status and start, and sorts; names and types are looked for among what it
    lists, of which there are 1,000 at most.
    """
    members = _members(form)
    name, instance_type = form.text("name").lower(), form.text("type")
    if not name and not instance_type:
        size = form.whole("size")
        members["MaxResults"] = int(SIZES[0]) if size is None else size
        if form.text("token"):
            members["NextToken"] = form.text("token")
        answer = calls().aws("ListTrainingPlans", members)
        if not answer.ok:
            return Listing([], refusal=answer.refusal)
        found = answer.result
        return Listing(found["TrainingPlanSummaries"], found.get("NextToken"))
    members["MaxResults"] = PAGE
    answer = _all(members)
    if not answer.ok:
        return Listing([], refusal=answer.refusal)
    fitting = [
        plan
        for plan in answer.result
        if name in plan["TrainingPlanName"].lower() and instance_type in ("", type_of(plan))
    ]
    return Listing(fitting, looked_at=len(answer.result))


def type_of(plan: dict[str, Any]) -> str:
    """The type that a plan consists of: an UltraServer's, or an instance's."""
    first = (plan.get("ReservedCapacitySummaries") or [{}])[0]
    return str(first.get("UltraServerType") or first.get("InstanceType") or "")


def _all(members: dict[str, Any]) -> Answer:
    return calls().every("ListTrainingPlans", members, "TrainingPlanSummaries", most=MOST_PAGES)


def _members(form: Form) -> dict[str, Any]:
    members: dict[str, Any] = {
        "SortBy": form.text("sort") or "StartTime",
        "SortOrder": form.text("order") or DESCENDING,
        "StartTimeAfter": form.day("after"),
        "StartTimeBefore": form.day("before"),
    }
    if form.text("status"):
        members["Filters"] = [{"Name": "Status", "Value": form.text("status")}]
    return {name: value for name, value in members.items() if value is not None}
