"""What a search for offerings asks for, how its refusal belongs to fields, and what else to try."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import url_for

from ...simulation.market.catalog import Target, load_catalog
from ...simulation.market.offerings import INSTANCE_COUNTS, LEAD_TIME
from ..calls import Refusal
from ..forms import Form
from ..place import Place
from ..shown import to_time

INSTANCE, ULTRA_SERVER = "Instance", "UltraServer"
# The fields of the form, which are the query of its address too.
FIELDS = (
    *("target", "compute", "type", "server_type", "count", "start", "end", "duration", "unit"),
)
# By what a refusal says, which field it is about: AWS's members, then words of its messages.
ABOUT = {
    "instanceCount": "count",
    "ultraServerCount": "count",
    "instanceType": "type",
    "ultraServerType": "server_type",
    "durationHours": "duration",
    "startTimeAfter": "start",
    "endTimeBefore": "end",
    "targetResources": "target",
    "instance count": "count",
    "more than the": "count",
    "UltraServer type": "server_type",
    "instance type": "type",
}


@dataclass(frozen=True)
class Suggestion:
    """Another search, which may find something."""

    label: str
    address: str


def members_of(form: Form) -> dict[str, Any]:
    """The members of SearchTrainingPlanOfferings that a form asks for."""
    members: dict[str, Any] = {
        "TargetResources": [form.text("target")] if form.text("target") else None,
        "StartTimeAfter": form.day("start"),
        "EndTimeBefore": form.day("end", end=True),
        "DurationHours": form.days("duration", "unit"),
    }
    if form.text("compute") == ULTRA_SERVER:
        members["UltraServerType"] = form.text("server_type") or None
        members["UltraServerCount"] = form.whole("count")
    else:
        members["InstanceType"] = form.text("type") or None
        members["InstanceCount"] = form.whole("count")
    return {name: value for name, value in members.items() if value is not None}


def faults_of(refused: Refusal | None, compute: str) -> dict[str, str]:
    """What is wrong with which field, in AWS's words; empty where no field is to blame."""
    if refused is None:
        return {}
    told = {
        ABOUT[member]: text
        for path, text in refused.faults.items()
        if (member := path.partition(".")[0]) in ABOUT
    }
    if told:
        return told
    message = refused.message.lower()
    mentions = [(message.find(words.lower()), name) for words, name in ABOUT.items()]
    _, name = min((each for each in mentions if each[0] >= 0), default=(0, None))
    if name in ("type", "server_type"):
        # Of the two selections one is shown.
        name = "server_type" if compute == ULTRA_SERVER else "type"
    return {} if name is None else {name: refused.message}


def types_by_heading(place: Place) -> dict[str, dict[str, list[str]]]:
    """Instance and UltraServer types, those first that the Region sells by default."""
    catalog = load_catalog()
    of_region = {zone.name for zone in catalog.zones.values() if zone.region == place.region}
    headings: dict[str, dict[str, list[str]]] = {}
    for compute in (INSTANCE, ULTRA_SERVER):
        here: list[str] = []
        elsewhere: list[str] = []
        for each in catalog.compute_types.values():
            if each.is_ultra_server == (compute == ULTRA_SERVER):
                is_here = any(zones & of_region for zones in each.zones.values())
                (here if is_here else elsewhere).append(each.name)
        headings[compute] = {
            f"Sold in {place.region}": here,
            "Not sold there, unless capacity is set": elsewhere,
        }
    return headings


def is_immediate(offering: dict[str, Any], now: datetime | None) -> bool:
    """Whether an offering starts as soon as any can."""
    blocks = offering.get("ReservedCapacityOfferings") or [{}]
    start = to_time(blocks[0].get("StartTime"))
    # The lead time, and what is left of the minute.
    return bool(now and start and start - now <= LEAD_TIME + timedelta(minutes=1))


def suggestions(form: Form, place: Place, refused: Refusal | None) -> Iterator[Suggestion]:
    """What to try where nothing was found, each as a search that differs in one thing.

    What was refused for its type can be found in another Region alone, and for all else nowhere.
    """
    asked = form.only(FIELDS)
    if refused is not None:
        if {"type", "server_type"} & faults_of(refused, form.text("compute")).keys():
            yield from _elsewhere(form, place, asked)
        return

    def with_(**changes: Any) -> str:
        return url_for("offerings.find", **{**asked, **changes})

    if "end" in asked:
        yield Suggestion("without an end date", with_(end=None))
    if "start" in asked:
        yield Suggestion("from now on", with_(start=None))
    count = form.whole("count")
    if isinstance(count, int):
        for fewer in [each for each in INSTANCE_COUNTS if each < count][-1:]:
            yield Suggestion(f"with {fewer} in place of {count}", with_(count=fewer))
    duration = form.whole("duration")
    if isinstance(duration, int) and duration > 1:
        unit = "hours" if form.text("unit") == "hours" else "days"
        shorter = duration // 2
        yield Suggestion(f"for {shorter} {unit} in place of {duration}", with_(duration=shorter))
    yield from _elsewhere(form, place, asked)


def _elsewhere(form: Form, place: Place, asked: dict[str, str]) -> Iterator[Suggestion]:
    for region in _regions_selling(form):
        if region != place.region:
            there: dict[str, Any] = {**asked, "region": region, "account": place.account}
            yield Suggestion(f"in {region}", url_for("offerings.find", **there))


def _regions_selling(form: Form) -> list[str]:
    catalog = load_catalog()
    name = form.text("server_type" if form.text("compute") == ULTRA_SERVER else "type")
    compute_type = catalog.compute_types.get(name)
    target = form.text("target", Target.TRAINING_JOB.value)
    if compute_type is None or target not in {each.value for each in Target}:
        return []
    zones = compute_type.zones[Target(target)]
    return sorted({catalog.zones[zone].region for zone in zones})
