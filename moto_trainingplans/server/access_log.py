"""A line for each request, for who asks for it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class AccessLog:
    """Writes what was asked and what became of it: method, path, operation, status, time."""

    def __init__(self, application: WSGIApplication, to: TextIO | None = None) -> None:
        self._application = application
        self._to = to or sys.stderr

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        asked = f"{environ['REQUEST_METHOD']} {environ.get('RAW_URI', '')}"
        operation = environ.get("HTTP_X_AMZ_TARGET", "")
        begun = time.perf_counter()
        became = "failed"

        def start(status: str, headers: list[tuple[str, str]], *problem: Any) -> Any:
            nonlocal became
            became = status.partition(" ")[0]
            return start_response(status, headers, *problem)

        try:
            return self._application(environ, start)
        finally:
            milliseconds = (time.perf_counter() - begun) * 1000
            line = " ".join(filter(None, (asked, operation, became, f"{milliseconds:.1f} ms")))
            # In one piece, for other threads write too; and no control character of a client's.
            print(line.encode("ascii", "backslashreplace").decode(), file=self._to, flush=True)
