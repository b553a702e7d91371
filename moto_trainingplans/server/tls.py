"""https: connections are decrypted in front of the server, which speaks plain http.

The encrypted side is asyncio's; each connection is handed on as one end of a pair of sockets, so
that no other port is open.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

HANDSHAKE_SECONDS = 10
# After the last answer, how long a client may go on sending, and how long it may be silent before
# it is taken to have read it: cut off in the midst, it would never see a refusal.
LINGER_SECONDS = 2.0
SILENCE_SECONDS = 0.2
_STEP = 64 * 1024

Address = tuple[Any, ...]


def context_of(certificate: str, key: str) -> ssl.SSLContext:
    """What is needed to serve with a certificate. Raises OSError where they are none, or differ."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def context_of_new_certificate(host: str) -> ssl.SSLContext:
    """What is needed to serve with a certificate that is made now, and that nobody knows yet."""
    from werkzeug.serving import make_ssl_devcert

    with TemporaryDirectory() as directory:
        return context_of(*make_ssl_devcert(str(Path(directory, "server")), host))


class Front:
    """Decrypts what comes to a listening socket; `accept` is given each connection's plain end."""

    def __init__(
        self,
        listening: socket.socket,
        context: ssl.SSLContext,
        accept: Callable[[socket.socket, Address], None],
    ) -> None:
        # Of its own: who stops the server closes the other.
        self._listening = listening.dup()
        self._context = context
        self._accept = accept
        self._loop = asyncio.new_event_loop()
        self._is_to_stop = asyncio.Event()
        self._relays: dict[asyncio.Task[Any], asyncio.StreamWriter] = {}
        self._thread = Thread(
            target=self._loop.run_until_complete, args=(self._serve(),), name="tls", daemon=True
        )

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Cut off all connections."""
        self._loop.call_soon_threadsafe(self._is_to_stop.set)
        self._thread.join()
        self._loop.close()

    async def _serve(self) -> None:
        server = await asyncio.start_server(
            self._relay,
            sock=self._listening,
            ssl=self._context,
            ssl_handshake_timeout=HANDSHAKE_SECONDS,
        )
        await self._is_to_stop.wait()
        server.close()
        for writer in self._relays.values():
            writer.transport.abort()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others - self._relays.keys():
            task.cancel()  # a handshake that has not come to its end
        await asyncio.gather(*others, return_exceptions=True)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._relays[task] = writer
        try:
            ours, theirs = socket.socketpair()
            self._accept(theirs, writer.get_extra_info("peername") or ("", 0))
            plain_reader, plain_writer = await asyncio.open_connection(sock=ours)
            sending = asyncio.create_task(_pump(reader, plain_writer))
            await _pump(plain_reader, writer, last=lambda: _linger(sending, reader))
            await asyncio.wait({sending})
            plain_writer.close()
        finally:
            del self._relays[task]


async def _linger(sending: asyncio.Task[None], reader: asyncio.StreamReader) -> None:
    """Throw away what is still sent, for a moment."""
    if sending.done():
        return
    sending.cancel()
    await asyncio.wait({sending})
    give_up = time.monotonic() + LINGER_SECONDS
    with suppress(OSError, asyncio.TimeoutError):
        while time.monotonic() < give_up:
            if not await asyncio.wait_for(reader.read(_STEP), SILENCE_SECONDS):
                return


async def _pump(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    last: Callable[[], Awaitable[None]] | None = None,
) -> None:
    with suppress(OSError):
        while data := await reader.read(_STEP):
            writer.write(data)
            await writer.drain()
    if last is not None:
        await last()
    with suppress(OSError):
        writer.close()
        await writer.wait_closed()
