"""The pages of what happened: the last requests, and the last changes of state."""

from __future__ import annotations

from flask import Blueprint, Response

from ...control.values import emulated_operations
from .. import page
from ..calls import calls
from ..fields import Fields
from ..forms import asked

blueprint = Blueprint("activity", __name__)
PAGE = 50
MOST = 2000  # of the last requests or changes that are looked through
READING = ("Describe", "List", "Search", "Get")


@blueprint.get("/calls")
def show_calls() -> Response:
    """The last requests, the newest first."""
    form = asked()
    fields = Fields(form)
    operation = fields.text("operation")
    given = {} if operation is None else {"operation": operation}
    answer = calls().control("calls", {**given, "last": MOST})
    found = [
        call
        for call in reversed(answer.result or [])
        if not (fields.text("which") == "changing" and call["operation"].startswith(READING))
        and not (fields.text("which") == "refused" and call["error"] is None)
    ]
    number = _page_number(fields)
    return page.show(
        "simulation/calls.html",
        title="Calls",
        status=200 if answer.ok else 400,
        made=found[number * PAGE : (number + 1) * PAGE],
        number=number,
        has_more=len(found) > (number + 1) * PAGE,
        query=form.only(("operation", "which")),
        operations=emulated_operations(),
        refused=answer.refusal,
        most=MOST,
    )


@blueprint.get("/changes")
def show_changes() -> Response:
    """The last changes of state, the newest first."""
    form = asked()
    fields = Fields(form)
    resource = fields.text("resource")
    given = {} if resource is None else {"resource": resource}
    answer = calls().control("history", {**given, "last": MOST})
    found = list(reversed(answer.result or []))
    number = _page_number(fields)
    return page.show(
        "simulation/changes.html",
        title="Changes",
        status=200 if answer.ok else 400,
        changes=found[number * PAGE : (number + 1) * PAGE],
        number=number,
        has_more=len(found) > (number + 1) * PAGE,
        query=form.only(("resource",)),
        refused=answer.refusal,
        most=MOST,
    )


def _page_number(fields: Fields) -> int:
    """Which page of a list is asked for, from 0; the first where it is none."""
    number = fields.whole("page")
    return number if number is not None and 0 <= number < MOST // PAGE else 0
