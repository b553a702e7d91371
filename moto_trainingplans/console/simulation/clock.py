"""The page of the clock, and the clock in the header of every page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, current_app, request, url_for

from .. import page
from ..calls import Answer, calls
from ..door import Door
from ..fields import Fields
from ..forms import posted
from ..shown import to_time

blueprint = Blueprint("clock", __name__)
MOST_CHANGES = 100  # that a page shows
TICKS = {"1 hour": 3600, "6 hours": 6 * 3600, "1 day": 86400, "7 days": 7 * 86400}
SPEEDS = {"Real time": 1, "1 minute a second": 60, "1 hour a second": 3600, "1 day a second": 86400}
DONE = {
    "clock/tick": "The clock has moved.",
    "clock/move_to": "The clock has moved.",
    "clock/next_event": "The clock has moved to the next event.",
    "clock/freeze": "The clock stands still.",
    "clock/resume": "The clock flows.",
    "clock/speed": "The clock has another speed.",
}


@blueprint.app_context_processor
def _clock() -> dict[str, Any]:
    return {"read_clock": read_clock}


@blueprint.app_template_filter("figures")
def show_figures(number: float) -> str:
    """A number with its thousands marked, as "86,400"."""
    return f"{number:,.15g}"


def read_clock() -> dict[str, Any]:
    """The time and how it flows, which no page shows as sent: `now` is None if it is unknown."""
    door: Door = current_app.extensions["door"]
    reply = door.control(request.host_url.rstrip("/"), "mock/summary", {})
    content = reply.content if reply.status == 200 else {}
    return {"now": content.get("now"), "speed": content.get("speed", 0.0)}


@blueprint.get("/clock/header")
def header() -> Response:
    """The clock of the header."""
    return page.show_part("simulation/clock_header.html")


@blueprint.get("/clock")
def show_clock() -> Response:
    """The clock."""
    return _show()


@blueprint.post("/clock/tick")
def tick() -> Response:
    """Move the clock forward by a duration."""
    fields = Fields(posted())
    return _move("clock/tick", {"delta": fields.seconds("delta")}, fields)


@blueprint.post("/clock/move-to")
def move_to() -> Response:
    """Move the clock forward to a time."""
    fields = Fields(posted())
    return _move("clock/move_to", {"when": fields.iso_time("when")}, fields)


@blueprint.post("/clock/next-event")
def next_event() -> Response:
    """Move the clock to the next thing that is due."""
    return _move("clock/next_event", {}, Fields(posted()))


@blueprint.post("/clock/freeze")
def freeze() -> Response:
    """Stop the clock."""
    fields = Fields(posted())
    return _move("clock/freeze", {"at": fields.iso_time("at")}, fields)


@blueprint.post("/clock/resume")
def resume() -> Response:
    """Let the clock flow on."""
    return _move("clock/resume", {}, Fields(posted()))


@blueprint.post("/clock/speed")
def speed() -> Response:
    """Set how fast the clock flows."""
    fields = Fields(posted())
    return _move("clock/speed", {"n": fields.number("n")}, fields)


def _move(name: str, arguments: dict[str, Any], fields: Fields) -> Response:
    """Make a call of the clock's, and show what happened meanwhile."""
    if fields.mistakes:
        return _show(mistakes=fields.mistakes)
    before = to_time(read_clock()["now"])
    given = {name: value for name, value in arguments.items() if value is not None}
    answer = calls().control(name, given)
    if not answer.ok:
        return _show(answer)
    if name == "clock/next_event" and answer.result is None:
        return _show(answer, "Nothing is due any more.", changes=[])
    return _show(answer, DONE[name], changes=_changes_after(before))


def _changes_after(before: datetime | None) -> list[dict[str, Any]]:
    """The last changes of state after a time."""
    answer = calls().control("history", {"last": MOST_CHANGES})
    changes = answer.result or []
    return [
        each for each in changes if before is None or datetime.fromisoformat(each["time"]) > before
    ]


def _show(
    answer: Answer | None = None,
    done: str | None = None,
    mistakes: dict[str, str] | None = None,
    changes: list[dict[str, Any]] | None = None,
) -> Response:
    return page.show(
        "simulation/clock.html",
        title="Clock",
        status=200 if (answer is None or answer.ok) and not mistakes else 400,
        address=url_for("clock.show_clock"),
        ticks=TICKS,
        speeds=SPEEDS,
        refused=None if answer is None else answer.refusal,
        done=done,
        mistakes=mistakes or {},
        changes=changes,
        most=MOST_CHANGES,
    )
