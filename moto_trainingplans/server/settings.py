"""What a server is told when it is started."""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..control.addresses import PREFIX
from .limits import LARGEST_BODY

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from .application import Mount


def _make_console(door: WSGIApplication) -> WSGIApplication:
    from ..console.application import create_app

    return create_app(door)


# What answers below a path in moto's place, and is given the door to all else.
MOUNTS: dict[str, Mount] = {f"{PREFIX}console": _make_console}


@dataclass(frozen=True, slots=True)
class Settings:
    """How to serve.

    `hosts`: names that lead here besides localhost and `host`; `origins`: whose pages may ask
    besides its own; `largest_body`: bytes of a request; `tls`: None for http.
    """

    host: str = "127.0.0.1"
    port: int = 5000
    hosts: Sequence[str] = ()
    origins: Sequence[str] = ()
    largest_body: int = LARGEST_BODY
    tls: ssl.SSLContext | None = None
    access_log: bool = False
    mounts: Mapping[str, Mount] = field(default_factory=lambda: MOUNTS)
