"""Who may ask: no page of another origin, and nobody who calls this machine by a strange name.

A page that is open in the developer's browser can send requests to any server of the same
machine. Browsers say where such a request comes from, in Origin and Sec-Fetch-Site; a page whose
own name has been made to lead here (DNS rebinding) asks under that name, in Host.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .answers import answer_json
from .limits import CONTROL, MOTO_API

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ANY = "*"
JSON = "application/json"
# Under which no one but AWS can have a name that leads to a machine of the developer's: clients
# whose endpoints are patched ask under them.
AWS_DOMAINS = (
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "api.aws",
    "c2s.ic.gov",
    "sc2s.sgov.gov",
    "cloud.adc-e.uk",
    "csp.hci.ic.gov",
)
# Of moto's own API. Most of the rest does something, whichever method it is asked for with: the
# recorder begins to record, the seed is set.
SHOWING = frozenset(
    ("/favicon.ico", *(f"{MOTO_API}{each}" for each in ("", "/", "/lib.js", "/data.json")))
)
DEFAULT_PORTS = {"http": 80, "https": 443}
# How many different refusals are written to the log, so that a page cannot fill it.
MOST_TOLD = 100

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not let through: a status and a message that says what would let it."""

    status: str
    message: str


class Policy:
    """Which hosts are asked for, and which other origins' pages may ask.

    `host` is what the server listens on; `hosts` are more names that lead to it; `origins` are as
    browsers send them ("http://localhost:3000"), "*" for any.
    """

    def __init__(self, host: str, hosts: Iterable[str] = (), origins: Iterable[str] = ()) -> None:
        self.hosts = frozenset(_plain(each) for each in (host, *hosts))
        self.origins = frozenset(each.lower() for each in origins)
        address = _address(_plain(host))
        self._everywhere = address is not None and address.is_unspecified
        # A client asks by the same name each time.
        self._refusal_of_host = lru_cache(maxsize=256)(self._look_at_host)

    def refusal(self, environ: WSGIEnvironment) -> Refusal | None:
        """Why a request may not pass, None if it may."""
        protocol = environ.get("SERVER_PROTOCOL", "")
        return (
            self._refusal_of_host(environ.get("HTTP_HOST", ""), protocol)
            or self._refusal_of_origin(environ)
            or _refusal_of_content(environ)
        )

    def is_allowed(self, origin: str | None) -> bool:
        """Whether pages of another origin may ask."""
        return origin is not None and (ANY in self.origins or origin.lower() in self.origins)

    def _look_at_host(self, asked: str, protocol: str) -> Refusal | None:
        if not asked and protocol == "HTTP/1.0":
            return None  # no browser speaks it
        host = _host_of(asked)
        if host is not None and self._is_here(host):
            return None
        return Refusal(
            "403 Forbidden",
            f"This server is not asked for by the name {asked[:100]!r}: a page whose name was made "
            "to lead here could do so. If it is yours, start the server with "
            f"--allow-host {(host or 'NAME')[:100]}",
        )

    def _is_here(self, host: str) -> bool:
        if ANY in self.hosts or host in self.hosts:
            return True
        if host == "localhost" or host.endswith(".localhost"):
            return True
        address = _address(host)
        if address is not None:
            return self._everywhere or address.is_loopback
        return any(host.endswith(f".{each}") for each in (*AWS_DOMAINS, *self.hosts))

    def _refusal_of_origin(self, environ: WSGIEnvironment) -> Refusal | None:
        origin = environ.get("HTTP_ORIGIN")
        if self.is_allowed(origin) or (origin is None and ANY in self.origins):
            return None
        site = environ.get("HTTP_SEC_FETCH_SITE")
        if origin is not None and not _is_same_origin(origin, environ):
            return _foreign(origin)
        if site is None:
            is_silent = origin is None and _is_browser(environ) and not _is_page(environ)
            return _foreign("an unnamed origin") if is_silent else None
        return None if site in {"same-origin", "none"} else _foreign("another origin")


