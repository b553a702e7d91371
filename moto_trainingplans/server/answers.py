"""Answers of the server itself, to what it does not hand on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def answer_json(
    environ: WSGIEnvironment, start_response: StartResponse, status: str, content: Mapping[str, str]
) -> Iterable[bytes]:
    """Answer a request with a JSON object, that no browser takes for anything else.

    A `__type` in it, as AWS's errors have, is in the headers too.
    """
    body = json.dumps(content).encode()
    code = content.get("__type")
    start_response(
        status,
        [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            ("X-Content-Type-Options", "nosniff"),
            *([] if code is None else [("x-amzn-errortype", code)]),
        ],
    )
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
