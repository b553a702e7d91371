"""The server as one WSGI application: what is mounted below a path, and all of moto behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any

from .dispatch import Dispatcher

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    # Makes an application of the door: the one that any client's request reaches.
    Mount = Callable[[WSGIApplication], WSGIApplication]


class Application:
    """All that is served. `mounts`: by path, makers of what answers there in moto's place.

    Each is made when it is first asked for, and given the application behind all mounts, so that
    what it asks of AWS goes the way of any client's request. It finds the path that it is mounted
    at in SCRIPT_NAME, as WSGI has it.
    """

    def __init__(self, create_service: Callable[[Any], Any], mounts: Mapping[str, Mount]) -> None:
        self._mounts = dict(mounts)
        self._made: dict[str, WSGIApplication] = {}
        self._lock = Lock()
        self._door = Dispatcher(create_service)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        path = environ.get("PATH_INFO", "")
        for prefix in self._mounts:
            if path == prefix or path.startswith(f"{prefix}/"):
                environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + prefix
                environ["PATH_INFO"] = path[len(prefix) :]
                return self._mounted(prefix)(environ, start_response)
        return self._door(environ, start_response)  # type: ignore[no-any-return]

    def _mounted(self, prefix: str) -> WSGIApplication:
        with self._lock:
            if prefix not in self._made:
                self._made[prefix] = self._mounts[prefix](self._door)
            return self._made[prefix]
