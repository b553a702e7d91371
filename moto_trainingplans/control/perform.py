"""The one door of the control object's calls, in this process and over HTTP."""

# Not `from __future__ import annotations`: the annotations are read when calls are made.
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from ..host.backend import keep_world, reset_world, serving_world, start_world
from ..host.journaled_world import JournaledWorld
from ..simulation.kernel.errors import TrainingPlansError
from . import kinds
from .calls import CALLS
from .health import health
from .in_order import invoke_in_order
from .invocation import arguments_of_call, converted, declared_arguments, invoke
from .kinds import Argument
from .loading import FileName, Table, load
from .scenarios.scenario import read_scenario
from .tracebacks import hide_misuse

__tracebackhide__ = hide_misuse


def perform(
    name: str,
    arguments: Mapping[str, Any],
    *,
    world: JournaledWorld | None = None,
    ordered_at: str | None = None,
) -> Any:
    """Make a call, as "clock/tick", with the arguments that the control object takes.

    `world` is a simulation that has ended, the present one otherwise; `ordered_at` the line
    where an order was written. Raises TrainingPlansError for an unknown call, wrong arguments,
    or misuse.
    """
    if name in WITHOUT_WORLD:
        return WITHOUT_WORLD[name](**converted(name, arguments_of(name), arguments))
    if name not in CALLS:
        known = ", ".join(sorted(PUBLIC_CALLS))
        raise TrainingPlansError(f"there is no call {name!r}: there are {known}")
    if world is None:
        return invoke_in_order(name, arguments, ordered_at)
    with serving_world(world), world.undisturbed():
        return invoke(world, name, arguments, ordered_at)


def arguments_of(name: str) -> Mapping[str, Argument]:
    """What a call takes, by name and in its order."""
    if name in WITHOUT_WORLD:
        return declared_arguments(WITHOUT_WORLD[name])
    return arguments_of_call(name)


def mock_start_at(
    now: kinds.Time | None = None,
    speed: kinds.Speed = 0.0,
    scenario: Table | None = None,
    name: FileName | None = None,
) -> datetime | None:
    """Begin at a time, frozen unless `speed` says otherwise, and with a scenario.

    `now` outweighs the scenario's time, the scenario's speed outweighs `speed`. The time at
    which the clock stays instead, where it cannot go back.
    """
    if scenario is None:
        return start_world(now, speed)
    read = read_scenario(scenario, name)
    return start_world(*read.start.outweighed_by(now, speed), read)


def state() -> dict[str, Any]:
    """Read the simulation as it is, to be loaded again: the content of a saved state's file."""
    from .states.saved import saved_state

    return saved_state()


def save() -> dict[str, Any]:
    """Save the simulation to the file that the server was started with, as --state."""
    from .states.file import save_to_own_file

    return save_to_own_file()


# Calls that do not work on the simulation there is.
WITHOUT_WORLD: dict[str, Callable[..., Any]] = {
    "reset": reset_world,
    "load": load,
    "health": health,
    "save": save,
    "state": state,
    "mock/start_at": mock_start_at,
    "mock/end": keep_world,
}
# Those that are not for mocks alone.
PUBLIC_CALLS = [each for each in (*CALLS, *WITHOUT_WORLD) if not each.startswith("mock/")]
