"""The standalone server: all of moto's, plus training plans."""

from __future__ import annotations

from collections.abc import Sequence

from moto.server import main as moto_server

from . import _moto
from .control_api.models import startup
from .control_api.values import to_optional_time
from .simulation.clock import check_speed


def serve(
    host: str, port: int, now: str | None, speed: float, moto_arguments: Sequence[str] = ()
) -> None:
    """Serve until interrupted. The clock starts with `now` and `speed`, after resets too.

    Raises TrainingPlansError for a time or speed that cannot be.
    """
    startup.now = to_optional_time("--now", _number_or_text(now))
    startup.speed = check_speed(speed)
    _moto.install()
    moto_server(["-H", host, "-p", str(port), *moto_arguments])


def _number_or_text(value: str | None) -> float | str | None:
    """Epoch seconds come from the command line as text."""
    try:
        return None if value is None else float(value)
    except ValueError:
        return value
