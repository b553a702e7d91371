"""The HTTP twin of the control object: POST a call with its arguments as a JSON object."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from ..aws_json.http import body_of
from ..host.backend import kept_world, set_seed
from ..simulation.kernel.calls import Call
from ..simulation.kernel.errors import TrainingPlansError
from ..simulation.kernel.history import Change
from .perform import perform

PREFIX = "/moto-api/training-plans/"
PICTURE = "timeline.svg"
# Calls that only look, and so can be fetched.
READABLE = {"clock": "clock/now", "history": "history", "calls": "calls", PICTURE: "timeline"}
# Calls that move the clock answer with the new time.
MOVING = {"clock/move_to", "clock/tick", "clock/freeze"}
# Where an order was written, and which ended simulation is asked, when our own client asks.
ORDERED_AT_HEADER = "X-Training-Plans-Ordered-At"
ENDED_HEADER = "X-Training-Plans-Ended"

LONGEST_LINE = 500
LONGEST_COUNT = 9  # digits of a number in a query

Answer = tuple[int, dict[str, str], str]


def respond(request: Any, _full_url: str, _headers: Any) -> Answer:
    """Answer a request below PREFIX: 200 with the result as JSON, or 4xx with a message."""
    url = urlsplit(request.url)
    name = url.path.partition(PREFIX)[2]
    try:
        if request.method == "GET" and name in READABLE:
            query = parse_qs(url.query, keep_blank_values=True)
            asked = {key: _asked(key, values[-1]) for key, values in query.items()}
            result = _perform(request, READABLE[name], asked)
            if name == PICTURE:
                from ..views.timeline import Timeline

                return 200, {"Content-Type": "image/svg+xml"}, Timeline(result).svg()
            return _answer(200, {"now": result} if name == "clock" else result)
        if request.method != "POST":
            return _answer(405, {"message": f"{request.method} is not a call: use POST"})
        result = _perform(request, name, _arguments(body_of(request)))
        if name in MOVING:
            result = perform("clock/now", {})
        return _answer(200, result)
    except TrainingPlansError as misuse:
        return _answer(400, {"message": str(misuse)})


def _perform(request: Any, name: str, arguments: dict[str, Any]) -> Any:
    ended = request.headers.get(ENDED_HEADER)
    ordered_at = request.headers.get(ORDERED_AT_HEADER)
    return perform(
        name,
        arguments,
        world=None if ended is None else kept_world(ended),
        ordered_at=None if ordered_at is None else unquote(ordered_at)[:LONGEST_LINE],
    )


def respond_to_seed(moto_respond: Callable[..., Any]) -> Callable[..., Any]:
    """Moto's seed API, that lets the simulation know of the seed too."""

    # Named as moto's own: a server takes the names of its routes from the functions.
    def seed(request: Any, full_url: str, headers: Any) -> Any:
        answer = moto_respond(request, full_url, headers)
        set_seed(parse_qs(urlsplit(request.url).query).get("a", [""])[-1])
        return answer

    return seed


def _asked(name: str, text: str) -> Any:
    """An argument of a query, where all is text."""
    is_count = name == "last" and text.isascii() and text.isdigit() and len(text) <= LONGEST_COUNT
    return int(text) if is_count else text


def _arguments(body: bytes) -> dict[str, Any]:
    try:
        arguments = json.loads(body.decode("utf-8") or "{}")
    except (ValueError, RecursionError):
        raise TrainingPlansError("the body must be a JSON object with the arguments") from None
    if not isinstance(arguments, dict):
        raise TrainingPlansError("the body must be a JSON object with the arguments")
    return arguments


def _answer(status: int, result: Any) -> Answer:
    return status, {"Content-Type": "application/json"}, json.dumps(result, default=_as_json)


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (Call, Change)):
        return asdict(value)
    if hasattr(value, "to_json"):  # a view, of which none need have been loaded
        return value.to_json()
    raise TypeError(f"{type(value).__name__} has no JSON form")
