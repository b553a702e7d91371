"""The one door of the control object's calls, in this process and over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from ..host.backend import keep_world, reset_world, serving_world, start_world
from ..simulation.kernel.clock import check_speed
from ..simulation.kernel.errors import TrainingPlansError
from ..simulation.world import World
from .calls import CALLS, version
from .invocation import bind, invoke
from .tracebacks import hide_misuse
from .values import to_number, to_time

__tracebackhide__ = hide_misuse


def perform(
    name: str,
    arguments: Mapping[str, Any],
    *,
    world: World | None = None,
    ordered_at: str | None = None,
) -> Any:
    """Make a call, as "clock/tick", with the arguments that the control object takes.

    `world` is a simulation that has ended, the present one otherwise; `ordered_at` the line
    where an order was written. Raises TrainingPlansError for an unknown call, wrong arguments,
    or misuse.
    """
    if name in WITHOUT_WORLD:
        call = WITHOUT_WORLD[name]
        return call(**bind(name, call, (), arguments))
    if name not in CALLS:
        known = ", ".join(sorted(each for each in (*CALLS, *WITHOUT_WORLD) if each[:5] != "mock/"))
        raise TrainingPlansError(f"there is no call {name!r}: there are {known}")
    with serving_world(world) as served, served.undisturbed():
        return invoke(served, name, arguments, ordered_at)


def mock_start_at(now: Any, speed: Any = 0.0) -> datetime | None:
    """Begin at a time, frozen; the time at which it stays instead, where it cannot go back."""
    return start_world(to_time("now", now), check_speed(to_number("speed", speed)))


# Calls that do not work on the simulation there is.
WITHOUT_WORLD: dict[str, Callable[..., Any]] = {
    "reset": reset_world,
    "version": version,
    "mock/start_at": mock_start_at,
    "mock/end": keep_world,
}
