"""A page, whole or as the part of it that an action replaces."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template, request

from .calls import Answer, calls
from .navigation import current_link

# The codes of what is not there.
ABSENT = ("ResourceNotFound", "ValidationException")
# Pages are answered by the console alone, and load nothing from elsewhere; nothing that a name
# or message says is run or loaded.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Nothing of htmx that runs what a page says, or that a policy without inline styles forbids; what
# an error says takes the place of the page too.
HTMX_CONFIG = {
    "allowEval": False,
    "allowScriptTags": False,
    "includeIndicatorStyles": False,
    "selfRequestsOnly": True,
    "historyCacheSize": 0,
    "refreshOnHistoryMiss": True,
    "responseHandling": [
        {"code": "204", "swap": False},
        {"code": "[23]..", "swap": True},
        {"code": "[45]..", "swap": True, "error": True},
    ],
}
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def wants_part() -> bool:
    """Whether a script asks, which replaces a part of the page it has."""
    return "HX-Request" in request.headers


def show(
    template: str,
    *,
    title: str,
    status: int = 200,
    address: str | None = None,
    endpoint: str | None = None,
    **context: Any,
) -> Response:
    """Answer with a page that extends "base.html".

    After an action the browser is to show `address`, where that page can be had again, and the
    navigation the page of `endpoint`, if that is another than the action's.
    """
    if endpoint is not None:
        context["current"] = current_link(endpoint)
    written = render_template(
        template, title=title, sent=calls().sent, part=wants_part(), **context
    )
    response = make_response(_encoded(written), status)
    if address is not None and wants_part():
        response.headers["HX-Push-Url"] = address
    response.headers["Vary"] = "HX-Request"
    return response


def show_absent(title: str, answer: Answer) -> Response:
    """Answer with why a thing cannot be shown: 404 if there is none, 400 for all else."""
    refused = answer.refusal
    assert refused is not None
    status = 404 if refused.code in ABSENT else 400
    return show("error.html", title=title, status=status, refused=refused)


def show_part(template: str, **context: Any) -> Response:
    """Answer with a piece of a page, for what asks for it again and again."""
    return make_response(_encoded(render_template(template, **context)))


def _encoded(written: str) -> bytes:
    """A page as bytes; half of a pair of surrogates, which JSON can hold, becomes a mark."""
    return written.encode("utf-8", "replace")
