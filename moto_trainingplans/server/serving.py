"""Serving: how the server begins, and how it ends."""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import sys
import time
from typing import TYPE_CHECKING, Any

from ..host.backend import current_world
from ..host.journaled_world import Startup, process
from ..seam import install as seam
from ..simulation.kernel.errors import TrainingPlansError
from . import banner
from .access_log import AccessLog
from .application import Application
from .guard import Guard, Policy
from .limits import LARGEST_HEADERS, Limits
from .settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from ..control.states.file import StateFile

# Requests are answered one after the other where they share a simulation or the interpreter;
# threads are for those that wait. More are started while all of these do.
THREADS = 16
GARBAGE_THRESHOLDS = (2_000, 10, 5)
MOST_CONNECTIONS = 500
# How much is read at once: with waitress's 8 KiB a large object takes half as long again.
READ_AT_ONCE = 256 * 1024
# How long requests under way may take once the server is to stop.
GRACE_SECONDS = 1.0


def serve(settings: Settings, startup: Startup, *, state: StateFile | None = None) -> None:
    """Serve until SIGINT or SIGTERM. Simulations begin with `startup`, after resets too.

    `state` is loaded at the start if it is there, and saved at the stop, whatever ends it.
    Raises OSError where the address cannot be listened on, and TrainingPlansError where the state
    cannot be loaded.
    """
    for name in STOPPING:
        signal.signal(name, lambda *_: sys.exit(0))  # nothing is to be saved before it answers
    process.startup = startup
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    seam.install_for_server()
    if state is not None and state.load():
        clock = current_world().clock.setting
        startup = Startup(*((None, 1.0) if clock.flow is None else (clock.shows, clock.flow)))
    server = RunningServer(settings, compose(settings))
    os.environ.setdefault("MOTO_PORT", str(server.port))
    for name in STOPPING:
        signal.signal(name, lambda *_: server.stop())
    banner.show(settings, server.url, startup, () if state is None else (state.path,))
    # What is there stays. What requests and resets leave behind is looked for again, and is
    # mostly whole simulations, which hold on to themselves.
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    try:
        server.run()
    finally:
        # Whoever cannot wait for what is done at the end may interrupt it: no file is lost by it.
        for name in STOPPING:
            signal.signal(name, signal.SIG_DFL)
        if state is not None:
            _save(state)


def _save(state: StateFile) -> None:
    try:
        state.save()
    except TrainingPlansError as problem:
        sys.exit(str(problem))


STOPPING = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name)
]


def compose(settings: Settings) -> WSGIApplication:
    """All that is served, behind the guard."""
    from moto.moto_server.werkzeug_app import create_backend_app

    limits = Limits(body=settings.largest_body)
    application: Any = Application(create_backend_app, settings.mounts, limits)
    application = Guard(application, Policy(settings.host, settings.hosts, settings.origins))
    return AccessLog(application) if settings.access_log else application


class RunningServer:
    """A server that listens from its making on, and answers while `run` runs."""

    def __init__(self, settings: Settings, application: WSGIApplication) -> None:
        from waitress.adjustments import Adjustments

        from .http import Server, Threads

        # It tells each time that a request waits for a thread, and which run at the stop.
        logging.getLogger("waitress").setLevel(logging.ERROR)
        self._settings = settings
        self._socket = _listen(settings.host, settings.port)
        adjustments = Adjustments(
            sockets=[self._socket],
            connection_limit=MOST_CONNECTIONS,
            recv_bytes=READ_AT_ONCE,
            max_request_header_size=LARGEST_HEADERS,
            max_request_body_size=sys.maxsize,  # each request has its own
            url_scheme="http" if settings.tls is None else "https",
            clear_untrusted_proxy_headers=False,
            log_socket_errors=False,
            ident=None,
        )
        self._channels: dict[int, Any] = {}
        self._server = Server(
            application,
            Limits(body=settings.largest_body),
            map=self._channels,
            adj=adjustments,
            dispatcher=Threads(THREADS, MOST_CONNECTIONS),
            _sock=self._socket,
            bind_socket=False,
            sockinfo=(self._socket.family, self._socket.type, 0, self._socket.getsockname()),
            _start=settings.tls is None,
        )
        self.port: int = self._socket.getsockname()[1]
        self._is_to_stop = False

    @property
    def url(self) -> str:
        """Where it is, for clients of this machine."""
        scheme = "http" if self._settings.tls is None else "https"
        host = self._settings.host
        # What all addresses are is none that can be asked for.
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)
        return f"{scheme}://{f'[{host}]' if ':' in host and host[0] != '[' else host}:{self.port}"

    def stop(self) -> None:
        """Have `run` end, from any thread or from a signal."""
        self._is_to_stop = True
        self._server.pull_trigger()

    def run(self) -> None:
        """Answer requests until it is to stop; those under way then have a second."""
        front = self._front()
        try:
            while not self._is_to_stop:
                self._turn(1.0)
        finally:
            self._server.accepting = False
            self._socket.close()
            self._finish()
            if front is not None:
                front.stop()

    def _finish(self) -> None:
        give_up = time.monotonic() + GRACE_SECONDS
        while time.monotonic() < give_up and not self._is_idle():
            self._turn(0.05)
        self._server.task_dispatcher.shutdown(timeout=max(0.0, give_up - time.monotonic()))
        for channel in list(self._channels.values()):
            channel.close()

    def _is_idle(self) -> bool:
        return all(each.is_idle for each in self._server.active_channels.values())

    def _turn(self, longest: float) -> None:
        from waitress import wasyncore

        wasyncore.loop(timeout=longest, use_poll=True, map=self._channels, count=1)

    def _front(self) -> Any:
        if self._settings.tls is None:
            return None
        from .tls import Front

        def accept(plain: socket.socket, address: tuple[Any, ...]) -> None:
            # In the thread that answers: it alone may touch its connections.
            self._server.trigger.pull_trigger(
                lambda: self._server.channel_class(
                    self._server, plain, address, self._server.adj, map=self._channels
                )
            )

        front = Front(self._socket, self._settings.tls, accept)
        front.start()
        return front


def _listen(host: str, port: int) -> socket.socket:
    found = socket.getaddrinfo(
        host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    # A name of both kinds is this machine's, and more clients try the older kind.
    family, *_, address = min(found, key=lambda each: each[0] != socket.AF_INET)
    return socket.create_server(
        address[:2],
        family=family,
        backlog=1024,
        dualstack_ipv6=address[0] == "::" and socket.has_dualstack_ipv6(),
    )
