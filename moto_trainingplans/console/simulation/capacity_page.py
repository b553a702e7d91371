"""The page of what is free to be sold in a Region, by zone and type, for one target."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g

from ...simulation.market.catalog import Target, load_catalog
from .. import page
from ..calls import calls
from ..fields import Fields
from ..forms import asked
from ..place import Place
from .orders_page import zones_of

blueprint = Blueprint("capacity", __name__)


@blueprint.get("/capacity")
def show_capacity() -> Response:
    """The least that is free in a window, from now for ever by default."""
    form = asked()
    fields = Fields(form)
    here: Place = g.place
    target = fields.text("target") or Target.TRAINING_JOB.value
    window = {
        name: when for name in ("start", "end") if (when := fields.iso_time(name)) is not None
    }
    zones = zones_of(here.region)
    made = calls()
    table: dict[str, list[Any]] = {}
    refused = None
    for compute_type in sorted(load_catalog().compute_types):
        row = []
        for zone in zones:
            wanted = {"zone": zone, "instance_type": compute_type, "target": target, **window}
            answer = made.control("capacity/free", wanted)
            refused = refused or answer.refusal
            row.append(answer.result)
        if any(row) or fields.flag("all"):
            table[compute_type] = row
        if refused:
            break
    # All alike but for zone and type: the first shows how each was asked for.
    del made.sent[1:]
    return page.show(
        "simulation/capacity.html",
        title="Free capacity",
        status=200 if refused is None and not fields.mistakes else 400,
        zones=zones,
        table={} if refused else table,
        target=target,
        targets=tuple(each.value for each in Target),
        query=form.only(("target", "start", "end", "all")),
        mistakes=fields.mistakes,
        refused=refused,
    )
