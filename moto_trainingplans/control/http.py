"""The HTTP twin of the control object: POST a call with its arguments as a JSON object."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ..aws_json.http import body_of
from ..host.backend import set_seed
from ..simulation.kernel.errors import TrainingPlansError
from ..simulation.kernel.history import Change
from ..views.lanes import View
from ..views.ledger import Ledger
from ..views.timeline import Timeline
from .calls import perform

PREFIX = "/moto-api/training-plans/"
PICTURE = "timeline.svg"
# Calls that only look, and so can be fetched.
READABLE = {"clock": "clock/now", "history": "history", PICTURE: "timeline"}

Answer = tuple[int, dict[str, str], str]


def respond(request: Any, _full_url: str, _headers: Any) -> Answer:
    """Answer a request below PREFIX: 200 with the result as JSON, or 4xx with a message."""
    url = urlsplit(request.url)
    name = url.path.partition(PREFIX)[2]
    try:
        if request.method == "GET" and name in READABLE:
            query = parse_qs(url.query, keep_blank_values=True)
            result = perform(READABLE[name], {key: values[-1] for key, values in query.items()})
            if name == PICTURE:
                return 200, {"Content-Type": "image/svg+xml"}, Timeline(result).svg()
            return _answer(200, {"now": result} if name == "clock" else result)
        if request.method != "POST":
            return _answer(405, {"message": f"{request.method} is not a call: use POST"})
        return _answer(200, perform(name, _arguments(body_of(request))))
    except TrainingPlansError as misuse:
        return _answer(400, {"message": str(misuse)})


def respond_to_seed(moto_respond: Callable[..., Any]) -> Callable[..., Any]:
    """Moto's seed API, that lets the simulation know of the seed too."""

    # Named as moto's own: a server takes the names of its routes from the functions.
    def seed(request: Any, full_url: str, headers: Any) -> Any:
        answer = moto_respond(request, full_url, headers)
        set_seed(parse_qs(urlsplit(request.url).query).get("a", [""])[-1])
        return answer

    return seed


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
    if isinstance(value, Change):
        return asdict(value)
    if isinstance(value, (View, Ledger)):
        return value.to_json()
    raise TypeError(f"{type(value).__name__} has no JSON form")