class Guard:
    """Lets through what the policy allows, and answers the rest itself."""

    def __init__(self, application: WSGIApplication, policy: Policy) -> None:
        self._application = application
        self._policy = policy
        self._told: set[str] = set()
        self._lock = Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        refusal = self._policy.refusal(environ)
        if refusal is not None:
            self._tell(refusal.message)
            return answer_json(
                environ, start_response, refusal.status, {"message": refusal.message}
            )
        origin = environ.get("HTTP_ORIGIN")
        if not self._policy.is_allowed(origin) or origin is None:
            return self._application(environ, start_response)
        shared = _shared_with(origin, environ)
        if _is_preflight(environ):
            start_response("204 No Content", shared)
            return []

        def start_shared(status: str, headers: list[tuple[str, str]], *problem: Any) -> Any:
            own = [each for each in headers if not each[0].lower().startswith("access-control-")]
            return start_response(status, [*own, *shared], *problem)

        return self._application(environ, start_shared)

    def _tell(self, message: str) -> None:
        with self._lock:
            if message in self._told or len(self._told) >= MOST_TOLD:
                return
            self._told.add(message)
        log.warning("refused: %s", message)


def _refusal_of_content(environ: WSGIEnvironment) -> Refusal | None:
    """What is no JSON and a page could send without asking first, to the control calls."""
    path = environ.get("PATH_INFO", "")
    if environ["REQUEST_METHOD"] in {"GET", "HEAD", "OPTIONS"} or not path.startswith(CONTROL):
        return None
    kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if kind == JSON or (not kind and environ.get("CONTENT_LENGTH", "0") in {"", "0"}):
        return None
    return Refusal(
        "415 Unsupported Media Type",
        f"the body must be JSON, sent with Content-Type: {JSON}"
        + (f", not {kind[:100]}" if kind else ""),
    )


def _foreign(origin: str) -> Refusal:
    named = origin if origin.startswith("http") else "ORIGIN"
    return Refusal(
        "403 Forbidden",
        f"Pages of {origin[:200]} may not ask this server. If they are yours, start the server "
        f"with --allow-origin {named[:200]}",
    )


def _is_preflight(environ: WSGIEnvironment) -> bool:
    return (
        environ["REQUEST_METHOD"] == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ
    )


def _shared_with(origin: str, environ: WSGIEnvironment) -> list[tuple[str, str]]:
    """The headers by which a browser lets a page of that origin have an answer."""
    headers = [
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Expose-Headers", ANY),
        ("Vary", "Origin"),
    ]
    if _is_preflight(environ):
        wanted = environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "")
        headers += [
            ("Access-Control-Allow-Methods", environ["HTTP_ACCESS_CONTROL_REQUEST_METHOD"]),
            ("Access-Control-Max-Age", "600"),
        ]
        if wanted:
            headers.append(("Access-Control-Allow-Headers", wanted))
        if "HTTP_ACCESS_CONTROL_REQUEST_PRIVATE_NETWORK" in environ:
            headers.append(("Access-Control-Allow-Private-Network", "true"))
    return headers


def _is_same_origin(origin: str, environ: WSGIEnvironment) -> bool:
    ours = f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST', '')}"
    theirs, here = _parts(origin), _parts(ours)
    return theirs is not None and theirs == here


def _parts(origin: str) -> tuple[str, str, int] | None:
    try:
        url = urlsplit(origin)
        port = url.port or DEFAULT_PORTS.get(url.scheme)
    except ValueError:
        return None
    if not url.hostname or port is None or url.path not in {"", "/"}:
        return None
    return url.scheme, url.hostname, port


def _is_browser(environ: WSGIEnvironment) -> bool:
    """Whether a browser asks: no SDK of AWS's says it is one.

    To plain http on another machine a browser does not say where a request comes from, and for a
    picture or a script it names no origin either.
    """
    return str(environ.get("HTTP_USER_AGENT", "")).startswith("Mozilla/")


def _is_page(environ: WSGIEnvironment) -> bool:
    """Whether something is asked for that only shows, whoever asks."""
    path = environ.get("PATH_INFO", "")
    return environ["REQUEST_METHOD"] in {"GET", "HEAD"} and (
        path in SHOWING or path == CONTROL or path.startswith(f"{CONTROL}/")
    )


def _host_of(asked: str) -> str | None:
    """The name in a Host header, without its port; None where it is none."""
    try:
        url = urlsplit(f"//{asked}")
        _ = url.port
    except ValueError:
        return None
    if url.netloc != asked or "@" in asked or not url.hostname:
        return None
    return url.hostname.rstrip(".")


def _plain(name: str) -> str:
    return name.strip().strip("[]").rstrip(".").lower()


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
