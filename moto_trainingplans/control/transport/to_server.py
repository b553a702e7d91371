"""The way of a call from the control object to a server, and what it says of other servers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from ...simulation.kernel.errors import TrainingPlansError, in_short
from ...version import __version__
from ..addresses import ENDED_HEADER, ORDERED_AT_HEADER, PREFIX
from ..perform import arguments_of
from ..sharing import check_shared
from ..tracebacks import hide_misuse
from ..values import plain_value, to_time
from .in_process import Transport

__tracebackhide__ = hide_misuse

# Calls that may set the clock, besides those on it.
SETTING = {"reset", "load", "mock/start_at"}
CONNECT_SECONDS = 10
ANSWER_SECONDS = 60

# Of servers whose time this process shows: their time when it was last asked for, the real one
# then, and how it flows.
_told: dict[str, tuple[datetime, float, float]] = {}


class ToServer(Transport):
    """To the simulation of a server, as "http://127.0.0.1:5000"."""

    def __init__(self, url: str) -> None:
        import requests

        super().__init__()
        self._address = _checked(url)
        self._session = requests.Session()
        self._ended: str | None = None
        self._check_version()

    @property
    def where(self) -> str:
        """The server."""
        return f"at {self._address}"

    def perform(self, name: str, arguments: dict[str, Any], ordered_at: str | None) -> Any:
        """Make a call."""
        headers = {}
        if ordered_at is not None:
            headers[ORDERED_AT_HEADER] = quote(ordered_at)
        if self._ended is not None:
            headers[ENDED_HEADER] = self._ended
        sent = _sendable(name, arguments)
        status, answer = self._post(name, sent, headers)
        if status in {400, 413} and isinstance(answer, dict) and "message" in answer:
            raise TrainingPlansError(answer["message"])
        if status != 200:
            raise TrainingPlansError(self._not_ours())
        if self._address in _told and (name in SETTING or name.startswith("clock/")):
            self._tell_time()
        return answer

    def shown_time(self) -> datetime:
        """The server's time, as far as it is set through this control object."""
        from freezegun.api import real_monotonic

        if self._address not in _told:
            self._tell_time()
        told, real, flow = _told[self._address]
        return told + timedelta(seconds=(real_monotonic() - real) * flow)

    def _tell_time(self) -> None:
        from freezegun.api import real_monotonic

        _, told = self._post("mock/summary", {}, {})
        _told[self._address] = (to_time("now", told["now"]), real_monotonic(), told["speed"])

    def end(self, *, of_simulation: bool) -> None:
        """Have the server keep the simulation for what is still told."""
        if of_simulation:
            self._ended = self.perform("mock/end", {}, None)
            _told.pop(self._address, None)
        self.has_ended = True

    def _post(self, name: str, sent: dict[str, Any], headers: dict[str, str]) -> tuple[int, Any]:
        # With NaN and infinities: `json=` refuses them as if nobody had answered.
        try:
            body = json.dumps(sent, default=_unsendable)
        except (ValueError, RecursionError) as problem:  # a number of 5,000 digits
            raise TrainingPlansError(f"{name} cannot be sent to a server: {problem}") from None
        headers = {"Content-Type": "application/json", **headers}
        return self._request("POST", f"{PREFIX}{name}", data=body, headers=headers)

    def _request(self, method: str, path: str, **sent: Any) -> tuple[int, Any]:
        """Status and JSON of an answer; None instead of what is none."""
        import requests

        try:
            response = self._session.request(
                method,
                f"{self._address}{path}",
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                **sent,
            )
        except requests.RequestException as problem:
            raise TrainingPlansError(
                f"{self._no_server()}: nothing answers there ({_cause(problem)}). "
                f"{self._how_to_start()}"
            ) from None
        try:
            return response.status_code, response.json()
        except ValueError:
            return response.status_code, None

    def _check_version(self) -> None:
        status, health = self._request("GET", f"{PREFIX}health")
        theirs = health.get("version") if isinstance(health, dict) else None
        ours = __version__
        if status == 403 and isinstance(health, dict) and "message" in health:
            raise TrainingPlansError(f"refused at {self._address}: {health['message']}")
        if status != 200 or not isinstance(theirs, str):
            raise TrainingPlansError(self._not_ours())
        if theirs != ours:
            raise TrainingPlansError(
                f"the moto-trainingplans server at {self._address} is of version {theirs}, this "
                f"is {ours}: they may not understand each other. Install the same for both, or "
                f"start the server with what is installed here: {self._command()}"
            )

    def _not_ours(self) -> str:
        if self._is_moto():
            met = "there is a plain moto server, which has no training plans"
            return f"{self._no_server()}: {met}. Start ours in its place: {self._command()}"
        return f"{self._no_server()}: something else answers there. {self._how_to_start()}"

    def _is_moto(self) -> bool:
        try:
            status, data = self._request("GET", "/moto-api/data.json")
        except TrainingPlansError:
            return False
        return status == 200 and isinstance(data, dict)

    def _no_server(self) -> str:
        return f"no moto-trainingplans server at {self._address}"

    def _how_to_start(self) -> str:
        return f"Start one with: {self._command()}"

    def _command(self) -> str:
        url = urlsplit(self._address)
        command = "moto-trainingplans server"
        if url.hostname not in {"127.0.0.1", "localhost"}:
            command += f" -H {url.hostname}"
        port = url.port or (443 if url.scheme == "https" else 80)
        return command + (f" -p {port}" if port != 5000 else "")


