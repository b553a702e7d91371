"""What a server says of itself, to whoever waits for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import botocore
import moto

from ..host.backend import current_world
from ..version import __version__


@dataclass(frozen=True)
class Health:
    """What a server says of itself: `speed` is how its clock flows, 0 while it stands still."""

    status: str
    version: str
    moto: str
    botocore: str
    now: datetime
    speed: float


def health() -> Health:
    """Read that the server is up, with its versions and its clock, waiting for nobody."""
    world = current_world()
    return Health(
        status="ok",
        version=__version__,
        moto=moto.__version__,
        botocore=botocore.__version__,
        now=world.shown_time,
        speed=world.clock.flow,
    )
