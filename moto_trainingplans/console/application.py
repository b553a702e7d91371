"""The console as a WSGI application, to be mounted beside what it is a console of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Flask, Response, abort, g, redirect, request, url_for
from jinja2 import ChainableUndefined
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from . import page, pictures, shown
from .clusters import actions as cluster_actions
from .clusters import pages as clusters
from .door import Door
from .forms import asked
from .jobs import pages as jobs
from .navigation import NAVIGATION, current_link
from .offerings import pages as offerings
from .place import (
    Place,
    default_place,
    fault_of_account,
    fault_of_region,
    regions,
)
from .plans import pages as plans
from .simulation import (
    activity,
    capacity_page,
    clock,
    orders_page,
    quotas_page,
    state_page,
    timeline,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# Each has the pages of one kind of thing.
BLUEPRINTS = (
    offerings.blueprint,
    plans.blueprint,
    jobs.blueprint,
    clusters.blueprint,
    cluster_actions.blueprint,
    timeline.blueprint,
    clock.blueprint,
    orders_page.blueprint,
    capacity_page.blueprint,
    quotas_page.blueprint,
    activity.blueprint,
    state_page.blueprint,
)
IN_PLACE = "/<region>/<account>"
LARGEST_BODY = 1_000_000  # bytes
TOO_LARGE = (
    f"A form may have {LARGEST_BODY:,} bytes here, and nothing of this one was read. A larger "
    "scenario or saved state is loaded by load() of the control object, or by a server that is "
    "started with --scenario or --state."
)
HOME = "plans.list_plans"


def create_app(door: WSGIApplication) -> Flask:
    """The console of what is behind a door: the application that any client's request reaches.

    Pages are at /<Region>/<account>/...; all that they show and do is asked for through the
    door, as a client of that account would in that Region.
    """
    application = Flask("moto_trainingplans.console")
    application.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    application.config["SEND_FILE_MAX_AGE_DEFAULT"] = 0  # a server of another version may follow
    application.jinja_env.trim_blocks = True
    # Answers lack what is optional, at any depth: it is shown as nothing.
    application.jinja_env.undefined = ChainableUndefined
    application.jinja_env.lstrip_blocks = True
    application.extensions["door"] = Door(door)
    shown.install(application)
    application.jinja_env.globals["timeline_figure"] = pictures.figure
    application.jinja_env.globals["htmx_config"] = page.HTMX_CONFIG
    application.jinja_env.globals["ui"] = application.jinja_env.get_template("macros.html").module
    application.url_value_preprocessor(_read_place)
    application.url_defaults(_add_place)
    application.after_request(_secure)
    application.context_processor(_context)
    application.register_error_handler(HTTPException, _show_error)
    application.add_url_rule("/", "home", _home)
    application.add_url_rule("/go", "go", _go)
    application.add_url_rule("/timeline.css", "timeline_style", pictures.style)
    for blueprint in BLUEPRINTS:
        application.register_blueprint(blueprint, url_prefix=IN_PLACE)
    return application


def _read_place(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.place = default_place()
    if not values or "region" not in values:
        return
    place = Place(values.pop("region"), values.pop("account"))
    fault = fault_of_region(place.region) or fault_of_account(place.account)
    if fault:
        abort(404, fault)
    g.place = place


def _add_place(endpoint: str, values: dict[str, Any]) -> None:
    from flask import current_app

    if current_app.url_map.is_endpoint_expecting(endpoint, "region"):
        values.setdefault("region", g.place.region)
        values.setdefault("account", g.place.account)


def _secure(response: Response) -> Response:
    response.headers.update(page.HEADERS)
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


def _context() -> dict[str, Any]:
    link = current_link(request.endpoint)
    return {
        "place": g.get("place") or default_place(),
        "regions": regions(),
        "navigation": NAVIGATION,
        "current": link,
        "home": HOME,
    }


def _home() -> Any:
    return redirect(url_for(HOME))


def _go() -> Any:
    """Go to the same page elsewhere: what the Region and account of the header are sent to."""
    form = asked()
    place = Place(form.text("region"), form.text("account"))
    fault = fault_of_region(place.region) or fault_of_account(place.account)
    if fault:
        abort(400, fault)
    endpoints = {link.endpoint for links in NAVIGATION.values() for link in links}
    endpoint = form.text("page")
    endpoint = endpoint if endpoint in endpoints else HOME
    return redirect(url_for(endpoint, region=place.region, account=place.account))


def _show_error(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error.get_response()
    if not g.get("place"):
        g.place = default_place()
    return page.show(
        "error.html",
        title=f"{error.code} {error.name}",
        status=error.code,
        message=TOO_LARGE if isinstance(error, RequestEntityTooLarge) else error.description,
    )
