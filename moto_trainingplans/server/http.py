"""HTTP, by waitress: what it reads into a request, and what it writes of an answer.

waitress reads a request whole, into a file where it is large, before a thread is given to it, so
slow clients hold nobody up. What is added here is what moto needs to see of a request as it was
sent, and limits by what a request is for.
"""

from __future__ import annotations

import json
import socket
import time
from typing import TYPE_CHECKING, Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.receiver import ChunkedReceiver
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher, WSGITask
from waitress.utilities import (
    BadRequest,
    RequestEntityTooLarge,
    ServerNotImplemented,
)

from .limits import LONGEST_CHUNK_LINE, Limits

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

# Names of S3's metadata may have underscores, which no name of a variable of WSGI's keeps.
PRESERVED = b"x-amz-meta-"
# How long a client may go on sending what nobody reads any more, before it is cut off.
LINGER_SECONDS = 2.0


class RequestParser(HTTPRequestParser):  # type: ignore[misc]
    """Reads a request, up to the size that one of its kind may have."""

    error: Any

    def __init__(self, adjustments: Any, limits: Limits) -> None:
        super().__init__(adjustments)
        # As they were sent, by their names in WSGI.
        self.preserved_names: dict[str, str] = {}
        self._limits = limits
        self._most: int | None = None

    def received(self, data: bytes) -> int:
        """Take what has come; gives how much of it was of this request."""
        consumed: int = super().received(data)
        if self.error is None and self.headers_finished and not self.empty:
            self._check_size()
        elif isinstance(self.error, ServerNotImplemented):
            self.error = BadRequest(self.error.body)
        return consumed

    def _check_size(self) -> None:
        if self._most is None:
            self._most = self._limits.of(self.path, self.headers)
        receiver = self.body_rcv
        if max(self.content_length, self.body_bytes_received) > self._most:
            self.error = RequestEntityTooLarge(f"a body may have {self._most:,} bytes here")
        elif isinstance(receiver, ChunkedReceiver) and not receiver.completed:
            framing = max(len(receiver.control_line), len(receiver.trailer))
            if framing > LONGEST_CHUNK_LINE:
                self.error = BadRequest("a chunk's size, or what follows the last, is too long")
        if self.error is not None:
            self.completed = True
            # Nor is a client told to go on that asks before it sends: curl does, for large bodies.
            self.expect_continue = False

    def parse_header(self, header_plus: bytes) -> None:
        """Read the headers, S3's metadata by their own names too."""
        super().parse_header(header_plus)
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("a body is chunked or has a Content-Length, not both")
        if b"_" not in header_plus:
            return
        for line in header_plus.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if b"_" in name and name.lower().startswith(PRESERVED):
                self._preserve(name.decode("latin-1"), value.strip(b" \t").decode("latin-1"))

    def _preserve(self, name: str, value: str) -> None:
        key = name.upper().replace("-", "_")
        if f"HTTP_{key}" in self.preserved_names:
            self.headers[key] += f", {value}"
        elif key not in self.headers:
            # It never stands in for one that is spelt with dashes.
            self.preserved_names[f"HTTP_{key}"] = name
            self.headers[key] = value


class RequestTask(WSGITask):  # type: ignore[misc]
    """Has a request answered by the application."""

    def get_environment(self) -> WSGIEnvironment:
        """The request as WSGI has it, and as moto wants to see it."""
        environ: WSGIEnvironment = super().get_environment()
        request = self.request
        environ["PATH_INFO"] = request.path
        # moto tells an encoded slash from one that is none by it.
        environ["RAW_URI"] = request.request_uri
        environ["moto.preserved_header_names"] = request.preserved_names
        return environ

    def build_response_header(self) -> bytes:
        """The head of the answer. The names of headers stay as they are: S3's metadata are."""
        sent = {_capitalized(name): name for name, _ in self.response_headers}
        head: bytes = super().build_response_header()
        first, *lines = head.decode("latin-1").split("\r\n")
        kept = [first]
        for line in lines:
            name, colon, value = line.partition(":")
            if name != "Via":  # this is no proxy
                kept.append(f"{sent.get(name, name)}{colon}{value}")
        return "\r\n".join(kept).encode("latin-1")


class RefusalTask(ErrorTask):  # type: ignore[misc]
    """Answers a request that cannot be read."""

    def execute(self) -> None:
        """Say so, and close the connection once the client has had time to read it."""
        error = self.request.error
        self.status = f"{error.code} {error.reason}"
        body = json.dumps({"message": f"{error.reason}: {error.body}"}).encode()
        self.response_headers.append(("Content-Type", "application/json"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.channel.lingers = True
        self.write(body)


class Channel(HTTPChannel):  # type: ignore[misc]
    """One connection.

    After a refusal its other half is kept open for a moment: a client that is still sending
    would be told by the system that the connection is broken, and never see why.
    """

    task_class = RequestTask
    error_task_class = RefusalTask
    lingers = False
    close_when_flushed: bool

    def __init__(self, server: Server, *arguments: Any, **more: Any) -> None:
        super().__init__(server, *arguments, **more)
        self.parser_class = lambda adjustments: RequestParser(adjustments, server.limits)
        self._lingering_until: float | None = None

    def readable(self) -> bool:
        """Whether anything is to be read."""
        if self._lingering_until is None:
            return bool(super().readable())
        if time.monotonic() > self._lingering_until:
            self.will_close = True
        return True

    def handle_read(self) -> None:
        """Read; what comes after a refusal is thrown away."""
        if self._lingering_until is None:
            super().handle_read()
            return
        try:
            if not self.recv(self.adj.recv_bytes):
                self.will_close = True
        except OSError:
            self.will_close = True

    def handle_write(self) -> None:
        """Write; a refusal that has been sent is followed by the end of what is sent."""
        finished = self.close_when_flushed and not self.total_outbufs_len
        if finished and self.lingers and self._lingering_until is None:
            self.close_when_flushed = False
            self._lingering_until = time.monotonic() + LINGER_SECONDS
            try:
                self.socket.shutdown(socket.SHUT_WR)
            except OSError:
                self.will_close = True
            return
        super().handle_write()

    @property
    def is_idle(self) -> bool:
        """Whether no request is being answered."""
        return not (self.requests or self.total_outbufs_len)


class Threads(ThreadedTaskDispatcher):  # type: ignore[misc]
    """The threads that answer: some at once, and more while all of them wait for something.

    A long poll of SQS keeps one for 20 seconds.
    """

    def __init__(self, at_once: int, most: int) -> None:
        super().__init__()
        self._most = most
        self.set_thread_count(at_once)

    def add_task(self, task: Any) -> None:
        """Have a request answered as soon as a thread is free."""
        super().add_task(task)
        with self.lock:
            running = len(self.threads) - self.stop_count
            idle = running - self.active_count
            is_short = len(self.queue) > idle and not self.stop_count and running < self._most
        if is_short:
            self.set_thread_count(running + 1)


class Server(TcpWSGIServer):  # type: ignore[misc]
    """A listening socket, and the connections that came to it."""

    channel_class = Channel

    def __init__(self, application: Any, limits: Limits, **settings: Any) -> None:
        self.limits = limits
        super().__init__(application, **settings)


def _capitalized(name: str) -> str:
    return "-".join(part.capitalize() for part in name.split("-"))
