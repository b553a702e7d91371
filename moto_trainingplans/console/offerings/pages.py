"""Find training plan, and reserve what was found."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, abort, g, url_for

from .. import page, price
from ..calls import Answer, calls
from ..forms import Form, asked, posted
from ..plans.description import show_plan
from ..shown import to_time
from . import search

blueprint = Blueprint("offerings", __name__)

TARGETS = (
    ("training-job", "Training job", "Blocks may be in different zones"),
    ("hyperpod-cluster", "HyperPod cluster", "All blocks in one zone"),
    ("endpoint", "Endpoint", "Real-time inference"),
    ("studio-apps", "Studio apps", "JupyterLab and Code Editor"),
)
COMPUTE = (
    (search.INSTANCE, "Instance", "Single instances"),
    (search.ULTRA_SERVER, "UltraServer", "Whole servers of linked instances"),
)
UNITS = (("days", "days"), ("hours", "hours"))
LONGEST_OFFERING = 20_000  # characters of an offering in an address
TAG_ROWS = 1  # that the form begins with


@blueprint.get("/offerings")
def find() -> Response:
    """The search, and what it finds."""
    form = asked()
    told = calls().control("clock/now", {})
    now = to_time(told.result)
    answer = _search(form) if "duration" in form else None
    refused = answer.refusal if answer else None
    offerings = answer.result["TrainingPlanOfferings"] if answer and answer.ok else []
    members = search.members_of(form)
    return page.show(
        "offerings/find.html",
        title="Find training plan",
        form=form,
        now=now,
        targets=TARGETS,
        compute=COMPUTE,
        types=search.types_by_heading(g.place),
        units=UNITS,
        refused=refused,
        faults=search.faults_of(refused, form.text("compute")),
        has_searched=answer is not None and answer.ok,
        asked_minutes=_minutes(members.get("DurationHours")),
        offerings=[_row(each, now) for each in offerings],
        suggestions=list(search.suggestions(form, g.place, refused)) if not offerings else [],
    )


def _search(form: Form) -> Answer:
    return calls().aws("SearchTrainingPlanOfferings", search.members_of(form))


def _minutes(hours: Any) -> int:
    return hours * 60 if isinstance(hours, int) else 0


def _row(offering: dict[str, Any], now: Any) -> dict[str, Any]:
    blocks = offering.get("ReservedCapacityOfferings", [])
    return {
        "offering": offering,
        "value": json.dumps(offering, separators=(",", ":")),
        "start": min(_each(blocks, "StartTime"), default=None),
        "end": max(_each(blocks, "EndTime"), default=None),
        "blocks": blocks,
        "price": price.breakdown(offering),
        "is_immediate": search.is_immediate(offering, now),
    }


def _each(blocks: list[dict[str, Any]], member: str) -> list[float]:
    return [block[member] for block in blocks if member in block]


@blueprint.get("/reserve")
def reserve() -> Response:
    """The review of an offering, before it is bought."""
    return _show_review(asked())


@blueprint.post("/reserve")
def buy() -> Response:
    """Buy an offering, and go to the plan that this makes."""
    form = posted()
    offering = _offering(form)
    name = form.text("name")
    keys, values = form.texts("tag-key"), form.texts("tag-value")
    tags = [
        {"Key": key, "Value": value}
        for key, value in zip(keys, values, strict=False)
        if key or value
    ]
    members: dict[str, Any] = {
        "TrainingPlanName": name,
        "TrainingPlanOfferingId": offering["TrainingPlanOfferingId"],
    }
    spares = form.whole("spares")
    if spares is not None:
        members["SpareInstanceCountPerUltraServer"] = spares
    if tags:
        members["Tags"] = tags
    answer = calls().aws("CreateTrainingPlan", members)
    if not answer.ok:
        return _show_review(form, answer)
    return show_plan(
        name,
        address=url_for("plans.describe", name=name),
        done=f"{name} is ordered. As soon as it is paid, it is Scheduled.",
    )


@blueprint.get("/reserve/tag")
def tag_row() -> Response:
    """Two more fields for a tag."""
    return page.show_part("offerings/tag_row.html", key="", value="")


def _show_review(form: Form, answer: Answer | None = None) -> Response:
    offering = _offering(form)
    refused = answer.refusal if answer else None
    keys, values = form.texts("tag-key"), form.texts("tag-value")
    tags = list(zip(keys, values, strict=False)) or [("", "")] * TAG_ROWS
    row = _row(offering, to_time(calls().control("clock/now", {}).result))
    return page.show(
        "offerings/reserve.html",
        title="Reserve training plan",
        status=200 if refused is None else 400,
        form=form,
        tags=tags,
        refused=refused,
        name_fault=refused.fault("TrainingPlanName") if refused else None,
        spares_fault=refused.fault("SpareInstanceCountPerUltraServer") if refused else None,
        targets={value: label for value, label, _ in TARGETS},
        **row,
    )


def _offering(form: Form) -> dict[str, Any]:
    """The offering that is to be bought, as the search answered it: the address has all of it.

    It could not be asked for again: an immediate offering of a clock that flows is another one a
    minute later, though it can still be bought. What the address says of it decides nothing but
    what is shown; what is bought, and for how much, the id alone says.
    """
    text = form.text("offering")
    try:
        offering = json.loads(text) if len(text) <= LONGEST_OFFERING else None
    except (ValueError, RecursionError):
        offering = None
    if not isinstance(offering, dict) or not price.is_offering(offering):
        abort(400, "The address names no offering: find one, and choose it.")
    return offering
