"""Serving: the socket, and how it begins and ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from ..control.routes import PREFIX
from ..host.backend import Startup, process
from ..seam import install as seam
from .application import Application

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from .application import Mount


def _make_console(door: WSGIApplication) -> WSGIApplication:
    from ..console.application import create_app

    return create_app(door)


# What answers below a path in moto's place, and is given the door to all else.
MOUNTS: dict[str, Mount] = {f"{PREFIX}console": _make_console}


def serve(
    host: str,
    port: int,
    now: datetime | None,
    speed: float,
    moto_arguments: Sequence[str] = (),
    *,
    mounts: Mapping[str, Mount] = MOUNTS,
) -> None:
    """Serve until interrupted. The clock starts with `now` and `speed`, after resets too."""
    process.startup = Startup(now, speed)
    seam.serve(["-H", host, "-p", str(port), *moto_arguments], partial(Application, mounts=mounts))
