"""The server as one WSGI application: what is mounted below a path, and all of moto behind it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any

from .answers import answer_json
from .dispatch import Dispatcher, UnknownServiceError, UnreadableError
from .limits import Limits, TooLargeError, check_expansion

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    # Makes an application of the door: the one that any client's request reaches.
    Mount = Callable[[WSGIApplication], WSGIApplication]

# Whose objects are kept as they come, compressed or not.
S3 = "s3"
# What concerns the connection, which no application has a say in. Some of moto's answers do.
HOP_BY_HOP = {"connection", "keep-alive", "te", "trailers", "transfer-encoding", "upgrade"}

log = logging.getLogger(__name__)


class Door:
    """All of AWS: the way of each request to the service that it is for."""

    def __init__(self, create_service: Callable[[Any], Any], limits: Limits) -> None:
        self._dispatcher = Dispatcher(create_service)
        self._limits = limits

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""

        def refuse(status: str, code: str, message: str) -> Iterable[bytes]:
            told = {"__type": code, "message": message}
            return answer_json(environ, start_response, status, told)

        def start(status: str, headers: list[tuple[str, str]], *problem: Any) -> Any:
            kept = [each for each in headers if each[0].lower() not in HOP_BY_HOP]
            return start_response(status, kept, *problem)

        try:
            service = self._dispatcher.get_application(environ)
            name = getattr(service, "service", None)
            if environ.get("HTTP_CONTENT_ENCODING") == "gzip" and name != S3:
                self._check_expansion(environ)
            # Whoever looked for the service in the body has left it at its end.
            environ["wsgi.input"].seek(0)
            return service(environ, start)
        except UnreadableError:
            message = "The request names no service: its Authorization header is malformed."
            return refuse("400 Bad Request", "IncompleteSignatureException", message)
        except UnknownServiceError as unknown:
            message = f"moto has no service at {str(unknown)[:200]}."
            return refuse("400 Bad Request", "UnknownOperationException", message)
        except TooLargeError:
            message = "The body is larger than is allowed, once it is decompressed."
            return refuse("413 Content Too Large", "RequestEntityTooLarge", message)
        except Exception as failure:
            log.exception("%s %s", environ["REQUEST_METHOD"], environ.get("PATH_INFO"))
            message = f"{type(failure).__name__}: {str(failure)[:500]}"
            return refuse("500 Internal Server Error", "InternalFailure", message)

    def _check_expansion(self, environ: WSGIEnvironment) -> None:
        asked = {"X_AMZ_TARGET": environ.get("HTTP_X_AMZ_TARGET", "")}
        most = self._limits.of(environ.get("PATH_INFO", ""), asked)
        check_expansion(environ["wsgi.input"], most)


class Application:
    """All that is served. `mounts`: by path, makers of what answers there in moto's place.

    Each is made when it is first asked for, and given the application behind all mounts, so that
    what it asks of AWS goes the way of any client's request. It finds the path that it is mounted
    at in SCRIPT_NAME, as WSGI has it.
    """

    def __init__(
        self,
        create_service: Callable[[Any], Any],
        mounts: Mapping[str, Mount],
        limits: Limits | None = None,
    ) -> None:
        self._mounts = dict(mounts)
        self._made: dict[str, WSGIApplication] = {}
        self._lock = Lock()
        self._door = Door(create_service, limits or Limits())

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        path = environ.get("PATH_INFO", "")
        for prefix in self._mounts:
            if path == prefix or path.startswith(f"{prefix}/"):
                environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + prefix
                environ["PATH_INFO"] = path[len(prefix) :]
                return self._mounted(prefix)(environ, start_response)
        return self._door(environ, start_response)

    def _mounted(self, prefix: str) -> WSGIApplication:
        with self._lock:
            if prefix not in self._made:
                self._made[prefix] = self._mounts[prefix](self._door)
            return self._made[prefix]
