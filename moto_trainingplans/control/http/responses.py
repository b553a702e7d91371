"""The HTTP twin of the control object: POST a call with its arguments as a JSON object."""

from __future__ import annotations

import json
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from ...aws_json.http import body_of
from ...host.backend import kept_world
from ...simulation.kernel.errors import TrainingPlansError
from ..addresses import ENDED_HEADER, HTML, JSON, ORDERED_AT_HEADER, PICTURE, PREFIX, SVG, Answer
from ..perform import arguments_of, perform
from .routes import DESCRIPTION, MOVING, PAGES, READABLE, methods, public_paths

LONGEST_LINE = 500
LONGEST_PATH_SHOWN = 80
LONGEST_MESSAGE = 5000  # which may show what was sent
# Of pages: they load nothing from elsewhere, and run nothing.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def respond(request: Any, _full_url: str, _headers: Any) -> Answer:
    """Answer a request below PREFIX: 200 with the result as JSON, or 4xx with a message.

    400 is misuse, 404 a path that there is not, and 405 a method that it does not have.
    """
    url = urlsplit(request.url)
    path = url.path.partition(PREFIX)[2]
    allowed = methods(path)
    if not allowed:
        known = ", ".join(each for each in public_paths() if each)
        shown = path if len(path) <= LONGEST_PATH_SHOWN else path[:LONGEST_PATH_SHOWN] + "..."
        return _answer(404, {"message": f"there is no call {shown!r}: there are {known}"})
    if request.method == "OPTIONS":
        return 204, {"Allow": ", ".join(allowed)}, ""
    if request.method not in allowed:
        message = (
            f"{request.method} is not for {path or 'this page'}: use {' or '.join(allowed[:-1])}"
        )
        return _answer(405, {"message": message}, {"Allow": ", ".join(allowed)})
    try:
        # To HEAD too: the server sends a content's length and leaves the content out.
        return _respond(request, path, url.query)
    except TrainingPlansError as misuse:
        message = str(misuse)
        shown = message if len(message) <= LONGEST_MESSAGE else message[:LONGEST_MESSAGE] + "..."
        return _answer(400, {"message": shown})


def _respond(request: Any, path: str, query: str) -> Answer:
    if request.method == "POST":
        return _call(request, path)
    return _page(request, path) if path in PAGES else _read(request, path, query)


def _call(request: Any, name: str) -> Answer:
    result = _perform(request, name, _arguments(body_of(request)))
    if name in MOVING:
        result = perform("clock/now", {})
    return _answer(200, result)


def _read(request: Any, path: str, query: str) -> Answer:
    name = READABLE[path]
    own = arguments_of(name)
    asked = {
        key: own[key].read_text(value) if key in own else value
        for key, value in parse_qsl(query, keep_blank_values=True)
    }
    result = _perform(request, name, asked)
    if path == PICTURE:
        from ...views.timeline import Timeline

        return 200, {"Content-Type": SVG}, Timeline(result).svg()
    return _answer(200, {"now": result} if path == "clock" else result)


def _page(request: Any, path: str) -> Answer:
    from .description import index, openapi

    if path == DESCRIPTION:
        return 200, {"Content-Type": JSON}, openapi.text()
    url = urlsplit(request.url)
    headers = {
        "Content-Type": f"{HTML}; charset=utf-8",
        "Content-Security-Policy": POLICY,
        "Cache-Control": "no-store",
    }
    return 200, headers, index.page(f"{url.scheme}://{url.netloc}")


def _perform(request: Any, name: str, arguments: dict[str, Any]) -> Any:
    ended = request.headers.get(ENDED_HEADER)
    ordered_at = request.headers.get(ORDERED_AT_HEADER)
    return perform(
        name,
        arguments,
        world=None if ended is None else kept_world(ended),
        ordered_at=None if ordered_at is None else unquote(ordered_at)[:LONGEST_LINE],
    )


def _arguments(body: bytes) -> dict[str, Any]:
    try:
        arguments = json.loads(body.decode("utf-8") or "{}")
    except (ValueError, RecursionError):
        raise TrainingPlansError("the body must be a JSON object with the arguments") from None
    if not isinstance(arguments, dict):
        raise TrainingPlansError("the body must be a JSON object with the arguments")
    return arguments


def _answer(status: int, result: Any, more: dict[str, str] | None = None) -> Answer:
    headers = {"Content-Type": JSON, "Cache-Control": "no-store", **(more or {})}
    return status, headers, json.dumps(result, default=_as_json)


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if hasattr(value, "to_json"):  # a view, of which none need have been loaded
        return value.to_json()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
