"""The page of the timeline: of an account in a Region, one resource, or everything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Blueprint, Response, g

from ...simulation.kernel.clock import EARLIEST, LATEST
from ...simulation.market.catalog import load_catalog
from ...views.lanes import Lane, Section, View
from .. import page
from ..calls import calls
from ..fields import Fields
from ..forms import asked
from ..place import Place

blueprint = Blueprint("timeline", __name__)
EVERYWHERE = "everywhere"
# Windows by name: so many hours before now, and as many after.
ZOOMS = {"6 hours": 3, "2 days": 24, "2 weeks": 7 * 24, "8 weeks": 28 * 24}
MOST_NAMED = 200  # resources to choose from


@blueprint.get("/timeline")
def show_timeline() -> Response:
    """What happened over time, in the account and Region of the page or everywhere."""
    form = asked()
    fields = Fields(form)
    wanted = {
        "resource": fields.text("resource"),
        "start": fields.iso_time("start"),
        "end": fields.iso_time("end"),
    }
    given = {name: value for name, value in wanted.items() if value is not None}
    answer = calls().control("timeline", given)
    view = None
    if answer.ok:
        everything = View.from_json(answer.result)
        here: Place = g.place
        view = within(
            everything,
            lambda lane: form.text("where") == EVERYWHERE or is_of(lane, here),
            fitted="start" not in given and "end" not in given,
        )
    return page.show(
        "simulation/timeline.html",
        title="Timeline",
        status=200 if answer.ok and not fields.mistakes else 400,
        timeline=view.to_json() if view is not None and view.sections else None,
        window=None if view is None else (view.start.isoformat(), view.end.isoformat()),
        query=form.only(("resource", "start", "end", "where")),
        mistakes=fields.mistakes,
        refused=answer.refusal,
        zooms={} if view is None else zooms(view.now),
        names=[] if view is None else _names(view),
    )


def is_of(lane: Lane, place: Place) -> bool:
    """Whether a lane is of an account in a Region; zones are all accounts'."""
    zone = load_catalog().zones.get(lane.resource)
    if zone is not None:
        return zone.region == place.region
    return lane.resource.split(":")[3:5] == [place.region, place.account]


def within(view: View, is_wanted: Callable[[Lane], bool], *, fitted: bool) -> View:
    """The lanes of a view that are wanted; `fitted` to the time that they take up."""
    sections = []
    for section in view.sections:
        lanes = tuple(lane for lane in section.lanes if is_wanted(lane))
        if lanes:
            sections.append(Section(section.title, section.facts, lanes))
    start, end = _extent(sections, view) if fitted else (view.start, view.end)
    return View(view.now, start, end, tuple(sections))


def _extent(sections: list[Section], view: View) -> tuple[datetime, datetime]:
    lanes = [lane for section in sections for lane in section.lanes]
    spans = [span for lane in lanes for span in lane.spans]
    marks = [mark.time for lane in lanes for mark in lane.marks]
    times = [*marks, *(span.start for span in spans), *(span.end for span in spans)]
    if not times:
        return view.start, view.end
    start, end = min(times), max(*times, view.now)
    # A window has to have a length.
    return (start, end) if start < end else (view.start, view.end)


def zooms(now: datetime) -> dict[str, dict[str, str]]:
    """Windows around now, by name: what the query of the page says then."""
    return {
        name: {
            "start": f"{max(now - timedelta(hours=hours), EARLIEST):%Y-%m-%dT%H:%M}",
            "end": f"{min(now + timedelta(hours=hours), LATEST):%Y-%m-%dT%H:%M}",
        }
        for name, hours in ZOOMS.items()
    }


def _names(view: View) -> list[str]:
    """The ARNs of what is drawn, for one to be chosen."""
    found = dict.fromkeys(lane.resource for lane in view.lanes if lane.resource.startswith("arn:"))
    return list(found)[:MOST_NAMED]
