"""The page of orders: what can be ordered, what waits, and what there is to sell now."""

from __future__ import annotations

from flask import Blueprint, Response, abort, g, url_for

from ...control.values import emulated_operations
from ...simulation.market.catalog import Target, load_catalog
from ...simulation.orders.environment import ExpirationUnit
from .. import page
from ..calls import Answer, calls
from ..fields import Fields
from ..forms import asked, posted
from ..place import Place, regions
from . import orders

blueprint = Blueprint("orders", __name__)
MOST_WAITING = 50  # orders that a page shows


@blueprint.get("/orders")
def show_orders() -> Response:
    """All orders; the query may say which is open, and what is typed in already."""
    form = asked()
    opened = form.text("order")
    return _show(opened, form.typed)


@blueprint.post("/orders/<group>/<call>")
def give_order(group: str, call: str) -> Response:
    """Make a control call."""
    order = orders.ORDERS.get(f"{group}/{call}")
    if order is None:
        abort(404, f"There is no order {group}/{call}.")
    form = posted()
    fields = Fields(form)
    arguments = orders.arguments(order, fields)
    typed = form.typed
    if fields.mistakes:
        return _show(order.call, typed, mistakes=fields.mistakes)
    answer = calls().control(order.call, arguments)
    return _show(order.call, typed, answer=answer)


def _show(
    opened: str,
    typed: dict[str, str],
    mistakes: dict[str, str] | None = None,
    answer: Answer | None = None,
) -> Response:
    waiting = calls().control("mock/unmet_orders", {})
    orders_waiting = (waiting.result or {}).get("orders", [])
    return page.show(
        "simulation/orders.html",
        title="Orders",
        status=200 if not mistakes and (answer is None or answer.ok) else 400,
        address=url_for("orders.show_orders", order=opened) if opened else None,
        groups=orders.GROUPS,
        opened=opened,
        typed=typed,
        mistakes=mistakes or {},
        refused=None if answer is None else answer.refusal,
        done=answer is not None and answer.ok,
        choices=_choices(),
        waiting=orders_waiting[:MOST_WAITING],
        more_waiting=len(orders_waiting[MOST_WAITING:]),
    )


def _choices() -> dict[str, tuple[str, ...]]:
    """What fields can be chosen from, by their kinds."""
    here: Place = g.place
    return {
        "zone": tuple(zones_of(here.region)),
        "region": regions(),
        "type": tuple(sorted(load_catalog().compute_types)),
        "target": tuple(target.value for target in Target),
        "unit": tuple(unit.value for unit in ExpirationUnit),
        "operation": tuple(emulated_operations()),
    }


def zones_of(region: str) -> list[str]:
    """The zones of a Region, Local Zones, whose names are longer, last."""
    names = [zone.name for zone in load_catalog().zones.values() if zone.region == region]
    return sorted(names, key=lambda name: (len(name), name))
