"""The timeline as part of a page: its style comes from a file, as the content policy asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from markupsafe import Markup

from ..views import svg
from ..views.folding import fold
from ..views.lanes import View

NARROW, WIDE = 360, 1120  # pixels


def figure(timeline: Mapping[str, Any]) -> Markup:
    """What the control call `timeline` answers, as two pictures, of which the page shows one."""
    view = fold(View.from_json(timeline))
    pictures = (
        (kind, svg.render(view, width, with_style=False))
        for kind, width in (("wide", WIDE), ("narrow", NARROW))
    )
    # What the picture says is escaped where it is drawn.
    drawn = Markup("").join(
        Markup('<div class="{}">{}</div>').format(kind, Markup(drawn)) for kind, drawn in pictures
    )
    return Markup('<figure class="picture">{}</figure>').format(drawn)


def style() -> Response:
    """The style sheet of all pictures."""
    return Response(svg.style(), content_type="text/css; charset=utf-8")