class ToSharedServer(ToServer):
    """To a simulation that others use too: it only looks, and orders what the test shares."""

    def __init__(self, url: str, shares: frozenset[str]) -> None:
        super().__init__(url)
        self._shares = shares

    def perform(self, name: str, arguments: dict[str, Any], ordered_at: str | None) -> Any:
        """Make a call. Raises TrainingPlansError for one that the test does not share."""
        check_shared(name, self._shares, arguments)
        return super().perform(name, arguments, ordered_at)


def _checked(url: Any) -> str:
    """The address of a server, without a path."""
    example = "'http://127.0.0.1:5000'"
    if not isinstance(url, str):
        raise TrainingPlansError(f"the server's address must be a URL, as {example}, not {url!r}")
    if "://" not in url:
        raise TrainingPlansError(
            f"the server's address must have a scheme, as 'http://{url}', not {url!r}"
        )
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as wrong:
        raise TrainingPlansError(
            f"the server's address must be a URL, as {example}, not {url!r}: {wrong}"
        ) from None
    if parts.scheme not in {"http", "https"} or not host:
        raise TrainingPlansError(
            f"the server's address must be an http or https URL, as {example}, not {url!r}"
        )
    return url.rstrip("/")


def _cause(problem: BaseException) -> str:
    """The innermost reason why a request could not be made."""
    import requests

    if isinstance(problem, requests.exceptions.SSLError):
        return "https is not spoken there, or its certificate is not trusted"
    if isinstance(problem, requests.exceptions.ConnectTimeout):
        return f"no connection within {CONNECT_SECONDS} s"
    if isinstance(problem, requests.exceptions.ReadTimeout):
        return f"no answer within {ANSWER_SECONDS} s"
    if isinstance(problem, requests.exceptions.ConnectionError):
        return "the connection is refused or cut off, or there is no such host"
    return str(problem)


def _sendable(name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a call in the form that they have in JSON.

    Raises TrainingPlansError for what a call in this process would not take either, except for
    texts: which names there are is known to the server.
    """
    declared = arguments_of(name)
    for each, value in arguments.items():
        if type(value) is not str:
            declared[each].convert(value)
    return {each: plain_value(value) for each, value in arguments.items()}


def _unsendable(value: object) -> dict[str, str]:
    """What no argument can be, for the server to refuse as misuse, with what is allowed."""
    return {type(value).__name__: in_short(value)}
