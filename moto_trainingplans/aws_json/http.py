"""Requests as moto hands them over, in whichever of its forms."""

from __future__ import annotations

from io import BytesIO
from typing import Any


def body_of(request: Any) -> bytes:
    """The bytes of a request's body.

    moto 5.2.4 and newer make every request one of werkzeug's; older ones hand over
    botocore's as it is when they run in the client's process.
    """
    if not hasattr(request, "get_data"):
        body = request.body
        return body.encode() if isinstance(body, str) else body or b""
    content: bytes = request.get_data(cache=False)
    # Moto may want to read it again, and decompress it, or take it for a form; its own API
    # reads it where the server has put it.
    request.stream = request.environ["wsgi.input"] = BytesIO(content)
    return content
