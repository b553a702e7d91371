"""Find training plan: what could be bought."""

from __future__ import annotations

from flask import Blueprint, Response

from .. import page

blueprint = Blueprint("offerings", __name__)


@blueprint.get("/offerings")
def find() -> Response:
    """The search, and what it finds."""
    return page.show("offerings/find.html", title="Find training plan")
